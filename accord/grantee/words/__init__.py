"""The words of the door's pages: a table a language, and one way to say a fault, a day or a time in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from accord.grantee.words import en, es, fr

TABLES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({"en": en.WORDS, "es": es.WORDS, "fr": fr.WORDS})
"""By language: its words by their keys."""
FIRST: Final = "en"
"""The language of pages where a form's own has no table."""


class AnswerFault(NamedTuple):
    """A fault of an answer: the key of its words, and what they name."""

    key: str
    facts: Mapping[str, Any] = {}


class DoorWords:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self.language = language if language in TABLES else FIRST
        self._table = TABLES[self.language]

    def __call__(self, key: str, **facts: Any) -> str:
        """Return words by their key, with facts set into them."""
        return self._table[key].format_map(facts) if facts else self._table[key]

    def maybe(self, key: str) -> str:
        """Return words by their key, or '' if there are none."""
        return self._table.get(key, "")

    def fault(self, fault: AnswerFault) -> str:
        """Return a fault in words."""
        return self(fault.key, **fault.facts)

    def day(self, day: date | str) -> str:
        """Return a day in words. A text that is none is returned as it is."""
        if isinstance(day, str):
            try:
                return self.day(date.fromisoformat(day))
            except ValueError:
                return day
        return self("day", day=day.day, month=self("months").split()[day.month - 1], year=day.year)

    def time(self, moment: datetime) -> str:
        """Return a moment in words, in universal time, which is the same to everybody."""
        return self("time", day=self.day(moment.date()), clock=f"{moment:%H:%M:%S}")
