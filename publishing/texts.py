"""Texts that are published: none that names a natural person, since nobody can erase what was published."""

from __future__ import annotations

from functools import cached_property

from domain.directory.personal import people_in
from domain.names.spelling import Names, fold
from domain.partnership.state import Partnership
from domain.values import ERASED_NAME


class NamedPeople:
    """The natural persons whom a partnership knows by name, to be kept out of texts as the ledger finds them there."""

    def __init__(self, partnership: Partnership) -> None:
        self._partnership = partnership

    @cached_property
    def _texts(self) -> frozenset[str]:
        people = (*people_in(self._partnership.proposal), *self._partnership.named)
        return frozenset(person.name for person in people if person.name != ERASED_NAME)

    @cached_property
    def _whole(self) -> frozenset[str]:
        return frozenset(map(fold, self._texts))

    @cached_property
    def _within(self) -> Names:
        """The names that are found within longer texts too: those of several words, and addresses."""
        return Names(sorted(text for text in self._texts if len(text.split()) > 1 or "@" in text))

    def public(self, text: str | None) -> str | None:
        """Return a text on one line, or None if there is none, if it names a person, or somebody who was erased.

        It is left out for an erased person as it was before the erasure: an erasure changes no published byte.
        """
        if text is None or ERASED_NAME in text or fold(text) in self._whole or self._within.are_in(text):
            return None
        return " ".join(text.split())
