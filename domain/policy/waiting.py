"""The edition since which an unmet barrier, and a period that is over, stop payments (rules 4.11, 4.16)."""

from __future__ import annotations

from typing import Final

from domain.policy.canonical import order_of

BINDS_SINCE: Final = "2026.5"
"""Before this edition a barrier was words, and a period was shown."""


def is_bound(edition: str) -> bool:
    """True if barrier and period stop payments of partnerships approved under an edition.

    An earlier approval stays as it was read then, so that no running grant stops with an upgrade.
    """
    return order_of(edition) >= order_of(BINDS_SINCE)
