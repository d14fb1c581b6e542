"""Tests of the sum of a booking."""
