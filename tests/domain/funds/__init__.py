"""Specifications of funds."""
