"""Diversions: money that went to another purpose, and what a grantee answers for."""
