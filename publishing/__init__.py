"""Publications: files for others, each made by a pure function of what the ledger says as of two dates."""
