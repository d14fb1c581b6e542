"""Where a replica and a signed checkpoint part: the first event that is another one, found by consistency proofs."""

from __future__ import annotations

from collections.abc import Callable

from accord.follow.extension import extends
from accord.follow.folder import Replica
from ledger.proof.notes import Checkpoint
from ledger.tree import Frontier

Proof = Callable[[int, int], list[bytes]]
"""Returns the API's proof that the tree of one size begins with that of another."""
_LEAVES_AT_ONCE = 10_000


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


def first_other(replica: Replica, checkpoint: Checkpoint, proof: Proof) -> int:
    """Return the position of the first event that the checkpoint does not cover as the replica has it.

    Give it only a replica that the checkpoint does not begin with. A dozen proofs for a thousand events find it.
    """
    same, other = 0, min(replica.frontier.size, checkpoint.size)
    if is_prefix(frontier_at(replica, other), checkpoint, proof):
        return other + 1
    while other - same > 1:
        middle = (same + other) // 2
        if is_prefix(frontier_at(replica, middle), checkpoint, proof):
            same = middle
        else:
            other = middle
    return other
