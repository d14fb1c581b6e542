"""What staff look at equals what the ledger tells."""
