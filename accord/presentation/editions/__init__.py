"""Editions as people make and read them: files, workbooks, previews and differences, the same in shell and console."""
