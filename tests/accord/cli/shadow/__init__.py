"""Beside another system."""
