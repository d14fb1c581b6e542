"""The evidence of a donor's page, read off the ledger as of a signed checkpoint."""
