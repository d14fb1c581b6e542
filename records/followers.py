"""The signed words of the auditors' followers: cosignatures on checkpoints, and where one stopped."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final, NamedTuple

import asyncpg
from asyncpg.pool import PoolConnectionProxy

_KEEP: Final = (
    "INSERT INTO followers.words (key, kind, place, text_sha256, reason, note) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (key, kind, text_sha256) DO NOTHING"
)
_STANDINGS: Final = (
    "SELECT split_part(key, '+', 1) AS name, key, "
    "max(place) FILTER (WHERE kind = 'COSIGNED') AS cosigned, "
    "min(received_at) FILTER (WHERE kind = 'COSIGNED') AS since, "
    "max(received_at) FILTER (WHERE kind = 'COSIGNED') AS newest_at, "
    "(SELECT s.number FROM followers.words s WHERE s.key = w.key AND s.kind = 'STOPPED' AND s.number > coalesce("
    "(SELECT max(number) FROM followers.words c "
    "WHERE c.key = w.key AND c.kind = 'COSIGNED' AND c.place >= s.place), 0) "
    "ORDER BY s.number DESC LIMIT 1) AS stop FROM followers.words w GROUP BY key ORDER BY name, key"
)
_STOPS: Final = "SELECT number, place, reason, received_at FROM followers.words WHERE number = ANY ($1)"


class WordKind(StrEnum):
    """A kind of what a follower says."""

    COSIGNED = "COSIGNED"
    STOPPED = "STOPPED"


class FollowerWord(NamedTuple):
    """A signed line of a follower, verified by its key."""

    key: str
    kind: WordKind
    place: int
    """The size that is cosigned, or the position of the event at which it stopped."""
    text: str
    """The text that is signed."""
    note: str
    reason: str = ""


class FollowerStop(NamedTuple):
    """The event at which a follower stopped, why, and since when that is known here."""

    position: int
    reason: str
    at: datetime


class FollowerStanding(NamedTuple):
    """The standing of a follower: how far it cosigned, since when, and where it stopped, if it did."""

    name: str
    key: str
    cosigned: int | None
    since: datetime | None
    newest_at: datetime | None
    stop: FollowerStop | None


async def keep_word(connection: PoolConnectionProxy | asyncpg.Connection, word: FollowerWord) -> bool:
    """Keep a line that was verified. Return False if the same was kept before."""
    digest = sha256(word.text.encode()).hexdigest()
    result = await connection.execute(_KEEP, word.key, word.kind, word.place, digest, word.reason, word.note)
    return bool(result.endswith(" 1"))


async def follower_standings(pool: asyncpg.Pool) -> list[FollowerStanding]:
    """Return the standing of each follower. One that cosigned the event at which it had stopped goes on again."""
    rows = await pool.fetch(_STANDINGS)
    stops = await pool.fetch(_STOPS, [row["stop"] for row in rows if row["stop"] is not None])
    by_number = {row["number"]: FollowerStop(row["place"], row["reason"], row["received_at"]) for row in stops}
    return [
        FollowerStanding(
            row["name"], row["key"], row["cosigned"], row["since"], row["newest_at"], by_number.get(row["stop"])
        )
        for row in rows
    ]
