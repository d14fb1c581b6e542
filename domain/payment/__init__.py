"""Payments: a tranche and its attempts, bank accounts, payment files, and what the bank says."""
