"""The letter that somebody wants."""

from __future__ import annotations

from typing import NamedTuple


class LetterOrder(NamedTuple):
    """The letter that somebody wants: of which edition, in which language, about what."""

    edition_name: str
    language: str
    about: int | None = None
    note: str | None = None
