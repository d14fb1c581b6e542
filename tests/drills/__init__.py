"""Drills: what operators fear is done on purpose, and each promise about it is tried."""
