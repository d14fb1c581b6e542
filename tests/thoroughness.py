"""The extent of a property's draws: a part in `make test`, and all in `make check`, which sets `THOROUGH`."""

from __future__ import annotations

import os
from typing import Final

THOROUGH: Final = bool(os.environ.get("THOROUGH"))
PART: Final = 5
"""One in so many is drawn in `make test`."""


def draws(whole: int) -> int:
    """Return the number of draws, of as many as the long form has."""
    return whole if THOROUGH else whole // PART
