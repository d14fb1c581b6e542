"""The first reader: the ledger's stored events, as their bytes stand in the table.

It asks no other part of Accord what an event means. So a fault that all of those share shows here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC
from hashlib import sha256
from typing import Any, Final

import asyncpg

from accord.operations.attesting.readers.event_fold import EVENT_TYPES, EventFold
from accord.operations.attesting.readers.event_words import day_of, money_of
from domain.attestation.readings import ZERO, EventsReading, MoneySide, SideDifference

_DIRECTORY: Final = ("DirectoryChangeProposed", "DirectoryChangeConfirmed")
_QUERY: Final = """
SELECT position, stream_id, version, event_id, command_id, event_type, schema_version, payload, meta, recorded_at, leaf
  FROM ledger.events WHERE event_type = ANY ($1) OR stream_id LIKE $2 ORDER BY position
"""
_NO_STREAM: Final = ""
_FUNDS: Final = "fund/%"
"""The streams of funds, of which it says no sum, and looks whether each event is the one that was recorded."""
_PAGE: Final = 500


async def read_events(pool: asyncpg.Pool, upto: int) -> EventsReading:
    """Return the bookings that the events up to a position say, and the payments that are open now.

    What is open is read up to the newest event, since workflows cannot say what was open earlier.
    """
    as_of, now, differences = EventFold(), EventFold(), list[SideDifference]()
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        aside = await _set_aside(connection)
        async for row in connection.cursor(_QUERY, sorted(EVENT_TYPES), _FUNDS, prefetch=_PAGE):
            if (row["position"], row["leaf"].hex()) in aside:
                continue
            for fold in (now, as_of) if row["position"] <= upto else (now,):
                fault = fold.take(row["position"], row["stream_id"], row["event_type"], bytes(row["payload"]))
            if fault or _leaf(row) != bytes(row["leaf"]):
                differences.append(_changed(row, fault or "is not what its hash commits to: it was changed"))
    return EventsReading(
        tuple(sorted(as_of.bookings(), key=str)), frozenset(as_of.file_digests), tuple(now.open_payments()),
        tuple(differences),
    )  # fmt: skip


async def _set_aside(connection: Any) -> set[tuple[int, str]]:
    """Return the events that two guardians set aside, by position and hash."""
    proposals: dict[str, list[Any]] = {}
    aside = set()
    async for row in connection.cursor(_QUERY, list(_DIRECTORY), _NO_STREAM, prefetch=_PAGE):
        content = json.loads(bytes(row["payload"]))
        if row["stream_id"] != "directory":
            continue
        if row["event_type"] == _DIRECTORY[0]:
            proposals[content["change_id"]] = content["changes"]
        else:
            changes = proposals.get(content["change_id"], [])
            aside |= {
                (change["position"], change["leaf"]) for change in changes if change["event_type"] == "EventSetAside"
            }
    return aside


def _leaf(row: Any) -> bytes:
    """Return the hash of an event as RFC 6962 has it: of where it stands, its names, its time, and what it says."""
    names = ("position", "stream_id", "version", "event_type", "schema_version")
    envelope = {name: row[name] for name in names}
    envelope |= {name: str(row[name]) for name in ("event_id", "command_id")}
    envelope |= {f"{name}_sha256": sha256(bytes(row[name])).hexdigest() for name in ("payload", "meta")}
    envelope["recorded_at"] = f"{row['recorded_at'].astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    return sha256(b"\0" + json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode()).digest()


def _changed(row: Any, fault: str) -> SideDifference:
    """Return the difference of an event that is not what was recorded, with the sum that it now says."""
    subject = row["stream_id"].split("/")[1] if "/" in row["stream_id"] else row["stream_id"]
    where = f"{subject} event {row['position']} ({row['event_type']})"
    currency, amount, day = "", ZERO, row["recorded_at"].date()
    for content in _contents(bytes(row["payload"])):
        currency, amount = money_of(content)
        day = day_of(content)
    return SideDifference(MoneySide.EVENTS, f"the event {fault}", where, "", currency, amount, day)


def _contents(payload: bytes) -> Iterator[Any]:
    """Yield the readable parts of a payload that names a sum: its answer of the bank, or itself."""
    try:
        content = json.loads(payload)
        money_part = content.get("answer") or content
        money_of(money_part)
        day_of(money_part)
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError):
        return
    yield money_part
