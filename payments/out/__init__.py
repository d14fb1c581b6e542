"""Payments on their way out: one frozen instruction per attempt, and the files that leave for the bank."""
