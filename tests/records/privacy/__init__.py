"""People whom the ledger names can be forgotten, and nothing else is."""
