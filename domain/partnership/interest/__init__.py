"""Declared interests, and decisions that fall with the people who took them."""
