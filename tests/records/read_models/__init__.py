"""The staff's view equals the ledger."""
