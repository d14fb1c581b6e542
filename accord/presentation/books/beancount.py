"""The book up to a day as a text for beancount, with an assertion of the balance of every account.

Each posting bears its fund and its promise, each transaction the event that it follows from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from accord.presentation.books.general_ledger import DayEntry
from domain.books.entries import JournalEntry, Posting, PostingPlace
from domain.directory.chart import AccountKind, Chart
from domain.money.amounts import ZERO, SignedAmount

_ROOTS: Final = {
    AccountKind.ASSET: "Assets",
    AccountKind.LIABILITY: "Liabilities",
    AccountKind.NET_ASSETS: "Equity",
    AccountKind.INCOME: "Income",
    AccountKind.EXPENSE: "Expenses",
    AccountKind.MEMORANDUM: "Equity:Memoranda",
}
_SIGNS: Final = re.compile(r"[^0-9A-Za-z]+")


def beancount_text(entries: Sequence[DayEntry], chart: Chart, upto: date) -> str:
    """Return all entries up to a day for beancount. `entries`: in the order of their days, from the first on."""
    return "\n".join([*_head(entries, chart), *_transactions(entries, chart), *_balances(entries, chart, upto), ""])


def _head(entries: Sequence[DayEntry], chart: Chart) -> Iterator[str]:
    yield 'option "title" "Book made by Accord"'
    for account in sorted({_account(posting.place, chart) for _, entry in entries for posting in entry.postings}):
        yield f"{entries[0][0]} open {account}"


def _transactions(entries: Sequence[DayEntry], chart: Chart) -> Iterator[str]:
    for day, entry in entries:
        link = f" ^{entry.partnership}" if entry.partnership else ""
        yield f"\n{day} * {_quoted(entry.words)}{link}"
        yield from (f"  {name}: {text}" for name, text in _of_entry(entry))
        for posting in entry.postings:
            yield f"  {_account(posting.place, chart)}  {posting.amount}"
            yield from (f"    {name}: {text}" for name, text in _of_posting(posting))


def _of_entry(entry: JournalEntry) -> Iterator[tuple[str, str]]:
    yield "position", str(entry.origin.position)
    yield "event", _quoted(entry.origin.event_type)
    yield "booked-on", entry.on.isoformat()
    if entry.reference:
        yield "reference", _quoted(entry.reference)


def _of_posting(posting: Posting) -> Iterator[tuple[str, str]]:
    place = posting.place
    if place.fund:
        yield "fund", _quoted(place.fund)
    if place.tranche:
        yield "tranche", str(place.tranche)
    if place.due is not None:
        yield "due", place.due.isoformat()


def _balances(entries: Sequence[DayEntry], chart: Chart, upto: date) -> Iterator[str]:
    """Yield an assertion of each account's balance on the morning after a day."""
    sums: dict[tuple[str, str], Decimal] = {}
    for _, entry in entries:
        for posting in entry.postings:
            key = _account(posting.place, chart), posting.place.currency
            sums[key] = sums.get(key, ZERO) + posting.amount.value
    yield ""
    for account, currency in sorted(sums):
        yield f"{upto + timedelta(days=1)} balance {account}  {SignedAmount(currency, sums[account, currency])}"


def _account(place: PostingPlace, chart: Chart) -> str:
    """Return an account's name: its kind, its code and name, and whose it is."""
    account = chart[place.account]
    words = _SIGNS.sub("-", f"{account.code} {account.name}").strip("-")
    return f"{_ROOTS[account.kind]}:{words[:1].upper()}{words[1:]}:{place.funder}"


def _quoted(text: str) -> str:
    content = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{content}"'
