"""Entries of statements of account: heard by payments that no notification told, once, and told once afterwards."""
