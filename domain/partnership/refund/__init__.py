"""Refunds: money that a grantee pays back, or that leaves a gift again."""
