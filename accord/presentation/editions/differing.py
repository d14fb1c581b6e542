"""The difference to the edition before, as a person reads it: with labels in place of names, and words side by side."""

from __future__ import annotations

from typing import NamedTuple

from domain.editions.content import EditionContent
from domain.editions.differences import EditionDifference, difference


class DifferenceLine(NamedTuple):
    """A setting that changed, in words."""

    part: str
    setting: str
    before: str
    after: str


class DifferenceInWords(NamedTuple):
    """The difference between two editions in words."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    moved: tuple[str, ...]
    changed: tuple[DifferenceLine, ...]
    is_empty: bool


def difference_in_words(before: EditionContent, after: EditionContent) -> DifferenceInWords:
    """Return the difference from one edition to another in words."""
    differences: EditionDifference = difference(before, after)
    return DifferenceInWords(
        tuple(part_in_words(after, part) for part in differences.added),
        tuple(part_in_words(before, part) for part in differences.removed),
        tuple(part_in_words(after, part) for part in differences.moved),
        tuple(
            DifferenceLine(part_in_words(after, change.part), change.setting, change.before, change.after)
            for change in differences.changed
        ),
        differences.is_empty,
    )


def part_in_words(content: EditionContent, part: str) -> str:
    """Return the name of a part with its label, in the edition's first language."""
    if not part:
        return "The whole"
    label = content.said(f"{part}.label", content.languages[0])
    return f"{label} ({part})" if label else part
