"""Verify that one tree extends another (RFC 9162, section 2.1.4.2), from two roots and a proof alone."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.tree import node_of


def extends(size: int, root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """True if a proof shows that the tree of `new_size` leaves begins with the tree of `size` leaves.

    An empty tree is extended by every other, without a proof.
    """
    if not 0 <= size <= new_size:
        return False
    if size in {0, new_size}:
        return not proof and (size == 0 or root == new_root)
    parts = [root, *proof] if size & (size - 1) == 0 else [*proof]
    return bool(parts) and _both_roots(size - 1, new_size - 1, parts) == (root, new_root)


def _both_roots(place: int, last: int, parts: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return the roots of the older and the newer tree that the hashes of a proof make, or None if they make none."""
    while place & 1:
        place, last = place >> 1, last >> 1
    older = newer = parts[0]
    for part in parts[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            older, newer = node_of(part, older), node_of(part, newer)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            newer = node_of(newer, part)
        place, last = place >> 1, last >> 1
    return (older, newer) if last == 0 else None
