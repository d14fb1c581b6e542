"""Specifications of signatures."""
