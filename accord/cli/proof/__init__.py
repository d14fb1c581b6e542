"""The commands on the ledger and its proofs."""
