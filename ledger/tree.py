"""The Merkle tree over the ledger (RFC 6962, section 2.1): one leaf per event, in order of position.

A root of 32 bytes commits to all events up to a size. A proof of inclusion, with one hash for each level of the tree,
shows that an event is among them. An older root is checked by computing it again from the stored nodes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import reduce
from hashlib import sha256
from typing import Final, NamedTuple

from ledger.model import StoredEvent

EMPTY: Final = sha256(b"").digest()
"""The root of an empty tree."""

TILE_HEIGHT: Final = 8
"""Roots of perfect subtrees are stored at every eighth height, so that a proof reads some hundred hashes, not all."""

TILE: Final = 1 << TILE_HEIGHT
"""The number of hashes under a stored node."""


class Span(NamedTuple):
    """A range of leaves, counted from 0: `start` is included, `end` is not."""

    start: int
    end: int


Hasher = Callable[[Span], Awaitable[bytes]]
"""Returns the hash of the subtree over a span."""


def node_of(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node with these children."""
    return sha256(b"\x01" + left + right).digest()


def envelope_of(event: StoredEvent) -> str:
    """Return the canonical envelope (RFC 8785) that an event's leaf commits to, with digests of the content."""
    return (
        f'{{"command_id":"{event.command_id}","event_id":"{event.event_id}","event_type":"{event.event_type}",'
        f'"meta_sha256":"{sha256(event.meta).hexdigest()}","payload_sha256":"{sha256(event.payload).hexdigest()}",'
        f'"position":{event.position},"recorded_at":"{event.recorded_at.isoformat("T", "microseconds")[:26]}Z",'
        f'"schema_version":{event.schema_version},"stream_id":"{_escaped(event.stream_id)}","version":{event.version}}}'
    )


def _escaped(stream_id: str) -> str:
    """Return a stream id, which is visible ASCII, escaped for a JSON string."""
    if '"' in stream_id or "\\" in stream_id:
        return stream_id.replace("\\", "\\\\").replace('"', '\\"')
    return stream_id


def leaf_of(event: StoredEvent) -> bytes:
    """Return the leaf hash of an event, computed from its fields."""
    return sha256(b"\x00" + envelope_of(event).encode()).digest()


class Frontier:
    """The part of a tree that is needed to extend it: the roots of its perfect subtrees, the largest first."""

    def __init__(self, size: int = 0, nodes: Sequence[bytes] = ()) -> None:
        """Begin with the nodes of a tree of `size` leaves.

        Raises:
            ValueError: The number of nodes is not the number of one bits in the size.
        """
        if size < 0 or len(nodes) != size.bit_count():
            raise ValueError(
                f"a tree of {size} leaves has {max(size, 0).bit_count()} perfect subtrees, not {len(nodes)}"
            )
        self.size = size
        self.nodes = list(nodes)

    def append(self, leaf: bytes) -> None:
        """Add the next leaf."""
        self._add(leaf, 0)

    def append_tile(self, leaves: Sequence[bytes]) -> bytes:
        """Add the leaves of one whole tile, when the size is a multiple of TILE, and return the node over them."""
        node = perfect_root(leaves)
        self._add(node, TILE_HEIGHT)
        return node

    def _add(self, node: bytes, height: int) -> None:
        place = self.size >> height
        while place & 1:
            node = node_of(self.nodes.pop(), node)
            place >>= 1
        self.nodes.append(node)
        self.size += 1 << height

    @property
    def root(self) -> bytes:
        """The root over all leaves added so far."""
        return joined(self.nodes)


def joined(parts: Sequence[bytes]) -> bytes:
    """Return the root over adjacent perfect subtrees, given their roots, the largest first."""
    return reduce(lambda right, left: node_of(left, right), reversed(parts)) if parts else EMPTY


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over hashes of the same height. Their number must be a power of two."""
    while len(hashes) > 1:
        hashes = [node_of(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over any number of hashes of the same height."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root


def perfect_parts(span: Span) -> list[tuple[int, int]]:
    """Return the perfect subtrees of a span that begins on a boundary of its own size, as (height, index)."""
    parts, start = [], span.start
    while start < span.end:
        height = (span.end - start).bit_length() - 1
        parts.append((height, start >> height))
        start += 1 << height
    return parts


def inclusion_path(index: int, span: Span) -> list[Span]:
    """Return the subtrees whose hashes prove that a leaf is included, from its sibling up (RFC 6962, section 2.1.1)."""
    if span.end - span.start == 1:
        return []
    middle = span.start + _split(span.end - span.start)
    left, right = Span(span.start, middle), Span(middle, span.end)
    return [*inclusion_path(index, left), right] if index < middle else [*inclusion_path(index, right), left]


def inclusion_proofs(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Return for each leaf of a tree the hashes that prove it, from its sibling up (RFC 6962, section 2.1.1).

    All of them together take a hash for each leaf. One by one, each would take as many.
    """
    return _grown(leaves)[1] if leaves else []


def _grown(leaves: Sequence[bytes]) -> tuple[bytes, list[list[bytes]]]:
    """Return the root over some leaves, and the proof of each."""
    if len(leaves) == 1:
        return leaves[0], [[]]
    middle = _split(len(leaves))
    (left, left_proofs), (right, right_proofs) = _grown(leaves[:middle]), _grown(leaves[middle:])
    for proofs, sibling in ((left_proofs, right), (right_proofs, left)):
        for proof in proofs:
            proof.append(sibling)
    return node_of(left, right), left_proofs + right_proofs


def _split(size: int) -> int:
    """Return the largest power of two below a size."""
    return 1 << ((size - 1).bit_length() - 1)


async def proof_of(path: Sequence[Span], hash_of: Hasher) -> list[bytes]:
    """Return the hashes of the subtrees of an inclusion path, in the same order."""
    return [await hash_of(span) for span in path]


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """True if a proof shows that a leaf is at an index of the tree (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, node_hash = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            node_hash = node_of(sibling, node_hash)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            node_hash = node_of(node_hash, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and node_hash == root
