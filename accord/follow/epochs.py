"""Hold the root that a new epoch names against the leaves that were followed before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from accord.follow.folder import Replica
from accord.follow.prefixes import frontier_at
from domain.directory.directory import Directory
from domain.directory.people import EpochBegun

RootOver = Callable[[int], bytes]
"""Returns the root over the first events of the ledger as it was followed."""


def epochs_after(before: Directory, after: Directory) -> Sequence[EpochBegun]:
    """Return the epochs that began between two states of the directory."""
    return after.epochs[len(before.epochs) :]


def epoch_faults(epochs: Sequence[EpochBegun], size: int, root_over: RootOver) -> Iterator[str]:
    """Yield a fault for each epoch that does not continue this ledger. `size`: the events before it took effect."""
    for epoch in epochs:
        name = f"epoch {epoch.log.epoch} of {epoch.log.origin}"
        if epoch.position > size:
            yield f"{name} continues a ledger of {epoch.position} events, and {size} come before it here"
        elif root_over(epoch.position).hex() != epoch.root:
            yield f"{name} continues another ledger: its root over {epoch.position} events is not that of these events"


def root_over(replica: Replica, page: Sequence[bytes], size: int) -> bytes:
    """Return the root over the first events of a replica, and of the leaves of a page that is not kept yet."""
    kept_size = replica.frontier.size
    frontier = frontier_at(replica, min(size, kept_size))
    for leaf in page[: max(size - kept_size, 0)]:
        frontier.append(leaf)
    return frontier.root
