"""Take apart a field that holds several names: X, formerly Y; X d/b/a Y; X (ex-Y).

Whoever fills in a form often knows one field for all of the names of a party. Compared whole, such a field is like
none of them. Only words that announce another name divide it; brackets and commas alone also hold places and forms.
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
"""Former names that are not "known as" need a bracket or a comma: a Fund for Formerly Homeless Youth has one name."""


def names_in(field: str) -> tuple[str, ...]:
    """Return a field as it stands, and then, where it holds several names, each of them."""
    parts = [part.strip(" ()[],;:") for part in _ANOTHER.split(field)]
    return (field, *filter(None, parts)) if len(parts) > 1 else (field,)
