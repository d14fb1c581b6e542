"""The choice of each member of staff: where they are written to, at which hour, and of what at once."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from accord.presentation.faults import BadInput
from accord.presentation.words.mail import LANGUAGES
from accord.presentation.words.values import listed

_ADDRESS: Final = re.compile(r"[!-;=?A-~]{1,64}@[A-Za-z0-9.-]{1,120}\.[A-Za-z0-9-]{2,63}|[!-;=?A-~]{1,64}@localhost")
_COLUMNS: Final = "staff_id, address, digest_hour, zone, overdue, changed_at, language"


class MailChoice(NamedTuple):
    """A person's choice."""

    staff_id: str
    address: str
    digest_hour: int | None
    """The hour of the day at which they get the digest, or None for no digest."""
    zone: str
    """The zone of that hour, such as Africa/Kampala."""
    overdue: bool
    """Whether they are told at once of what is overdue."""
    changed_at: datetime
    language: str

    def digest_due(self, now: datetime) -> datetime:
        """Return the moment of the digest of the day, in their zone, that a time is in."""
        here = now.astimezone(ZoneInfo(self.zone))
        return here.replace(hour=self.digest_hour or 0, minute=0, second=0, microsecond=0)


async def mail_choices(connection: asyncpg.Pool | PoolConnectionProxy) -> list[MailChoice]:
    """Return everybody's choice."""
    return [MailChoice(*row) for row in await connection.fetch(f"SELECT {_COLUMNS} FROM post.choices ORDER BY 1")]  # noqa: S608


async def choice_of(connection: asyncpg.Pool | PoolConnectionProxy, staff_id: str) -> MailChoice | None:
    """Return a person's choice, or None if they chose nothing."""
    row = await connection.fetchrow(f"SELECT {_COLUMNS} FROM post.choices WHERE staff_id = $1", staff_id)  # noqa: S608
    return MailChoice(*row) if row else None


async def choose(
    connection: asyncpg.Pool, staff_id: str, address: str, digest_hour: int | None, zone: str, overdue: bool,
    language: str = "en",
) -> None:  # fmt: skip
    """Keep a person's choice, or none of it where they want neither a digest nor to be told at once.

    Raises:
        BadInput: The address, the hour, the zone or the language is none. Nothing is kept.
    """
    is_wanted = digest_hour is not None or overdue
    if is_wanted and not _ADDRESS.fullmatch(address):
        raise BadInput(f"address: {address[:80]!r} is no address for mail; write one such as name@example.org")
    if digest_hour is not None and not 0 <= digest_hour <= 23:
        raise BadInput(f"hour: {digest_hour} is no hour of a day; write a number from 0 to 23")
    if zone not in _zones():
        raise BadInput(f"zone: {zone[:60]!r} is no time zone; write one such as Africa/Kampala, or UTC")
    if language not in LANGUAGES:
        raise BadInput(f"language: {language[:20]!r} is no language of mail; choose {listed(LANGUAGES, 'or')}")
    kept_address = address if is_wanted else ""
    await connection.execute(
        "SELECT post.choose($1, $2, $3, $4, $5, $6)", staff_id, kept_address, digest_hour, zone, overdue, language
    )


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
