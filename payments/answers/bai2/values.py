"""The values of a BAI2 account: its number, currency and day, and the sums of its entries by their type codes."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from domain.values import minor_digits
from payments.answers.account_statements import account_key
from payments.answers.bai2.records import BaiAccount, BaiEntry, BaiGroup, refuse
from payments.answers.elements import YEARS, readable

_CREDITS: Final = (range(100, 400), range(720, 723), range(920, 960))
_DEBITS: Final = (range(400, 700), range(760, 761), range(960, 1000))
_INFORMATION: Final = range(890, 900)
"""Type codes: credits, debits (the bank's own and loans among them), and words that move no money (appendix A)."""
_CHARGES: Final = frozenset({564, 567, 661, 698})
"""Fees: of an overdraft, of a returned item, by the analysis of the account, and others (appendix A)."""
_RETURNS: Final = (range(250, 270), range(550, 570))
"""Items that were returned, reversed, rejected or corrected (appendix A)."""

_DAY: Final = re.compile(r"[0-9]{6}")


def account_of(account: BaiAccount) -> str:
    """Return the number of an account, its letters and digits alone."""
    number = account_key(account.head.field(0))
    if not number:
        refuse(account.head.line, "the account has no number")
    return number


def currency_of(group: BaiGroup, account: BaiAccount) -> str:
    """Return the currency of an account: its own, or that of its group, or US dollars as BAI2 has it."""
    currency = account.head.field(1) or group.head.field(5) or "USD"
    try:
        minor_digits(currency)
    except KeyError:
        refuse(account.head.line, f"the account is in {readable(currency, 20)}, which is not a currency")
    return currency


def day_of(group: BaiGroup) -> date:
    """Return the day of a group."""
    day_text = group.head.field(3)
    try:
        day = datetime.strptime(day_text, "%y%m%d").date() if _DAY.fullmatch(day_text) else None  # noqa: DTZ007
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        refuse(group.head.line, f"the day {readable(day_text, 20) or 'that is empty'} is not written as one (YYMMDD)")
    return day


def in_currency(units: int, currency: str) -> Decimal:
    """Return an amount in the smallest unit of a currency as one in the currency."""
    return Decimal(units).scaleb(-minor_digits(currency))


def movements(account: BaiAccount) -> list[BaiEntry]:
    """Return the entries of an account without those that are words alone."""
    return [entry for entry in account.entries if int(entry.figure.code) not in _INFORMATION]


def signed(entry: BaiEntry, currency: str) -> Decimal:
    """Return the amount of an entry, negative for a debit. An amount that is empty is nothing."""
    code, amount = int(entry.figure.code), in_currency(entry.figure.units or 0, currency)
    if any(code in codes for codes in _CREDITS):
        return amount
    if any(code in codes for codes in _DEBITS):
        return -amount
    return refuse(entry.record.line, f"an entry of type {entry.figure.code} is neither a credit nor a debit")


def is_charge(entry: BaiEntry) -> bool:
    """True if an entry is the bank's own charge by its type code."""
    return int(entry.figure.code) in _CHARGES


def is_return(entry: BaiEntry) -> bool:
    """True if an entry is a return, a reversal or a correction by its type code."""
    return not is_charge(entry) and any(int(entry.figure.code) in codes for codes in _RETURNS)
