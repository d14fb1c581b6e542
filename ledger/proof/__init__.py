"""Proofs for those who do not trust us: that the ledger is intact, and that an event is in it.

`ledger.tree` defines the hashes; this package has the signed checkpoints, the receipts and the verification.
"""
