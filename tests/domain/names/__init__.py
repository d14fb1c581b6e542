"""Specifications of names in texts."""
