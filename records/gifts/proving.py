"""The proofs that places of a page are in the tree of a checkpoint."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.proof.stored_tree import StoredTree
from ledger.tree import Span, inclusion_path, proof_of


async def proofs_of(tree: StoredTree, positions: Sequence[int], size: int) -> dict[int, tuple[bytes, ...]]:
    """Return for each position the hashes that lead from its leaf to the root over the first events."""
    hashes: dict[Span, bytes] = {}

    async def hash_of(span: Span) -> bytes:
        if span not in hashes:  # the upper ones stand in every path
            hashes[span] = await tree.hash_of(span)
        return hashes[span]

    paths = {position: inclusion_path(position - 1, Span(0, size)) for position in positions}
    return {position: tuple(await proof_of(path, hash_of)) for position, path in paths.items()}
