"""Specifications of every room, in the order of the house; given, when, then."""
