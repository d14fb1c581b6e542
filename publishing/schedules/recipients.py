"""Recipients: the sum of each in a fiscal year, over all its grants, by its numbers and not by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from domain.parties import Party, PartyKind
from publishing.cases import GrantCase
from publishing.figures import EventSum, figure_of
from publishing.movements import GrantMovement, MovementKind
from publishing.schedules.past import PastGrant
from publishing.schedules.regions import is_domestic
from publishing.schedules.sorting import PlaceInSchedules, SchedulePart, place_of
from publishing.schedules.years import FiscalYear

_UNSAID: Final = re.compile(r"[\W_]+")
"""The signs between the parts of a number, which people write or leave out."""


DescribedGrant = GrantCase | PastGrant
"""A partnership by which a recipient is described: one of here, or one of before."""


class GrantOfYear(NamedTuple):
    """The expense of a partnership in a year, for one payee and in one currency.

    Of one of before it is the sum that its owner's books claim was paid in the year.
    """

    case: DescribedGrant
    payee: Party
    place: PlaceInSchedules
    movements: tuple[GrantMovement, ...]

    @property
    def currency(self) -> str:
        """The currency of all its movements."""
        return self.movements[0].currency


class Recipient(NamedTuple):
    """A recipient with its grants of a year in one part of a schedule and one currency."""

    newest: GrantOfYear
    """The grant by which it is described."""
    grants: tuple[GrantOfYear, ...]
    """All of them, in the order of their references."""

    @property
    def party(self) -> Party:
        """The recipient as its newest grant describes it."""
        return self.newest.payee

    @property
    def place(self) -> PlaceInSchedules:
        """Its part of the schedules, and its country."""
        return self.newest.place

    @property
    def name(self) -> str | None:
        """Its name, or None for a natural person, and where the name holds that of one."""
        return None if self.party.kind is PartyKind.INDIVIDUAL else self.newest.case.people.public(self.party.name)

    @property
    def currency(self) -> str:
        """The currency of its grants."""
        return self.grants[0].currency

    @property
    def figure(self) -> EventSum:
        """The sum of its grants."""
        return figure_of(self.currency, (movement for grant in self.grants for movement in grant.movements))

    @property
    def claimed(self) -> EventSum | None:
        """The part of the sum that is of before, or None if there is none."""
        past = [grant for grant in self.grants if isinstance(grant.case, PastGrant)]
        movements = (movement for grant in past for movement in grant.movements)
        return figure_of(self.currency, movements) if past else None

    @property
    def cases(self) -> tuple[DescribedGrant, ...]:
        """Its partnerships, each once, by reference."""
        return tuple({id(grant.case): grant.case for grant in self.grants}.values())


def grants_of(cases: Iterable[GrantCase], funder: str, year: FiscalYear) -> tuple[GrantOfYear, ...]:
    """Return each partnership's part of a funder's expense in a year, in the order of their references."""
    grants: list[GrantOfYear] = []
    for case in sorted(cases, key=lambda case: case.reference):
        movements_by_party: dict[tuple[Party, str], list[GrantMovement]] = {}
        for movement in case.moved(MovementKind.EXPENSE):
            if movement.funder == funder and year.holds(movement.on):
                movements_by_party.setdefault((movement.payee, movement.currency), []).append(movement)
        for (payee, _), movements in movements_by_party.items():
            grants.append(GrantOfYear(case, payee, place_of(case.out, payee), tuple(movements)))
    return tuple(grants)


def past_of_year(past: Iterable[PastGrant], year: FiscalYear) -> tuple[GrantOfYear, ...]:
    """Return the part of each partnership of before in a year, in the order that is given.

    Nobody knows whom a grant at home was for, so the payee's own country decides the part of the schedules.
    """
    grants: list[GrantOfYear] = []
    for grant in past:
        if movements := grant.paid_in(year):
            country = grant.payee.country
            part = SchedulePart.DOMESTIC_BODIES if is_domestic(country) else SchedulePart.FOREIGN_BODIES
            grants.append(GrantOfYear(grant, grant.payee, PlaceInSchedules(part, country), movements))
    return tuple(grants)


def recipients_of(grants: Iterable[GrantOfYear]) -> tuple[Recipient, ...]:
    """Return the recipients of grants, in the order of their parts, names and numbers."""
    apart: dict[tuple[SchedulePart, str], list[GrantOfYear]] = {}
    for grant in grants:
        apart.setdefault((grant.place.part, grant.currency), []).append(grant)
    recipients = (_recipient(group) for together in apart.values() for group in _by_identity(together))
    return tuple(sorted(recipients, key=_order))


def _recipient(grants: list[GrantOfYear]) -> Recipient:
    newest = max(grants, key=lambda grant: (isinstance(grant.case, GrantCase), grant.movements[-1].position))
    return Recipient(newest, tuple(grants))


class _Group:
    """Grants that are of one recipient, with all its marks."""

    def __init__(self) -> None:
        self.marks: set[str] = set()
        self.grants: list[GrantOfYear] = []


def _by_identity(grants: Iterable[GrantOfYear]) -> Iterable[list[GrantOfYear]]:
    """Return the grants of each recipient: those that share a number, directly or by way of another one."""
    by_mark: dict[str, _Group] = {}
    for grant in grants:
        marks = {*_marks_of(grant)}
        first_recipient, *other_recipients = {
            id(by_mark[mark]): by_mark[mark] for mark in sorted(marks) if mark in by_mark
        }.values() or (_Group(),)
        for other_recipient in other_recipients:
            marks |= other_recipient.marks
            first_recipient.grants += other_recipient.grants
        first_recipient.marks |= marks
        first_recipient.grants.append(grant)
        by_mark |= dict.fromkeys(marks, first_recipient)
    groups = {id(group): group for group in by_mark.values()}
    return [sorted(group.grants, key=lambda grant: grant.case.reference) for group in groups.values()]


def _marks_of(grant: GrantOfYear) -> Iterator[str]:
    """Yield the marks of a recipient: its numbers, or else its name and country.

    A natural person has no number that is published, and a name that may be erased: each partnership is one's own.
    """
    party = grant.payee
    if party.kind is PartyKind.INDIVIDUAL:
        yield grant.case.reference
        return
    numbers = [f"{number.scheme} {_UNSAID.sub('', number.number).upper()}" for number in party.numbers]
    numbers += [f"US-EIN {party.ein}"] if party.ein else []
    yield from numbers or [f"{party.country} {' '.join(party.name.casefold().split())}"]


def _order(recipient: Recipient) -> tuple[str, ...]:
    name, first = recipient.name or "", recipient.grants[0].case.reference
    return recipient.place.part.value, recipient.currency, name.casefold(), recipient.party.ein or "", first
