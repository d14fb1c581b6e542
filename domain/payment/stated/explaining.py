"""Explain each entry of the statements of account by one booking on record, and nothing twice.

Entry by entry: sums are never set off against each other. 100 too much and 100 too little are two open entries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from domain.payment.stated.entries import Belief, EntryKind, ExplainedEntry, StatedEntry


class Explained(NamedTuple):
    """The entries, each with its explanation, and the bookings on record that no entry is."""

    lines: tuple[ExplainedEntry, ...]
    missing: tuple[Belief, ...]


Marks = Iterator[Hashable]


def _of_identity(entry: StatedEntry) -> Marks:
    yield entry.entry_id


def _by_identity(belief: Belief) -> Marks:
    yield belief.claim


def _of_key(entry: StatedEntry) -> Marks:
    yield from entry.keys


def _by_key(belief: Belief) -> Marks:
    yield from belief.keys


def _of_reference(entry: StatedEntry) -> Marks:
    yield from entry.references


def _by_reference(belief: Belief) -> Marks:
    yield from belief.references


def _of_likeness(entry: StatedEntry) -> Marks:
    if entry.about:
        yield from ((entry.about, entry.booked_on), (entry.about, None))


def _by_likeness(belief: Belief) -> Marks:
    if belief.about and belief.amount is not None:
        yield belief.about, belief.booked_on


def _of_sum(entry: StatedEntry) -> Marks:
    if not entry.keys and not entry.about:
        yield entry.booked_on


def _by_sum(belief: Belief) -> Marks:
    if not belief.about and belief.amount is not None:
        yield belief.booked_on


_WAYS: Final[Sequence[tuple[Callable[[StatedEntry], Marks], Callable[[Belief], Marks]]]] = (
    (_of_identity, _by_identity),
    (_of_key, _by_key),
    (_of_reference, _by_reference),
    (_of_likeness, _by_likeness),
    (_of_sum, _by_sum),
)
"""The ways in which an entry and a booking may be the same, the surest first: an entry that is one booking by its
identity is not explained by another that is merely alike."""


def explain(entries: Sequence[StatedEntry], beliefs: Iterable[Belief]) -> Explained:
    """Return each entry with exactly one explanation, and the bookings that no entry is.

    A booking explains one entry, of its account, its currency and its sum to the cent. A booking of several payments
    explains an entry over all of them. What the bank's code says is a charge is explained by nothing else.
    """
    book = _Book(beliefs)
    explanations: dict[int, ExplainedEntry] = {}
    for of_entry, by_belief in _WAYS:
        book.index(by_belief)
        for place, entry in enumerate(entries):
            if place not in explanations and (belief := book.take(entry, of_entry(entry))):
                explanations[place] = _explained(entry, book.take_refund(entry, belief) or belief)
    for place, entry in enumerate(entries):
        if place not in explanations:
            explanations[place] = _together(entry, book) or _charge(entry)
    return Explained(tuple(explanations[place] for place in range(len(entries))), tuple(book.standing()))


class _Book:
    """The bookings that explain nothing yet."""

    def __init__(self, beliefs: Iterable[Belief]) -> None:
        self._standing = dict(enumerate(beliefs))
        self._places: Mapping[Hashable, list[int]] = {}

    def index(self, marks: Callable[[Belief], Marks]) -> None:
        """Find the bookings by some marks from here on."""
        places: defaultdict[Hashable, list[int]] = defaultdict(list)
        for place, belief in self._standing.items():
            if belief.is_booking:
                for mark in marks(belief):
                    places[mark].append(place)
        self._places = places

    def take(self, entry: StatedEntry, marks: Marks) -> Belief | None:
        """Take out the first booking that an entry is, by its marks and its sum, or return None."""
        for mark in marks:
            for place in self._places.get(mark, ()):
                belief = self._standing.get(place)
                if belief is not None and _moves_alike(entry, belief):
                    return self._standing.pop(place)
        return None

    def take_refund(self, entry: StatedEntry, belief: Belief) -> Belief | None:
        """Take out the refund to a donor that a gift which the bank took back is too, or return None.

        People said that the debit is no mistake of the bank's, and recorded by its reference where the money went: that
        is one booking.
        """
        if belief.explanation is not EntryKind.GIFT_TAKEN_BACK:
            return None
        for place, standing in self._standing.items():
            is_refund = standing.explanation is EntryKind.TO_DONOR and _moves_alike(entry, standing)
            if is_refund and not entry.references.isdisjoint(standing.references):
                return self._standing.pop(place)
        return None

    def take_all(self, entry: StatedEntry, is_part: Callable[[Belief], bool]) -> list[Belief]:
        """Take out the bookings that an entry is together, if they come to its sum, or return none."""
        parts = {
            place: belief
            for place, belief in self._standing.items()
            if (belief.account, belief.currency) == (entry.account, entry.currency) and is_part(belief)
        }
        if not parts or sum((belief.amount or Decimal(0) for belief in parts.values()), Decimal(0)) != entry.amount:
            return []
        return [self._standing.pop(place) for place in parts]

    def standing(self) -> Iterator[Belief]:
        """Yield the bookings on the account that explain nothing."""
        return (belief for belief in self._standing.values() if belief.is_booking)


def _explained(entry: StatedEntry, belief: Belief) -> ExplainedEntry:
    """Return an entry that is a booking. What a second person must sign yet leaves it open."""
    kind = EntryKind.OPEN if belief.waits else belief.explanation
    return ExplainedEntry(entry, kind, belief.subject, belief.waits)


def _moves_alike(entry: StatedEntry, belief: Belief) -> bool:
    """True if a booking may be an entry by its account, its currency and its sum to the cent."""
    if belief.account not in {"", entry.account}:
        return False
    return belief.amount is None or (entry.currency, entry.amount) == (belief.currency, belief.amount)


def _together(entry: StatedEntry, book: _Book) -> ExplainedEntry | None:
    """Return the explanation of an entry that is several payments: of one booking, or of one file of ours."""
    parts = list[Belief]()
    if entry.keys:
        parts = book.take_all(entry, lambda belief: belief.is_booking and not entry.keys.isdisjoint(belief.keys))
    if not parts and entry.batch:
        parts = book.take_all(entry, lambda belief: belief.message_id == entry.batch)
    if not parts:
        return None
    several = "" if len(parts) == 1 else f" and {len(parts) - 1} more"
    first = min(parts, key=lambda part: part.subject)
    return ExplainedEntry(entry, first.explanation, f"{first.subject}{several}")


def _charge(entry: StatedEntry) -> ExplainedEntry:
    return ExplainedEntry(entry, EntryKind.CHARGE if entry.is_charge else EntryKind.OPEN, entry.partnership_id)
