"""Workbooks and CSV as tables."""
