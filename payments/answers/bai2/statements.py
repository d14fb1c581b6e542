"""Read BAI2 accounts as statements of account, as those of camt.053 are: balances that the entries add up to.

A report of a day that is not over, or that is not final, is for sight alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from domain.payment.continuity import ClosedStatement
from payments.answers.account_statements import AccountStatement
from payments.answers.bai2.bookings import read_bookings
from payments.answers.bai2.records import BaiAccount, BaiEntry, BaiGroup, read_groups, refuse
from payments.answers.bai2.values import account_of, currency_of, day_of, in_currency, movements, signed
from payments.answers.elements import exact_sum, readable
from payments.answers.sights import IntradayEntry, IntradayReport
from payments.answers.statements import BankNotice

_OPENING_LEDGER: Final = ("010", "opening ledger balance")
_CLOSING_LEDGER: Final = ("015", "closing ledger balance")
_OPENING_AVAILABLE: Final = ("040", "opening available balance")
_CLOSING_AVAILABLE: Final = ("045", "closing available balance")
_CURRENT: Final = (("030", "current ledger balance"), ("060", "current available balance"))

_UPDATE, _CORRECTION = "1", "3"
_REFUSED_STATUS: Final = {
    "2": ("deletes what came before", "nothing that came in is ever deleted; ask the bank for a correction"),
    "4": ("is a test", "import the files of the bank's production alone"),
}
_INTERIM: Final = frozenset({"1", "3"})
"""Modifiers of the day: an interim report of the day before, and one of the same day. They are not final."""


class BaiReport(NamedTuple):
    """The statements of account in a BAI2 file, what is in it for sight alone, and the bookings of the statements."""

    statements: tuple[AccountStatement, ...]
    sights: tuple[IntradayReport, ...]
    bookings: tuple[BankNotice, ...]


def is_bai2(content: bytes) -> bool:
    """True if a file begins with the header record of BAI2."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"01,")


def read_bai2(content: bytes) -> BaiReport:
    """Return the statements of a BAI2 file with their bookings, and what is for sight.

    Raises:
        MessageFault: It does not add up, lacks a balance, or is a test. The text begins with the line.
    """
    accounts = [(group, account) for group in _reported(content) for account in group.accounts]
    places = [(str(place), *pair) for place, pair in enumerate(accounts, start=1)]
    if not places:
        refuse(1, "it holds no account")
    final = [place for place in places if not _is_for_sight(*place[1:])]
    return BaiReport(
        tuple(_statement(*place) for place in final),
        tuple(_sight(*place) for place in places if _is_for_sight(*place[1:])),
        tuple(booking for place in final for booking in read_bookings(*place)),
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
    number, currency, on = account_of(account), currency_of(group, account), day_of(group)
    opening, closing = _balances(account, currency)
    bookings = movements(account)
    movement = exact_sum(signed(entry, currency) for entry in bookings)
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


def _balance(account: BaiAccount, code_and_words: tuple[str, str], currency: str) -> Decimal | None:
    code, words = code_and_words
    amounts = {figure.units for figure in account.summary if figure.code == code and figure.units is not None}
    if len(amounts) > 1:
        refuse(account.head.line, f"the account says its {words} ({code}) {len(amounts)} times, and not the same")
    return next((in_currency(units, currency) for units in amounts), None)


def _sight(place: str, group: BaiGroup, account: BaiAccount) -> IntradayReport:
    currency, hour = currency_of(group, account), group.head.field(4)
    at = f"{hour[:2]}:{hour[2:]}" if re.fullmatch(r"[0-9]{4}", hour) else ""
    entries = tuple(_sighted(entry, currency) for entry in movements(account))
    current = (_balance(account, kind, currency) for kind in _CURRENT)
    balance = next((amount for amount in current if amount is not None), None)
    return IntradayReport(place, account_of(account), "", day_of(group), at, entries, currency, balance)


def _sighted(entry: BaiEntry, currency: str) -> IntradayEntry:
    reference = entry.customer_reference or entry.bank_reference
    state = "reported, no statement yet"
    return IntradayEntry(signed(entry, currency), currency, state, readable(reference, 70), readable(entry.text, 140))
