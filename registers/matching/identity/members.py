"""The name of a group's member: its row often has the whole group's name, and the member's own beside it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from registers.matching.identity.name_words import NameWord, significant
from registers.matching.identity.pairs import paired
from registers.matching.identity.registered_name import RegisteredName
from registers.matching.identity.telling import BODIES, SLIPS, is_of_row, is_telling
from registers.matching.identity.written_name import WrittenName

_PARTS_WORDS: Final = """
aerie association branch camp chapter club conference congress corps council court department district grange grove
lodge local pack post region section ship state tent troop union unit voiture ward area assembly
"""
_PARTS: Final = frozenset(_PARTS_WORDS.split())
"""Words by which members of groups call themselves, beside their number or their place."""

_NATION_WORDS: Final = """
america american canada department international nation national state united
"""
_NATION: Final = frozenset(_NATION_WORDS.split())
"""Words of a group's own name that its members leave out."""

_SOME_OF_GROUP: Final = 2
"""The words of a group's name that are enough beside a member's number: forms cut a group's name before it."""


def as_member(writing: WrittenName, row_name: RegisteredName) -> str | None:
    """Return the reason for which a name may be that of a member of a group, or None.

    Every word of it is of its row or says what part of the group it is; its group's telling words are in it, or all of
    its own; a number in it is the member's; and no word makes it, or the row, another body than the member.
    """
    own_words, group = significant(row_name.second_words), significant(row_name.words)
    words, row = significant(writing.words), (*own_words, *group, *row_name.around)
    comparison = paired(words, row)
    met_places = {place for pair in comparison.pairs for place in pair.row_name}
    leftovers = [words[place] for place in comparison.only_in_writing if not _is_repeated(words[place], row)]
    missing = [
        word for at, word in enumerate((*own_words, *group)) if at not in met_places and not is_of_row(word, words)
    ]
    if any(word.longs.isdisjoint(_PARTS | _NATION) for word in leftovers) or len(comparison.slips) > SLIPS:
        return None
    if any(not word.longs.isdisjoint(BODIES) for word in (*leftovers, *missing)):
        return None
    return "it is a member's name within its group" if _names_member(own_words, group, row, met_places) else None


def _is_repeated(word: NameWord, row: Sequence[NameWord]) -> bool:
    return not word.text.isdigit() and is_of_row(word, row)


def _names_member(
    own_words: Sequence[NameWord], group: Sequence[NameWord], row: Sequence[NameWord], met_places: Collection[int]
) -> bool:
    """True if the words that were met say which group it is and which member, or are the member's whole own name."""
    first = len(own_words)
    telling_group = [at for at, word in enumerate(group, first) if is_telling(word) and word.longs.isdisjoint(_NATION)]
    telling_places = [at for at, word in enumerate(own_words) if is_telling(word)]
    has_number = any(at in met_places and word.text.isdigit() for at, word in enumerate(own_words))
    of_group = sum(at in met_places for at in range(first, first + len(group)))
    has_group = bool(telling_group) and all(at in met_places for at in telling_group)
    has_member = any(at in met_places for at in range(first)) or any(
        at in met_places for at in range(first + len(group), len(row))
    )
    if (has_group and has_member) or (has_number and of_group >= _SOME_OF_GROUP):
        return True
    return bool(telling_places) and all(at in met_places for at in telling_places)
