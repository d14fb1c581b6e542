"""Partnerships of before Accord, one by one: what is claimed of each, and the way to money."""
