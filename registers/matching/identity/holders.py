"""Names of account holders and of those who send money beside a body's own, as banks write them (rules 3.1).

Two questions are asked of such a name. Is it the body's, so that money may move? A wrong yes pays another body: only
every word in one order will do. May it be the body's, so that a person must look? A wrong no hides a body: whatever is
alike will do, and a name that a bank's form cut. Either is asked as the edition has it under which a partnership was
assessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from domain.policy.canonical import order_of
from domain.screening.identity import Agreement
from registers.matching.identity.agreement import is_one_name, judged
from registers.matching.identity.name_words import NameWord, significant, words_of
from registers.matching.identity.registered_name import RegisteredName
from registers.matching.identity.slips import is_slip
from registers.matching.same_name import compare_names

WORD_BY_WORD_SINCE: Final = "2026.6"
"""The edition from which on neither a slip nor another order of the words is a holder's name (rules 3.1)."""

_BEGINNING: Final = 3
"""The letters at which two names begin alike, however their words are written together."""

_WIDTHS: Final = (35, 70)
"""The letters of a name in the forms of banks: longer ones are cut (MT 103, and ISO 20022 where banks agreed so)."""


def is_held_by(holder: str, names: Iterable[str], edition: str) -> bool:
    """True if the holder's name is one of its owner's.

    `edition`: that of the assessment; empty for an account that stands for all that is paid from it, and may have been
    recorded under any.
    """
    return any(is_one_name(holder, name) or (_is_before(edition) and _confirms(holder, name)) for name in names)


def may_be_held_by(holder: str, names: Iterable[str], edition: str = "") -> bool:
    """True if the holder's name may be one of its owner's. `edition`: as of `is_held_by`."""
    return any(may_be_one_name(holder, name) or (_is_before(edition) and _confirms(holder, name)) for name in names)


@lru_cache(maxsize=65_536)
def may_be_one_name(name: str, other_name: str) -> bool:
    """True if two names may be of one body: they are the same, alike, or a form cut one of them."""
    if _share_nothing(_outline(name), _outline(other_name)):
        return False  # nearly all names: they need no comparison in full
    pairs = ((name, other_name), (other_name, name))
    return any(_is_alike(*pair) or _is_cut_by_form(*pair) for pair in pairs)


class _Outline(NamedTuple):
    """A name at a glance."""

    words: tuple[NameWord, ...]
    longs: frozenset[str]
    letters: str
    initials: str


@lru_cache(maxsize=8_192)
def _outline(name: str) -> _Outline:
    words = words_of(name)
    letters = "".join(word.text for word in significant(words))
    longs = frozenset(long for word in words for long in word.longs)
    return _Outline(words, longs, letters, "".join(word.text[0] for word in significant(words)))


def _share_nothing(name: _Outline, other_name: _Outline) -> bool:
    """True if two names have no word in common, no slip of one, no initials and no beginning."""
    has_common_word = not name.longs.isdisjoint(other_name.longs)
    has_initials = name.initials in other_name.longs or other_name.initials in name.longs
    begins_alike = name.letters[:_BEGINNING] == other_name.letters[:_BEGINNING]
    if has_common_word or has_initials or begins_alike:
        return False
    return not any(is_slip(word, other_word) for word in name.words for other_word in other_name.words)


def _is_before(edition: str) -> bool:
    return not edition or order_of(edition) < order_of(WORD_BY_WORD_SINCE)


def _confirms(name: str, other_name: str) -> bool:
    return compare_names(name, other_name).confirms


def _is_alike(name: str, other_name: str) -> bool:
    return judged(RegisteredName(name).read, RegisteredName(other_name)).agreement is not Agreement.OTHER


def _is_cut_by_form(name: str, other_name: str) -> bool:
    """True if a name fills a form, and another name begins with its letters. A space at the form's end is lost."""
    length = len(" ".join(name.split()))
    fills = any(length in {width - 1, width} for width in _WIDTHS)
    return fills and len(name) < len(other_name) and _outline(other_name).letters.startswith(_outline(name).letters)
