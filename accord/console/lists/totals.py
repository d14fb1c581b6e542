"""The number of lines of a list, and their sums by currency: of all, and of each group by the day when it is due."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

import asyncpg

from accord.console.lists.columns import ListSettings
from accord.console.lists.lines import PAY_NOTHING, Staffing, group_of
from accord.presentation.words.values import sum_in_words
from records.read_models.as_of import LedgerAsOf
from records.read_models.lists import ListQuery, Total
from records.read_models.lists_as_of import totals_of

MOST_WAITING: Final = 300
"""Lines of a queue that are added up unasked. Of longer ones the reader asks for the sums."""
MOST: Final = 5000
"""The same of the list of partnerships, where nobody is asked who can act."""
MOST_FOUND: Final = 2000
"""The same of those that are found by filters: each stands in another place, and is read from there."""
_WHOLE: Final = 1_000_000
"""Letters of a cell that is read whole."""


@dataclass(slots=True)
class ListTally:
    """Lines that are counted, with their sums, each in its currency: none is added to another."""

    lines: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def add(self, lines: int, currency: str | None, amount: Decimal | None) -> None:
        """Count lines of one currency."""
        self.lines += lines
        if currency and amount is not None:
            self.amounts[currency] = self.amounts.get(currency, Decimal(0)) + amount

    @property
    def sums(self) -> str:
        """The sums in words."""
        return " · ".join(sum_in_words(self.amounts[currency], currency) for currency in sorted(self.amounts))


@dataclass(slots=True)
class QueueTotals:
    """The totals of a queue."""

    mine: ListTally = field(default_factory=ListTally)
    every: ListTally = field(default_factory=ListTally)
    groups: dict[str, ListTally] = field(default_factory=dict)
    is_whole: bool = True
    """False if the list is longer than what was counted."""


async def queue_totals(
    pool: asyncpg.Pool, question: ListQuery, ledger_as_of: LedgerAsOf, staffing: Staffing, reader: str, in_full: bool
) -> QueueTotals:
    """Return the totals of a queue: of the lines that wait for its reader, if one is named, and of every line.

    The groups are of the reader's lines if one is named. `in_full`: count more than `MOST_WAITING` lines.
    """
    if not in_full and _lines(await totals_of(pool, question, {}, ledger_as_of, among=MOST_WAITING + 1)) > MOST_WAITING:
        return QueueTotals(is_whole=False)
    fields = {"currency": 3, "due": 10, "stage": _WHOLE, **({"ahead": _WHOLE, "awaiting": _WHOLE} if reader else {})}
    totals = QueueTotals()
    for total in await totals_of(pool, question, fields, ledger_as_of):
        currency, due, stage, ahead, awaiting = (*total.key, None, None)[:5]
        amount = total.amount if stage not in PAY_NOTHING else None
        is_mine = bool(reader) and reader in staffing.who(json.loads(ahead or "[]"), json.loads(awaiting or "[]"))
        totals.every.add(total.lines, currency, amount)
        if is_mine:
            totals.mine.add(total.lines, currency, amount)
        if is_mine or not reader:
            group = group_of(date.fromisoformat(due) if due else None, staffing.day)
            totals.groups.setdefault(group, ListTally()).add(total.lines, currency, amount)
    return totals


class ListTotals(NamedTuple):
    """The totals of a list of partnerships."""

    tally: ListTally
    most: int
    """The most lines that were counted unasked."""
    is_whole: bool
    """False if the list is longer, so that nothing is added up."""


async def list_totals(
    pool: asyncpg.Pool, question: ListQuery, ledger_as_of: LedgerAsOf, in_full: bool, settings: Awaitable[ListSettings]
) -> ListTotals:
    """Return the totals of a list. No line is read for them, but their terms. `settings`: as the list is opened."""
    is_filtered = bool(question.terms) or question.at_least is not None or question.at_most is not None
    most = MOST_FOUND if is_filtered else MOST
    totals = await totals_of(pool, question, {}, ledger_as_of, among=None if in_full else most + 1)
    currencies = (await settings).currencies
    tally = ListTally(_lines(totals))
    is_whole = in_full or tally.lines <= most
    if is_whole and len(currencies) == 1:  # then the sum of all lines is that of the currency
        for total in totals:
            tally.add(0, currencies[0], total.amount)
        return ListTotals(tally, most, is_whole)
    for currency in currencies if is_whole else ():
        of_currency = replace(question, terms=(*question.terms, (f"currency:{currency}",)))
        for total in await totals_of(pool, of_currency, {}, ledger_as_of):
            tally.add(0, currency, total.amount)
    return ListTotals(tally, most, is_whole)


def _lines(totals: Iterable[Total]) -> int:
    return sum(total.lines for total in totals)
