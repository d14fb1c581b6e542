"""Tests of the bank of a trial: what it writes is read by the readers of the product, and by official schemas."""
