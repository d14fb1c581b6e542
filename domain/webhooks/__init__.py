"""Webhooks: endpoints that hear events of the ledger, as two guardians enrol them."""
