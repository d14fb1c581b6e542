"""The seals of what was handed in: each minute its Merkle root goes into the ledger, and each submission gets its path.

So a grantee shows when they handed in, before anybody of staff looked, and nobody slips anything in afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from domain.identity import ACCORD, derive
from domain.streams import SUBMISSIONS_STREAM
from domain.submissions.events import SubmissionsSealed
from ledger import AppendRequest, AppendStatus, Ledger, clock
from ledger.moment import lend
from ledger.tree import inclusion_proofs, root_of
from records.codec import from_ledger, to_ledger

Connection = asyncpg.Pool | PoolConnectionProxy

MOST: Final = 10_000
"""The most submissions under one seal. A busier minute has several."""
RECENT: Final = 50
"""The newest seals, which a worker reads each minute. Older ones are read only where none of these is borne out."""
LATEST: Final = timedelta(hours=1)
"""The longest between a submission and its seal. What is sealed later is looked at by a person."""

_ROWS: Final = "SELECT number, sha256, at FROM grantee.submissions WHERE number > $1 ORDER BY number LIMIT $2"
_BETWEEN: Final = "SELECT number, sha256, at FROM grantee.submissions WHERE number BETWEEN $1 AND $2 ORDER BY number"
_PROOF: Final = """
INSERT INTO grantee.proofs AS p (number, position, path)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[])
ON CONFLICT (number) DO UPDATE SET position = EXCLUDED.position, path = EXCLUDED.path
 WHERE p.receipt IS NULL AND p.position <> EXCLUDED.position
"""
_UNPROVED: Final = """
WITH seal AS (SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS one(first, last, position))
SELECT min(s.number) FROM grantee.submissions s LEFT JOIN grantee.proofs p USING (number)
 WHERE s.number BETWEEN (SELECT min(first) FROM seal) AND (SELECT max(last) FROM seal) AND p.receipt IS NULL
   AND NOT EXISTS (SELECT FROM seal WHERE seal.position = p.position AND s.number BETWEEN seal.first AND seal.last)
"""
"""The first submission without a proof, or whose proof is by a seal that a ledger put back forgot."""
_UNSEALED_SINCE: Final = """
SELECT min(s.at) FROM grantee.submissions s WHERE NOT EXISTS (SELECT FROM grantee.proofs p WHERE p.number = s.number)
"""


class SubmissionsUnsealed(RuntimeError):
    """The ledger did not take a seal."""


class LaidDown(NamedTuple):
    """A submission as it was laid down at the door."""

    number: int
    sha256: bytes
    at: datetime

    @property
    def leaf(self) -> bytes:
        """Its leaf in the tree of its seal."""
        return leaf_of(self.sha256)


def leaf_of(digest: bytes) -> bytes:
    """Return the leaf of a submission's digest in the tree of its seal (RFC 6962, section 2.1)."""
    return sha256(b"\x00" + digest).digest()


class SealOnRecord(NamedTuple):
    """A seal on record: where, and when."""

    position: int
    recorded_at: datetime
    seal: SubmissionsSealed


async def seals_on_record(ledger: Ledger, after_version: int = 0) -> list[SealOnRecord]:
    """Return the seals on record after a version of their stream, in order."""
    events = await ledger.read_stream(SUBMISSIONS_STREAM, after_version)
    pairs = [(stored_event, from_ledger(stored_event).event) for stored_event in events]
    return [
        SealOnRecord(stored_event.position, stored_event.recorded_at, event)
        for stored_event, event in pairs
        if isinstance(event, SubmissionsSealed)
    ]


async def submissions_between(connection: Connection, first: int, last: int) -> list[LaidDown]:
    """Return the submissions with these numbers, in order."""
    return [LaidDown(*row) for row in await connection.fetch(_BETWEEN, first, last)]


def bears_out(seal: SubmissionsSealed, submissions: Sequence[LaidDown]) -> bool:
    """True if what lies there is what was sealed: as many, in this order, with these digests."""
    numbers = [submission.number for submission in submissions]
    if numbers != list(range(seal.first, seal.last + 1)):
        return False
    return root_of([submission.leaf for submission in submissions]).hex() == seal.root


