"""Imports that two people signed, as records are judged by them."""
