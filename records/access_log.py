"""The access log: who looked at what in the console, each line bound to the one before by its digest.

The database writes it (migration 0015). At the end of each day its digest goes into the ledger, so that whoever can
write to the database cannot change or drop a line of a day that is over without being found.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

import asyncpg

from domain.access_log import AccessLogSealed
from domain.identity import derive
from domain.streams import ACCESS_LOG_STREAM
from ledger import AppendRequest, AppendStatus, Ledger
from ledger.store import lend
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


class Sealed(NamedTuple):
    """A seal on record, and where."""

    position: int
    seal: AccessLogSealed


async def seals_of(ledger: Ledger) -> list[Sealed]:
    """Return the seals on record that can be read, in order."""
    told = ((one.position, from_ledger(one).event) for one in await ledger.read_stream(ACCESS_LOG_STREAM))
    return [Sealed(position, event) for position, event in told if isinstance(event, AccessLogSealed)]


async def seal(ledger: Ledger, pool: asyncpg.Pool) -> int:
    """Seal each day that is over and has no seal yet, and return how many. Safe to repeat, and to race.

    A line that was written after its day was sealed, as one that waited over midnight, is under the next day's seal. A
    seal that no line answers is nobody's word: the newest one that the log bears out is gone on from.

    Raises:
        AccessLogBroken: A line since that seal was changed, or is gone.
        AccessLogUnsealed: The ledger did not take a seal.
    """
    async with lend(pool) as connection:
        today = (await connection.fetchval("SELECT ledger.now() - $1::interval", GRACE)).astimezone(UTC).date()
    known = await seals_of(ledger)
    last = await _newest_borne_out(pool, [one.seal for one in known])
    begun = (last.last, bytes.fromhex(last.digest)) if last is not None else (0, b"")
    lines = [line async for line in looks(pool, *begun) if line.day < today]
    ends = _ends(lines, last.day if last is not None else date.min)
    before = len(await ledger.read_stream(ACCESS_LOG_STREAM))
    return sum([await _append(ledger, _request(*end, version)) for version, end in enumerate(ends.items(), before)])


def _ends(lines: Sequence[Look], after: date) -> dict[date, Look]:
    """Return the last line of each day after another one; a line of an earlier day counts for the next one's end."""
    ends: dict[date, Look] = {}
    day = after
    for line in lines:
        day = max(day, line.day)
        if day > after:
            ends[day] = line
    return ends


async def _newest_borne_out(pool: asyncpg.Pool, seals: Sequence[AccessLogSealed]) -> AccessLogSealed | None:
    """Return the newest seal whose line has its digest."""
    query = "SELECT encode(digest, 'hex') FROM console.looks WHERE number = $1"
    async with lend(pool) as connection:
        for one in reversed(seals):
            if await connection.fetchval(query, one.last) == one.digest:
                return one
    return None


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
    """Return what is wrong with the access log: a broken line, a seal that no line answers, a day without a seal."""
    lines: dict[int, Look] = {}
    try:
        async for line in looks(pool):
            lines[line.number] = line
    except AccessLogBroken as fault:
        return [str(fault)]
    digests = {number: line.digest.hex() for number, line in lines.items()}
    borne_out = [one.seal for one in seals if digests.get(one.seal.last) == one.seal.digest]
    false = [one for one in seals if one.seal not in borne_out]
    told = [
        f"the access log of {one.seal.day} was sealed with another line {one.seal.last} (event {one.position})"
        for one in false
    ]
    sealed = max((one.last for one in borne_out), default=0)
    late = [line for line in lines.values() if line.number > sealed and line.day < today - timedelta(days=1)]
    return [*told, *([f"nobody sealed the access log since {late[0].day}: is a worker running?"] if late else [])]
