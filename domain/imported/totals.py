"""Control totals: the figures of the system of before, which whoever brings its partnerships in types from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from domain.imported.claims import ClaimedStage, ImportedPartnership, PastSum, total
from domain.values import Currency, ExactDecimal, Value

NO_YEAR = "unknown"
"""Under which money is counted whose year nobody knows."""

Sums = dict[Currency, ExactDecimal]


class ControlTotals(Value):
    """Figures that a batch must add up to, to the cent. Each is by currency, and money paid by year as well."""

    partnerships: Annotated[int, Field(ge=1)]
    agreed: Sums = Field(default={})
    paid: Sums = Field(default={})
    returned: Sums = Field(default={})
    not_paid: Sums = Field(default={})
    paid_by_year: dict[str, Sums] = Field(default={})
    """By calendar year, and under `unknown` where nobody knows it."""


def totals_of(claims: Iterable[ImportedPartnership]) -> ControlTotals:
    """Return the totals of partnerships."""
    batch = tuple(claims)
    paid = [part for claim in batch for part in claim.paid]
    years = sorted({_year(part) for part in paid})
    return ControlTotals(
        partnerships=len(batch),
        agreed=_by_currency((claim.agreed.currency, claim.agreed.amount) for claim in batch if claim.agreed),
        paid=_of(paid),
        returned=_of(part for claim in batch for part in claim.returned),
        not_paid=_by_currency((part.money.currency, part.money.amount) for claim in batch for part in claim.tranches),
        paid_by_year={year: _of(part for part in paid if _year(part) == year) for year in years},
    )


def rests_of(claims: Iterable[ImportedPartnership], stage: ClaimedStage) -> Sums:
    """Return the agreed sums of a stage that were neither paid and kept, nor promised as a tranche."""
    money = [(claim.agreed, claim) for claim in claims if claim.stage is stage and claim.agreed is not None]
    waiting = ((agreed, claim.kept + total(part.money for part in claim.tranches)) for agreed, claim in money)
    return _by_currency(
        (agreed.currency, agreed.amount - amount) for agreed, amount in waiting if agreed.amount > amount
    )


def differences(typed_totals: ControlTotals, counted_totals: ControlTotals) -> Iterator[str]:
    """Yield each figure that was typed and is not what the rows add up to, and each that was not typed."""
    if typed_totals.partnerships != counted_totals.partnerships:
        yield f"partnerships: {typed_totals.partnerships} typed, {counted_totals.partnerships} in the table"
    for name in ("agreed", "paid", "returned", "not_paid"):
        yield from _differences(name, getattr(typed_totals, name), getattr(counted_totals, name))
    for year in sorted({*typed_totals.paid_by_year, *counted_totals.paid_by_year}):
        yield from _differences(
            f"paid_by_year.{year}", typed_totals.paid_by_year.get(year, {}), counted_totals.paid_by_year.get(year, {})
        )


def _differences(name: str, typed_totals: Sums, counted_totals: Sums) -> Iterator[str]:
    for currency in sorted({*typed_totals, *counted_totals}):
        figure, real = typed_totals.get(currency, Decimal(0)), counted_totals.get(currency, Decimal(0))
        if figure != real:
            yield f"{name}: {currency} {figure} typed, {currency} {real} in the table, {real - figure:+} apart"


def _year(part: PastSum) -> str:
    return NO_YEAR if part.counts_in is None else str(part.counts_in)


def _of(parts: Iterable[PastSum]) -> Sums:
    return _by_currency((part.money.currency, part.money.amount) for part in parts)


def _by_currency(sums: Iterable[tuple[str, Decimal]]) -> Sums:
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for currency, amount in sums:
        totals[currency] += amount
    return dict(sorted(totals.items()))
