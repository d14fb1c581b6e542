"""Whole numbers as people and addresses write them. A text that only looks like one is none."""

from __future__ import annotations


def whole_number(text: str, most_digits: int = 9) -> int | None:
    """Return the number that a text is, in digits 0 to 9 and not too many of them, or None if it is none."""
    is_number = text.isascii() and text.isdigit() and len(text) <= most_digits
    return int(text) if is_number else None
