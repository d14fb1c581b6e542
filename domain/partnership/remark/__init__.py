"""Remarks: what decides nothing, and is on record all the same."""
