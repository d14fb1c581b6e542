"""The zone in which a page writes its times: its reader's, as their browser names it, else UTC. Days stay days."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

COOKIE: Final = "accord-zone"
"""The cookie in which a browser names its zone. It decides nothing but how times are written for whoever sends it."""

_ZONE: Final[ContextVar[tzinfo]] = ContextVar("zone", default=UTC)


def write_times_in(name: str) -> None:
    """Write times from here on in a zone, such as Africa/Kampala, or in UTC if there is none of that name."""
    _ZONE.set(ZoneInfo(name) if name in _names() else UTC)


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


def local(moment: datetime) -> datetime:
    """Return a moment in the reader's zone."""
    return moment.astimezone(_ZONE.get())


def zone_in_words() -> str:
    """Return the zone of the times on a page, for its footer."""
    zone = _ZONE.get()
    return str(zone) if isinstance(zone, ZoneInfo) and str(zone) != "UTC" else "UTC"
