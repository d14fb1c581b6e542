"""The terms of a partnership: what is proposed, amended, told anew and judged, and what counts together with it."""
