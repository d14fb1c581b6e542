"""Specifications of the 360Giving package."""
