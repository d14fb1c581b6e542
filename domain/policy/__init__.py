"""The rule book: the owner's policy and US tax law as small pure functions from facts to findings."""
