"""Cases: partnerships as of two dates, with what their money did, and where in the ledger each fact stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, NamedTuple

from domain.books.entries import JournalEntry
from domain.money.amounts import ZERO
from domain.parties import Funder, Party
from domain.partnership.events import HeldWithLead, HoldPlaced, LegEnded, ReportAccepted
from domain.partnership.evolution import evolve
from domain.partnership.state import Partnership
from domain.proposal import FundsOut
from publishing.movements import GrantMovement, MovementKind, movements_of
from publishing.texts import NamedPeople

PROPOSALS: Final = frozenset({"PartnershipProposed", "ProposalRevised", "ProposalAmended"})
"""The types of event that hold a proposal as a whole."""


class Stand(NamedTuple):
    """The place in the ledger, and the two dates, as of which something is published."""

    funder: Funder
    """The funder whose publication it is, as the directory said at that position."""
    on: date
    """The day at whose end it was true."""
    known_at: datetime | None
    """The time up to which it was on record, or None for all up to the position."""
    position: int
    head: str
    """The root of the ledger's tree over all events up to the position, in hexadecimal."""
    unread: int = 0
    """The number of streams that end before an event which nobody can read, until people judge it."""


class Exemption(NamedTuple):
    """The section under which the IRS's registers list a number, as due diligence saw them last."""

    ein: str
    subsection: str


class StageReached(NamedTuple):
    """The day and the position of the event by which a partnership came to its stage."""

    on: date
    position: int


class GrantCase(NamedTuple):
    """A partnership with money out, as of a stand."""

    partnership: Partnership
    """The partnership, without what registers and rules said of it, which is most of it and is published nowhere."""
    movements: tuple[GrantMovement, ...]
    """In the order of their positions."""
    facts: Mapping[str, int]
    """By type of event: the position of the newest one. A proposal as a whole stands under `Proposal`.

    An accepted report stands by its number as well, as `ReportAccepted/2`, a hold as `Hold/7`, and the end of a leg by
    its direction, as `LegEnded/FUNDS_OUT`.
    """
    created_at: datetime
    """The time at which its first event was recorded."""
    modified_at: datetime
    """The time at which its newest event was recorded."""
    people: NamedPeople
    """The natural persons whom it names."""
    exemption: Exemption | None = None
    entries: tuple[JournalEntry, ...] = ()
    """Its entries of the book up to that day."""
    reached: StageReached | None = None

    @property
    def reference(self) -> str:
        """The partnership's id."""
        return self.partnership.partnership_id

    @property
    def out(self) -> FundsOut:
        """The leg on which money goes out.

        Raises:
            ValueError: There is none.
        """
        out = self.partnership.proposed.funds_out
        if out is None:
            raise ValueError(f"{self.reference} has no money out")
        return out

    @property
    def purpose(self) -> str:
        """The purpose of its money out, which may name people."""
        return self.out.purpose

    @property
    def described_at(self) -> int | None:
        """The position of the proposal that describes its payee and its purpose."""
        return self.facts.get("Proposal")

    @property
    def is_awarded(self) -> bool:
        """True if something of it was agreed by then, whether or not it is owed still."""
        return bool(self.moved(MovementKind.COMMITMENT))

    @property
    def agreement(self) -> GrantMovement:
        """The movement by which it was agreed first. It has one only if it is awarded."""
        return self.moved(MovementKind.COMMITMENT)[0]

    def moved(self, kind: MovementKind) -> tuple[GrantMovement, ...]:
        """Return the movements of a kind."""
        return tuple(movement for movement in self.movements if movement.kind is kind)

    def sum_of(self, kind: MovementKind) -> Decimal:
        """Return the sum of the movements of a kind in the currency of the tranches."""
        amounts = (movement.amount for movement in self.moved(kind) if movement.currency == self.out.currency)
        return sum(amounts, ZERO)


class Occurrence(NamedTuple):
    """An event of a partnership's own stream: its place, when it was recorded, and what it says."""

    position: int
    recorded_at: datetime
    event: Any


def case_of(
    reference: str, occurrences: Sequence[Occurrence], entries: Sequence[JournalEntry], true_at: datetime
) -> GrantCase | None:
    """Return a partnership as a case as of a time, or None if no money goes out in it, or nothing had happened yet.

    `occurrences`: its events in order. `entries`: its entries of the book. What is of a day before, and was written
    down as a whole later, is described as it was written down then.
    """
    on = true_at.date()
    history = [occurrence for occurrence in occurrences if occurrence.event.at <= true_at]
    if not history and any(entry.on <= on for entry in entries):
        history = list(occurrences)
    partnership, payees, facts = Partnership(partnership_id=reference), _Payees(), dict[str, int]()
    reached: StageReached | None = None
    for position, _, event in history:
        before, partnership = partnership, evolve(partnership, event)
        facts |= dict.fromkeys(_fact_names(event, partnership.version), position)
        payees.note(position, partnership)
        if reached is None or partnership.stage is not before.stage:
            reached = StageReached(event.at.date(), position)
    if partnership.proposal is None or partnership.proposal.funds_out is None:
        return None
    entries = tuple(entry for entry in entries if entry.on <= on)
    movements = sorted(payees.movements(entries), key=attrgetter("position", "funder", "currency", "kind"))
    light = partnership.model_copy(update={"verification": None, "assessment": None})
    return GrantCase(
        light, tuple(movements), facts, history[0].recorded_at, history[-1].recorded_at, NamedPeople(light),
        _exemption(partnership), entries, reached,
    )  # fmt: skip


def _fact_names(event: Any, version: int) -> Iterator[str]:
    """Yield the names under which the position of an event is kept. `version`: its own in the partnership."""
    name = str(event.event_type)
    yield "Proposal" if name in PROPOSALS else name
    match event:
        case ReportAccepted(report=report):
            yield f"{name}/{report}"
        case HoldPlaced() | HeldWithLead():
            yield f"Hold/{version}"
        case LegEnded(leg=leg):
            yield f"{name}/{leg}"


def _exemption(partnership: Partnership) -> Exemption | None:
    status = partnership.verification.status if partnership.verification is not None else None
    if status is None or status.master_file is None:
        return None
    return Exemption(status.ein, status.master_file.subsection)


class _Payees:
    """The payees of a partnership, each from the position of the event that named it."""

    def __init__(self) -> None:
        self._positions: list[int] = []
        self._parties: list[Party] = []

    def note(self, position: int, partnership: Partnership) -> None:
        """Take note of the payee after an event."""
        out = partnership.proposal.funds_out if partnership.proposal is not None else None
        if out is not None and (not self._parties or self._parties[-1] != out.payee):
            self._positions.append(position)
            self._parties.append(out.payee)

    def movements(self, entries: Iterable[JournalEntry]) -> Iterable[GrantMovement]:
        """Yield the movements of entries, each with the payee of then."""
        for entry in entries:
            place = bisect_right(self._positions, entry.origin.position) - 1
            if place >= 0:
                yield from movements_of(entry, self._parties[place])
