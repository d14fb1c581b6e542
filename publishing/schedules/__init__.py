"""Schedules I and F of Form 990 as lines, and the statements of expenditure responsibility."""
