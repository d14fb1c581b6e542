"""Workbooks and CSV as tables: headings and rows of cells, each with its place and its marks."""
