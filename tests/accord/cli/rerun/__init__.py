"""Specifications of a draft edition run over recorded decisions."""
