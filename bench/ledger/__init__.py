"""`make bench-ledger`: the ledger's throughput, beside that of others on the same server in the same run."""
