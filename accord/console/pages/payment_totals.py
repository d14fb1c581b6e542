"""Totals of payments: by how they stand, and of the paid ones by payee, fund, funder and month, each currency alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple, Protocol

import asyncpg

from accord.presentation.filters import STANDINGS, PaymentFilters
from accord.presentation.numbers import count_in_words
from accord.presentation.times.periods import ListPeriod
from accord.presentation.words.payments import STANDING_WORDS, Standing, standing_of
from accord.presentation.words.values import sum_in_words
from records.read_models.as_of import LedgerAsOf
from records.read_models.lists import BACK, Total
from records.read_models.lists_as_of import totals_of

SUMMED: Final[Mapping[str, int]] = {"status": 99, "currency": 3, "funder": 99, "funds": 400, "day": 7}
"""The fields of a payment by which the database adds up, and how many of their letters count: of a day its month."""
NO_FUND: Final = "-"
"""The filter for payments of no fund."""
MOST_WITHIN: Final = 100
"""Payees within funds, all funds together. What is less stands in one line of its fund."""
MOST: Final = 8
"""Lines of a total. What is less stands in one line together."""
PAID: Final = "paid"
CAME_BACK: Final = "Came back of it"
STILL_PAID: Final = "Paid, less what came back"
FIGURES: Final = (PAID, "at-the-bank", "ready", "came-back")

Sums = dict[str, Decimal]
"""Sums by currency."""


class Figure(NamedTuple):
    """One of the numbers above the payments: how many stand so, and the sum in each currency."""

    standing: Standing
    sums: tuple[str, ...]
    words: str
    href: str
    aside: tuple[str, str] = ("", "")
    """Those that were refused, beside those that came back, with their address."""


class PaidLine(NamedTuple):
    """A line of a total: its label, its sum, and its length in per cent of the longest."""

    label: str
    money: str
    length: int


class PaidBy(NamedTuple):
    """The paid sums by one field of the payments, the largest first, or the newest of the months."""

    words: str
    lines: tuple[PaidLine, ...]
    rest: str
    """The sum of all others in words, or ''."""
    money: str = ""
    """Its whole sum in words, where it is a part of another total."""
    href: str = ""
    """The address of its payments, or ''."""


class PaidTotals(NamedTuple):
    """The paid sums of one currency."""

    currency: str
    money: str
    by: tuple[PaidBy, ...]
    within: tuple[PaidBy, ...]
    """The paid sums by payee within each fund, the largest fund first."""


class NamesOfMoney(Protocol):
    """The names of funds and funders."""

    def fund(self, cell: str) -> str:
        """Return the names of a payment's funds."""

    def funder(self, funder_id: str) -> str:
        """Return a funder's name."""


def figures_of(totals: Sequence[Total], addresses: Mapping[str, str]) -> tuple[Figure, ...]:
    """Return the figures of the payments. `addresses`: by standing, that of the payments that stand so."""
    return tuple(_figure(totals, name, addresses) for name in FIGURES)


def _figure(totals: Sequence[Total], name: str, addresses: Mapping[str, str]) -> Figure:
    standing = [total for total in totals if standing_of(_key(total, 0)) == name]
    back = [total for total in standing if _key(total, 0) == BACK]
    refused = [total for total in totals if standing_of(_key(total, 0)) == "refused"] if name == "came-back" else []
    aside = f"{_number(refused)} refused" if refused else ""
    sums = paid_sums(totals) if name == PAID else _sums([*_without(back, standing), *map(_turned, back)])
    return Figure(
        STANDING_WORDS[name],
        _shown(sums),
        _number(standing),
        addresses[name],
        (aside, addresses["refused"] if aside else ""),
    )


def total_sums(totals: Iterable[Total], status: str) -> tuple[tuple[str, str, str], ...]:
    """Return the sums of payments of a status, or else of the paid ones: in words, by currency, with their number.

    What came back of the paid ones has a line of its own, and below it stands what is paid still.
    """
    name = status.lower() if status.lower() in STANDINGS else standing_of(status.upper()) if status else PAID
    groups: dict[str, list[Total]] = defaultdict(list)
    for total in totals:
        if _is_paid(total) if name == PAID else _key(total, 0) in STANDINGS[name]:
            groups[_key(total, 1)].append(total)
    return tuple(line for currency, group in sorted(groups.items()) for line in _total_lines(name, currency, group))


def _total_lines(name: str, currency: str, group: Sequence[Total]) -> Iterator[tuple[str, str, str]]:
    back = [total for total in group if _key(total, 0) == BACK]
    others = _without(back, group)
    words = STANDING_WORDS[name].words
    if name != PAID:
        turned = [*others, *map(_turned, back)]
        yield words, sum_in_words(_sums(turned)[currency], currency), _number(group)
        return
    yield words, sum_in_words(_sums(others)[currency], currency), _number(others)
    if back:
        yield CAME_BACK, sum_in_words(_sums(back)[currency], currency), count_in_words(_lines_in(back), "time")
        yield STILL_PAID, sum_in_words(_sums(group)[currency], currency), ""


def paid_sums(totals: Iterable[Total]) -> Sums:
    """Return the sums that were paid and did not come back, by currency. `totals`: by the fields of `SUMMED`."""
    return _sums(filter(_is_paid, totals))


def came_back_in_words(totals: Iterable[Total]) -> str:
    """Return what came back of paid payments, each currency by itself, or ''. It is counted off from what is paid."""
    return ", ".join(_shown(_sums(_turned(total) for total in totals if _key(total, 0) == BACK)))


