"""Tests of the table of processes, and of what is made from it."""
