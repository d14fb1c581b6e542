"""One root of 32 bytes stands for the whole ledger: the tree of RFC 6962, held against its definition and a peer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from hashlib import sha256
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tlog_scales import backend, reader, signing, writer
from tlog_scales.tlog import InclusionProof, InclusionProofInvalid

from ledger import AppendRequest, Ledger, NewEvent, StoredEvent, tree
from ledger.model import MARK
from ledger.tree import EMPTY, Frontier, Span, includes, leaf_of, root_of

LARGEST = 700  # more than two rows of 256, so that stored subtrees of the peer come into play

LEAVES = [sha256(b"\x00" + str(number).encode()).digest() for number in range(LARGEST)]
quick = settings(max_examples=200)
shared = settings(max_examples=100)


# The definition, word for word: RFC 6962, section 2.1


def split(size: int) -> int:
    """The largest power of two smaller than a size."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    k = split(len(leaves))
    return sha256(b"\x01" + tree_hash(leaves[:k]) + tree_hash(leaves[k:])).digest()


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), tree_hash(leaves[k:])]
    return [*path(m - k, leaves[k:]), tree_hash(leaves[:k])]


def sides(index: int, size: int) -> list[str]:
    """The sides on which the siblings of a leaf stand, from the leaf up. Nothing else of a place is in its proof."""
    if size == 1:
        return []
    k = split(size)
    return [*sides(index, k), "right"] if index < k else [*sides(index - k, size - k), "left"]


async def part(span: Span) -> bytes:
    return tree_hash(LEAVES[span.start : span.end])


async def inclusion(index: int, size: int) -> list[bytes]:
    return await tree.proof_of(tree.inclusion_path(index, Span(0, size)), part)


def test_the_proofs_of_all_leaves_are_those_of_each() -> None:
    assert tree.inclusion_proofs([]) == []
    for size in (1, 2, 3, 7, 8, 9, 100, 257):
        leaves = LEAVES[:size]
        assert tree.inclusion_proofs(leaves) == [path(index, leaves) for index in range(size)]


@st.composite
def places(draw: st.DrawFn, largest: int = 130) -> tuple[int, int]:
    """An index and the size of a tree that has it."""
    size = draw(st.integers(1, largest))
    return draw(st.integers(0, size - 1)), size


def changed(node: bytes, bit: int) -> bytes:
    return (int.from_bytes(node, "big") ^ (1 << bit)).to_bytes(32, "big")


def with_changed(proof: list[bytes], at: int, bit: int) -> list[bytes]:
    return [*proof[:at], changed(proof[at], bit), *proof[at + 1 :]]


@pytest.mark.slow
@given(st.lists(st.binary(min_size=32, max_size=32), max_size=100))
@quick
def test_the_root_over_any_leaves_is_that_of_the_definition(leaves: list[bytes]) -> None:
    assert root_of(leaves) == tree_hash(leaves)


@pytest.mark.slow
@given(st.data())
@quick
def test_a_frontier_that_was_remembered_anywhere_goes_on_to_the_root_of_the_whole(data: st.DataObject) -> None:
    first, second = data.draw(st.integers(0, 300)), data.draw(st.integers(0, 300))
    remembered = Frontier()
    for leaf in LEAVES[:first]:
        remembered.append(leaf)
    nodes = tuple(remembered.nodes)
    on = Frontier(first, nodes)
    for leaf in LEAVES[first : first + second]:
        on.append(leaf)
    assert (on.size, on.root) == (first + second, tree_hash(LEAVES[: first + second]))
    assert (remembered.size, remembered.root) == (first, tree_hash(LEAVES[:first]))


@pytest.mark.parametrize(("size", "nodes"), [(0, 1), (1, 0), (3, 1), (4, 2), (-1, 0), (-1, 1)])
def test_a_frontier_of_another_number_of_nodes_than_its_size_has_is_refused(size: int, nodes: int) -> None:
    with pytest.raises(ValueError, match="perfect subtrees"):
        Frontier(size, [EMPTY] * nodes)


@pytest.mark.slow
@given(places(300))
@quick
def test_the_perfect_parts_of_a_span_lie_side_by_side_and_join_to_its_hash(place: tuple[int, int]) -> None:
    for span in [Span(0, place[1]), *tree.inclusion_path(place[0], Span(0, place[1]))]:
        parts = [Span(index << height, (index + 1) << height) for height, index in tree.perfect_parts(span)]
        assert [span.start, *[one.end for one in parts]] == [*[one.start for one in parts], span.end]
        assert tree.joined([tree_hash(LEAVES[one.start : one.end]) for one in parts]) == tree_hash(
            LEAVES[span.start : span.end]
        )


# Published vectors: the eight entries of the reference implementation of RFC 6962 (certificate-transparency)

ENTRIES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
PUBLISHED = [sha256(b"\x00" + bytes.fromhex(entry)).digest() for entry in ENTRIES]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_no_events_have_the_hash_of_nothing() -> None:
    assert root_of([]).hex() == EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_published_roots_are_ours() -> None:
    assert [root_of(PUBLISHED[:size]).hex() for size in range(1, 9)] == ROOTS


async def test_every_root_and_proof_of_every_small_tree_is_that_of_the_definition() -> None:
    for size in range(1, 40):
        assert root_of(LEAVES[:size]) == tree_hash(LEAVES[:size])
        for index in range(size):
            assert await inclusion(index, size) == path(index, LEAVES[:size])


