"""The portfolio in figures, for a board: paid, open and late, use by fund, by month, by stage and by country."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from accord.console.pages.books.planning import planning_at
from accord.console.pages.results import by_objective
from accord.console.pages.tables import fund_rows
from accord.console.pages.times import Times
from accord.console.serving.desk import Console
from accord.presentation.books.planning import planned_total
from accord.presentation.faults import BadInput
from accord.presentation.numbers import count_in_words, whole_number
from accord.presentation.times.moments import moment_of
from accord.presentation.words.codes import as_sentence
from accord.presentation.words.values import NamesInWords, country_in_words, sum_in_words
from accord.web.pages import page
from domain.partnership.stages import Stage
from domain.screening.conversion import Conversion
from ledger import clock
from records.read_models.as_of import LedgerAsOf
from records.read_models.lists import BACK, ListQuery, Total
from records.read_models.lists_as_of import totals_of

PAID: Final = ListQuery("payments", (("status:SETTLED", "status:SHORT", f"status:{BACK}"),))
"""What was paid, and what came back of it with sums below zero."""
OPEN: Final = ListQuery("partnerships", (("open:yes",),))
OWED: Final = ListQuery("obligations")
MONTHS: Final = 12
MOST_COUNTRIES: Final = 8

OPEN_STAGES: Final[Mapping[Stage, str]] = {
    Stage.PROPOSED: "Proposed",
    Stage.DUE_DILIGENCE: "Being checked",
    Stage.ELIGIBILITY: "Somebody must look",
    Stage.APPROVAL: "In approval",
    Stage.AGREEMENT: "Agreement to sign",
    Stage.ACTIVE: "Under way",
    Stage.CLOSED: "Closed, something is owed",
    Stage.DECLINED: "Declined, something is owed",
    Stage.WITHDRAWN: "Withdrawn, something is owed",
    Stage.TERMINATED: "Ended early, something is owed",
}
"""The stages of an open partnership in the words of the page. One that ended is open while something is owed in it."""
_ENDED: Final = frozenset({Stage.CLOSED, Stage.DECLINED, Stage.WITHDRAWN, Stage.TERMINATED})
"""The stages in which something may be owed, and no money is on its way any more."""

Sums = dict[str, Decimal]
"""Sums by currency."""


class Bar(NamedTuple):
    """A bar: its label, its value in words, its length in per cent of the longest, and the list behind it."""

    label: str
    value: str
    length: int
    href: str = ""
    aside: str = ""


class Headline(NamedTuple):
    """A number at the top of the page, with what explains it, and its change since another day."""

    label: str
    value: str
    words: str
    change: str = ""
    is_bad: bool = False
    href: str = ""
    planned: str = ""
    """What its sums come to in the base currency, for planning, or ''."""


class Counts(NamedTuple):
    """The figures as of one time, from which the headlines are made."""

    committed: Sums
    """The sums of what is under way: its agreement is signed. What was paid of it is among them."""
    agreements: int
    paid: Sums
    payments: int
    open_sums: Sums
    open_number: int
    owing_number: int
    """Those of them that ended, and in which something is owed."""
    waiting_number: int
    late: int


async def show(request: Request) -> Response:
    """Show the figures of a year, as of a time, and what moved since another day."""
    console: Console = request.app.state.console
    times, since = Times.of(request), request.query_params.get("since", "").strip()
    today = (times.cut.true_at or clock.now()).date()
    year = _year(request.query_params.get("year", ""), today)
    counts = await _counts(console, times.cut, year, today)
    since_moment = moment_of(since or None, "since")
    before = (
        await _counts(console, LedgerAsOf(since_moment), year, since_moment.date())
        if since_moment is not None
        else None
    )
    months = await totals_of(console.desk.pool, PAID, {"currency": 3, "day": 7}, times.cut)
    stages = await totals_of(console.desk.pool, OPEN, {"currency": 3, "stage": 99}, times.cut)
    countries = await totals_of(console.desk.pool, OPEN, {"currency": 3, "country": 2, "stage": 99}, times.cut)
    await console.looked_at(request.state.reader, "the portfolio in figures")
    context = {
        "times": times,
        "year": year,
        "years": sorted({str(today.year), *(total.key[1][:4] for total in months if total.key[1])}),
        "since": since,
        "since_day": since_moment,
        "headlines": headlines_of(counts, before, year, times, await planning_at(console, times.cut)),
        "funds": _by_fund(await fund_rows(console, times.cut)),
        "months": _by_month(months, today if today.year == year else date(year, 12, 1), times),
        "stages": _by_stage(stages, times),
        "countries": _by_country(countries, times),
        "objectives": await by_objective(
            console.desk.pool, NamesInWords(await console.desk.directory()), times.cut, times.given
        ),
        "old": await console.age_of_lists(),
    }
    return page(request, "figures.html", context)


def _year(text: str, today: date) -> int:
    if not text.strip():
        return today.year
    year = whole_number(text.strip(), most_digits=4)
    if year is None or year < 1:
        raise BadInput(f"year: {text!r} is no year; write four digits, such as {today.year}")
    return year


async def _counts(console: Console, cut: LedgerAsOf, year: int, today: date) -> Counts:
    pool = console.desk.pool
    paid = [
        total
        for total in await totals_of(pool, PAID, {"currency": 3, "day": 4, "status": 99}, cut)
        if total.key[1] == str(year)
    ]
    open_totals = await totals_of(pool, OPEN, {"currency": 3, "stage": 99}, cut)
    owed = await totals_of(pool, OWED, {"due": 10}, cut)
    late = [total for total in owed if total.key[0] and total.key[0] < today.isoformat()]
    waiting = {Stage.PROPOSED.value, Stage.ELIGIBILITY.value, Stage.APPROVAL.value, Stage.AGREEMENT.value}
    committed = [total for total in open_totals if total.key[1] == Stage.ACTIVE.value]
    return Counts(
        _sums(committed),
        _lines(committed),
        _sums(paid),
        _lines(total for total in paid if total.key[2] != BACK),
        _sums(total for total in open_totals if total.key[1] not in _ENDED),
        _lines(open_totals),
        _lines(total for total in open_totals if total.key[1] in _ENDED),
        _lines(total for total in open_totals if total.key[1] in waiting),
        _lines(late),
    )


def _sums(totals: Iterable[Total]) -> Sums:
    sums: Sums = {}
    for total in totals:
        if total.key[0]:
            sums[total.key[0]] = sums.get(total.key[0], Decimal(0)) + (total.amount or Decimal(0))
    return sums


def _lines(totals: Iterable[Total]) -> int:
    return sum(total.lines for total in totals)


def _in_words(sums: Sums) -> str:
    """Return sums in words, each currency by itself."""
    return ", ".join(sum_in_words(amount, currency) for currency, amount in sorted(sums.items())) or "nothing"


def headlines_of(
    counts: Counts, before: Counts | None, year: int, times: Times, conversion: Conversion | None
) -> tuple[Headline, ...]:
    """Return the numbers at the top of the page. `before`: the counts of another day. `conversion`: for planning."""
    earlier = before or counts
    return (
        Headline(
            "Committed", _in_words(counts.committed),
            f"by {count_in_words(counts.agreements, 'signed agreement')}, with what was paid of them",
            _moved(counts.agreements - earlier.agreements, "agreement") if before else "",
            href=f"/partnerships?{urlencode({**times.given, 'stage': Stage.ACTIVE.value, 'open': 'yes'})}",
            planned=planned_total(counts.committed, conversion),
        ),
        Headline(
            f"Paid in {year}", _in_words(counts.paid), f"in {count_in_words(counts.payments, 'payment')}",
            _moved(counts.payments - earlier.payments, "payment") if before else "",
            href=f"/payments?{urlencode({**times.given, 'period': str(year)})}#paid",
            planned=planned_total(counts.paid, conversion),
        ),
        Headline(
            "Open", f"{counts.open_number:,}", _open_in_words(counts),
            _moved(counts.open_number - earlier.open_number, "partnership") if before else "",
            planned=planned_total(counts.open_sums, conversion),
        ),
        Headline(
            "Waiting for a decision", f"{counts.waiting_number:,}", "proposals, referrals, approvals and agreements",
            _moved(counts.waiting_number - earlier.waiting_number, "partnership") if before else "",
        ),
        Headline(
            "Late", f"{counts.late:,}", "decisions, papers and reports past their day",
            _moved(counts.late - earlier.late, "obligation") if before else "", counts.late > 0,
        ),
    )  # fmt: skip


def _open_in_words(counts: Counts) -> str:
    """Return the open ones in words: those on their way with their sums, and those that ended with something owed."""
    ended = f", and {counts.owing_number:,} that ended, with something owed" if counts.owing_number else ""
    return f"{_in_words(counts.open_sums)} in {counts.open_number - counts.owing_number:,} on their way{ended}"


def _moved(change: int, noun: str) -> str:
    if change == 0:
        return "no change"
    return f"{count_in_words(abs(change), noun)} {'more' if change > 0 else 'fewer'}"


class FundUse(NamedTuple):
    """A fund's use: its id, its name, its sums in words, and the shares of its budget in per cent."""

    fund: str
    name: str
    granted: str
    available: str
    used: str
    spent_share: int
    committed_share: int
    reserved_share: int

    @property
    def ends(self) -> tuple[int, int]:
        """The ends of what is spent, and of what is committed beside it."""
        return self.spent_share, self.spent_share + self.committed_share


