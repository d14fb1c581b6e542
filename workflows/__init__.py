"""Temporal workflows: they contain order, never rules. The partnership for years; a tranche for days."""
