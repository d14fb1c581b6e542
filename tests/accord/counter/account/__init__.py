"""Tests of the account that pays."""
