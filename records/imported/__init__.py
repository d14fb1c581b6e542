"""Imports that two people signed, and the records of before that they allow."""
