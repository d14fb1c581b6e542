"""A name as people write it: with initials in brackets, a trade name, whose care it is in, or what the law calls it."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from registers.matching.identity.name_words import NameWord, significant, words_of

_CARE_OF: Final = re.compile(
    r"(?:\b(?:the )?c/o\b|\bin care of\b|\battn|%|(?<=\binc )co (?=\w+ \w)).*$",
    re.IGNORECASE,
)
_TRADE_NAME: Final = re.compile(
    r"[\s,(;]+(?:d\s*/?\s*b\s*/?\s*a|d\.b\.a|a\s*/?\s*k\s*/?\s*a|f\s*/?\s*k\s*/?\s*a|t/?a|doing business as|"
    r"also known as|formerly(?: known as)?)\b[.:,]?\s*",
    re.IGNORECASE,
)
_LEGAL_STATUS: Final = re.compile(
    r"[\s,(-]*\b(?:an? )?(?:(?:[a-z]+ )?(?:non-?profit|not[- ]for[- ]profit|charitable) "
    r"(?:public benefit )?corporation|501 ?\(?c\)?[- (]*[0-9]{1,2}\)?"
    r"(?: (?:organi[sz]ation|corporation|non-?profit|charity))?)\W*$",
    re.IGNORECASE,
)
_AFTER_FORM: Final = re.compile(r"\b(?:inc|incorporated|corp|corporation)\b\W+(?=\w)", re.IGNORECASE)
_IN_BRACKETS: Final = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_BEFORE_DASH: Final = re.compile(r"^\s*([A-Za-z.&]{2,10})\s*(?:-|–|—|:)\s+(.*)$")
_AFTER_DASH: Final = re.compile(r"^(.*?)\s+(?:-|–|—)\s*([A-Za-z.&]{2,10})\s*$")

_SHORTEST_INITIALS: Final = 2
_LONGEST_INITIALS: Final = 10


class WrittenName(NamedTuple):
    """A written name, read."""

    text: str
    """As it was written."""
    words: tuple[NameWord, ...]
    """The words of the legal name, without what people write beside it."""
    trade_names: tuple[tuple[NameWord, ...], ...] = ()
    """The words of each name that it says it does business as."""
    before_form: tuple[NameWord, ...] = ()
    """The words up to a corporate form in its midst, after which another name often stands."""
    after_form: tuple[NameWord, ...] = ()
    """The words after such a form."""


def read_written(name: str) -> WrittenName:
    """Return a name as it was written, taken apart."""
    without_care = _CARE_OF.sub("", name)
    legal_name, *trade_names = _TRADE_NAME.split(without_care if words_of(without_care) else name)
    words = _words(legal_name) or words_of(name)
    before, after = _around_form(legal_name)
    return WrittenName(name, words, tuple(words for words in map(_words, trade_names) if words), before, after)


def _around_form(name: str) -> tuple[tuple[NameWord, ...], tuple[NameWord, ...]]:
    """Return the words before and after a corporate form in the midst of a name, or none."""
    form = _AFTER_FORM.search(name)
    if form is None or not significant(words_of(name[: form.start()])):
        return (), ()
    return words_of(name[: form.start()]), words_of(name[form.end() :])


def _words(name: str) -> tuple[NameWord, ...]:
    bare = _LEGAL_STATUS.sub("", name)
    return words_of(_without_own_initials(bare if words_of(bare) else name))


def _without_own_initials(name: str) -> str:
    """Return a name without its own initials beside it: `Name (ABC)`, `ABC - Name`, `Name - ABC`."""
    for match in _IN_BRACKETS.finditer(name):
        remainder = name[: match.start()] + " " + name[match.end() :]
        if are_initials(match[1], words_of(remainder)):
            return remainder
    for pattern, initials, name_part in ((_BEFORE_DASH, 1, 2), (_AFTER_DASH, 2, 1)):
        dash = pattern.match(name)
        if dash and are_initials(dash[initials], words_of(dash[name_part])):
            return dash[name_part]
    return name


def are_initials(text: str, words: tuple[NameWord, ...]) -> bool:
    """True if a text is the initials of a name's words: of all, or of the significant ones."""
    letters = re.sub(r"[^a-z]", "", text.casefold())
    if not _SHORTEST_INITIALS <= len(letters) <= _LONGEST_INITIALS or " " in text.strip():
        return False
    return letters in {_initials(words), _initials(significant(words))}


def _initials(words: tuple[NameWord, ...]) -> str:
    return "".join(word.text[0] for word in words)
