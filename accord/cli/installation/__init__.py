"""Shell commands on the installation: its processes, the ledger with its proofs, versions, keys and settings."""
