"""Specifications of truths."""
