"""Exports of the book, and the periods that two people close."""
