"""Statements of account that are no message: the bank's own CSV, read by a mapping that two people signed."""
