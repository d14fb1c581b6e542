"""Seals that a worker puts into the ledger beside its tasks: of looks, and of submissions."""
