"""Explain each entry of the statements of account by one booking on record, and nothing twice.

Entry by entry: sums are never set off against each other. 100 too much and 100 too little are two open entries.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from heapq import merge
from itertools import product
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
    if belief.about and belief.movements:
        yield belief.about, belief.booked_on


def _of_sum(entry: StatedEntry) -> Marks:
    if not entry.keys and not entry.about:
        yield entry.booked_on


def _by_sum(belief: Belief) -> Marks:
    if not belief.about and belief.movements:
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

_KEY: Final = "key"
_FILE: Final = "file"
"""What several payments that are one entry have in common."""


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
    book.index_parts()
    for place, entry in enumerate(entries):
        if place not in explanations:
            explanations[place] = _together(entry, book) or _charge(entry)
    return Explained(tuple(explanations[place] for place in range(len(entries))), tuple(book.standing()))


class _Book:
    """The bookings that explain nothing yet, by their places.

    They are looked up by mark and sum: a statement of ten thousand entries of one day is not read once for each.
    """

    def __init__(self, beliefs: Iterable[Belief]) -> None:
        self._standing = dict(enumerate(beliefs))
        self._places: Mapping[Hashable, deque[int]] = {}
        self._parts: Mapping[Hashable, list[int]] = {}

    def index(self, marks: Callable[[Belief], Marks]) -> None:
        """Find the bookings by some marks, and by their sums, from here on."""
        places: defaultdict[Hashable, deque[int]] = defaultdict(deque)
        for place, belief in self._standing.items():
            if belief.is_booking:
                for mark, movement in product(marks(belief), belief.movements or (None,)):
                    places[mark, movement].append(place)
        self._places = places

    def index_parts(self) -> None:
        """Find the rest by the keys of the bank's references, and by our files, from here on."""
        parts: defaultdict[Hashable, list[int]] = defaultdict(list)
        for place, belief in self._standing.items():
            for key in belief.keys if belief.is_booking else ():
                parts[_KEY, key].append(place)
            parts[_FILE, belief.message_id].append(place)
        self._parts = parts

    def take(self, entry: StatedEntry, marks: Marks) -> Belief | None:
        """Take out the first booking that an entry is, by its marks and its sum, or return None."""
        for mark in marks:
            # Of the same sum, or of none that anybody could read; the first of all that are left.
            for place in merge(self._left(mark, (entry.currency, entry.amount)), self._left(mark, None)):
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

    def _left(self, mark: Hashable, sum_: Hashable) -> deque[int]:
        """Return the bookings with a mark and a sum, without the first ones that are taken out by now."""
        places = self._places.get((mark, sum_), deque())
        while places and places[0] not in self._standing:
            places.popleft()
        return places

    def take_all(self, entry: StatedEntry, marks: Iterable[Hashable]) -> list[Belief]:
        """Take out the bookings with some marks that an entry is together, if they come to its sum, or return none."""
        places = {place for mark in marks for place in self._parts.get(mark, ()) if place in self._standing}
        parts = {
            place: belief
            for place in sorted(places)
            if (belief := self._standing[place]).account == entry.account and belief.currency == entry.currency
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
    return not belief.movements or (entry.currency, entry.amount) in belief.movements


def _together(entry: StatedEntry, book: _Book) -> ExplainedEntry | None:
    """Return the explanation of an entry that is several payments: of one booking, or of one file of ours."""
    parts = list[Belief]()
    if entry.keys:
        parts = book.take_all(entry, ((_KEY, key) for key in entry.keys))
    if not parts and entry.batch:
        parts = book.take_all(entry, [(_FILE, entry.batch)])
    if not parts:
        return None
    several = "" if len(parts) == 1 else f" and {len(parts) - 1} more"
    first = min(parts, key=lambda part: part.subject)
    return ExplainedEntry(entry, first.explanation, f"{first.subject}{several}")


def _charge(entry: StatedEntry) -> ExplainedEntry:
    return ExplainedEntry(entry, EntryKind.CHARGE if entry.is_charge else EntryKind.OPEN, entry.partnership_id)
