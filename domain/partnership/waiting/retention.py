"""Retention: the time for which each record of a partnership must be kept, and the rule (rules 2.12, R48).

A record is kept as long as the longest rule that applies asks. Nothing may go while the partnership is open, or while
something is still owed in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from domain.partnership.state import Partnership
from domain.partnership.waiting.obligations import is_at_rest
from domain.policy.conditions import ConditionId
from domain.values import Value

SANCTIONS_YEARS: Final = 10
"""31 CFR 501.601: full records of each transaction for ten years, and of blocked property for ten after its end."""

TAX_YEARS: Final = 3
"""IRC 6501(a): the time in which a return can be examined, from its filing (IRS Publication 4221-PC)."""

FILED_MONTHS: Final = 11
"""The latest filing of a return after its fiscal year: the 15th of the fifth month, and six more (26 CFR 1.6081-9)."""


class RecordKind(StrEnum):
    """A kind of record of a partnership."""

    DECISIONS = "DECISIONS"
    """The proposal, and who decided what on it."""
    SCREENING = "SCREENING"
    """The screening of every party, with the names of people."""
    PAYMENTS = "PAYMENTS"
    """Payments and receipts, with the payee's bank details."""
    RESPONSIBILITY = "RESPONSIBILITY"
    """The inquiry, the agreement and the reports under expenditure responsibility."""
    DETERMINATIONS = "DETERMINATIONS"
    """Papers that prove a status: letters, laws, the advice on equivalency."""
    MINUTES = "MINUTES"
    """The minutes on a conflict of interest."""


class Retention(Value):
    """The time for which a record must be kept."""

    record: RecordKind
    until: date | None
    """The day from which it may go, or None for good, or while no day is known yet."""
    why: str
    """The rule with its source, or what must end first."""
    for_good: bool = False

    def may_go(self, on: date) -> bool:
        """True if nothing asks for the record on a day any more."""
        return self.until is not None and self.until <= on


def retention(partnership: Partnership) -> tuple[Retention, ...]:
    """Return the time for which each record that a partnership has must be kept."""
    if partnership.proposal is None:
        return ()
    return tuple(_retained(partnership, kind) for kind in RecordKind if _has(partnership, kind))


def names_kept(partnership: Partnership, on: date) -> Retention | None:
    """Return the record for which people's names must be kept longest, None if they may be erased on a day."""
    return record_kept(partnership, (RecordKind.SCREENING, RecordKind.DECISIONS), on)


def record_kept(partnership: Partnership, kinds: Collection[RecordKind], on: date) -> Retention | None:
    """Return the record of some kinds that must be kept longest, None if all of them may go on a day."""
    retentions = [period for period in retention(partnership) if period.record in kinds and not period.may_go(on)]
    return max(retentions, key=lambda retention: retention.until or date.max, default=None)


def _has(partnership: Partnership, kind: RecordKind) -> bool:
    match kind:
        case RecordKind.DECISIONS:
            return True
        case RecordKind.SCREENING:
            return partnership.verification is not None
        case RecordKind.PAYMENTS:
            return partnership.has_paid or bool(partnership.received)
        case RecordKind.RESPONSIBILITY:
            return bool(partnership.responsibility.required)
        case RecordKind.DETERMINATIONS:
            return bool(partnership.proposed.readers)
        case RecordKind.MINUTES:
            return ConditionId.CONFLICT_MINUTES in partnership.met


def _retained(partnership: Partnership, kind: RecordKind) -> Retention:
    if kind in {RecordKind.DETERMINATIONS, RecordKind.MINUTES}:
        return Retention(record=kind, until=None, why="kept for good", for_good=True)
    if not is_at_rest(partnership):
        why = "something is still owed in it" if partnership.ended else "it is open"
        return Retention(record=kind, until=None, why=why)
    until, why = max(_asked(partnership, kind))
    return Retention(record=kind, until=until, why=why)


def _asked(partnership: Partnership, kind: RecordKind) -> Iterator[tuple[date, str]]:
    """Return the day that each rule asks for, with its words."""
    day, last = partnership.ended_on or date.min, _last_day(partnership)
    if kind is RecordKind.RESPONSIBILITY or _moved_money(partnership):
        yield _after_filing(partnership, last), "3 years after the return of its year (IRC 6501(a))"
    if kind is not RecordKind.RESPONSIBILITY and (
        partnership.is_lasting or partnership.matched or _moved_money(partnership)
    ):
        yield _years_after(last, SANCTIONS_YEARS), "10 years after its last transaction (31 CFR 501.601)"
    yield day, "nothing was agreed, so nothing asks for it after its end"


def _moved_money(partnership: Partnership) -> bool:
    return partnership.has_paid or bool(partnership.received)


def _last_day(partnership: Partnership) -> date:
    """Return the day of the last known transaction: a settlement, a receipt, a report, or the end."""
    reporting = partnership.reporting
    days = [day for _, day in reporting.settled]
    days += [report.received_on for report in reporting.filed]
    days += [day for day in (partnership.moved_last, partnership.ended_on, partnership.diverted_on) if day]
    return max(days, default=date.min)


def _after_filing(partnership: Partnership, on: date) -> date:
    """Return the end of the time in which the return for the fiscal year of a day can be examined."""
    funders = partnership.funding.funders if partnership.funding is not None else ()
    ends = [funder.year_ends or "12-31" for funder in funders] or ["12-31"]
    return max(_years_after(_filed_on(_fiscal_year_end(on, end)), TAX_YEARS) for end in ends)


def _fiscal_year_end(on: date, end: str) -> date:
    month, day = map(int, end.split("-"))
    year_end = _last_of(on.year, month, day)
    return year_end if on <= year_end else _last_of(on.year + 1, month, day)


def _last_of(year: int, month: int, day: int) -> date:
    """Return a day of a year, or the last day of February where 29 February does not exist."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month + 1, 1) - timedelta(days=1)


def _filed_on(year_end: date) -> date:
    """Return the last day on which the return for a fiscal year is filed, with the automatic extension."""
    months = year_end.month + FILED_MONTHS
    return date(year_end.year + (months - 1) // 12, (months - 1) % 12 + 1, 15)


def _years_after(day: date, years: int) -> date:
    return _last_of(day.year + years, day.month, day.day)
