"""Short words that somebody bears: a letter more or less makes one of them another's name, and any other word a slip.

The table is made by `python -m bench.screening.short_words`, which says by which rule.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).with_name("short_words.txt")


@cache
def short_words() -> frozenset[str]:
    """Return the words, in lower case."""
    return frozenset(TABLE.read_text(encoding="ascii").split())
