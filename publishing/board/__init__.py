"""A board's book: grants by what a board asks for, commitments ahead, results and ages, and what changed since."""
