"""The ledger in the domain's words: the event codec, the directory, who signed what, names, keys, read models."""
