"""Questions to a simulated world, by the ledger's bare rows and the bank's own book."""
