"""Webhooks: events for endpoints, signed, in the ledger's order, and never skipped."""
