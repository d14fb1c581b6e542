"""Answers of the bank: read, kept, and matched to what was instructed."""
