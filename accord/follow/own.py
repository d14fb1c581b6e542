"""Whether a replica still holds what was followed: before the ledger is accused, the own folder is looked at.

A disk decays, and a file can be edited by hand. An organisation that is told of a change for good, under a signature,
must not be told of that.
"""

from __future__ import annotations

from typing import Final

from accord.follow.folder import Replica, damaged
from ledger import StoredEvent
from ledger.proof.notes import NoteRefused, VerifierKey, open_note
from ledger.tree import Frontier, leaf_of

_AT_ONCE: Final = 1_000


def kept_page(replica: Replica, after: int, limit: int) -> list[StoredEvent]:
    """Return the events after a position, exactly so many, each as its leaf says.

    Raises:
        FolderUnusable: One is missing, or is not as it was kept.
    """
    events = {event.position: event for event in replica.page(after, limit)}
    for position in range(after + 1, after + limit + 1):
        if position not in events:
            raise damaged(replica.folder, f"event {position} is missing from it")
        if leaf_of(events[position]) != events[position].leaf:
            raise damaged(replica.folder, f"event {position} is not as it was kept")
    return [events[position] for position in range(after + 1, after + limit + 1)]


def require_own_whole(replica: Replica, log: VerifierKey) -> None:
    """Raise FolderUnusable unless the events of a replica make its tree, and the last checkpoint that was signed."""
    frontier, size, checkpoint = Frontier(), replica.frontier.size, replica.newest_checkpoint()
    while frontier.size < size:
        for event in kept_page(replica, frontier.size, min(_AT_ONCE, size - frontier.size)):
            frontier.append(event.leaf)
            if checkpoint is not None and frontier.size == checkpoint.size:
                _require_signed(replica, checkpoint.note, frontier.root, log)
    if frontier.root != replica.frontier.root:
        raise damaged(replica.folder, "its events do not make its tree")


def _require_signed(replica: Replica, note: str, root: bytes, log: VerifierKey) -> None:
    try:
        is_signed = open_note(note, (log,)).checkpoint.root == root
    except NoteRefused:
        is_signed = False
    if not is_signed:
        raise damaged(replica.folder, "its events do not make the checkpoint that the ledger signed")
