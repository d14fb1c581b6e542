"""Bring in what exists already: check a table, have two people sign what it says, and write its records."""
