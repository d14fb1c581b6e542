"""One attempt to pay one tranche: its order, what happened to it, how it stands, and the bank's answers."""
