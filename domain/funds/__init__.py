"""Funds: what money there is for what, what is promised of it, and what is left (R15, R39)."""
