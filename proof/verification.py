"""Verify the ledger: every leaf recomputed from the bytes it commits to, every checkpoint from the leaves.

Memory does not grow with the ledger. What was verified is remembered as a frontier of some dozen hashes, so that the
next time only what came since is read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, Self

from ledger.store import Ledger
from ledger.tree import Frontier, leaf_of
from proof.stored_tree import NodeCheck, StoredTree, TreeIncomplete

MOST_FAULTS: Final = 20
HASH_BYTES: Final = 32
_REPORT_EVERY: Final = 2000


class Fault(NamedTuple):
    """Something that is not as it was recorded."""

    position: int
    what: str


class Verified(NamedTuple):
    """How far the ledger was verified, and what was found."""

    frontier: Frontier
    clock: datetime
    faults: tuple[Fault, ...]

    def remembered(self) -> str:
        """Return what the next verification goes on from, to keep in a file of the verifier's own."""
        nodes = [node.hex() for node in self.frontier.nodes]
        return json.dumps({"size": self.frontier.size, "nodes": nodes, "clock": self.clock.isoformat()})

    @classmethod
    def read(cls, remembered: str) -> Self:
        """Read it back. Raises ValueError if it is not that."""
        try:
            told = json.loads(remembered)
            nodes = [bytes.fromhex(node) for node in told["nodes"]]
            clock = datetime.fromisoformat(told["clock"])
            if clock.tzinfo is None or any(len(node) != HASH_BYTES for node in nodes):
                raise ValueError("a time has no zone, or a hash another length")
            return cls(Frontier(told["size"], nodes), clock, ())
        except (ValueError, TypeError, KeyError) as fault:
            raise ValueError(f"not a state of a verification ({fault})") from None


NOTHING: Final = datetime.min.replace(tzinfo=UTC)


def beginning() -> Verified:
    """Where a whole verification begins."""
    return Verified(Frontier(), NOTHING, ())


async def verify(
    ledger: Ledger,
    roots: Mapping[int, bytes],
    since: Verified | None = None,
    progress: Callable[[int], Any] = lambda position: None,
) -> Verified:
    """Read all that came since, and return what is wrong with it. `roots` are the signed ones, by size.

    What was verified before is held against the stored hashes, not read again. Stops after twenty faults. Raises
    LedgerUnavailable.
    """
    since = since or beginning()
    frontier, clock = Frontier(since.frontier.size, since.frontier.nodes), since.clock
    faults = await _faults_before(StoredTree(ledger), since.frontier, roots)
    head, nodes = await ledger.head(), NodeCheck(ledger, frontier.size)
    async for event in ledger.read_between(frontier.size, head):
        expected = frontier.size + 1
        leaf = leaf_of(event)
        if event.position != expected:
            faults.append(Fault(expected, f"missing; the next is {event.position}"))
            break
        if leaf != event.leaf:
            faults.append(Fault(expected, "was changed: what it holds is not what its hash commits to"))
        if event.recorded_at < clock:
            faults.append(Fault(expected, f"was recorded at {event.recorded_at}, before the one that it follows"))
        clock = event.recorded_at
        frontier.append(leaf)
        if nodes.see(leaf):
            faults += [Fault(*one) for one in await nodes.faults()]
        if expected in roots and roots[expected] != frontier.root:
            faults.append(Fault(expected, f"the first {expected} events are not those of the signed checkpoint"))
        if len(faults) >= MOST_FAULTS:
            break
        if not expected % _REPORT_EVERY:
            progress(expected)
    faults += [Fault(*one) for one in await nodes.faults()]
    faults += [Fault(size, "a signed checkpoint speaks of more events than there are") for size in roots if size > head]
    if not faults:
        faults += [Fault(position, what) for position, what in await ledger.broken_streams(since.frontier.size)]
    return Verified(frontier, clock, tuple(faults))


async def _faults_before(tree: StoredTree, before: Frontier, roots: Mapping[int, bytes]) -> list[Fault]:
    """What is wrong with the ledger up to where it was verified before."""
    if not before.size:
        return []
    known = {**{size: root for size, root in roots.items() if size < before.size}, before.size: before.root}
    faults = []
    for size, root in sorted(known.items()):
        try:
            same = await tree.root(size) == root and await tree.fits_its_nodes(size)
        except TreeIncomplete:
            same = False
        if not same:
            faults.append(Fault(size, f"the first {size} events are not those that were signed, or verified before"))
    return faults
