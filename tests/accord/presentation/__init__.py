"""Tests of what the shell and the pages have in common."""
