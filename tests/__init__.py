"""Specifications of every room, in the order of the organisation: given, when, then."""
