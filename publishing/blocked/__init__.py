"""Blocked property: what the ledger says is held of somebody whose property is blocked, for the report of 30 June."""
