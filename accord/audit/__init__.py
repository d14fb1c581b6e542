"""Audit: what can be told from the ledger alone. It uses nothing of what decides, admits, approves or folds."""
