"""The Merkle tree in the database. The hash of any subtree is computed from a few hundred leaves and stored nodes."""

from __future__ import annotations

from typing import Final

from ledger.model import StoredEvent
from ledger.store import Ledger
from ledger.tree import TILE, TILE_HEIGHT, Frontier, Span, joined, leaf_of, perfect_parts, perfect_root, root_of

_TILES_AT_ONCE: Final = 64
_COUNT: Final = "SELECT coalesce(max(index) + 1, 0) FROM ledger.nodes WHERE height = $1"
_LEAVES: Final = "SELECT leaf FROM ledger.events WHERE position > $1 AND position <= $2 ORDER BY position"
_THESE_NODES: Final = (
    "SELECT height, index, hash FROM ledger.nodes "
    "WHERE (height, index) IN (SELECT * FROM unnest($1::int[], $2::bigint[]))"
)
_NODES: Final = "SELECT hash FROM ledger.nodes WHERE height = $1 AND index >= $2 AND index < $3 ORDER BY index"


class TreeIncomplete(LookupError):
    """The database lacks a part of the tree that it should have."""


class StoredTree:
    """The Merkle tree in the database: reads hashes and, if the login may, stores nodes."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def size(self) -> int:
        """Return the number of events."""
        return await self._ledger.head()

    async def confirm(self, size: int) -> None:
        """Wait until a standby, if one must, has the first `size` events. Raises as `Ledger.confirm` does."""
        await self._ledger.confirm(size)

    async def root(self, size: int) -> bytes:
        """Return the root over the first `size` events.

        Raises:
            TreeIncomplete: The ledger has fewer events.
        """
        if size > (head := await self.size()):
            raise TreeIncomplete(f"the ledger has {head} of the {size} events")
        return await self.hash_of(Span(0, size))

    async def root_of_leaves(self, size: int) -> bytes:
        """Return the root over the first `size` events from their leaves alone: slow, but trusts no stored node."""
        frontier = Frontier()
        while frontier.size < size:
            for leaf in await self._row(0, frontier.size, min(size, frontier.size + _TILES_AT_ONCE * TILE)):
                frontier.append(leaf)
        return frontier.root

    async def frontier(self, size: int) -> Frontier:
        """Return the frontier of the first `size` events. It is unverified until its root equals a signed one."""
        parts = perfect_parts(Span(0, size))
        return Frontier(size, [await self._perfect(height, index) for height, index in parts])

    async def extended(self, frontier: Frontier, size: int) -> Frontier:
        """Return a frontier extended to `size` events, each new leaf recomputed from the event itself.

        Raises:
            TreeIncomplete: An event is missing, or was changed after it was recorded.
        """
        new_frontier = Frontier(frontier.size, frontier.nodes)
        async for event in self._ledger.read_between(frontier.size, size):
            leaf = leaf_of(event)
            if event.position != new_frontier.size + 1 or event.leaf != leaf:
                raise TreeIncomplete(
                    f"the event at position {new_frontier.size + 1} is gone, or is not what was recorded"
                )
            new_frontier.append(leaf)
        return new_frontier

    async def fits_its_nodes(self, size: int) -> bool:
        """True if the newest stored node within the first `size` events is the hash of its present leaves.

        The result is False if the ledger lost its newest events and grew again. `verify` finds changes to older ones:
        stored nodes, and signatures on their root, commit to the events as they were recorded.
        """
        index = size // TILE - 1
        if index < 0:
            return True
        nodes = await self._row(TILE_HEIGHT, index, index + 1, strict=False)
        leaves = await self._row(0, index * TILE, (index + 1) * TILE)
        return not nodes or nodes == [root_of(leaves)]

    async def hash_of(self, span: Span) -> bytes:
        """Return the hash of the subtree over a span that begins on a boundary of its own size."""
        parts = [await self._perfect(height, index) for height, index in perfect_parts(span)]
        return joined(parts)

    async def event(self, position: int) -> StoredEvent:
        """Return the event at a position.

        Raises:
            TreeIncomplete: There is no such event.
        """
        events = [event async for event in self._ledger.read_between(position - 1, position)]
        if not events:
            raise TreeIncomplete(f"there is no event at position {position}")
        return events[0]

    async def store_nodes(self) -> int:
        """Store the nodes over the events since the last call and return how many were stored. Idempotent."""
        node_count, height = 0, TILE_HEIGHT
        while more := await self._store_height(height):
            node_count, height = node_count + more, height + TILE_HEIGHT
        return node_count

    async def _store_height(self, height: int) -> int:
        async with self._ledger.connection() as connection:
            node_count = first = int(await connection.fetchval(_COUNT, height))
            below = int(await connection.fetchval(_COUNT, height - TILE_HEIGHT))
        if height == TILE_HEIGHT:
            below = await self._ledger.head()
        while node_count < below // TILE:
            upto = min(node_count + _TILES_AT_ONCE, below // TILE)
            hashes = await self._row(height - TILE_HEIGHT, node_count * TILE, upto * TILE)
            nodes = [root_of(hashes[start : start + TILE]) for start in range(0, len(hashes), TILE)]
            async with self._ledger.connection() as connection:
                await connection.executemany(
                    "INSERT INTO ledger.nodes VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                    [(height, node_count + place, node) for place, node in enumerate(nodes)],
                )
            node_count = upto
        return node_count - first

    async def _perfect(self, height: int, index: int) -> bytes:
        """Return the root of a perfect subtree, from the highest stored row that is complete, or from the leaves."""
        row = height - height % TILE_HEIGHT
        while row:
            width = 1 << (height - row)
            hashes = await self._row(row, index * width, (index + 1) * width, strict=False)
            if len(hashes) == width:
                return root_of(hashes)
            row -= TILE_HEIGHT
        return root_of(await self._row(0, index << height, (index + 1) << height))

    async def _row(self, height: int, start: int, end: int, strict: bool = True) -> list[bytes]:
        async with self._ledger.connection() as connection:
            rows = await (
                connection.fetch(_NODES, height, start, end) if height else connection.fetch(_LEAVES, start, end)
            )
        if strict and len(rows) != end - start:
            raise TreeIncomplete(f"the ledger has {len(rows)} of the {end - start} events after position {start}")
        return [row[0] for row in rows]


class NodeCheck:
    """A check of stored nodes against recomputed hashes, made in batches while tiles of leaves are read in order."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._rows: list[list[bytes]] = []
        """For each stored height, the recomputed nodes under the current node of the next stored height."""
        self._made: dict[tuple[int, int], bytes] = {}

    def see(self, index: int, node: bytes, row: int = 1) -> bool:
        """Add the recomputed node of the next tile. Return True once enough are collected to call `faults`."""
        self._made[row * TILE_HEIGHT, index] = node
        if row > len(self._rows):
            self._rows.append([])
        hashes = self._rows[row - 1]
        if index % TILE == 0:
            hashes.clear()
        hashes.append(node)
        if index % TILE == TILE - 1 and len(hashes) == TILE:
            self.see(index // TILE, perfect_root(hashes), row + 1)
        return len(self._made) >= TILE

    async def faults(self) -> list[tuple[int, str]]:
        """Return (last position, description) for each collected node whose stored hash is wrong, and forget them."""
        node_hashes, self._made = self._made, {}
        heights, indexes = [height for height, _ in node_hashes], [index for _, index in node_hashes]
        async with self._ledger.connection() as connection:
            rows = await connection.fetch(_THESE_NODES, heights, indexes)
        return [
            ((index + 1) << height, f"the stored node {index} at height {height} is not the hash of its leaves")
            for height, index, stored_hash in rows
            if stored_hash != node_hashes[height, index]
        ]