def _by_fund(rows: Sequence[Mapping[str, Any]]) -> tuple[FundUse, ...]:
    return tuple(_use_of(row) for row in rows if Decimal(row["granted"]))


def _use_of(row: Mapping[str, Any]) -> FundUse:
    granted, currency = Decimal(row["granted"]), str(row["currency"])
    shares = [_share(Decimal(row[name]), granted) for name in ("spent", "committed", "reserved")]
    return FundUse(
        row["fund"],
        as_sentence(row["name"] or row["fund"]),
        sum_in_words(granted, currency),
        sum_in_words(Decimal(row["available"]), currency),
        f"{min(sum(shares), 100)} %",
        *shares,
    )


def _share(amount: Decimal, whole: Decimal) -> int:
    """Return a share in whole per cent. The smallest part is seen."""
    return 0 if amount <= 0 or whole <= 0 else max(1, min(100, round(amount / whole * 100)))


def _by_month(totals: Sequence[Total], last: date, times: Times) -> dict[str, tuple[Bar, ...]]:
    """Return the months up to the last one, also empty ones, by currency."""
    names = [_month_before(last, number) for number in reversed(range(MONTHS))]
    sums = {(total.key[0], total.key[1]): total.amount or Decimal(0) for total in totals}
    charts = {}
    for currency in sorted({total.key[0] for total in totals if total.key[0]}):
        amounts = [sums.get((currency, name), Decimal(0)) for name in names]
        most = max(amounts)
        charts[currency] = tuple(
            Bar(
                f"{date.fromisoformat(name + '-01'):%b}", sum_in_words(amount, currency), _share(amount, most),
                "/payments?" + urlencode({"period": name, "status": "paid", **times.given}),
                _thousands(amount),
            )
            for name, amount in zip(names, amounts, strict=True)
        )  # fmt: skip
    return charts


