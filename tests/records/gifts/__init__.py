"""Specifications of reading a gift's evidence."""
