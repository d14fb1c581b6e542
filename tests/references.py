"""References of partnerships: every test takes the next, so that no two of a run speak of the same one."""

from __future__ import annotations

import itertools
from typing import Final

_numbers: Final = itertools.count(1000)


def next_reference() -> str:
    """Return a reference that nobody of this process used before."""
    return f"P-2026-{next(_numbers)}"
