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
    name = _without_mark(latin)
    return _BEHIND.sub("", name) or name if is_announced(latin) else name


def is_announced(latin: str) -> bool:
    """True if a name in lower-case Latin letters begins with a mark of a ship or an aircraft."""
    return len(_without_mark(latin)) < len(_undotted(latin.strip()))


def _without_mark(latin: str) -> str:
    return remove_obj_prefixes(_undotted(_MARK.sub("", latin.strip())))


def _undotted(latin: str) -> str:
    return _DOTTED.sub(r"\1\2", latin)
