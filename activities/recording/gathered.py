"""The ground of a decision, from the moment it is gathered until its events stand."""

from __future__ import annotations

from typing import NamedTuple

from activities.together import CountedSums
from domain.partnership.circumstances import Circumstances
from ledger import AppendRequest, KnownNames


class Gathered(NamedTuple):
    """The ground of a decision beside its partnership, and the appends to record together with it."""

    circumstances: Circumstances
    together: CountedSums | None
    claims: tuple[AppendRequest, ...]
    names: KnownNames | None = None
    """The people whom the partnership's stream names."""