def _is_paid(total: Total) -> bool:
    """True of a paid payment, and of what came back of one, whose sum is below zero."""
    return _key(total, 0) in {*STANDINGS[PAID], BACK}


def _turned(total: Total) -> Total:
    return total._replace(amount=-(total.amount or Decimal(0)))


def _without(some: Sequence[Total], totals: Iterable[Total]) -> list[Total]:
    return [total for total in totals if total not in some]


async def paid_totals(
    pool: asyncpg.Pool, every: PaymentFilters, period: ListPeriod, cut: LedgerAsOf, totals: Sequence[Total],
    names: NamesOfMoney, address: Callable[[str], str],
) -> tuple[PaidTotals, ...]:  # fmt: skip
    """Return the paid sums, one currency after the other.

    `totals`: by the fields of `SUMMED`. `address`: that of the payments of a fund.
    """
    paid = list(filter(_is_paid, totals))
    return tuple(
        [
            PaidTotals(
                currency,
                sum_in_words(amount, currency),
                (
                    await _by_payee(pool, replace(every, status=PAID, currency=currency), period, cut, amount),
                    _by("By fund", paid, currency, lambda total: names.fund(_key(total, 3))),
                    _by("By funder", paid, currency, lambda total: names.funder(_key(total, 2))),
                    _by_month(paid, currency),
                ),
                _within(
                    await _by_fund_and_payee(pool, replace(every, status=PAID, currency=currency), period, cut),
                    [total for total in paid if total.key[1] == currency],
                    currency,
                    names,
                    address,
                ),
            )
            for currency, amount in sorted(_sums(paid).items())
        ]
    )


async def _by_payee(
    pool: asyncpg.Pool, question: PaymentFilters, period: ListPeriod, cut: LedgerAsOf, whole: Decimal
) -> PaidBy:
    """Return the largest sums by payee. The database picks them, since there may be thousands."""
    fields = {"payee": 200}
    largest = await totals_of(pool, question.asked(period), fields, cut, MOST)
    sums = {_key(total, 0): total.amount or Decimal(0) for total in largest}
    return _lines("By payee", sums, whole, question.currency)


async def _by_fund_and_payee(
    pool: asyncpg.Pool, question: PaymentFilters, period: ListPeriod, cut: LedgerAsOf
) -> list[Total]:
    return await totals_of(pool, question.asked(period), {"funds": 400, "payee": 200}, cut, MOST_WITHIN)


def _within(
    largest: Iterable[Total], paid: Iterable[Total], currency: str, names: NamesOfMoney, address: Callable[[str], str]
) -> tuple[PaidBy, ...]:
    """Return the largest sums by payee within each fund. `paid`: by the fields of `SUMMED`, of one currency."""
    wholes, payees = defaultdict[str, Decimal](Decimal), defaultdict[str, Sums](dict)
    for total in paid:
        wholes[_key(total, 3)] += total.amount or Decimal(0)
    for total in largest:
        payees[_key(total, 0)][_key(total, 1)] = total.amount or Decimal(0)
    return tuple(
        _lines(names.fund(funds), payees[funds], whole, currency)._replace(
            money=sum_in_words(whole, currency), href=address(funds or NO_FUND) if ", " not in funds else ""
        )
        for funds, whole in sorted(wholes.items(), key=lambda item: (-item[1], item[0]))
    )


def _by(words: str, paid: Iterable[Total], currency: str, label: Callable[[Total], str]) -> PaidBy:
    sums: Sums = defaultdict(Decimal)
    for total in paid:
        if total.key[1] == currency:
            sums[label(total)] += total.amount or Decimal(0)
    largest = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return _lines(words, dict(largest[:MOST]), sum(sums.values(), Decimal(0)), currency)


def _by_month(paid: Iterable[Total], currency: str) -> PaidBy:
    sums: Sums = defaultdict(Decimal)
    for total in paid:
        if total.key[1] == currency:
            sums[_key(total, 4)] += total.amount or Decimal(0)
    newest = sorted(sums.items(), reverse=True)[:12]
    named = {f"{date.fromisoformat(f'{month}-01'):%B %Y}": amount for month, amount in newest}
    return _lines("By month", named, sum(sums.values(), Decimal(0)), currency)


def _lines(words: str, sums: Mapping[str, Decimal], whole: Decimal, currency: str) -> PaidBy:
    most = max(sums.values(), default=Decimal(0))
    lines = tuple(
        PaidLine(label, sum_in_words(amount, currency), _length(amount, most)) for label, amount in sums.items()
    )
    rest = whole - sum(sums.values(), Decimal(0))
    return PaidBy(words, lines, sum_in_words(rest, currency) if rest else "")


def _length(amount: Decimal, most: Decimal) -> int:
    """Return a length in whole per cent. The smallest sum is seen."""
    return max(1, round(amount / most * 100)) if most > 0 else 0


def sums_in_words(totals: Iterable[Total], currency: int) -> str:
    """Return the sum of totals, each currency by itself. `currency`: its place in their keys."""
    return ", ".join(_shown(_sums(totals, currency)))


def _sums(totals: Iterable[Total], currency: int = 1) -> Sums:
    sums: Sums = defaultdict(Decimal)
    for total in totals:
        sums[_key(total, currency)] += total.amount or Decimal(0)
    return sums


def _shown(sums: Sums) -> tuple[str, ...]:
    return tuple(sum_in_words(amount, currency) for currency, amount in sorted(sums.items()))


def _number(totals: Iterable[Total]) -> str:
    return count_in_words(_lines_in(totals), "payment")


def _lines_in(totals: Iterable[Total]) -> int:
    return sum(total.lines for total in totals)


def _key(total: Total, place: int) -> str:
    return total.key[place] or ""
