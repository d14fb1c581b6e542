"""A body's name as the register has it, with what its row says beside the name: its second name, group and place."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from registers.matching.identity.name_words import NameWord, words_of
from registers.matching.identity.places import RegisteredPlace
from registers.matching.identity.written_name import WrittenName, read_written

_SAME: Final = frozenset({"same", "none", "na", "n a"})
_LETTERS: Final = re.compile(r"\w+")
_CARE_OF: Final = re.compile(r"^\s*(?:%|c/o)\s*", re.IGNORECASE)
_MEMBERS: Final = frozenset(["7", "9"])
"""AFFILIATION codes of the members of a group: intermediate organisations and subordinates."""


class RegisteredName(NamedTuple):
    """A row of a register as the name of a body."""

    name: str
    second_name: str = ""
    """SORT_NAME: a trade name, or a member's number and name within its group."""
    is_member: bool = False
    """True if the row is a member of a group, whose first name is often the whole group's."""
    care_of: str = ""
    """IN CARE OF: a person or an office."""
    place: RegisteredPlace | None = None

    @property
    def read(self) -> WrittenName:
        """The first name, taken apart: registers too write whose care it is in, and a trade name."""
        return _read(self.name)

    @property
    def words(self) -> tuple[NameWord, ...]:
        """The words of the first name."""
        return self.read.words

    @property
    def second_words(self) -> tuple[NameWord, ...]:
        """The words of the second name, or none if it names nobody."""
        return _words(self.second_name) if names_somebody(self.second_name) else ()

    @property
    def around(self) -> tuple[NameWord, ...]:
        """The words of its place and of whom its mail is in care of, which people write into names."""
        place = self.place
        places = (place.city, place.state) if place is not None else ()
        return tuple(word for text in (*places, _CARE_OF.sub("", self.care_of)) for word in _words(text))


def names_somebody(second_name: str) -> bool:
    """True unless a second name says that there is none, or that it is the first."""
    return " ".join(_LETTERS.findall(second_name.casefold())) not in _SAME


def member_of_group(affiliation: str) -> bool:
    """True if an AFFILIATION code is a group member's."""
    return affiliation in _MEMBERS


@lru_cache(maxsize=8_192)
def _read(text: str) -> WrittenName:
    return read_written(text)


@lru_cache(maxsize=8_192)
def _words(text: str) -> tuple[NameWord, ...]:
    return words_of(text)
