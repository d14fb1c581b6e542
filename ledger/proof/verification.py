"""Verify the ledger: recompute every leaf from its event, and the root of every checkpoint from the leaves.

Memory use does not grow with the ledger. The verified part is stored as a frontier of a few dozen hashes, so that the
next verification reads only newer events.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, Self

from ledger.model import StoredEvent
from ledger.proof.stored_tree import NodeCheck, StoredTree, TreeIncomplete
from ledger.store import Ledger
from ledger.tree import TILE, TILE_HEIGHT, Frontier, leaf_of

MOST_FAULTS: Final = 20
HASH_BYTES: Final = 32
_REPORT_EVERY: Final = 2000


class ProofFault(NamedTuple):
    """A fault in the ledger, at the position of an event."""

    position: int
    what: str


class ProofResult(NamedTuple):
    """The result of a verification: the part verified, the time of its last event, and the faults found."""

    frontier: Frontier
    clock: datetime
    faults: tuple[ProofFault, ...]

    def remembered(self) -> str:
        """Return the state from which the next verification continues, as JSON that the verifier keeps in a file."""
        nodes = [node.hex() for node in self.frontier.nodes]
        return json.dumps({"size": self.frontier.size, "nodes": nodes, "clock": self.clock.isoformat()})

    @classmethod
    def read(cls, state_text: str) -> Self:
        """Parse the state that `state_text` returned.

        Raises:
            ValueError: It is not such a state.
        """
        try:
            state = json.loads(state_text)
            nodes = [bytes.fromhex(node) for node in state["nodes"]]
            clock = datetime.fromisoformat(state["clock"])
            if clock.tzinfo is None or any(len(node) != HASH_BYTES for node in nodes):
                raise ValueError("a time has no zone, or a hash another length")
            return cls(Frontier(state["size"], nodes), clock, ())
        except (ValueError, TypeError, KeyError) as fault:
            raise ValueError(f"not a state of a verification ({fault})") from None


NOTHING: Final = datetime.min.replace(tzinfo=UTC)


def beginning() -> ProofResult:
    """Return the state from which a full verification begins."""
    return ProofResult(Frontier(), NOTHING, ())


async def verify(
    ledger: Ledger,
    roots: Mapping[int, bytes],
    since: ProofResult | None = None,
    progress: Callable[[int], Any] = lambda position: None,
) -> ProofResult:
    """Verify the events since an earlier verification, or all events, and return the new state with the faults found.

    `roots` are the signed roots, by size. Events verified before are not read again: their root is compared with the
    stored hashes. Stops after MOST_FAULTS faults. `progress` is called with a position from time to time.

    Raises:
        LedgerUnavailable: The database did not answer.
    """
    since = since or beginning()
    head = await ledger.head()
    reading = _Reading(ledger, roots, since)
    reading.faults += await _faults_before(StoredTree(ledger), since.frontier, roots)
    streams = asyncio.create_task(ledger.broken_streams(since.frontier.size))  # runs in the database meanwhile
    try:
        async for event in ledger.read_between(since.frontier.size, head):
            if not reading.see(event):
                break
            if not event.position % TILE:
                await reading.close_tile()
            if len(reading.faults) >= MOST_FAULTS:
                break
            if not event.position % _REPORT_EVERY:
                progress(event.position)
        state = await reading.end(head)
        return state if state.faults else state._replace(faults=tuple(ProofFault(*stream) for stream in await streams))
    finally:
        streams.cancel()


class _Reading:
    """A verification in progress, which reads the events in order of position, one tile of leaves at a time."""

    def __init__(self, ledger: Ledger, roots: Mapping[int, bytes], since: ProofResult) -> None:
        self._frontier, self._clock = Frontier(since.frontier.size, since.frontier.nodes), since.clock
        self._position = since.frontier.size
        self._nodes = NodeCheck(ledger)
        self._roots = roots
        self._leaves: list[bytes] = []
        """The leaves that are not in the frontier yet."""
        self.faults: list[ProofFault] = []

    def see(self, event: StoredEvent) -> bool:
        """Verify the next event. Return False if one is missing before it."""
        expected_position = self._position + 1
        if event.position != expected_position:
            self.faults.append(ProofFault(expected_position, f"missing; the next is {event.position}"))
            return False
        leaf = leaf_of(event)
        if leaf != event.leaf:
            self.faults.append(
                ProofFault(expected_position, "was changed: what it holds is not what its hash commits to")
            )
        if event.recorded_at < self._clock:
            self.faults.append(
                ProofFault(expected_position, f"was recorded at {event.recorded_at}, before the one that it follows")
            )
        self._position, self._clock = expected_position, event.recorded_at
        self._leaves.append(leaf)
        if expected_position in self._roots:
            self._see_root(self._roots[expected_position])
        return True

    def _see_root(self, signed_root: bytes) -> None:
        if self._upto_here().root != signed_root:
            message = f"the first {self._position} events are not those of the signed checkpoint"
            self.faults.append(ProofFault(self._position, message))

    def _upto_here(self) -> Frontier:
        frontier = Frontier(self._frontier.size, self._frontier.nodes)
        for leaf in self._leaves:
            frontier.append(leaf)
        return frontier

    async def close_tile(self) -> None:
        """Move the collected leaves into the frontier at the end of a tile."""
        if len(self._leaves) == TILE:
            if self._nodes.see(self._frontier.size >> TILE_HEIGHT, self._frontier.append_tile(self._leaves)):
                self.faults += [ProofFault(*fault) for fault in await self._nodes.faults()]
        else:
            self._frontier = self._upto_here()
        self._leaves = []

    async def end(self, head: int) -> ProofResult:
        """Check the remaining nodes and roots, and return the result for a ledger of `head` events."""
        self.faults += [ProofFault(*fault) for fault in await self._nodes.faults()]
        beyond = "a signed checkpoint speaks of more events than there are"
        self.faults += [ProofFault(size, beyond) for size in self._roots if size > head]
        return ProofResult(self._upto_here(), self._clock, tuple(self.faults))


async def _faults_before(tree: StoredTree, before: Frontier, roots: Mapping[int, bytes]) -> list[ProofFault]:
    """Return the faults in the part of the ledger that was verified before: roots that now differ."""
    if not before.size:
        return []
    known_roots = {**{size: root for size, root in roots.items() if size < before.size}, before.size: before.root}
    faults = []
    for size, root in sorted(known_roots.items()):
        try:
            is_intact = await tree.root(size) == root and await tree.fits_its_nodes(size)
        except TreeIncomplete:
            is_intact = False
        if not is_intact:
            faults.append(
                ProofFault(size, f"the first {size} events are not those that were signed, or verified before")
            )
    return faults
