"""Decide which names of sanctions lists the name of a party meets, and say why in words that a person can check.

Pure computation: no database, no files, no clock. `compare` scores two names, `NameIndex` finds the listed names
that are worth comparing, and both give the same score.
"""

from __future__ import annotations

from registers.matching.index import NameIndex
from registers.matching.rarity import PLAIN, Rarity
from registers.matching.scoring import DEFAULT_THRESHOLD, compare
from registers.matching.values import Birth, Hit, Listed, ListedKind, Quality, Subject, SubjectKind

__all__ = [
    "DEFAULT_THRESHOLD",
    "PLAIN",
    "Birth",
    "Hit",
    "Listed",
    "ListedKind",
    "NameIndex",
    "Quality",
    "Rarity",
    "Subject",
    "SubjectKind",
    "compare",
]
