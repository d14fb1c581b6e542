"""Examination: a look into a paper by a process that can do nothing else, and a word of a malware scanner."""
