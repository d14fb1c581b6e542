"""Names of ships and aircraft: what stands before them (M/V) and behind them (a flag, a port, a former name).

What stands behind is taken away only where something stands before: "Faith, Hope and Charity" is no ship called Faith.
"""

from __future__ import annotations

import re
from typing import Final

from rigour.names import remove_obj_prefixes

_MARK: Final = re.compile(r"^[a-z]/[a-z]\.?\s+(?=\S)")
"""M/V, and as seamen of other languages write it: N/M, B/M."""

_DOTTED: Final = re.compile(r"^([a-z])\.\s*([a-z])\.?(?=\s)")
"""S.S."""

_BEHIND: Final = re.compile(r"\s*(?:\([^)]*\)|,.*$)")


def bare(latin: str) -> str:
    """Return the name alone."""
    whole = latin.strip()
    name = remove_obj_prefixes(_DOTTED.sub(r"\1\2", _MARK.sub("", whole)))
    announced = len(name) < len(_DOTTED.sub(r"\1\2", whole))
    return _BEHIND.sub("", name) or name if announced else name
