"""Which nine-digit numbers were met: a bit each, so that two million of them take no more memory than a few."""

from __future__ import annotations

from typing import Final

_ALL: Final = 10**9


class Numbers:
    """Numbers of nine digits."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def again(self, number: str) -> bool:
        """Take a number; return whether it was met before."""
        if not self._bits:
            self._bits = bytearray(_ALL // 8)  # of which the system gives only the pages that are written to
        value = int(number)
        place, bit = value >> 3, 1 << (value & 7)
        if self._bits[place] & bit:
            return True
        self._bits[place] |= bit
        return False
