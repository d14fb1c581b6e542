"""Read models show what the ledger tells, or nothing."""
