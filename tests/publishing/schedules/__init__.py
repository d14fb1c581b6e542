"""Specifications of Schedules I and F."""
