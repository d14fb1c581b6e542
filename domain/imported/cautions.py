"""Cautions before a signature on an import: what was not compared, what was asked, and which sums have half a year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from domain.imported.claims import ImportedPartnership, PastSum
from domain.imported.plan import ImportPlan

_CALENDAR: Final = "12-31"


class ListAge(NamedTuple):
    """A sanctions list, and the day on which it was last confirmed to be in force, or None if it was never loaded."""

    name: str
    current_on: date | None


class SignedOn(NamedTuple):
    """The facts of the day of a signature: the lists, how old one may be, and when each funder's year ends."""

    today: date
    lists: tuple[ListAge, ...]
    limit: timedelta
    year_ends: Mapping[str, str | None]


def cautions_of(plan: ImportPlan, signed_on: SignedOn) -> tuple[str, ...]:
    """Return the cautions on a plan, each a sentence. They are signed with it."""
    return (*_on_lists(signed_on), *_on_rows(plan), *_on_years(plan.partnerships, signed_on))


def _on_lists(signed_on: SignedOn) -> Iterator[str]:
    if missing := [age.name for age in signed_on.lists if age.current_on is None]:
        yield f"not loaded, so that no name was compared with it: {', '.join(missing)}"
    for age in signed_on.lists:
        if age.current_on is not None and signed_on.today - age.current_on > signed_on.limit:
            days = signed_on.limit.days
            yield f"{age.name} was last confirmed on {age.current_on}, good for {days} days: names may be missing"


def _on_rows(plan: ImportPlan) -> Iterator[str]:
    screened = [row for row in plan.rows if row.screening]
    open_rows = sum(row.key not in plan.mapping.answers for row in screened)
    if screened:
        yield (
            f"{_rows(len(screened))} a question about screening: {len(screened) - open_rows} answered in the mapping,"
            f" {open_rows} open"
        )


def _rows(count: int) -> str:
    return f"{count} {'row has' if count == 1 else 'rows have'}"


def _on_years(claims: Iterable[ImportedPartnership], signed_on: SignedOn) -> Iterator[str]:
    """Yield a caution for each funder whose sums are of a calendar year that is no whole fiscal year, or of none."""
    parts: defaultdict[tuple[str, int | None], list[PastSum]] = defaultdict(list)
    for claim in claims:
        for part in (*claim.paid, *claim.returned):
            if part.on is None:
                parts[claim.funder, part.year].append(part)
    for (funder, year), sums in sorted(parts.items(), key=lambda item: (item[0][0], item[0][1] or 0)):
        if words := _on_year(funder, year, signed_on):
            yield f"{_sums(sums)} of {funder} {words}"


def _on_year(funder: str, year: int | None, signed_on: SignedOn) -> str | None:
    """Return the reason why sums of a year are of no whole fiscal year, or None."""
    ends = signed_on.year_ends.get(funder)
    if year is None:
        return "in a year that nobody knows count in no schedule"
    if ends is None:
        return f"in {year} count in no schedule before the directory says when its year ends (`year_ends`)"
    if ends != _CALENDAR:
        return f"in {year} cover parts of two of its years, which end on {ends}, and count in neither"
    if year >= signed_on.today.year:
        return f"in {year} cover a part of it alone: it is not over, and what is paid here comes on top"
    return None


def _sums(sums: Iterable[PastSum]) -> str:
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for part in sums:
        totals[part.money.currency] += part.money.amount
    return " and ".join(f"{currency} {amount:,}" for currency, amount in sorted(totals.items()))
