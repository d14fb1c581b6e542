"""Recalls at the bank's counter: the request to the bank, and its answer."""