def _month_before(last: date, number: int) -> str:
    month = last.year * 12 + last.month - 1 - number
    return f"{month // 12:04}-{month % 12 + 1:02}"


def _thousands(amount: Decimal) -> str:
    """Return a sum in thousands, with one decimal where it is not whole."""
    thousands = (amount / 1000).quantize(Decimal("0.1"))
    return f"{thousands.normalize():,f}"


def _by_stage(totals: Sequence[Total], times: Times) -> tuple[Bar, ...]:
    counts = {stage: _lines(total for total in totals if total.key[1] == stage.value) for stage in OPEN_STAGES}
    most = max(counts.values(), default=0)
    return tuple(
        Bar(
            OPEN_STAGES[stage],
            f"{number:,}",
            _share(Decimal(number), Decimal(most)),
            "/?" + urlencode({"view": "all", "stage": stage.value, "open": "yes", **times.given}),
            "" if stage in _ENDED else _in_words(_sums(total for total in totals if total.key[1] == stage.value)),
        )
        for stage, number in counts.items()
        if number
    )


def _by_country(totals: Sequence[Total], times: Times) -> tuple[Bar, ...]:
    counts: dict[str, int] = {}
    for total in totals:
        if total.key[1]:
            counts[total.key[1]] = counts.get(total.key[1], 0) + total.lines
    first = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_COUNTRIES]
    most = Decimal(first[0][1]) if first else Decimal(1)
    return tuple(
        Bar(
            country_in_words(code),
            f"{number:,}",
            _share(Decimal(number), most),
            "/?" + urlencode({"view": "all", "country": code, "open": "yes", **times.given}),
            _in_words(_sums(total for total in totals if total.key[1] == code and total.key[2] not in _ENDED)),
        )
        for code, number in first
    )
