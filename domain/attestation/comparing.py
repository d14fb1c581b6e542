"""Compare the readings of the four sides on a day: pure, and the one place that decides whether they agree.

What agrees with what: the sums of events with those of postings, by partnership; each booking of the events on a day
that statements cover with an entry there; each open payment with an open workflow, and the other way. A side that says
nothing is not known, and never agrees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from domain.attestation.matching import Match, match
from domain.attestation.readings import (
    ZERO,
    Booking,
    EventsReading,
    MoneySide,
    NotKnown,
    Posted,
    PostingsReading,
    Readings,
    SideDifference,
    StatedStretch,
    StatementLine,
    StatementsReading,
)
from domain.attestation.running import open_differences, open_sums


class AccountFigures(NamedTuple):
    """The figures of a funder's account in one currency, up to the end of a day. None is a side that says nothing."""

    funder: str
    account: str
    currency: str
    events: Decimal | None
    """The sum of all that the events say was booked."""
    postings: Decimal | None
    balance: Decimal | None
    """The balance by the statements at the end of the day."""
    entries: int
    """The entries of the day in the statements."""
    other_entries: int
    """The entries up to the day that are no booking of the events: not Accord's, or not explained."""
    other_sum: Decimal


class DayComparison(NamedTuple):
    """The outcome of a comparison."""

    figures: tuple[AccountFigures, ...]
    in_transit: dict[str, dict[str, Decimal]]
    """By side: the sums on their way, by currency."""
    differences: tuple[SideDifference, ...]
    unknowns: tuple[NotKnown, ...]


def compare(day: date, readings: Readings) -> DayComparison:
    """Return the figures of a day, where the sides differ, and what could not be known."""
    bookings, postings = _bookings(day, readings), _postings(day, readings)
    matches = _matched(day, readings, bookings)
    differences = (
        *_own(readings),
        *_unposted(readings, bookings, postings, matches),
        *(matches.differences if matches else ()),
        *open_differences(readings.events, readings.workflows),
    )
    return DayComparison(
        tuple(_figures(day, readings, bookings, postings, matches)),
        open_sums(readings.events, readings.workflows),
        tuple(dict.fromkeys(differences)),
        tuple(dict.fromkeys(chain(_unread(readings), _uncovered(day, readings, bookings)))),
    )


def _bookings(day: date, readings: Readings) -> list[Booking]:
    """Return the bookings up to a day, each with the account that it is on."""
    if isinstance(readings.events, NotKnown):
        return []
    accounts = dict(readings.accounts)
    bookings = (booking for booking in readings.events.bookings if booking.day <= day)
    return [booking._replace(account=booking.account or accounts.get(booking.funder, "")) for booking in bookings]


def _postings(day: date, readings: Readings) -> list[Posted]:
    if isinstance(readings.postings, NotKnown):
        return []
    return [posting for posting in readings.postings.postings if posting.day <= day]


def _matched(day: date, readings: Readings, bookings: list[Booking]) -> Match | None:
    if not isinstance(readings.events, EventsReading) or not isinstance(readings.statements, StatementsReading):
        return None
    statements = readings.statements
    matches = match(bookings, statements, readings.events.file_digests, day)
    # What is booked later is no booking of the day, and its entries are not left over of it.
    return matches._replace(leftovers=tuple(entry for entry in matches.leftovers if entry.day <= day))


def _own(readings: Readings) -> Iterator[SideDifference]:
    """Yield the changes that readers themselves saw."""
    if isinstance(readings.events, EventsReading):
        yield from readings.events.differences
    if isinstance(readings.statements, StatementsReading):
        yield from readings.statements.differences


class _Sum(NamedTuple):
    """The key of a sum that events and postings must agree on."""

    funder: str
    currency: str
    partnership: str


def _sums(movements: Iterable[Booking | Posted]) -> dict[_Sum, Decimal]:
    sums: dict[_Sum, Decimal] = {}
    for movement in movements:
        key = _Sum(movement.funder, movement.currency, movement.partnership)
        sums[key] = sums.get(key, ZERO) + movement.amount
    return sums


