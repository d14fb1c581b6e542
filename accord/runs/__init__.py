"""Runs in Temporal: the workflows that are open, missing or behind, their knowledge, and their versions."""
