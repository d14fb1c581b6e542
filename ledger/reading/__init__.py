"""Read the ledger back: by stream, by position, and by what events say."""
