"""The access log: who looked at what in the console, each line bound to the one before by its digest.

The database writes it (migration 0015). At the end of each day its digest goes into the ledger, so that whoever can
write to the database cannot change or drop a line of a day that is over without being found.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from itertools import groupby
from typing import Any, Final, NamedTuple, cast

import asyncpg

from domain.access_log import AccessLogSealed
from domain.identity import derive
from domain.streams import ACCESS_LOG_STREAM
from ledger import AppendRequest, Ledger
from ledger.store import lend
from records.codec import from_ledger, to_ledger

PAGE: Final = 5000
ACCORD: Final = "accord"

_AFTER: Final = (
    "SELECT number, at, staff_id, subject, digest FROM console.looks WHERE number > $1 ORDER BY number LIMIT $2"
)


class AccessLogBroken(RuntimeError):
    """A line of the access log is not what was written, or is gone."""


class Look(NamedTuple):
    """A line of the access log."""

    number: int
    at: datetime
    staff_id: str
    subject: str
    """A partnership's id, or a list in words."""
    digest: bytes

    @property
    def day(self) -> date:
        """The day of the look, in UTC."""
        return self.at.astimezone(UTC).date()

    def digest_after(self, before: bytes) -> bytes:
        """Return the digest that the line must have after another one's; b'' before the first."""
        moment = f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"
        return sha256(before + "\n".join((str(self.number), moment, self.staff_id, self.subject)).encode()).digest()


async def looks(pool: asyncpg.Pool, after: int = 0, before: bytes = b"") -> AsyncIterator[Look]:
    """Yield the lines after a number, each compared with the one before; `before` is the digest of that number's line.

    Raises:
        AccessLogBroken: A line was changed, or is gone.
    """
    while True:
        async with lend(pool) as connection:
            rows = await connection.fetch(_AFTER, after, PAGE)
        for row in rows:
            line = Look(*row)
            if line.number != after + 1 or line.digest != line.digest_after(before):
                raise AccessLogBroken(f"line {after + 1} of the access log is not what was written, or is gone")
            yield line
            after, before = line.number, line.digest
        if len(rows) < PAGE:
            return


async def seals_of(ledger: Ledger) -> list[AccessLogSealed]:
    """Return the seals on record, in order."""
    stored = await ledger.read_stream(ACCESS_LOG_STREAM)
    return [cast(AccessLogSealed, from_ledger(one).event) for one in stored]


async def seal(ledger: Ledger, pool: asyncpg.Pool, today: date) -> int:
    """Seal each day before today that has lines and no seal yet, and return how many. Safe to repeat, and to race.

    Raises:
        AccessLogBroken: A line since the last seal was changed, or is gone.
    """
    known = await seals_of(ledger)
    last = (known[-1].last, bytes.fromhex(known[-1].digest)) if known else (0, b"")
    lines = [line async for line in looks(pool, *last) if line.day < today]
    ends = [list(some)[-1] for _, some in groupby(lines, lambda line: line.day)]
    for version, end in enumerate(ends, len(known)):
        await ledger.append(_request(end, version))
    return len(ends)


def _request(end: Look, version: int) -> AppendRequest:
    over = datetime.combine(end.day + timedelta(days=1), time(), UTC)  # no clock's word, so that a race is one event
    event = AccessLogSealed(at=over, day=end.day, last=end.number, digest=end.digest.hex())
    command_id = derive("access log", end.day.isoformat())
    return AppendRequest(ACCESS_LOG_STREAM, command_id, version, to_ledger((event,), ACCORD, command_id))


async def faults_of_log(pool: asyncpg.Pool, seals: Sequence[AccessLogSealed]) -> list[str]:
    """Return what is wrong with the access log: a broken line, or a seal that no line answers."""
    digests: dict[int, Any] = {}
    try:
        async for line in looks(pool):
            digests[line.number] = line.digest.hex()
    except AccessLogBroken as fault:
        return [str(fault)]
    return [
        f"the access log of {one.day} was sealed with another line {one.last}"
        for one in seals
        if digests.get(one.last) != one.digest
    ]
