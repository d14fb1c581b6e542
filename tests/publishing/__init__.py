"""Specifications of what is published."""
