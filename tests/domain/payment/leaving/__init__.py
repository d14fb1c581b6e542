"""Tests of how a payment leaves."""
