"""Ends: of a leg or of all, by a person or by what was agreed; and what is opened again."""