def _unposted(
    readings: Readings, bookings: list[Booking], postings: list[Posted], matches: Match | None
) -> Iterator[SideDifference]:
    """Yield each partnership whose events and postings come to other sums.

    Postings follow from events, so the postings are named, unless the events were changed or the bank's statements
    lack what they say.
    """
    if isinstance(readings.events, NotKnown) or isinstance(readings.postings, NotKnown):
        return
    by_events, by_postings, accounts = _sums(bookings), _sums(postings), dict(readings.accounts)
    doubtful_cases = {
        difference.where.split()[0] for difference in (*_own(readings), *(matches.differences if matches else ()))
    }
    for key in sorted({*by_events, *by_postings}):
        says, by_book = by_events.get(key, ZERO), by_postings.get(key, ZERO)
        if says == by_book:
            continue
        side, amount = (
            (MoneySide.EVENTS, says - by_book)
            if key.partnership in doubtful_cases
            else (MoneySide.POSTINGS, by_book - says)
        )
        words = f"events come to {says:,} and postings to {by_book:,}"
        yield SideDifference(side, words, key.partnership, accounts.get(key.funder, ""), key.currency, amount)


def _unread(readings: Readings) -> Iterator[NotKnown]:
    """Yield the sides that could not be read, and the parts of others."""
    for reading in (readings.events, readings.postings, readings.statements, readings.workflows):
        if isinstance(reading, NotKnown):
            yield reading
        elif isinstance(reading, PostingsReading | StatementsReading):
            yield from reading.unknowns


def _uncovered(day: date, readings: Readings, bookings: list[Booking]) -> Iterator[NotKnown]:
    """Yield each account and currency of which no statement covers the day."""
    if isinstance(readings.statements, NotKnown):
        return
    stretches = readings.statements.stretches
    for account in sorted(
        {account.reference for account in readings.accounts} | {booking.account for booking in bookings}
    ):
        currencies = {stretch.currency for stretch in stretches if stretch.account == account}
        currencies |= {booking.currency for booking in bookings if booking.account == account}
        if not currencies:
            yield NotKnown(MoneySide.STATEMENTS, f"no statement of {account or 'an account that nobody named'} came in")
        for currency in sorted(currencies):
            of = [stretch for stretch in stretches if (stretch.account, stretch.currency) == (account, currency)]
            if not any(stretch.covers(day) for stretch in of):
                yield NotKnown(MoneySide.STATEMENTS, _uncovered_words(account, currency, day, of))


def _uncovered_words(account: str, currency: str, day: date, stretches: list[StatedStretch]) -> str:
    if not stretches:
        return f"no statement of {account} in {currency} came in"
    first, last = min(of.first_day for of in stretches), max(of.last_day for of in stretches)
    if day < first:
        return f"{day} is before the first statement of {account} in {currency}, which opens on {first}"
    if day > last:
        return f"the newest statement of {account} in {currency} is of {last}: {day} is not in it"
    return f"the statements of {account} in {currency} have a gap on {day}"


def _figures(
    day: date, readings: Readings, bookings: list[Booking], postings: list[Posted], matches: Match | None
) -> Iterator[AccountFigures]:
    """Yield the figures of each funder's account and currency of which any side says something."""
    statements = (
        readings.statements if isinstance(readings.statements, StatementsReading) else StatementsReading((), ())
    )
    movements: list[Booking | Posted] = [*bookings, *postings]
    for funder, account in sorted(readings.accounts):
        currencies = {movement.currency for movement in movements if movement.funder == funder}
        currencies |= {stretch.currency for stretch in statements.stretches if stretch.account == account}
        for currency in sorted(currencies):
            of = (account, currency)
            entries = [entry for entry in statements.entries if (entry.account, entry.currency) == of]
            leftovers = (
                [entry for entry in matches.leftovers if (entry.account, entry.currency) == of] if matches else []
            )
            yield AccountFigures(
                funder, account, currency,
                None if isinstance(readings.events, NotKnown) else _total(bookings, funder, currency),
                None if isinstance(readings.postings, NotKnown) else _total(postings, funder, currency),
                _balance(day, [stretch for stretch in statements.stretches if stretch[:2] == of], entries),
                sum(entry.day == day for entry in entries), len(leftovers),
                sum((entry.amount for entry in leftovers), ZERO),
            )  # fmt: skip


def _total(movements: Iterable[Booking | Posted], funder: str, currency: str) -> Decimal:
    of = (movement for movement in movements if (movement.funder, movement.currency) == (funder, currency))
    return sum((movement.amount for movement in of), ZERO)


def _balance(day: date, stretches: list[StatedStretch], entries: list[StatementLine]) -> Decimal | None:
    """Return the balance at the end of a day by the statements that cover it, or None if none does.

    What a bank books late, on an earlier day than those of its statement, moves the balance of that statement.
    """
    stretch = next((stretch for stretch in stretches if stretch.covers(day)), None)
    if stretch is None:
        return None
    by_day = ((entry.counts_on or entry.day, entry.amount) for entry in entries)
    return stretch.opening + sum((amount for on, amount in by_day if stretch.first_day <= on <= day), ZERO)
