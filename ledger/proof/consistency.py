"""Proofs that one tree extends another: nothing that the smaller one holds was changed or dropped (RFC 6962, 2.1.2)."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.tree import EMPTY, Span, node_of


def consistency_path(size: int, larger_size: int) -> list[Span]:
    """Return the subtrees whose hashes prove that a tree of `larger_size` leaves extends one of `size` leaves.

    There are none if the sizes are equal, and none from the empty tree, which every tree extends.
    """
    return _path(size, Span(0, larger_size), True) if 0 < size < larger_size else []


def _path(end: int, span: Span, is_whole: bool) -> list[Span]:
    """Return SUBPROOF of RFC 6962. `is_whole`: the verifier knows the smaller tree's part of the span by its root."""
    if end == span.end:
        return [] if is_whole else [span]
    middle = span.start + (1 << ((span.end - span.start - 1).bit_length() - 1))
    left, right = Span(span.start, middle), Span(middle, span.end)
    if end <= middle:
        return [*_path(end, left, is_whole), right]
    return [*_path(end, right, False), left]


def extends(size: int, root: bytes, larger_size: int, larger_root: bytes, proof: Sequence[bytes]) -> bool:
    """True if a proof shows that the larger tree begins with the leaves of the smaller one (RFC 9162, 2.1.4.2)."""
    if not 0 <= size <= larger_size:
        return False
    if size == 0:
        return root == EMPTY and not proof
    if size == larger_size:
        return root == larger_root and not proof
    hashes = list(proof) if size & (size - 1) else [root, *proof]
    return bool(hashes) and _joins(size - 1, larger_size - 1, hashes) == (root, larger_root)


def _joins(here: int, last: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return both roots that the hashes of a proof make, or None if they are too many or too few."""
    while here & 1:
        here, last = here >> 1, last >> 1
    smaller = larger = hashes[0]
    for node in hashes[1:]:
        if last == 0:
            return None
        if here & 1 or here == last:
            smaller, larger = node_of(node, smaller), node_of(node, larger)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            larger = node_of(larger, node)
        here, last = here >> 1, last >> 1
    return (smaller, larger) if last == 0 else None
