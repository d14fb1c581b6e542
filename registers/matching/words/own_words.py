"""Words of names that differ by one letter from a word of others' names: neither is a slip of the other.

The table is made by `python -m bench.names.own_words`, which says by which rule.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).with_name("own_words.txt")


@cache
def own_words() -> frozenset[str]:
    """Return the words, in lower case."""
    return frozenset(TABLE.read_text(encoding="ascii").split())
