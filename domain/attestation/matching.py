"""Match the bookings of the events with the entries of the bank's statements, by reference or by day and sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from domain.attestation.readings import (
    ZERO,
    Booking,
    MoneySide,
    ReadStatement,
    SideDifference,
    StatedStretch,
    StatementLine,
    StatementsReading,
)


class Match(NamedTuple):
    """The outcome of a match."""

    differences: tuple[SideDifference, ...]
    leftovers: tuple[StatementLine, ...]
    """The entries that are no booking of the events."""


def match(bookings: Sequence[Booking], reading: StatementsReading, file_digests: frozenset[str], on: date) -> Match:
    """Return where bookings up to a day and entries differ, and the entries that are left over.

    A booking counts as stated by an entry that bears one of its references, or by one of its day and its very sum. It
    must be stated if all days on which it may have been booked lie in the statements. An entry of a file that nobody
    imported under a signature states nothing, and such a statement is a difference, also one without an entry.
    """
    entries, stretches = reading.entries, reading.stretches
    index, claims = _Index(entries, file_digests), dict[int, list[Booking]]()
    without_entry: list[Booking] = []
    for booking in bookings:
        place = index.by_reference(booking)
        if place is None:
            without_entry.append(booking)
        else:
            claims.setdefault(place, []).append(booking)
    missing = []
    for booking in without_entry:
        place = index.by_sum(booking, claims)
        if place is not None:
            claims[place] = [booking]
        elif booking.days_around is not None and _is_covered(booking, booking.days_around, stretches):
            missing.append(booking)
    differences = (
        *_forged(reading, file_digests),
        *map(_unstated, missing),
        *_of_other_sums(entries, claims),
        *_of_later_days(entries, claims, on),
    )
    return Match(differences, tuple(entry for place, entry in enumerate(entries) if place not in claims))


class _Index:
    """The entries by what they are found by."""

    def __init__(self, entries: Sequence[StatementLine], file_digests: frozenset[str]) -> None:
        self._entries = entries
        self._by_reference: dict[tuple[str, str, str], list[int]] = {}
        self._by_sum: dict[tuple[object, ...], list[int]] = {}
        for place, entry in enumerate(entries):
            if entry.file_sha256 not in file_digests:
                continue
            for reference in entry.references:
                self._by_reference.setdefault((entry.account, entry.currency, reference), []).append(place)
            self._by_sum.setdefault((entry.account, entry.currency, entry.day, entry.amount), []).append(place)

    def by_reference(self, booking: Booking) -> int | None:
        """Return the place of the entry that bears the most references of a booking, of its direction, or None."""
        places = {
            place
            for reference in booking.references
            for place in self._by_reference.get((booking.account, booking.currency, reference), ())
            if (self._entries[place].amount < ZERO) == (booking.amount < ZERO)
        }
        return max(places, key=lambda place: self._likeness(place, booking), default=None)

    def _likeness(self, place: int, booking: Booking) -> tuple[int, bool, int]:
        entry = self._entries[place]
        return len(entry.references & booking.references), entry.amount == booking.amount, -place

    def by_sum(self, booking: Booking, claims: dict[int, list[Booking]]) -> int | None:
        """Return the place of the first unclaimed entry of a booking's sum and day, the nearest day first, or None."""
        around = booking.days_around or 0
        for days in sorted(range(-around, around + 1), key=abs):
            key = (booking.account, booking.currency, booking.day + timedelta(days=days), booking.amount)
            for place in self._by_sum.get(key, ()):
                if place not in claims:
                    return place
        return None


def _is_covered(booking: Booking, around: int, stretches: Sequence[StatedStretch]) -> bool:
    of, margin = (booking.account, booking.currency), timedelta(days=around)
    days = (booking.day - margin, booking.day + margin)
    return any(stretch[:2] == of and all(map(stretch.covers, days)) for stretch in stretches)


def _unstated(booking: Booking) -> SideDifference:
    words = "events say that it was booked, and no statement of that day has it"
    return SideDifference(
        MoneySide.EVENTS, words, booking.where, booking.account, booking.currency, booking.amount, booking.day
    )


def _of_other_sums(entries: Sequence[StatementLine], claims: dict[int, list[Booking]]) -> Iterator[SideDifference]:
    """Yield the entries that state another sum than their bookings. The bank's word is the measure."""
    for place, bookings in sorted(claims.items()):
        entry, says = entries[place], sum((booking.amount for booking in bookings), Decimal(0))
        if says != entry.amount:
            words = f"events say {says:,} and {entry.statement} says {entry.amount:,}"
            where = ", ".join(sorted({booking.where for booking in bookings}))
            amount = says - entry.amount
            yield SideDifference(MoneySide.EVENTS, words, where, entry.account, entry.currency, amount, entry.day)


def _of_later_days(
    entries: Sequence[StatementLine], claims: dict[int, list[Booking]], on: date
) -> Iterator[SideDifference]:
    """Yield the bookings up to a day that the bank has on a day after it, though it said the day of them."""
    for place, bookings in sorted(claims.items()):
        entry = entries[place]
        for booking in bookings:
            if booking.days_around is None or entry.day <= max(on, booking.day + timedelta(days=booking.days_around)):
                continue
            words = f"events say that it was booked on {booking.day}, and {entry.statement} has it on {entry.day}"
            of_account = (entry.account, entry.currency, booking.amount, booking.day)
            yield SideDifference(MoneySide.EVENTS, words, booking.where, *of_account)


def _forged(reading: StatementsReading, file_digests: frozenset[str]) -> Iterator[SideDifference]:
    """Yield the statements in files that nobody imported under a signature, each with the sum of its entries."""
    sums: dict[tuple[str, str, str], Decimal] = {}
    days = {}
    parts: tuple[ReadStatement | StatementLine, ...] = (*reading.statements, *reading.entries)
    for part in parts:
        if part.file_sha256 not in file_digests:
            key = (part.statement, part.account, part.currency)
            amount = part.amount if isinstance(part, StatementLine) else ZERO
            sums[key], days[key] = sums.get(key, ZERO) + amount, part.day
    for key, amount in sorted(sums.items()):
        yield SideDifference(
            MoneySide.STATEMENTS, "nobody imported its file under a signature", *key, amount, days[key]
        )
