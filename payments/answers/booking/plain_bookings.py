"""Bookings of statements that give no identifiers a place of their own (BAI2, a bank's CSV): words, a sum and a day.

Such a statement has no number either, and comes in many copies: exports overlap. So a booking is the same in each of
them, by the account, the day and what tells it from the others of its day.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final, NamedTuple

from domain.payment.bank_answers import BOOKED, BankStatus
from payments.answers.elements import readable
from payments.answers.statements import LONGEST_REMITTANCE, BankNotice, with_digest

_OUR_FILE: Final = re.compile(r"ACCM[A-Z2-7]{26}")
_REFERENCE_CODE: Final = re.compile(r"[A-Z2-7]{8}")
"""All that the header of a NACHA file has of a message id of ours."""
_TOO_LONG: Final = "its text is longer than is read, and may name another payment"


class PlainStatement(NamedTuple):
    """The statement of a day that a booking is of."""

    message_id: str
    place: str
    """Its place in the file."""
    account: str
    currency: str
    day: date


class PlainBooking(NamedTuple):
    """A booking in words."""

    place: str
    """Its place in the file, without the account's number."""
    amount: Decimal
    """Its movement of the balance, below zero for a debit."""
    reference: str
    """The bank's reference, or ''."""
    texts: tuple[str, ...]
    """What else the bank says of it."""
    marks: tuple[str, ...]
    """What tells it from others of its day and sum in every copy of the statement."""
    is_charge: bool = False
    doubt: str = ""
    """The reason why no payment may hear it, or ''."""


def plain_notice(statement: PlainStatement, booking: PlainBooking) -> BankNotice:
    """Return a booking as a notice. Which payment it is of, if any, its words alone say."""
    text = " ".join(filter(None, (*booking.texts, booking.reference)))
    notice = BankNotice(
        message_id=statement.message_id,
        entry=booking.place,
        status=BankStatus.SETTLED if booking.amount < 0 else BankStatus.RECEIVED,
        code=BOOKED,
        reason="",
        said_at=datetime.combine(statement.day, time(), UTC),
        amount=abs(booking.amount),
        currency=statement.currency,
        account=statement.account,
        remittance=readable(text, LONGEST_REMITTANCE),
        references=(booking.reference,) if booking.reference else (),
        booked_on=statement.day,
        statement_place=statement.place,
        batch=_file_named(*booking.texts, booking.reference),
        is_charge=booking.is_charge,
        unnumbered=f"{statement.account}/{statement.currency}/{statement.day}",
        unheard=booking.doubt or (_TOO_LONG if len(text) > LONGEST_REMITTANCE else ""),
    )
    return with_digest(notice, *booking.marks)


def _file_named(*texts: str) -> str:
    """Return our name of the payment file that texts give, or its reference code in a NACHA file, or '' for neither."""
    compact = ("".join(filter(str.isalnum, text)).upper() for text in texts)
    names = {name for text in compact for name in _OUR_FILE.findall(text)}
    codes = {word for text in texts for word in text.split() if _REFERENCE_CODE.fullmatch(word)}
    with_digit = {code for code in codes if not code.isalpha()}  # most have one, and no word of a language has
    candidates = names or with_digit or codes
    return next(iter(candidates)) if len(candidates) == 1 else ""
