"""Read BAI2 accounts as statements of account, as those of camt.053 are: balances that the entries add up to.

A report of a day that is not over, or that is not final, is for sight alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from domain.payment.continuity import ClosedStatement
from domain.values import minor_digits
from payments.answers.account_statements import AccountStatement, account_key
from payments.answers.bai2.records import BaiAccount, BaiEntry, BaiGroup, read_groups, refuse
from payments.answers.elements import YEARS, exact_sum, readable
from payments.answers.sights import IntradayEntry, IntradayReport

_OPENING_LEDGER: Final = ("010", "opening ledger balance")
_CLOSING_LEDGER: Final = ("015", "closing ledger balance")
_OPENING_AVAILABLE: Final = ("040", "opening available balance")
_CLOSING_AVAILABLE: Final = ("045", "closing available balance")
_CURRENT: Final = (("030", "current ledger balance"), ("060", "current available balance"))
_CREDITS: Final = (range(100, 400), range(720, 723), range(920, 960))
_DEBITS: Final = (range(400, 700), range(760, 761), range(960, 1000))
_INFORMATION: Final = range(890, 900)
"""Type codes: credits, debits (the bank's own and loans among them), and words that move no money (appendix A)."""

_UPDATE, _CORRECTION = "1", "3"
_REFUSED_STATUS: Final = {
    "2": ("deletes what came before", "nothing that came in is ever deleted; ask the bank for a correction"),
    "4": ("is a test", "import the files of the bank's production alone"),
}
_INTERIM: Final = frozenset({"1", "3"})
"""Modifiers of the day: an interim report of the day before, and one of the same day. They are not final."""

_DAY: Final = re.compile(r"[0-9]{6}")


class BaiReport(NamedTuple):
    """The statements of account in a BAI2 file, and what is in it for sight alone."""

    statements: tuple[AccountStatement, ...]
    sights: tuple[IntradayReport, ...]


def is_bai2(content: bytes) -> bool:
    """True if a file begins with the header record of BAI2."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"01,")


def read_bai2(content: bytes) -> BaiReport:
    """Return the statements and the sights of a BAI2 file.

    Raises:
        MessageFault: It does not add up, lacks a balance, or is a test. The text begins with the line.
    """
    accounts = [(group, account) for group in _reported(content) for account in group.accounts]
    places = [(str(place), *pair) for place, pair in enumerate(accounts, start=1)]
    if not places:
        refuse(1, "it holds no account")
    return BaiReport(
        tuple(_statement(*place) for place in places if not _is_for_sight(*place[1:])),
        tuple(_sight(*place) for place in places if _is_for_sight(*place[1:])),
    )


def _reported(content: bytes) -> Iterator[BaiGroup]:
    for group in read_groups(content.decode("utf-8-sig", "replace")):
        status = group.head.field(2)
        if status not in {_UPDATE, _CORRECTION}:
            fault, remedy = _REFUSED_STATUS.get(status, ("has no meaning in BAI2", ""))
            refuse(group.head.line, f"a group of status {readable(status, 10) or 'none'}, which {fault}", remedy)
        yield group


def _is_for_sight(group: BaiGroup, account: BaiAccount) -> bool:
    """True if a report is not final, or if it tells of an account what stands there now and no balance of its day."""
    codes = {figure.code for figure in account.summary if figure.units is not None}
    closes = codes & {_OPENING_LEDGER[0], _CLOSING_LEDGER[0], _OPENING_AVAILABLE[0], _CLOSING_AVAILABLE[0]}
    return group.head.field(6) in _INTERIM or (not closes and any(code in codes for code, _ in _CURRENT))


def _statement(place: str, group: BaiGroup, account: BaiAccount) -> AccountStatement:
    number, currency, on = _account_of(account), _currency(group, account), _day(group)
    opening, closing = _balances(account, currency)
    bookings = [entry for entry in account.entries if not _is_information(entry)]
    movement = exact_sum(_signed(entry, currency) for entry in bookings)
    if lack := exact_sum((closing, -opening, -movement)):
        fault = (
            f"the account opens with {currency} {opening:,}, its entries ({len(bookings)}) come to {movement:,} "
            f"and it closes with {closing:,}, which is {lack:,} apart"
        )
        refuse(account.head.line, fault, "ask the bank to report every entry (16)")
    balances = ClosedStatement(on, None, on, currency, opening, closing)
    return AccountStatement(
        place, number, "", balances, len(bookings), available=_balance(account, _CLOSING_AVAILABLE, currency)
    )


def _balances(account: BaiAccount, currency: str) -> tuple[Decimal, Decimal]:
    """Return the balances before and after: the ledger's, or those available where a bank gives no others."""
    for kinds in ((_OPENING_LEDGER, _CLOSING_LEDGER), (_OPENING_AVAILABLE, _CLOSING_AVAILABLE)):
        opening, closing = (_balance(account, kind, currency) for kind in kinds)
        if opening is not None and closing is not None:
            return opening, closing
    lacking = next(kind for kind in (_OPENING_LEDGER, _CLOSING_LEDGER) if _balance(account, kind, currency) is None)
    return refuse(account.head.line, f"the account lacks its {lacking[1]} ({lacking[0]})", "ask the bank to report it")


def _account_of(account: BaiAccount) -> str:
    number = account_key(account.head.field(0))
    if not number:
        refuse(account.head.line, "the account has no number")
    return number


def _currency(group: BaiGroup, account: BaiAccount) -> str:
    """Return the currency of an account: its own, or that of its group, or US dollars as BAI2 has it."""
    currency = account.head.field(1) or group.head.field(5) or "USD"
    try:
        minor_digits(currency)
    except KeyError:
        refuse(account.head.line, f"the account is in {readable(currency, 20)}, which is not a currency")
    return currency


def _day(group: BaiGroup) -> date:
    day_text = group.head.field(3)
    try:
        day = datetime.strptime(day_text, "%y%m%d").date() if _DAY.fullmatch(day_text) else None  # noqa: DTZ007
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        refuse(group.head.line, f"the day {readable(day_text, 20) or 'that is empty'} is not written as one (YYMMDD)")
    return day


def _balance(account: BaiAccount, code_and_words: tuple[str, str], currency: str) -> Decimal | None:
    code, words = code_and_words
    amounts = {figure.units for figure in account.summary if figure.code == code and figure.units is not None}
    if len(amounts) > 1:
        refuse(account.head.line, f"the account says its {words} ({code}) {len(amounts)} times, and not the same")
    return next((_amount(units, currency) for units in amounts), None)


def _amount(units: int, currency: str) -> Decimal:
    return Decimal(units).scaleb(-minor_digits(currency))


def _is_information(entry: BaiEntry) -> bool:
    return int(entry.figure.code) in _INFORMATION


def _signed(entry: BaiEntry, currency: str) -> Decimal:
    """Return the amount of an entry, negative for a debit. An amount that is empty is nothing."""
    code, amount = int(entry.figure.code), _amount(entry.figure.units or 0, currency)
    if any(code in codes for codes in _CREDITS):
        return amount
    if any(code in codes for codes in _DEBITS):
        return -amount
    return refuse(entry.record.line, f"an entry of type {entry.figure.code} is neither a credit nor a debit")


def _sight(place: str, group: BaiGroup, account: BaiAccount) -> IntradayReport:
    currency, hour = _currency(group, account), group.head.field(4)
    at = f"{hour[:2]}:{hour[2:]}" if re.fullmatch(r"[0-9]{4}", hour) else ""
    entries = tuple(_sighted(entry, currency) for entry in account.entries if not _is_information(entry))
    current = (_balance(account, kind, currency) for kind in _CURRENT)
    balance = next((amount for amount in current if amount is not None), None)
    return IntradayReport(place, _account_of(account), "", _day(group), at, entries, currency, balance)


def _sighted(entry: BaiEntry, currency: str) -> IntradayEntry:
    reference = entry.customer_reference or entry.bank_reference
    state = "reported, no statement yet"
    return IntradayEntry(_signed(entry, currency), currency, state, readable(reference, 70), readable(entry.text, 140))
