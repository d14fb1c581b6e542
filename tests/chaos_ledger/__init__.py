"""Kill and freeze everything the ledger stands on while callers append, and check from outside what they were told."""
