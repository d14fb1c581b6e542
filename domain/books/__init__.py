"""The book: double entries that follow from the ledger's events, each with its position, and nothing that is typed."""
