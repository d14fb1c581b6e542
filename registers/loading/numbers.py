"""A set of nine-digit numbers: a bit each, so that two million of them take no more memory than a few."""

from __future__ import annotations

from mmap import ACCESS_COPY, mmap
from typing import Final

_ALL: Final = 10**9


class Numbers:
    """Numbers of nine digits."""

    def __init__(self) -> None:
        self._bits: mmap | None = None

    def again(self, number: str) -> bool:
        """Take a number; return whether it was met before."""
        if self._bits is None:
            self._bits = mmap(-1, _ALL // 8, access=ACCESS_COPY)  # the system gives only the pages that are written to
        value = int(number)
        place, bit = value >> 3, 1 << (value & 7)
        met = bool(self._bits[place] & bit)
        self._bits[place] |= bit
        return met
