"""Find whether a signed checkpoint begins with a replica, and the first event that is another one by now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from accord.follow.folder import Replica
from ledger import StoredEvent
from ledger.proof.consistency import extends
from ledger.proof.notes import Checkpoint
from ledger.tree import Frontier

Proof = Callable[[int, int], list[bytes]]
"""Returns the API's proof that the tree of one size begins with that of another."""
EventSource = Callable[[int, int], Iterable[StoredEvent]]
"""Returns the events after a position that the API gives now, at most so many."""
_LEAVES_AT_ONCE: Final = 10_000
_EVENTS_AT_ONCE: Final = 1_000


def is_prefix(frontier: Frontier, checkpoint: Checkpoint, proof: Proof) -> bool:
    """True if a signed checkpoint begins with the events of a tree."""
    if frontier.size > checkpoint.size:
        return False
    if frontier.size == checkpoint.size:
        return frontier.root == checkpoint.root
    hashes = proof(frontier.size, checkpoint.size) if frontier.size else []
    return extends(frontier.size, frontier.root, checkpoint.size, checkpoint.root, hashes)


def frontier_at(replica: Replica, size: int) -> Frontier:
    """Return the tree over the first events of a replica, from the leaves that it keeps."""
    frontier = Frontier()
    while frontier.size < size:
        for leaf in replica.leaves(frontier.size, min(size, frontier.size + _LEAVES_AT_ONCE)):
            frontier.append(leaf)
    return frontier


def first_difference(replica: Replica, api_events: EventSource) -> int | None:
    """Return the position of the first event that is not given as the replica keeps it, or None if all are.

    Every event is asked for, a page at a time: proofs find no place in a tree whose own hashes were changed.
    """
    after = 0
    while own_events := replica.page(after, _EVENTS_AT_ONCE):
        other_events = {event.position: event for event in api_events(after, len(own_events))}
        for event in own_events:
            if other_events.get(event.position) != event:
                return event.position
        after = own_events[-1].position
    return None
