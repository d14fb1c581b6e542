"""Decisions of another system, judged by the rules of this one. Nothing is decided here."""
