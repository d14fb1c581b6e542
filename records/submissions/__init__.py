"""Submissions of grantees, beside the ledger: sealed texts, seals of each minute, and the gate before it counts."""
