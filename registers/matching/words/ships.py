"""Names of ships and aircraft: strip the prefix (M/V) and the addition (a flag, a port, a former name).

An addition is stripped only if there is a prefix: "Faith, Hope and Charity" is not a ship called Faith.
"""

from __future__ import annotations

import re
from typing import Final

from rigour.names import remove_obj_prefixes

_MARK: Final = re.compile(r"^[a-z]/[a-z]\.?\s+(?=\S)")
"""A prefix with a slash: M/V, and its equivalents in other languages (N/M, B/M)."""

_DOTTED: Final = re.compile(r"^([a-z])\.\s*([a-z])\.?(?=\s)")
"""A prefix with full stops: S.S."""

_BEHIND: Final = re.compile(r"\s*(?:\([^)]*\)|,.*$)")


def bare(latin: str) -> str:
    """Return a ship's or an aircraft's name, given in lower-case Latin letters, without its prefix and addition."""
    whole = latin.strip()
    name = remove_obj_prefixes(_DOTTED.sub(r"\1\2", _MARK.sub("", whole)))
    has_prefix = len(name) < len(_DOTTED.sub(r"\1\2", whole))
    return _BEHIND.sub("", name) or name if has_prefix else name
