"""Shell commands that publish what the ledger says, and that explain a published cell."""
