"""Proofs for outsiders that the ledger is intact, and that an event is in it.

`ledger.tree` defines the hashes; this package has signed checkpoints, receipts and the verification of a ledger.
"""
