"""Partnerships of before Accord in the schedules: the sums that their owner's books claim were paid in a year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from domain.imported.claims import PastSum, total_of
from domain.imported.orders import ImportRecord
from domain.legs.direction import Direction
from domain.money.amounts import SignedAmount
from domain.parties import Party, PartyKind
from domain.partnership.state import Partnership
from publishing.figures import EventSum, SumPart
from publishing.movements import GrantMovement, MovementKind
from publishing.schedules.years import FiscalYear
from publishing.texts import NamedPeople


class PastGrant(NamedTuple):
    """A partnership of before, as it was brought in. Nothing of it was checked."""

    record: ImportRecord
    position: int
    """The place in the ledger of the event that says it."""
    brought_in_on: date

    @property
    def reference(self) -> str:
        """The reference that it got here."""
        return self.record.reference

    @property
    def payee(self) -> Party:
        """Its partner. One of no kind is taken for an organisation: people are not brought in."""
        partner = self.record.partnership.partner
        return Party(
            name=partner.name,
            kind=partner.kind or PartyKind.NONPROFIT,
            country=partner.country,
            ein=partner.ein,
            numbers=(partner.number,) if partner.number is not None else (),
        )

    @property
    def people(self) -> NamedPeople:
        """The natural persons whom it names, of whom there are none."""
        return NamedPeople(Partnership(partnership_id=self.reference))

    @property
    def purpose(self) -> str | None:
        """Its purpose, if the books of before said one."""
        return self.record.partnership.purpose

    @property
    def described_at(self) -> int:
        """The position of the event that describes it."""
        return self.position

    def paid_in(self, year: FiscalYear) -> tuple[GrantMovement, ...]:
        """Return the sum that was paid in a year as one movement, or nothing."""
        claim, parts = self.record.partnership, [part for part in self.record.partnership.paid if is_of(part, year)]
        if not parts:
            return ()
        total, currency = total_of(parts), parts[0].money.currency
        kind, on = MovementKind.PAYMENT, year.last
        return (GrantMovement(kind, self.position, on, claim.funder, currency, total, self.payee),)

    def may_be_paid_in(self, year: FiscalYear) -> tuple[SignedAmount, ...]:
        """Return the sums of which nobody knows whether they were paid in a year or in another one."""
        return tuple(
            SignedAmount(part.money.currency, part.money.amount)
            for part in self.record.partnership.paid
            if _may_be_of(part, year) and year.first <= self.brought_in_on
        )


def is_of(part: PastSum, year: FiscalYear) -> bool:
    """True if the claim says that a sum is of a fiscal year. A calendar year says so only where all of it is in it."""
    if part.on is not None:
        return year.holds(part.on)
    return part.year is not None and year.holds(date(part.year, 1, 1)) and year.holds(date(part.year, 12, 31))


def _may_be_of(part: PastSum, year: FiscalYear) -> bool:
    if part.on is not None or is_of(part, year):
        return False
    return part.year is None or part.year in {year.first.year, year.last.year}


def past_grants_of(past: Iterable[PastGrant], funder: str) -> tuple[PastGrant, ...]:
    """Return a funder's partnerships of before in which money went out, by reference."""
    grants = (grant for grant in past if grant.record.partnership.direction is Direction.FUNDS_OUT)
    own_grants = (grant for grant in grants if grant.record.partnership.funder == funder)
    return tuple(sorted(own_grants, key=lambda grant: grant.reference))


def returned_in(past: Iterable[PastGrant], year: FiscalYear, currency: str) -> EventSum:
    """Return the sums of a currency that came back in a year, as they are claimed."""
    sums = ((grant.position, _returned(grant, year, currency)) for grant in past)
    return EventSum(currency, tuple(SumPart(position, amount) for position, amount in sorted(sums) if amount))


def _returned(grant: PastGrant, year: FiscalYear, currency: str) -> Decimal:
    parts = (part for part in grant.record.partnership.returned if part.money.currency == currency)
    return total_of(part for part in parts if is_of(part, year))
