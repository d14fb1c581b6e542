"""Proof: what shows to somebody who does not trust us that the ledger is whole and an event is in it.

`tree` of the ledger says what a leaf is; here are the signed checkpoints, the receipts and the verification.
"""
