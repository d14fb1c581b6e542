"""Statements of a bank, one meaning each: on a payment or booking, or something that a person must look at."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from domain.payment.bank_answers import BankStatus
from payments.answers.elements import readable

LONGEST_REASON: Final = 300
LONGEST_REMITTANCE: Final = 500
LONGEST_CONTENT: Final = 500
"""How many characters of a bank's free text are kept. The file itself holds all of them."""

FILLERS: Final = frozenset({"NONREF", "NOTPROVIDED", "NOT PROVIDED", "NOREF", "NONE", "N/A", "UNKNOWN"})
"""What banks write where the schema demands an identifier and they have none. It identifies nothing."""

_SAYS_SOMETHING: Final = re.compile(r"[^\W0_]")
_IBAN: Final = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_LONG_NUMBER: Final = re.compile(r"[0-9]{8,}")


class BankNotice(NamedTuple):
    """One thing that a bank says about one payment or booking, or about all payments of one file."""

    message_id: str
    entry: str
    """Its place in the message."""
    status: BankStatus
    code: str
    reason: str
    said_at: datetime
    """When the bank made the message, not when it booked."""
    end_to_end_id: str = ""
    original_message_id: str = ""
    amount: Decimal | None = None
    currency: str = ""
    account: str = ""
    """The account that the entry stands on, at the bank that says so."""
    remittance: str = ""
    unique_transaction_reference: str = ""
    servicer_reference: str = ""
    """The bank's own name for the booking (AcctSvcrRef); the same wherever the bank tells of it."""
    detail: str = ""
    """Which part of a booking of several payments this is."""
    booked_on: date | None = None
    value_on: date | None = None
    duplicate: bool = False
    """The bank marked the message as a copy of one that it sent before."""
    digest: str = ""
    """SHA-256 of what is said, apart from the message it stands in: the same thing told twice is equal."""


class Unclear(NamedTuple):
    """Something a bank says that has no meaning for us yet; a person must look."""

    message_id: str
    entry: str
    reason: str
    end_to_end_id: str = ""
    account: str = ""
    servicer_reference: str = ""
    content: str = ""
    """What the bank said, on one line and with account numbers cut, for whoever looks."""


def booking_key(statement: BankNotice) -> tuple[str, str, str] | None:
    """Return a booking's identity: account, servicer reference, detail. None where the bank gave it no name."""
    if not statement.account or is_filler(statement.servicer_reference):
        return None
    return statement.account, statement.servicer_reference, statement.detail


def is_filler(reference: str) -> bool:
    """Return whether an identifier identifies nothing: empty, zeros and signs alone, or a word that banks fill in."""
    return reference.upper() in FILLERS or not _SAYS_SOMETHING.search(reference)


def with_digest(statement: BankNotice, *texts: str) -> BankNotice:
    """Return the statement with the digest of what it says and of these texts, which it holds cut or not at all."""
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
    return statement._replace(digest=hashlib.sha256(json.dumps(content).encode()).hexdigest())


def told(*parts: str) -> str:
    """Return one line out of what a bank said, without the parts that are empty."""
    return readable(", ".join(filter(None, parts)), LONGEST_CONTENT)


def labelled(label: str, text: str) -> str:
    """Return a part of such a line: what it is, and what it says; nothing where it says nothing."""
    return f"{label} {text}" if text else ""


def masked(text: str) -> str:
    """Return a text in which only the ends of account numbers are left."""
    return _LONG_NUMBER.sub(_ending, _IBAN.sub(_ending, text))


def masked_account(number: str) -> str:
    """Return the end of an account number, as banks print it."""
    return f"…{number[-4:]}" if len(number) > 4 else number


def _ending(found: re.Match[str]) -> str:
    return masked_account(found.group().replace(" ", ""))
