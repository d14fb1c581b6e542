"""Benchmarks: each next to its comparison in the same run, reported as a ratio. No test asserts a time."""
