"""The signed lists of an erasure: the events with the person's name, whole just before as two guardians saw.

An event whose names cannot be read any more is believed by this list alone. That somebody was erased can be written
into the ledger by whoever may append to it. That two guardians saw the event whole, with this hash, cannot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from enum import IntEnum
from typing import Final, NamedTuple

from domain.directory.personal import ERASURE_QUORUM, ErasureApproved
from domain.fault import Fault

UNPROVED_WORDS: Final = Fault(
    "names in it were erased before erasures listed what they blank; its words are not proved"
)
FORGED_WORDS: Final = "names in it cannot be read, and no two guardians listed it when they erased anybody"


class EventWorth(IntEnum):
    """The worth of an event with names that cannot be read, the least first."""

    FORGED = 0
    """No erasure blanked it."""
    UNPROVED = 1
    """It stood there when two guardians erased the person, before erasures listed events: it counts, unproved."""
    PROVED = 2
    """Two guardians listed it, and had verified it in full."""


class ErasureApproval(NamedTuple):
    """A guardian's valid approval of an erasure, with its position."""

    position: int
    event: ErasureApproved


class Erasures:
    """The erasures that two guardians signed. Give it only approvals that are proved to be a guardian's."""

    def __init__(self, approvals: Iterable[ErasureApproval]) -> None:
        self._listed: dict[str, dict[tuple[int, str], set[str]]] = defaultdict(lambda: defaultdict(set))
        self._unlisted: dict[str, dict[str, int]] = defaultdict(dict)
        for position, event in approvals:
            if event.events is None:
                self._unlisted[str(event.person)].setdefault(event.actor, position)
            for blanked_event in event.events or ():
                self._listed[str(event.person)][blanked_event.position, blanked_event.leaf].add(event.actor)

    def standing(self, position: int, leaf: str, people: Collection[str]) -> EventWorth:
        """Return the worth of an event in which the texts about some people cannot be read."""
        return min((self._standing(position, leaf, person) for person in people), default=EventWorth.PROVED)

    def _standing(self, position: int, leaf: str, person: str) -> EventWorth:
        listings = self._listed.get(person, {})
        if len(listings.get((position, leaf), ())) >= ERASURE_QUORUM:
            return EventWorth.PROVED
        unlisted_positions = sorted(self._unlisted.get(person, {}).values())
        before = len(unlisted_positions) >= ERASURE_QUORUM and position < unlisted_positions[ERASURE_QUORUM - 1]
        by_list = any(len(actors) >= ERASURE_QUORUM for actors in listings.values())
        return EventWorth.UNPROVED if before and not by_list else EventWorth.FORGED
