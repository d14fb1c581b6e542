"""Budgets and work plans of money out: what was agreed, what was spent of it, and what must be done by when."""
