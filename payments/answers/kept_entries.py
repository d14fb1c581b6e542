"""The table of the entries of statements of account, one line for each payment in them. The file is the proof."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from domain.identity import derive
from domain.payment.bank_answers import BankStatus
from domain.payment.bookings import is_filler, reference_key
from payments import Connection
from payments.answers.matching.identity import unclear_key
from payments.answers.matching.matched import MatchedEntry
from payments.answers.statements import BankNotice, Unclear

_KEEP = """
INSERT INTO payments.stated_entries
    (file_sha256, statement, place, entry_id, amount, currency, booked_on, about, partnership_id, keys, reference_keys,
     batch, is_charge, words, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (file_sha256, statement, place) DO NOTHING
"""
_READ = """
SELECT file_sha256, statement, place, entry_id, amount, currency, booked_on, about, partnership_id, keys,
       reference_keys, batch, is_charge, words, reason
  FROM payments.stated_entries WHERE file_sha256 = ANY ($1) ORDER BY file_sha256, statement, place
"""


class KeptEntry(NamedTuple):
    """A line of the table: a payment of an entry, or what is beside the payments of one."""

    file_sha256: str
    statement: str
    place: str
    entry_id: UUID
    amount: Decimal
    currency: str
    booked_on: date | None
    about: str
    partnership_id: str
    keys: Sequence[str]
    reference_keys: Sequence[str]
    batch: str
    is_charge: bool
    words: str
    reason: str


def is_stated(matched_entry: MatchedEntry) -> bool:
    """True if a statement of account says it."""
    notice = matched_entry.said or matched_entry.unclear
    return notice is not None and bool(notice.statement_place)


def lines_of(file_sha256: str, matched_entries: Iterable[MatchedEntry]) -> Iterator[KeptEntry]:
    """Yield the lines of a file's matched entries, as far as statements of account say them."""
    for matched_entry in matched_entries:
        match matched_entry.said, matched_entry.unclear:
            case BankNotice(statement_place=statement) as notice, _ if statement:
                yield from _of_notice(file_sha256, matched_entry, notice)
            case _, Unclear(statement_place=statement) as unclear if statement:
                yield _of_unclear(file_sha256, matched_entry, unclear)
            case _:
                pass


def _of_notice(file_sha256: str, matched_entry: MatchedEntry, notice: BankNotice) -> Iterator[KeptEntry]:
    entry, amount = matched_entry.entry, notice.amount or Decimal(0)
    of_file = [each.entry.booking for each in matched_entry.payments[:1]]
    own = list(_keys_in_words(notice)) if notice.unnumbered else []
    keys = [
        key for key in (entry.booking, unclear_key(notice.account, notice.servicer_reference), *of_file, *own) if key
    ]
    line = KeptEntry(
        file_sha256, notice.statement_place, notice.entry, entry.entry_id,
        -amount if notice.status is BankStatus.SETTLED else amount, notice.currency, notice.booked_on, entry.about,
        matched_entry.partnership_id, keys, [reference_key(name) for name in notice.references],
        matched_entry.file or ("" if notice.unnumbered else notice.batch),
        notice.is_charge, _words(notice), notice.unheard or (matched_entry.fault.reason if matched_entry.fault else ""),
    )  # fmt: skip
    yield line
    if notice.beside:
        yield line._replace(
            place=f"{notice.entry}/beside", entry_id=derive("beside", entry.entry_id), amount=notice.beside, about="",
            keys=[], reference_keys=[], batch="", is_charge=notice.beside < 0, reason="",
        )  # fmt: skip


def _keys_in_words(notice: BankNotice) -> Iterator[str]:
    """Yield the keys that a notification may have of a booking, under the references that a statement in words gives.

    Of money that came in the notification alone says whether it came back.
    """
    came_in = (BankStatus.RECEIVED, BankStatus.RETURNED)
    for name in notice.references:
        for status in (BankStatus.SETTLED,) if notice.status is BankStatus.SETTLED else came_in:
            yield derive("of", notice.account, name, status).hex


def _of_unclear(file_sha256: str, matched_entry: MatchedEntry, unclear: Unclear) -> KeptEntry:
    entry = matched_entry.entry
    keys = [key for key in (entry.booking, *(each.entry.booking for each in matched_entry.payments[:1])) if key]
    references = [reference_key(name) for name in unclear.references if not is_filler(name)]
    return KeptEntry(
        file_sha256, unclear.statement_place, unclear.entry, entry.entry_id, unclear.movement, unclear.currency,
        unclear.booked_on, "", matched_entry.partnership_id, keys, references, matched_entry.file or unclear.batch,
        False, unclear.servicer_reference, unclear.reason,
    )  # fmt: skip


def _words(notice: BankNotice) -> str:
    """Return a name of a booking without anybody's words: ours, or the bank's."""
    in_words = " ".join(notice.references) if notice.unnumbered else ""
    return notice.end_to_end_id or notice.unique_transaction_reference or notice.servicer_reference or in_words


async def keep_stated_entries(connection: Connection, lines: Iterable[KeptEntry]) -> None:
    """Store the lines of a file that is stored already. The same ones again change nothing."""
    await connection.executemany(_KEEP, lines)


async def stated_entries_of(connection: Connection, digests: Sequence[str]) -> list[KeptEntry]:
    """Return the entries of the statements in some files."""
    return [KeptEntry(**row) for row in await connection.fetch(_READ, digests)]


async def keys_of_exceptions(connection: Connection) -> dict[UUID, str]:
    """Return the key of the bank's own reference of each entry that raised an exception, where it gave one."""
    query = "SELECT exception_id, booking FROM payments.entries WHERE exception_id IS NOT NULL AND booking <> ''"
    return {row["exception_id"]: row["booking"] for row in await connection.fetch(query)}


async def keys_of(connection: Connection, entry_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the key of the bank's own reference of each entry that counted, where it gave one."""
    query = "SELECT entry_id, booking FROM payments.entries WHERE entry_id = ANY ($1) AND booking <> ''"
    return {row["entry_id"]: row["booking"] for row in await connection.fetch(query, entry_ids)}


async def stated_days(
    connection: Connection, partnership_id: str, amount: Decimal, currency: str, besides: str
) -> set[date]:
    """Return the days on which statements have money of a sum for a partnership. `besides`: a file that is left out."""
    query = (
        "SELECT DISTINCT booked_on FROM payments.stated_entries WHERE partnership_id = $1 AND amount = $2 "
        "AND currency = $3 AND file_sha256 <> $4 AND booked_on IS NOT NULL"
    )
    return {row["booked_on"] for row in await connection.fetch(query, partnership_id, amount, currency, besides)}


async def find_entries(connection: Connection) -> list[tuple[UUID, str]]:
    """Return each booking that a statement has, by its identity, with the digest of a file that has it."""
    query = "SELECT entry_id, min(file_sha256) AS file_sha256 FROM payments.stated_entries GROUP BY entry_id"
    return [(row["entry_id"], row["file_sha256"]) for row in await connection.fetch(query)]
