"""Bringing in what exists already."""
