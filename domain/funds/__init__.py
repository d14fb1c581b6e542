"""Funds: the money for each use, the part of it that is promised, and the part that is left (R15, R39)."""
