"""Entries of statements of account, each explained by what is on record, or open."""
