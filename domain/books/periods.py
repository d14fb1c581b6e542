"""Periods of the book: the closed ones, and the one that an entry goes into.

A close freezes an export and no event: what is recorded later of a closed period's days goes to the next period.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from typing import NamedTuple
from uuid import UUID

from domain.books.entries import JournalEntry
from domain.books.events import PeriodCloseAsked, PeriodClosed
from domain.directory.chart import BookRules
from domain.fault import Fault


class Close(NamedTuple):
    """A period that two people closed."""

    last_day: date
    position: int
    rules: BookRules
    form: int
    sha256: str
    asked_by: str
    confirmed_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Closes:
    """The closed periods in their order, and the closes that wait for a second signature."""

    periods: tuple[Close, ...] = ()
    requests: Mapping[UUID, PeriodCloseAsked] = field(default_factory=dict)

    @property
    def last_day(self) -> date | None:
        """The last day of the newest closed period, or None before the first."""
        return self.periods[-1].last_day if self.periods else None

    @property
    def position(self) -> int:
        """The position that the newest closed period reaches to."""
        return self.periods[-1].position if self.periods else 0

    def of(self, last_day: date) -> Close | None:
        """Return the closed period that ends on a day, or None."""
        return next((close for close in self.periods if close.last_day == last_day), None)

    def first_day(self, last_day: date) -> date:
        """Return the first day of the period that ends on a day. The first period has the first day of all."""
        earlier = [close.last_day for close in self.periods if close.last_day < last_day]
        return earlier[-1] + timedelta(days=1) if earlier else date.min

    def day_of(self, entry: JournalEntry) -> date:
        """Return the day on which an entry stands: its own or, if that was closed by then, the next open one."""
        day = entry.on
        for close in self.periods:
            if day <= close.last_day and entry.origin.position > close.position:
                day = close.last_day + timedelta(days=1)
        return day


def closes_of(events: Iterable[object], closes: Closes | None = None) -> Closes:
    """Return the periods after the events of the books' stream that count, from those before them on."""
    return reduce(_evolved, events, closes or Closes())


def _evolved(closes: Closes, event: object) -> Closes:
    match event:
        case PeriodCloseAsked():
            return replace(closes, requests={**closes.requests, event.signature.statement.command_id: event})
        case PeriodClosed():
            return closes if closing_fault(closes, event) else _closed(closes, event)
        case _:
            return closes


def _closed(closes: Closes, event: PeriodClosed) -> Closes:
    """Return the periods after a second signature. What else was asked waits no more: it was of another ledger."""
    request = closes.requests[event.close_id]
    content = request.last_day, request.position, request.rules, request.form, request.sha256
    close = Close(*content, request.actor, event.actor, event.at)
    return Closes((*closes.periods, close))


def asking_fault(closes: Closes, event: PeriodCloseAsked, now: datetime, head: int) -> Fault | None:
    """Return the reason why a period cannot be closed now, or None. `head`: the newest position of the ledger."""
    if min(event.at, now).astimezone(UTC).date() <= event.last_day:
        return Fault(f"{event.last_day} is not over; close a period once its last day is")
    if event.position > head:
        return Fault(f"position {event.position}: the ledger has {head} events; export it anew")
    return order_fault(closes, event)


def chart_fault(event: PeriodCloseAsked, rules: BookRules) -> Fault | None:
    """Return a fault if a close is asked for by another basis or chart than the organisation's, or None."""
    if event.rules == rules:
        return None
    return Fault("its basis or chart of accounts is not the organisation's, which two people set; ask for it anew")


def order_fault(closes: Closes, event: PeriodCloseAsked) -> Fault | None:
    """Return the reason why a period cannot follow those that are closed, or None."""
    if closes.last_day is not None and event.last_day <= closes.last_day:
        return Fault(f"the book is closed up to {closes.last_day} already; name a later day")
    if event.position < closes.position:
        return Fault(f"position {event.position}: the period before reaches to {closes.position}; export it anew")
    if closes.periods and closes.periods[-1].rules.basis is not event.rules.basis:
        basis = closes.periods[-1].rules.basis.value
        return Fault(f"the periods before are closed on {basis}; keep the basis, which their sums are on")
    return None


def closing_fault(closes: Closes, event: PeriodClosed) -> Fault | None:
    """Return the reason why a close cannot be confirmed by its signer, or None."""
    request = closes.requests.get(event.close_id)
    if request is None:
        return Fault(f"no close {event.close_id} waits for a second signature; see `accord books periods`")
    if request.actor == event.actor:
        return Fault(f"{event.actor} asked for it, so another person closes it")
    if request.signature.key_id == event.signature.key_id:
        return Fault("the same key asked for it, so another person's key closes it")
    return order_fault(closes, request)


def in_order(closes: Closes, entries: Iterable[JournalEntry]) -> list[tuple[date, JournalEntry]]:
    """Return entries with the days on which they stand, in the order of the days and then of the positions."""
    by_day = [(closes.day_of(entry), entry) for entry in entries]
    return sorted(by_day, key=lambda pair: (pair[0], pair[1].origin.position))


def within(
    closes: Closes, entries: Sequence[JournalEntry], last_day: date, position: int | None = None
) -> list[tuple[date, JournalEntry]]:
    """Return the entries of the period that ends on a day, each with the day on which it stands.

    Of a closed period they are those up to its position, so that they stay the same for ever. `position`: of one that
    is not closed yet, the position up to which it would be.
    """
    close, first_day = closes.of(last_day), closes.first_day(last_day)
    upto = close.position if close is not None else position
    candidates = (entry for entry in entries if upto is None or entry.origin.position <= upto)
    return [(day, entry) for day, entry in in_order(closes, candidates) if first_day <= day <= last_day]
