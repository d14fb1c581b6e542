"""A set of nine-digit numbers as a bitmap: one bit per possible number, at most 125 MB however many it holds."""

from __future__ import annotations

from mmap import ACCESS_COPY, mmap
from typing import Final

_ALL: Final = 10**9


class Numbers:
    """A set of nine-digit numbers."""

    def __init__(self) -> None:
        self._bits: mmap | None = None

    def again(self, number: str) -> bool:
        """Add a number. Return True if it was in the set already."""
        if self._bits is None:
            self._bits = mmap(-1, _ALL // 8, access=ACCESS_COPY)  # the kernel allocates only pages that are written to
        value = int(number)
        place, bit = value >> 3, 1 << (value & 7)
        is_repeat = bool(self._bits[place] & bit)
        self._bits[place] |= bit
        return is_repeat
