"""The ledger in the domain's terms: event codec, directory, signatures, encrypted names, keys and read models."""