async def seal_submissions(ledger: Ledger, pool: asyncpg.Pool) -> int:
    """Seal the submissions since the last seal, write down the proofs, and return the number of new seals.

    Safe to repeat, and to race. A seal that the submissions do not bear out is nobody's word, and is not gone on from.

    Raises:
        SubmissionsUnsealed: The ledger did not take a seal.
    """
    version, sealed_now = await _version(ledger), False
    recent = max(0, version - RECENT)
    seals = await seals_on_record(ledger, recent)
    last = await _last_borne_out(pool, seals) or (await _last_borne_out(pool, await seals_on_record(ledger)))
    async with lend(pool) as connection:
        rows = [LaidDown(*row) for row in await connection.fetch(_ROWS, last, MOST)]
    if rows:
        sealed_now = await _append(ledger, _request(rows, version))
    if sealed_now or seals:
        await _prove(pool, await seals_on_record(ledger, recent) if sealed_now else seals)
    return sealed_now


async def _version(ledger: Ledger) -> int:
    """Return the newest version of the stream of seals."""
    async with ledger.connection() as connection:
        return (await ledger.versions([SUBMISSIONS_STREAM], connection))[SUBMISSIONS_STREAM]


async def _last_borne_out(pool: asyncpg.Pool, seals: Sequence[SealOnRecord]) -> int:
    """Return the last number under the newest seal that what lies there bears out, or 0."""
    for entry in reversed(seals):
        async with lend(pool) as connection:
            submissions = await submissions_between(connection, entry.seal.first, entry.seal.last)
        if bears_out(entry.seal, submissions):
            return entry.seal.last
    return 0


def _request(rows: Sequence[LaidDown], version: int) -> AppendRequest:
    root = root_of([row.leaf for row in rows]).hex()
    event = SubmissionsSealed(at=rows[-1].at, first=rows[0].number, last=rows[-1].number, root=root)
    command_id = derive("submissions", event.first, event.last, root)
    return AppendRequest(SUBMISSIONS_STREAM, command_id, version, to_ledger((event,), ACCORD, command_id))


async def _append(ledger: Ledger, request: AppendRequest) -> bool:
    """Append a seal, and return whether it is on record: another worker may have appended meanwhile."""
    answer = await ledger.append(request)
    if not answer.recorded and answer.status is not AppendStatus.CONFLICT:
        raise SubmissionsUnsealed(f"the ledger did not take the seal of what was handed in: {answer.status}")
    return answer.recorded


async def _prove(pool: asyncpg.Pool, seals: Sequence[SealOnRecord]) -> None:
    """Write down the path of each submission that is sealed and has none yet, also after a worker died between.

    A whole receipt stays, whatever the ledger forgot since: it proves by itself.
    """
    spans = [(entry.seal.first, entry.seal.last, entry.position) for entry in seals]
    async with lend(pool) as connection:
        first_unproved = await connection.fetchval(_UNPROVED, *map(list, zip(*spans, strict=True)))
        if first_unproved is None:
            return
        for entry in (unproved for unproved in seals if unproved.seal.last >= first_unproved):
            submissions = await submissions_between(connection, entry.seal.first, entry.seal.last)
            if bears_out(entry.seal, submissions):
                paths = [b"".join(proof) for proof in inclusion_proofs([row.leaf for row in submissions])]
                numbers = [submission.number for submission in submissions]
                await connection.execute(_PROOF, numbers, [entry.position] * len(numbers), paths)


async def faults_of_submissions(pool: asyncpg.Pool, ledger: Ledger) -> list[str]:
    """Return the faults of what was handed in: a seal that it does not bear out, and what nobody sealed in time."""
    faults, last = [], 0
    for entry in await seals_on_record(ledger):
        async with lend(pool) as connection:
            submissions = await submissions_between(connection, entry.seal.first, entry.seal.last)
        if bears_out(entry.seal, submissions):
            last = max(last, entry.seal.last)
        else:
            words = f"submissions {entry.seal.first} to {entry.seal.last} are not those that were sealed"
            faults.append(f"{words} (event {entry.position})")
    async with lend(pool) as connection:
        rows = [LaidDown(*row) for row in await connection.fetch(_ROWS, last, 1)]
    if rows and rows[0].at < clock.now() - LATEST:
        faults.append(f"nobody sealed what was handed in since {rows[0].at:%Y-%m-%d %H:%M}: is a worker running?")
    return faults


async def unsealed_since(pool: asyncpg.Pool) -> datetime | None:
    """Return the time of the oldest submission that is under no seal yet, or None."""
    async with lend(pool) as connection:
        since: datetime | None = await connection.fetchval(_UNSEALED_SINCE)
    return since
