"""The access log: who looked at what in the console, each line bound to the one before by its digest.

The database writes it (migration 0011). At the end of each day its digest goes into the ledger, so that whoever can
write to the database cannot change or drop a line of a day that is over without being found.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

import asyncpg

from domain.identity import derive
from domain.organisation.access_log import AccessLogSealed
from domain.streams import ACCESS_LOG_STREAM
from ledger import AppendRequest, AppendStatus, Ledger
from ledger.moment import lend
from records.codec import from_ledger, to_ledger

PAGE: Final = 5000
ACCORD: Final = "accord"

GRACE: Final = timedelta(minutes=10)
"""After the end of a day, until it is sealed: clocks differ, and a look may wait for its turn over midnight."""

_AFTER: Final = (
    "SELECT number, at, staff_id, subject, digest FROM console.looks WHERE number > $1 ORDER BY number LIMIT $2"
)


class AccessLogBroken(RuntimeError):
    """A line of the access log is not what was written, or is gone."""


class AccessLogUnsealed(RuntimeError):
    """The ledger did not take a seal."""


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
        """Return the digest that the line must have after another one's, which is b'' before the first."""
        moment = f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"
        return sha256(before + "\n".join((str(self.number), moment, self.staff_id, self.subject)).encode()).digest()


async def looks(pool: asyncpg.Pool, after: int = 0, before: bytes = b"") -> AsyncIterator[Look]:
    """Yield the lines after a number, each compared with its predecessor. `before`: the digest of that number's line.

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


class Sealed(NamedTuple):
    """A seal on record: where, and when."""

    position: int
    recorded_at: datetime
    seal: AccessLogSealed

    @property
    def was_over(self) -> bool:
        """True if its day was over when it was recorded. Before that nobody could know the day's last line."""
        return self.seal.day < self.recorded_at.astimezone(UTC).date()


async def seals_of(ledger: Ledger) -> list[Sealed]:
    """Return the seals on record, in order."""
    events = await ledger.read_stream(ACCESS_LOG_STREAM)
    event_pairs = [(stored_event, from_ledger(stored_event).event) for stored_event in events]
    return [
        Sealed(stored_event.position, stored_event.recorded_at, event)
        for stored_event, event in event_pairs
        if isinstance(event, AccessLogSealed)
    ]


async def borne_out(pool: asyncpg.Pool, seals: Sequence[Sealed]) -> list[AccessLogSealed]:
    """Return the seals that the log bears out: of a day that was over, and by the digest of their line."""
    query = "SELECT number, encode(digest, 'hex') FROM console.looks WHERE number = ANY ($1)"
    async with lend(pool) as connection:
        rows = await connection.fetch(query, [seal_record.seal.last for seal_record in seals])
    digests: dict[int, str] = {row[0]: row[1] for row in rows}
    return [
        seal_record.seal
        for seal_record in seals
        if seal_record.was_over and digests.get(seal_record.seal.last) == seal_record.seal.digest
    ]


async def seal(ledger: Ledger, pool: asyncpg.Pool) -> int:
    """Seal each day that is over and has no seal yet, and return how many. Safe to repeat, and to race.

    A line that was written after its day was sealed, as one that waited over midnight, is under the next day's seal. A
    seal that the log does not bear out is nobody's word: the newest one that it bears out is gone on from.

    Raises:
        AccessLogBroken: A line since that seal was changed, or is gone.
        AccessLogUnsealed: The ledger did not take a seal.
    """
    async with lend(pool) as connection:
        today = (await connection.fetchval("SELECT ledger.now() - $1::interval", GRACE)).astimezone(UTC).date()
    seals = await seals_of(ledger)
    newest_seal = max(
        await borne_out(pool, seals), key=lambda valid_seal: (valid_seal.day, valid_seal.last), default=None
    )
    start = (newest_seal.last, bytes.fromhex(newest_seal.digest)) if newest_seal is not None else (0, b"")
    lines = [line async for line in looks(pool, *start) if line.day < today]
    ends = _ends(lines, newest_seal.day if newest_seal is not None else date.min)
    return sum([await _append(ledger, _request(*end, version)) for version, end in enumerate(ends.items(), len(seals))])


def _ends(lines: Sequence[Look], after: date) -> dict[date, Look]:
    """Return the last line of each day after another one. A line of an earlier day counts for the next one's end."""
    ends: dict[date, Look] = {}
    day = after
    for line in lines:
        day = max(day, line.day)
        if day > after:
            ends[day] = line
    return ends


async def _append(ledger: Ledger, request: AppendRequest) -> bool:
    """Append a seal, and return whether it is on record: another worker may have appended meanwhile."""
    answer = await ledger.append(request)
    if not answer.recorded and answer.status is not AppendStatus.CONFLICT:
        raise AccessLogUnsealed(f"the ledger did not take the seal of the access log: {answer.status}")
    return answer.recorded


def _request(day: date, end: Look, version: int) -> AppendRequest:
    over = datetime.combine(day + timedelta(days=1), time(), UTC)  # no clock's word, so that a race is one event
    event = AccessLogSealed(at=over, day=day, last=end.number, digest=end.digest.hex())
    command_id = derive("access log", day.isoformat(), end.number)
    return AppendRequest(ACCESS_LOG_STREAM, command_id, version, to_ledger((event,), ACCORD, command_id))


async def faults_of_log(pool: asyncpg.Pool, seals: Sequence[Sealed], today: date) -> list[str]:
    """Return the faults of the access log: a broken line, a seal that it does not bear out, a day without a seal."""
    good = await borne_out(pool, seals)
    faults = [
        f"the access log of {seal_record.seal.day} was sealed with another line {seal_record.seal.last}, or too early "
        f"(event {seal_record.position})"
        for seal_record in seals
        if seal_record.seal not in good
    ]
    last_line, since = max((valid_seal.last for valid_seal in good), default=0), today - timedelta(days=1)
    try:
        open_days = [line.day async for line in looks(pool) if line.number > last_line and line.day < since]
    except AccessLogBroken as fault:
        return [str(fault)]
    return [
        *faults,
        *([f"nobody sealed the access log since {open_days[0]}: is a worker running?"] if open_days else []),
    ]
