"""Payloads in Temporal: encrypted under keys that Temporal's server never sees."""
