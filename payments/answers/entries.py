"""The table of bank entries. Each entry is stored once, however many messages repeat it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from domain.identity import derive
from domain.payment.bank_answers import BankStatus
from payments import Connection


class Entry(NamedTuple):
    """One statement by the bank, with the keys that identify it and find possible duplicates."""

    entry_id: UUID
    """Derived from what identifies the entry. Booking: account, bank reference, detail and status, or the file and
    content if there is no reference. Status report: payment and content. Unclear statement: file and place."""
    message_id: str
    place: str
    about: str
    """The id of the payment or partnership that it concerns, empty if unknown."""
    digest: str
    """A digest of its content, without the place and time of the message."""
    referenced: bool
    """False for a booking to which the bank gave no reference of its own, and True otherwise."""
    booking: str = ""
    """A key from account, bank reference and status that all details of a booking share, empty without a reference."""
    likeness: str = ""
    """A key from account, status, amount, currency and `about`; empty if it is not a booking. Two entries with the same
    key may be the same booking if either lacks a bank reference, whatever day each of them says."""
    common_digest: str = ""
    """The digest of what a statement of account says of the same booking, which leaves out the bank's further words."""
    formerly: str = ""
    """The same key as releases before 0.3.0 stored it: with the booking day, and the amount as it was written."""
    digest_before: str = ""
    """The digest of its content as releases before 0.4.0 made it, which read neither rates nor charges."""


async def known_digest(connection: Connection, entry: Entry) -> str | None:
    """Return the stored digest of the entry with the same identity, or None if the entry is new."""
    digest: str | None = await connection.fetchval(
        "SELECT digest FROM payments.entries WHERE entry_id = $1", entry.entry_id
    )
    return digest


async def is_stored_as_before(connection: Connection, entry: Entry, file_sha256: str) -> bool:
    """True if an earlier release stored this very entry of this very file, of whose content it read less.

    The file was taken whole before: two entries of one file that bear one reference are two contents.
    """
    query = (
        "SELECT true FROM payments.entries e JOIN payments.bank_files f ON f.sha256 = e.file_sha256 "
        "WHERE e.entry_id = $1 AND e.digest = $2 AND e.file_sha256 = $3 AND f.taken_at IS NOT NULL"
    )
    return bool(await connection.fetchval(query, entry.entry_id, entry.digest_before, file_sha256))


async def was_raised(connection: Connection, entry: Entry, file_sha256: str) -> bool:
    """True if another file has an entry of this sum under this reference of the bank's that raised an exception."""
    query = (
        "SELECT true FROM payments.entries WHERE booking = $1 AND booking <> '' AND likeness = $2 "
        "AND exception_id IS NOT NULL AND file_sha256 <> $3 LIMIT 1"
    )
    return bool(await connection.fetchval(query, entry.booking, entry.likeness, file_sha256))


async def has_lookalike_in_other_file(connection: Connection, entry: Entry, file_sha256: str) -> bool:
    """True if another file has an entry with the same likeness, and one of the two lacks a bank reference."""
    query = (
        "SELECT true FROM payments.entries WHERE likeness = ANY ($1) AND likeness <> '' AND NOT (referenced AND $3) "
        "AND file_sha256 <> $2 LIMIT 1"
    )
    likenesses = [entry.likeness, entry.formerly]
    return bool(await connection.fetchval(query, likenesses, file_sha256, entry.referenced))


async def is_another_detail(connection: Connection, entry: Entry, file_sha256: str) -> bool:
    """True if another file has an entry of the same booking, which may be the same money split differently."""
    query = "SELECT true FROM payments.entries WHERE booking = $1 AND booking <> '' AND file_sha256 <> $2 LIMIT 1"
    return bool(await connection.fetchval(query, entry.booking, file_sha256))


async def place_was_used(connection: Connection, entry: Entry, file_sha256: str) -> bool:
    """True if another file has an entry with the same message id, place and payment but different content."""
    query = (
        "SELECT true FROM payments.entries WHERE message_id = $1 AND place = $2 AND about = $3 AND about <> '' "
        "AND digest <> $4 AND file_sha256 <> $5 LIMIT 1"
    )
    return bool(await connection.fetchval(query, entry.message_id, entry.place, entry.about, entry.digest, file_sha256))


