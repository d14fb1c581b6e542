"""Errands at the counter: what people ask of it, their words, and what is done once they signed."""
