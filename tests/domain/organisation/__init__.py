"""Specifications of the organisation's own records."""
