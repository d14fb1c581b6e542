"""Interests that are declared, and decisions that fall with who took them."""
