"""Submissions of grantees by link: evidence, which counts only where staff take it over."""