@pytest.mark.slow
@given(places(), places())
@quick
async def test_a_proof_of_inclusion_holds_for_its_leaf_at_its_place_alone(
    place: tuple[int, int], other: tuple[int, int]
) -> None:
    (index, size), root = place, tree_hash(LEAVES[: place[1]])
    proof = await inclusion(index, size)
    assert includes(LEAVES[index], index, size, proof, root)
    assert includes(LEAVES[other[0]], index, size, proof, root) == (other[0] == index)
    assert includes(LEAVES[index], *other, proof, root) == (sides(*other) == sides(*place))
    assert not any(includes(LEAVES[index], outside, size, proof, root) for outside in (-1, size))


@pytest.mark.slow
@given(places(), st.integers(0, 255), st.data())
@quick
async def test_a_proof_of_inclusion_with_anything_changed_proves_nothing(
    place: tuple[int, int], bit: int, data: st.DataObject
) -> None:
    (index, size), leaf, root = place, LEAVES[place[0]], tree_hash(LEAVES[: place[1]])
    proof = await inclusion(index, size)
    at = data.draw(st.integers(0, max(len(proof) - 1, 0)))
    assert not includes(changed(leaf, bit), index, size, proof, root)
    assert not includes(leaf, index, size, proof, changed(root, bit))
    assert not includes(leaf, index, size, [*proof, LEAVES[0]], root)
    if proof:
        assert not includes(leaf, index, size, with_changed(proof, at, bit), root)
        assert not includes(leaf, index, size, [*proof[:at], *proof[at + 1 :]], root)


# The peer: tlog-scales, which shares no line with us


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> reader.TilesReader:
    """A log of the same entries, written and read by the peer."""
    log = writer.TilesWriter.create(tmp_path_factory.mktemp("peer") / "log", "peer.example.org")
    for number in range(LARGEST):
        log.add_leaf(str(number).encode())
    log.commit([signing.DummySigner()])
    return reader.TilesReader(backend.LocalBackend(log.root))


def accepted(proof: InclusionProof, leaf: bytes, root: bytes) -> bool:
    try:
        proof.check(leaf, root)
    except InclusionProofInvalid:
        return False
    return True


@pytest.mark.slow
@given(places(LARGEST))
@quick
async def test_roots_and_proofs_are_those_of_the_peer(peer: reader.TilesReader, place: tuple[int, int]) -> None:
    index, size = place
    peer.set_size(LARGEST)
    assert peer.mth(0, size) == root_of(LEAVES[:size])
    assert peer.get_inclusion_proof(index, size).node_hashes == await inclusion(index, size)


@pytest.mark.slow
@given(places(40), places(40), st.data())
@quick
async def test_the_peer_accepts_and_refuses_the_same_proofs(
    place: tuple[int, int], other: tuple[int, int], data: st.DataObject
) -> None:
    proof = await inclusion(*other)
    proof = data.draw(st.sampled_from([proof, proof[1:], proof[:-1], proof[::-1], [*proof, LEAVES[0]]]))
    (index, size), leaf, root = place, LEAVES[other[0]], root_of(LEAVES[: other[1]])
    assert includes(leaf, index, size, proof, root) == accepted(InclusionProof(index, size, proof), leaf, root)


# Leaves: what the database stored, recomputed


def of_every_character() -> list[str]:
    """Every character that a text may hold, in texts of some thousand: no NUL, no halves, no mark of sealed text."""
    codes = [code for code in range(1, 0x110000) if not 0xD800 <= code < 0xE000 and chr(code) != MARK]
    return ["".join(map(chr, codes[start : start + 8192])) for start in range(0, len(codes), 8192)]


def noted(stream: str, text: str) -> AppendRequest:
    event = NewEvent.of("Noted", 1, {"said": text, text[:9]: 1}, {"actor": text[:99]})
    return AppendRequest(stream, uuid4(), 0, (event,))


@pytest.mark.slow
async def test_the_leaf_that_the_database_stored_is_ours_for_every_character(pool: asyncpg.Pool) -> None:
    ledger, texts = Ledger(pool), of_every_character()
    streams = ['"', "\\", '\\"\\\\"', *[f"a{chr(code)}b" for code in range(0x21, 0x7F)]]
    await ledger.append_many([noted(f"s/{at}", text) for at, text in enumerate(texts)])
    await ledger.append_many([noted(stream, "x") for stream in streams])
    stored = [event async for event in ledger.read_between(0, await ledger.head())]
    assert [leaf_of(event) for event in stored] == [event.leaf for event in stored]
    assert [event.stream_id for event in stored[len(texts) :]] == streams


@st.composite
def envelopes(draw: st.DrawFn) -> tuple[object, ...]:
    """The parts that a leaf commits to, in the order of the columns."""
    version, schema = draw(st.integers(1, 2**31 - 1)), draw(st.integers(1, 2**15 - 1))
    kind = draw(st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,99}", fullmatch=True))
    head = (draw(st.integers(1, 2**63 - 1)), 's/"\\', version, draw(st.uuids()), draw(st.uuids()), kind, schema)
    return (*head, draw(st.binary()), draw(st.binary()), draw(st.datetimes(timezones=st.just(UTC))))


@given(envelopes())
@shared
async def test_the_leaf_of_any_envelope_is_the_same_in_both_languages(
    connection: asyncpg.Connection, envelope: tuple[Any, ...]
) -> None:
    theirs = await connection.fetchval("SELECT ledger.leaf($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", *envelope)
    assert leaf_of(StoredEvent(*envelope, b"")) == theirs  # type: ignore[call-arg]
