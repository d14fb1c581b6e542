"""Cases to publish, read off the ledger as of two dates."""
