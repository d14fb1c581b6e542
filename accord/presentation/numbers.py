"""Whole numbers as people and addresses write them. A text that only looks like one is none."""

from __future__ import annotations


def whole_number(written: str, most_digits: int = 9) -> int | None:
    """Return the number that a text is, in digits 0 to 9 and not too many of them, or None if it is none."""
    is_one = written.isascii() and written.isdigit() and len(written) <= most_digits
    return int(written) if is_one else None
