"""Specifications of the IATI activities."""
