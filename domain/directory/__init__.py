"""The organisation itself: people, roles, keys, funders, and the guardians' decisions about the ledger."""
