"""The organisation itself: people, roles, keys, funders, and what is decided about the ledger."""
