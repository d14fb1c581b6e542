"""One partnership: what may be asked, what happened, and what follows."""
