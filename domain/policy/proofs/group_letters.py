"""Letters of the central organisations of groups: from a day on, newer ones are asked for (rules 4.14)."""

from __future__ import annotations

from datetime import date
from typing import Final

from domain.parties import DocumentKind, Party

LETTERS_COMPLY: Final = date(2027, 1, 22)
"""The day by which group exemption letters must comply with Rev. Proc. 2026-8, which superseded Rev. Proc. 80-27."""


def letter_is_due(member: Party, on: date) -> bool:
    """True if a member of a group needs, on a day, a newer letter of its central organisation than on file."""
    letters = (paper.dated for paper in member.papers if paper.kind is DocumentKind.GROUP_CONFIRMATION)
    return on >= LETTERS_COMPLY and not any(LETTERS_COMPLY <= day <= on for day in letters)
