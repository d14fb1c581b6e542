"""A bank's statements: a notice about a payment, booking or file, or an unclear one that a person must look at."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from domain.payment.bank_answers import BankStatus
from domain.payment.booked.figures import BookedFigures
from domain.payment.bookings import is_filler
from payments.answers.elements import readable

LONGEST_REASON: Final = 300
LONGEST_REMITTANCE: Final = 500
LONGEST_CONTENT: Final = 500
"""The most characters of a bank's free text that a statement keeps. The stored file has the whole text."""


class BankNotice(NamedTuple):
    """One statement by a bank about one payment or booking, or about all payments of one file."""

    message_id: str
    entry: str
    """Its place in the message."""
    status: BankStatus
    code: str
    reason: str
    said_at: datetime
    """The time at which the bank made the message, not that of the booking."""
    end_to_end_id: str = ""
    original_message_id: str = ""
    amount: Decimal | None = None
    currency: str = ""
    account: str = ""
    """The account that the booking is on, empty for a status report."""
    remittance: str = ""
    unique_transaction_reference: str = ""
    servicer_reference: str = ""
    """The bank's own reference of the booking (AcctSvcrRef), the same in every message about it."""
    detail: str = ""
    """The name of this payment within its booking, which may contain several payments."""
    references: tuple[str, ...] = ()
    """Every reference by which the bank's own papers may name the booking, its servicer reference first."""
    debtor: str = ""
    """The name of whom the bank says that the money is from."""
    debtor_account: str = ""
    parts: tuple[str, ...] = ()
    """The names of this payment within a booking of several, empty if the booking is this payment alone."""
    booked_on: date | None = None
    value_on: date | None = None
    duplicate: bool = False
    """True if the bank marked the message as a copy of an earlier one."""
    doubt: str = ""
    """The reason why a rejection ends nothing by itself, empty if it may."""
    figures: BookedFigures | None = None
    """The figures of a payment of ours, where the bank tells more than the sum of the booking."""
    digest: str = ""
    """SHA-256 of the content without the message that carries it, so a repeated statement has the same digest."""
    digest_before: str = ""
    """The same as releases before 0.4.0 made it, which read neither rates nor charges."""
    statement_place: str = ""
    """The place of the statement of account that has the booking, empty for any other message."""
    beside: Decimal = Decimal(0)
    """The part of a statement's entry, below zero for a debit, that none of its payments is: the bank's own charges.
    The first payment of an entry has it."""
    batch: str = ""
    """Our name of the payment file that its entry gives, if it gives one."""
    is_charge: bool = False
    """True if a statement's entry is the bank's own charge, by its code."""
    unnumbered: str = ""
    """The account and the day of a statement without a number (BAI2, a bank's CSV), the same in every copy of it, or ''
    for any other message. Its bookings give identifiers no place of their own."""
    unheard: str = ""
    """The reason why no payment may hear such a booking, or ''."""


class Unclear(NamedTuple):
    """A statement by a bank that could not be interpreted. A person must look at it."""

    message_id: str
    entry: str
    reason: str
    end_to_end_id: str = ""
    account: str = ""
    servicer_reference: str = ""
    takes_back: bool = False
    """True if it is a debit that takes back money which came in before."""
    references: tuple[str, ...] = ()
    """Every reference by which it may name what came in before."""
    remittance: str = ""
    content: str = ""
    """The bank's text on one line with account numbers masked, for people to read."""
    statement_place: str = ""
    """The place of the statement of account that has the entry, empty for any other message."""
    movement: Decimal = Decimal(0)
    """The sum of a booking, below zero for a debit, or nothing where it cannot be read."""
    currency: str = ""
    booked_on: date | None = None
    batch: str = ""
    """Our name of the payment file that the entry gives, if it gives one."""
    names_none: bool = False
    """True if it is a booked batch that names none of its payments."""
    said_at: datetime | None = None
    """The time at which the bank made the message, or None where the message is no notification or statement."""


def booking_key(statement: BankNotice) -> tuple[str, str, str] | None:
    """Return a booking's identity (account, servicer reference, detail), or None if the bank gave it no reference."""
    if not statement.account or is_filler(statement.servicer_reference):
        return None
    return statement.account, statement.servicer_reference, statement.detail


def with_digest(statement: BankNotice, *texts: str) -> BankNotice:
    """Return the statement with a digest of its fields and of `texts`, whole texts that it holds cut or not at all.

    Its figures are in it, if there are any, so that the same booking with other charges is another content.
    """
    amount = statement.amount
    content = [
        statement.status.value,
        statement.code,
        statement.end_to_end_id,
        statement.original_message_id,
        "" if amount is None else f"{amount.normalize():f}",
        statement.currency,
        statement.account,
        statement.unique_transaction_reference,
        statement.servicer_reference,
        statement.detail,
        str(statement.booked_on or ""),
        str(statement.value_on or ""),
        *texts,
    ]
    figures = [] if statement.figures is None else [statement.figures.model_dump_json()]
    return statement._replace(digest=_sha256([*content, *figures]), digest_before=_sha256(content))


def _sha256(content: list[str]) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def one_line(*parts: str) -> str:
    """Return the non-empty parts, separated by commas, as one line of at most `LONGEST_CONTENT` characters."""
    return readable(", ".join(filter(None, parts)), LONGEST_CONTENT)


def labelled(label: str, text: str) -> str:
    """Return the text after its label, or '' if the text is empty."""
    return f"{label} {text}" if text else ""
