"""Equal gifts that several files of the bank tell: which of them are one booking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

NEAR: Final = timedelta(days=7)
"""How far apart two files may date one booking."""


class GiftTelling(NamedTuple):
    """A gift as one file tells it. All that are compared are of one account, partnership and sum."""

    answer_id: UUID
    booked_on: date | None
    references: frozenset[str] = frozenset()
    """The bank's references of it, each as `reference_key` has it."""
    is_referenced: bool = False
    """True if the bank gave the booking a reference of its own, which every message of it should bear."""
    is_stated: bool = False
    """True if a statement of account has it on its own day, so that another day's is another gift."""


class Sameness(StrEnum):
    """The comparison of a telling with the gifts that count already."""

    NEW = "NEW"
    SAME = "SAME"
    PERHAPS = "PERHAPS"
    """Nothing tells whether it is one that counts: it is for people."""


def _by_identity(telling: GiftTelling, counted_gift: GiftTelling) -> bool:
    return telling.answer_id == counted_gift.answer_id


def _by_reference(telling: GiftTelling, counted_gift: GiftTelling) -> bool:
    return not telling.references.isdisjoint(counted_gift.references)


def _by_day(telling: GiftTelling, counted_gift: GiftTelling) -> bool:
    """True if they are of one day, and no two references tell them apart."""
    return _lacks_reference(telling, counted_gift) and None is not telling.booked_on == counted_gift.booked_on


def _by_silence(telling: GiftTelling, counted_gift: GiftTelling) -> bool:
    return _lacks_reference(telling, counted_gift) and None in {telling.booked_on, counted_gift.booked_on}


def _by_day_alone(telling: GiftTelling, counted_gift: GiftTelling) -> bool:
    return len({telling.booked_on, counted_gift.booked_on} - {None}) <= 1


def _by_a_near_day(telling: GiftTelling, counted_gift: GiftTelling) -> bool:
    """True if a file may date the other's booking otherwise: no statement has that one on its day."""
    if telling.booked_on is None or counted_gift.booked_on is None or counted_gift.is_stated:
        return False
    return _lacks_reference(telling, counted_gift) and abs(telling.booked_on - counted_gift.booked_on) <= NEAR


def _lacks_reference(telling: GiftTelling, counted_gift: GiftTelling) -> bool:
    return not (telling.is_referenced and counted_gift.is_referenced)


_WAYS: Final[Sequence[tuple[Callable[[GiftTelling, GiftTelling], bool], Sameness]]] = (
    (_by_identity, Sameness.SAME),
    (_by_reference, Sameness.SAME),
    (_by_day, Sameness.SAME),
    (_by_silence, Sameness.SAME),
    (_by_day_alone, Sameness.PERHAPS),
    (_by_a_near_day, Sameness.PERHAPS),
)
"""The ways in which a telling may be one that counts, the surest first."""


class Compared(NamedTuple):
    """A telling with the gift that it is, or perhaps is."""

    sameness: Sameness
    counted_gift: GiftTelling | None


def compare(tellings: Sequence[GiftTelling], counted_gift: Sequence[GiftTelling]) -> tuple[Compared, ...]:
    """Return the comparison of each gift of a file with those that count, in its order.

    Each that counts is one of them at the most. So of two equal gifts of one day in a file, and one that counts, the
    second is new.
    """
    free, results = list(counted_gift), dict[int, Compared]()
    for is_same_gift, sameness in _WAYS:
        for place, telling in enumerate(tellings):
            gift = next((gift for gift in free if place not in results and is_same_gift(telling, gift)), None)
            if gift is not None:
                free.remove(gift)
                results[place] = Compared(sameness, gift)
    return tuple(results.get(place, Compared(Sameness.NEW, None)) for place in range(len(tellings)))
