"""Specifications of the donor's page."""
