"""Letters: the facts that each is made of, what was issued, and whether an agreement still says what was agreed."""
