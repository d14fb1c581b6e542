"""Split a field that contains several names, such as "X, formerly Y", "X d/b/a Y" or "X (ex-Y)".

Forms often have one field for all names of a party, and the field as a whole resembles none of them. It is split only
at words that announce another name, since brackets and commas may also enclose a place or a legal form.
"""

from __future__ import annotations

import re
from typing import Final

from registers.matching.values import Manner

_ANOTHER: Final = re.compile(
    r"""
    [\s(\[,;]+
    (?: (?:formerly|previously|also)\s+known\s+as | trading\s+as | doing\s+business\s+as
      | [afn]\.?/?k\.?/?a\b\.? | d\.?/?b\.?/?a\b\.? | t/a )
    (?=[\s:]) [\s:]*
    | \s*[(\[,;]\s* (?: (?:formerly|previously)[\s:]+ | ex[-.\s]\s* )
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Without "known as", "formerly" needs a bracket or a comma: a Fund for Formerly Homeless Youth has one name."""


_BRACKETS: Final = re.compile(r"[(\[]([^\u0000-\u024f][^)\]]*)[)\]]")
"""Brackets around a name that begins in another script than the Latin one."""


def names_in(field: str, manner: Manner = Manner.FIRST) -> tuple[str, ...]:
    """Return the whole field and, if it contains several names, each of them after it."""
    parts = _ANOTHER.split(field)
    if manner >= Manner.SECOND:
        parts = [name for part in parts for name in _in_other_letters(part)]
    parts = [part.strip(" ()[],;:") for part in parts]
    return (field, *filter(None, parts)) if len(parts) > 1 else (field,)


def _in_other_letters(part: str) -> list[str]:
    """Return the names between semicolons, and what stands in brackets in another script, each by itself."""
    return [name for between in part.split(";") for name in _BRACKETS.split(between) if name] or [part]
