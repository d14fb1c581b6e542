"""`make bench-ledger`: what the ledger does per second, beside others on the same server in the same run."""
