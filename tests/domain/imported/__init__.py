"""Partnerships of before, as they are claimed."""
