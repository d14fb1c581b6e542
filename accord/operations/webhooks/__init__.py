"""Webhooks: what endpoints hear of the ledger is sent to them, signed, in its order, and never skipped."""
