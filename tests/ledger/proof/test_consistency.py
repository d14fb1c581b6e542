"""Proofs that one tree extends another: each that is made holds, and no other one does."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from ledger.proof.consistency import consistency_path, extends
from ledger.tree import root_of

LEAVES = [sha256(bytes([0, number])).digest() for number in range(70)]


def proof_between(size: int, larger: int) -> list[bytes]:
    return [root_of(LEAVES[span.start : span.end]) for span in consistency_path(size, larger)]


@given(st.data())
def test_a_tree_extends_each_of_its_beginnings_and_nothing_else(data: st.DataObject) -> None:
    larger = data.draw(st.integers(0, len(LEAVES)))
    size = data.draw(st.integers(0, larger))
    proof, old, new = proof_between(size, larger), root_of(LEAVES[:size]), root_of(LEAVES[:larger])
    assert extends(size, old, larger, new, proof)
    assert len(proof) <= 2 * larger.bit_length()
    forged = [sha256(b"forged").digest(), *proof[1:]] if proof else [b"x" * 32]
    assert not extends(size, old, larger, new, forged)
    assert not extends(size, sha256(b"another").digest(), larger, new, proof)
    assert not extends(size, old, larger, new, [*proof, new])
    assert not extends(larger + 1, old, larger, new, proof)


def test_a_changed_leaf_in_the_beginning_is_found() -> None:
    """Given a ledger that was rewritten and grew, when its proof is made, then it does not fit the root of before."""
    rewritten = [sha256(b"rewritten").digest(), *LEAVES[1:]]
    proof = [root_of(rewritten[span.start : span.end]) for span in consistency_path(20, 50)]
    assert not extends(20, root_of(LEAVES[:20]), 50, root_of(rewritten[:50]), proof)