async def lookalikes_besides(connection: Connection, entry: Entry, stated_id: UUID) -> bool:
    """True if an entry like this one is stored besides itself and a booking that a statement of account told."""
    query = "SELECT true FROM payments.entries WHERE likeness = $1 AND likeness <> '' AND entry_id <> ALL ($2) LIMIT 1"
    return bool(await connection.fetchval(query, entry.likeness, [entry.entry_id, stated_id]))


class AlikeRow(NamedTuple):
    """An entry of another file that is like one, with the exception that it raised, if any."""

    entry_id: UUID
    file_sha256: str
    exception_id: UUID | None


async def alike_in_other_files(
    connection: Connection, entry: Entry, file_sha256: str, likenesses: Sequence[str]
) -> list[AlikeRow]:
    """Return the entries of other files that share one of some likenesses, besides the entry itself."""
    query = (
        "SELECT entry_id, file_sha256, exception_id FROM payments.entries "
        "WHERE likeness = ANY ($1) AND likeness <> '' AND entry_id <> $2 AND file_sha256 <> $3 ORDER BY entry_id"
    )
    return [AlikeRow(**row) for row in await connection.fetch(query, list(likenesses), entry.entry_id, file_sha256)]


async def has_reference(connection: Connection, entry_id: UUID) -> bool:
    """True if the bank gave a stored entry a reference of its own."""
    query = "SELECT referenced FROM payments.entries WHERE entry_id = $1"
    return bool(await connection.fetchval(query, entry_id))


async def payments_booked_under(connection: Connection, account: str, reference: str, way: BankStatus) -> set[str]:
    """Return the subjects of the bookings of a reference on an account: the ids of payments, or '' for none of ours."""
    key = derive("of", account, reference, way).hex
    rows = await connection.fetch("SELECT DISTINCT about FROM payments.entries WHERE booking = $1", key)
    return {row["about"] for row in rows}


async def is_booked(connection: Connection, payment_id: UUID) -> bool:
    """True if an entry of an account is on record that names a payment, whether it counts or not."""
    query = "SELECT true FROM payments.entries WHERE about = $1 AND likeness <> '' LIMIT 1"
    return bool(await connection.fetchval(query, str(payment_id)))


async def is_named_by(connection: Connection, entry_id: UUID, names: Sequence[str], bookings: Sequence[str]) -> bool:
    """True if a booking that a statement told bears one of these references, however written, or these keys."""
    query = (
        "SELECT EXISTS (SELECT FROM payments.stated_entries WHERE entry_id = $1 AND reference_keys && $2::text[]) "
        "OR EXISTS (SELECT FROM payments.entries WHERE entry_id = $1 AND booking <> '' AND booking = ANY ($3))"
    )
    return bool(await connection.fetchval(query, entry_id, list(names), list(bookings)))


async def keep_entry(connection: Connection, entry: Entry, file_sha256: str, exception_id: UUID | None) -> None:
    """Store an entry as processed, with the id of its exception, if any. An entry already stored is not changed."""
    await connection.execute(
        "INSERT INTO payments.entries (entry_id, file_sha256, message_id, place, about, digest, referenced, booking, "
        "likeness, exception_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (entry_id) DO NOTHING",
        entry.entry_id, file_sha256, entry.message_id, entry.place, entry.about, entry.digest, entry.referenced,
        entry.booking, entry.likeness, exception_id,
    )  # fmt: skip


async def counted_before_bookings(connection: Connection, accounts: Sequence[str], reference: str) -> bool:
    """True if an entry of this very reference on one of these accounts counted as money that came in.

    Entries of before bookings had streams are found by it, where the reference is written as the bank wrote it.
    """
    ways = (BankStatus.RETURNED, BankStatus.RECEIVED)
    keys = [derive("of", account, reference, way).hex for account in accounts for way in ways]
    query = "SELECT true FROM payments.entries WHERE booking = ANY ($1) AND exception_id IS NULL LIMIT 1"
    return bool(await connection.fetchval(query, keys))


async def receipts_of(connection: Connection, account: str, reference: str) -> list[str]:
    """Return the partnerships for which money came in under a reference of the bank's on an account."""
    key = derive("of", account, reference, BankStatus.RECEIVED).hex
    rows = await connection.fetch(
        "SELECT DISTINCT about FROM payments.entries WHERE booking = $1 AND about <> '' ORDER BY about", key
    )
    return [row["about"] for row in rows]
