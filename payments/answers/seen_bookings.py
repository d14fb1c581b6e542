"""Look for a booking that people recorded in the files of the bank, by its reference, its sum and its account."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Final

from domain.identity import derive
from domain.payment.bank_answers import BankStatus
from domain.payment.bookings import reference_key
from payments import Connection
from payments.accounts import AccountDetails
from payments.answers.account_statements import account_key
from payments.answers.bank_files import read_bank_file
from payments.answers.kept_statements import statements_of
from payments.answers.matching.identity import likeness_key, unclear_key, unclear_likeness_key
from payments.answers.messages import UnreadableMessage, read_message
from payments.answers.statements import BankNotice, Unclear

_LIKELY: Final = """
SELECT DISTINCT e.file_sha256 FROM payments.stated_entries e
 WHERE e.file_sha256 = ANY ($1) AND $2 = ANY (e.reference_keys) AND e.amount = $3 AND e.currency = $4
"""
_TOLD: Final = "SELECT DISTINCT file_sha256 FROM payments.entries WHERE booking = ANY ($1) OR likeness = ANY ($2)"
"""A notification is a file of the bank as well. Its entry is found by the bank's reference or, since people write one
in another way than the bank, by its sum.
"""


async def is_seen(
    connection: Connection, details: AccountDetails, reference: str, amount: Decimal, currency: str
) -> bool:
    """True if a stored file of the bank has a booking on an account, by its reference and its sum.

    `amount`: below zero for money that left.
    """
    async for _ in sightings(connection, details, reference, amount, currency):
        return True
    return False


async def sightings(
    connection: Connection, details: AccountDetails, reference: str, amount: Decimal, currency: str
) -> AsyncIterator[BankNotice | Unclear]:
    """Yield what stored files of the bank say of a booking on an account. The parameters are as for `is_seen`.

    The tables only find the files: each is read again.
    """
    key, statements = reference_key(reference), await statements_of(connection, details)
    digests = [statement.file_sha256 for statement in statements]
    account = details.identifier
    keys = [derive("of", account, reference, status).hex for status in BankStatus]
    likenesses = [likeness_key(account, status, abs(amount), currency) for status in BankStatus]
    likenesses.append(unclear_likeness_key(account, amount, currency))
    rows = [
        *await connection.fetch(_LIKELY, digests, key, amount, currency),
        *await connection.fetch(_TOLD, [*keys, unclear_key(account, reference)], likenesses),
    ]
    for sha256 in sorted({row["file_sha256"] for row in rows}):
        for notice in await _said_in(connection, sha256):
            if _is_it(notice, details, key, amount, currency):
                yield notice


async def _said_in(connection: Connection, sha256: str) -> list[BankNotice | Unclear]:
    file = await read_bank_file(connection, sha256)
    try:
        return read_message(file.content, file.name) if file is not None else []
    except UnreadableMessage:
        return []


def _is_it(notice: BankNotice | Unclear, details: AccountDetails, key: str, amount: Decimal, currency: str) -> bool:
    keys = {reference_key(name) for name in notice.references}
    is_own_account = account_key(notice.account) == account_key(details.identifier)
    return is_own_account and (notice.currency, moved_by(notice)) == (currency, amount) and key in keys


def moved_by(notice: BankNotice | Unclear) -> Decimal:
    """Return what a booking adds to the balance, below zero for a debit."""
    if isinstance(notice, Unclear):
        return notice.movement
    amount = notice.amount or Decimal(0)
    return -amount if notice.status is BankStatus.SETTLED else amount
