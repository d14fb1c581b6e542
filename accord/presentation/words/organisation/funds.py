"""Acts on funds in words: what is opened, what is asked for, and what a change would make of a fund's money."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final, assert_never

from accord.presentation.words.days import whole_day_in_words
from accord.presentation.words.values import NamesInWords, listed, sum_in_words
from domain.funds import events as f
from domain.funds.fund import Fund

KINDS: Final = {
    f.FundKind.UNRESTRICTED: "free for anything within the mission",
    f.FundKind.RESTRICTED: "one gift, for what its donor said",
    f.FundKind.PROGRAMME: "a programme's budget",
}

Pairs = list[tuple[str, str]]
"""Names of facts, each with its words."""


def told_apart(funds: Sequence[Fund]) -> list[Fund]:
    """Return funds by names that differ: those of one name have their days beside it or, if these agree, their ids."""
    named = list(funds)
    for mark in (_days, lambda fund: fund.fund_id):
        counts = Counter(map(_same, named))
        named = [
            _beside(fund, mark(fund)) if counts[_same(now)] > 1 else now for fund, now in zip(funds, named, strict=True)
        ]
    return named


def _same(fund: Fund) -> str:
    return fund.name.strip().casefold()


def _beside(fund: Fund, mark: str) -> Fund:
    return fund._replace(name=f"{fund.name.strip()} ({mark})") if mark and fund.name else fund


def _days(fund: Fund) -> str:
    """Return the days in which a fund's money may be reserved, or '' where none are set."""
    first, last = fund.first_day, fund.last_day
    if first is None or last is None:
        return ""
    year = first.year
    if (first, last) == (date(year, 1, 1), date(year, 12, 31)):
        return str(year)
    return f"{whole_day_in_words(first)} to {whole_day_in_words(last)}"


def opening_pairs(fund_id: str, event: f.FundOpened, names: NamesInWords) -> Pairs:
    """Return everything that a person signs who opens a fund."""
    days = f"from {whole_day_in_words(event.first_day)} to {whole_day_in_words(event.last_day)}"
    pairs = [
        ("Fund", fund_id),
        ("Called", event.name),
        ("Kind", KINDS[event.fund_kind]),
        ("Programme", event.programme or ""),
        ("Whose money", names.funder(event.funder)),
        ("Currency", event.currency),
        ("Money may be reserved", days),
    ]
    return [(label, words) for label, words in pairs if words]


def change_in_words(change: f.Change, fund: Fund, to_name: str = "") -> str:
    """Return a change of a fund's money as a sentence without its end. `to_name`: the name of the other fund."""
    name = fund.name
    match change:
        case f.OpeningBalance(amount=amount):
            return f"{name} opens with {_sum(amount, fund)}"
        case f.Budget(amount=amount):
            return f"the budget of {name} becomes {_sum(amount, fund)}, in place of {_sum(fund.budget, fund)}"
        case f.Transfer(to=to, amount=amount):
            return f"{_sum(amount, fund)} move from {name} to {to_name or to}"
        case f.Overdraft(amount=amount) if not amount:
            return f"{name} may not go below zero any more"
        case f.Overdraft(amount=amount):
            return f"{name} may go below zero, by up to {_sum(amount, fund)}"
        case f.Closing():
            return f"{name} is closed: nothing is reserved of it any more"
        case f.Adoption(partnerships=partnerships):
            return f"{name} pays what is left of {listed(partnerships)}"
        case _:
            assert_never(change)


def change_pairs(change: f.Change, fund: Fund, to_name: str = "") -> Pairs:
    """Return everything that a change of a fund's money says."""
    pairs = [("Fund", f"{fund.name}, {fund.fund_id}")]
    if isinstance(change, f.Transfer):
        pairs.append(("To", f"{to_name}, {change.to}" if to_name else change.to))
    if isinstance(change, f.Adoption):
        pairs.append(("Partnerships", listed(change.partnerships)))
    elif not isinstance(change, f.Closing):
        pairs.append(("Sum", _sum(change.amount, fund)))
    return pairs


def _sum(amount: Decimal, fund: Fund) -> str:
    return sum_in_words(amount, fund.currency)
