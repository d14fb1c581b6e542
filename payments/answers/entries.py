"""Each entry of the bank's once, by its identity, however often and in whatever message it is told."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from payments import Connection


class Entry(NamedTuple):
    """One thing that the bank said, as it is told apart from others."""

    entry_id: UUID
    """Of a booking: account, servicer's reference and detail; of a status report: the payment and what it says."""
    message_id: str
    place: str
    about: str
    """The payment or partnership that it speaks of; empty where nobody knows."""
    digest: str
    """Of everything that it says, beside where and when it was told."""
    referenced: bool
    """Whether the bank gave it a reference of its own."""
    booking: str = ""
    """Of account, the bank's reference and direction, whatever detail of it is told."""
    likeness: str = ""
    """Of account, amount, direction, day and whose it is: by these, two entries without a reference may be one."""


async def known_digest(connection: Connection, entry: Entry) -> str | None:
    """Return the earlier entry of the same identity; None where it is new."""
    digest: str | None = await connection.fetchval(
        "SELECT digest FROM payments.entries WHERE entry_id = $1", entry.entry_id
    )
    return digest


async def stands_elsewhere(connection: Connection, entry: Entry, file_sha256: str) -> bool:
    """Return whether an equal entry, one of the two without a reference of the bank's, stands in another file."""
    query = (
        "SELECT true FROM payments.entries WHERE likeness = $1 AND likeness <> '' AND NOT (referenced AND $3) "
        "AND file_sha256 <> $2 LIMIT 1"
    )
    return bool(await connection.fetchval(query, entry.likeness, file_sha256, entry.referenced))


async def is_another_detail(connection: Connection, entry: Entry, file_sha256: str) -> bool:
    """Return whether another file told the same booking in other details: perhaps the same money in another form."""
    query = "SELECT true FROM payments.entries WHERE booking = $1 AND booking <> '' AND file_sha256 <> $2 LIMIT 1"
    return bool(await connection.fetchval(query, entry.booking, file_sha256))


async def place_was_used(connection: Connection, entry: Entry, file_sha256: str) -> bool:
    """Return whether the same message and place said something else of the same payment, in another file."""
    query = (
        "SELECT true FROM payments.entries WHERE message_id = $1 AND place = $2 AND about = $3 AND about <> '' "
        "AND digest <> $4 AND file_sha256 <> $5 LIMIT 1"
    )
    return bool(await connection.fetchval(query, entry.message_id, entry.place, entry.about, entry.digest, file_sha256))


async def keep_entry(connection: Connection, entry: Entry, file_sha256: str, exception_id: UUID | None) -> None:
    """Store that an entry was taken, and where a person must look at it."""
    await connection.execute(
        "INSERT INTO payments.entries (entry_id, file_sha256, message_id, place, about, digest, referenced, booking, "
        "likeness, exception_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (entry_id) DO NOTHING",
        entry.entry_id, file_sha256, entry.message_id, entry.place, entry.about, entry.digest, entry.referenced,
        entry.booking, entry.likeness, exception_id,
    )  # fmt: skip
