"""Split a field that contains several names, such as "X, formerly Y", "X d/b/a Y" or "X (ex-Y)".

Forms often have one field for all names of a party, and the field as a whole resembles none of them. It is split only
at words that announce another name, since brackets and commas may also enclose a place or a legal form.
"""

from __future__ import annotations

import re
from typing import Final

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


def names_in(field: str) -> tuple[str, ...]:
    """Return the whole field and, if it contains several names, each of them after it."""
    parts = [part.strip(" ()[],;:") for part in _ANOTHER.split(field)]
    return (field, *filter(None, parts)) if len(parts) > 1 else (field,)
