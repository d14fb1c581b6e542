"""Whole numbers: as people and addresses write them, and with their nouns as pages do."""

from __future__ import annotations


def whole_number(text: str, most_digits: int = 9) -> int | None:
    """Return the number that a text is, in digits 0 to 9 and not too many of them, or None if it is none."""
    is_number = text.isascii() and text.isdigit() and len(text) <= most_digits
    return int(text) if is_number else None


def plural(number: int | str, noun: str, several: str = "") -> str:
    """Return a noun as it stands beside a number: exception beside 1, exceptions beside 0, 2 or 99+.

    `several`: its plural, where it is no plain one.
    """
    return noun if str(number) == "1" else several or f"{noun}s"


def count_in_words(count: int, noun: str, several: str = "") -> str:
    """Return a count with its noun: 1 payment, 1,200 payments. `several`: its plural, where it is no plain one."""
    return f"{count:,} {plural(count, noun, several)}"
