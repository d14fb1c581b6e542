"""Specifications."""
