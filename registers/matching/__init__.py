"""Name matching: score a party's name against the names on sanctions lists, and explain each score in words.

Pure computation: no database, no files, no clock. `compare` scores two names; `NameIndex` finds the listed names
that are worth comparing. Given the index's `rarity`, `compare` gives the same score as the index.
"""

from __future__ import annotations

from registers.matching.index import NameIndex
from registers.matching.scoring import DEFAULT_THRESHOLD, compare
from registers.matching.values import (
    NEWEST,
    Birth,
    Hit,
    ListedKind,
    ListedName,
    Manner,
    Quality,
    Subject,
    SubjectKind,
)
from registers.matching.words.rarity import PLAIN, Rarity

__all__ = [
    "DEFAULT_THRESHOLD",
    "NEWEST",
    "PLAIN",
    "Birth",
    "Hit",
    "ListedKind",
    "ListedName",
    "Manner",
    "NameIndex",
    "Quality",
    "Rarity",
    "Subject",
    "SubjectKind",
    "compare",
]
