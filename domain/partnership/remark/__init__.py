"""Remarks: they decide nothing, and are on record all the same."""
