"""Tests of what Temporal keeps: payloads, and the keys that encrypt them."""
