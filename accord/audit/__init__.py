"""Audit: what can be told from the ledger alone, by code that shares nothing with the one that decided."""
