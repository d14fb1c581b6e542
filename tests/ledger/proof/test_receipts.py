"""A receipt proves its event to whoever has the file and a public key, and nothing else can be read out of it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales import tlog

from ledger import Ledger, StoredEvent
from ledger.proof.notes import Checkpoint, NoteRefused, SigningKey
from ledger.proof.receipts import Proved, ReceiptRefused, check_receipt, make_receipt
from ledger.proof.stored_tree import StoredTree
from ledger.tree import root_of
from tests.ledger.proof import FORGED_LEAF, KNOWN, LOG, OTHER_LOG, TREASURER, behind_our_back, record

GOLDEN = Path(__file__).parent / "golden" / "event_5_of_7.tlog-proof"
RECEIPT = GOLDEN.read_text("utf-8")
BOTH = (LOG.verifier, TREASURER.verifier)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
AT_NOON = "UPDATE ledger.events SET recorded_at = '2026-01-01T12:00:00Z'::timestamptz + position * interval '1 second'"


@pytest.fixture
def tree(pool: asyncpg.Pool) -> StoredTree:
    return StoredTree(Ledger(pool))


async def recorded(pool: asyncpg.Pool, number: int) -> list[bytes]:
    """Record so many events. Return their leaves."""
    await record(Ledger(pool), number)
    return [row[0] for row in await pool.fetch("SELECT leaf FROM ledger.events ORDER BY position")]


def note(leaves: list[bytes], size: int, key: SigningKey = LOG) -> str:
    """The signed checkpoint of a size."""
    checkpoint = Checkpoint(key.name, size, root_of(leaves[:size]))
    return f"{checkpoint.text}\n{key.line(checkpoint.text)}"


def outcome(receipt: bytes) -> Proved | None:
    """The proof in a file, or None if it is refused."""
    try:
        return check_receipt(receipt.decode(), BOTH)
    except (ReceiptRefused, NoteRefused, UnicodeDecodeError):
        return None


def proves_nothing_else(receipt: bytes) -> bool:
    """True if a file proves nothing, or the same to the letter, by the same signers or by fewer."""
    true, found = check_receipt(RECEIPT, BOTH), outcome(receipt)
    return found is None or (repr(found[:2]) == repr(true[:2]) and set(found.signers) <= set(true.signers))


def told(**changes: Any) -> bytes:
    """The golden receipt with something changed in what the event says of itself."""
    lines = RECEIPT.split("\n")
    extra = json.loads(base64.b64decode(lines[1].removeprefix("extra "))) | changes
    lines[1] = f"extra {base64.b64encode(json.dumps(extra).encode()).decode()}"
    return "\n".join(lines).encode()


# The form


async def test_the_same_event_under_the_same_keys_has_the_same_receipt_for_ever(
    tree: StoredTree, pool: asyncpg.Pool, connection: asyncpg.Connection
) -> None:
    await record(Ledger(pool), 7)
    await behind_our_back(connection, AT_NOON, FORGED_LEAF)
    leaves = [row[0] for row in await pool.fetch("SELECT leaf FROM ledger.events ORDER BY position")]
    signed = note(leaves, 7)
    cosigned = signed + TREASURER.line(signed.partition("\n\n")[0] + "\n", 1_800_000_000)
    assert await make_receipt(tree, 5, cosigned, KNOWN) == RECEIPT


def test_a_receipt_is_checked_by_the_file_and_the_public_keys_alone() -> None:
    proved = check_receipt(RECEIPT, BOTH)
    assert (proved.checkpoint.origin, proved.checkpoint.size) == ("ledger.example.org", 7)
    assert proved.signers == (LOG.name, TREASURER.name)
    assert proved.event[:3] == (5, "note/1", 2)
    assert (proved.event.command_id, proved.event.event_type) == (UUID(int=5), "Noted")
    assert proved.event.payload == b'{"said":"it is 5"}'
    assert (proved.event.meta, proved.event.recorded_at) == (b'{"actor":"pia.berg"}', NOON + timedelta(seconds=5))


def test_a_peer_that_knows_the_published_forms_alone_comes_to_the_same() -> None:
    header, extra, index, *hashes = RECEIPT.partition("\n\n")[0].split("\n")
    said = json.loads(base64.b64decode(extra.removeprefix("extra ")))
    for name in ("payload", "meta"):
        said[f"{name}_sha256"] = sha256(base64.b64decode(said.pop(name))).hexdigest()
    said["recorded_at"] = "2026-01-01T12:00:05.000000Z"
    leaf = sha256(b"\x00" + rfc8785.dumps(said)).digest()
    checkpoint = tlog.Checkpoint.from_text(RECEIPT.partition("\n\n")[2])
    proof = tlog.InclusionProof(int(index.removeprefix("index ")), 7, [base64.b64decode(one) for one in hashes])
    proof.check(leaf, checkpoint.root_hash)
    assert header == "c2sp.org/tlog-proof@v1"


# Every event, every checkpoint


@pytest.mark.slow
async def test_every_event_is_proved_under_every_checkpoint_that_holds_it(tree: StoredTree, pool: asyncpg.Pool) -> None:
    leaves = await recorded(pool, 40)
    for size in range(1, 41):
        signed = note(leaves, size)
        for position in range(1, size + 1):
            proved = check_receipt(await make_receipt(tree, position, signed, KNOWN), KNOWN)
            assert (proved.event.position, proved.event.leaf) == (position, leaves[position - 1])
            assert proved.checkpoint.size == size


@pytest.mark.sampled(2)
@pytest.mark.parametrize("position", [1, 256, 257, 512, 513, 600])
async def test_a_receipt_is_the_same_whether_nodes_are_stored_or_not(
    tree: StoredTree, pool: asyncpg.Pool, position: int
) -> None:
    signed = note(await recorded(pool, 600), 600)
    before = await make_receipt(tree, position, signed, KNOWN)
    assert (await tree.store_nodes(), await tree.store_nodes()) == (2, 0)
    assert await make_receipt(tree, position, signed, KNOWN) == before
    assert check_receipt(before, KNOWN).event.position == position


async def test_no_receipt_is_made_of_what_came_after_the_checkpoint(tree: StoredTree, pool: asyncpg.Pool) -> None:
    leaves = await recorded(pool, 7)
    with pytest.raises(ReceiptRefused, match="holds 5 events; 6 came later"):
        await make_receipt(tree, 6, note(leaves, 5), KNOWN)


async def test_no_receipt_is_made_under_a_checkpoint_of_another_key_or_ledger(
    tree: StoredTree, pool: asyncpg.Pool
) -> None:
    leaves = await recorded(pool, 7)
    with pytest.raises(NoteRefused):
        await make_receipt(tree, 5, note(leaves, 7, OTHER_LOG), KNOWN)
    with pytest.raises(ReceiptRefused, match="the event at 5 is not the one that was signed"):
        await make_receipt(tree, 5, note(leaves[::-1], 7), KNOWN)


@pytest.mark.parametrize(
    "done",
    [
        "UPDATE ledger.events SET meta = '{}' WHERE position = 300",
        "UPDATE ledger.events SET leaf = sha256('x') WHERE position = 299",
        "UPDATE ledger.nodes SET hash = sha256('x') WHERE index = 0",
    ],
    ids=["the event", "its sibling", "a stored node"],
)
async def test_no_receipt_is_made_of_what_was_changed(
    tree: StoredTree, pool: asyncpg.Pool, connection: asyncpg.Connection, done: str
) -> None:
    signed = note(await recorded(pool, 600), 600)
    await tree.store_nodes()
    await behind_our_back(connection, done)
    with pytest.raises(ReceiptRefused, match="it was changed, or the tree was"):
        await make_receipt(tree, 300, signed, KNOWN)


# Whatever is changed


@pytest.mark.slow
def test_a_receipt_with_any_bit_changed_proves_nothing_else() -> None:
    content = RECEIPT.encode()
    other = [(at, bit) for at in range(len(content)) for bit in range(8)]
    changed = [content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :] for at, bit in other]
    assert [one for one in changed if not proves_nothing_else(one)] == []


@pytest.mark.slow
@given(st.integers(0, len(RECEIPT.encode())), st.integers(0, 3), st.binary(max_size=3))
def test_a_receipt_with_bytes_taken_out_or_put_in_proves_nothing_else(at: int, out: int, put: bytes) -> None:
    content = RECEIPT.encode()
    assert proves_nothing_else(content[:at] + put + content[at + out :])


@pytest.mark.parametrize(
    "changes",
    [
        {"position": 6},
        {"position": 5.0},
        {"version": "2"},
        {"schema_version": "1"},
        {"schema_version": True},
        {"event_type": 'Noted","meta_sha256":"'},
        {"recorded_at": "2026-01-01T12:00:05+01:00"},
        {"recorded_at": "2026-01-01T12:00:05"},
        {"recorded_at": 5},
        {"stream_id": None},
        {"stream_id": ["note/1"]},
        {"event_id": "no id"},
        {"command_id": 5},
        {"payload": "e30="},
        {"payload": "no base64!"},
        {"meta": None},
        {"leaf": "AAAA"},
        {"more": 1},
    ],
    ids=repr,
)
def test_an_event_that_says_something_else_of_itself_proves_nothing_else(changes: dict[str, Any]) -> None:
    assert proves_nothing_else(told())
    assert proves_nothing_else(told(**changes))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: "", id="nothing"),
        pytest.param(lambda text: text.replace("tlog-proof@v1", "tlog-proof@v2"), id="another form"),
        pytest.param(lambda text: text.replace("index 4", "index 04"), id="an index with a zero before"),
        pytest.param(lambda text: text.replace("index 4", "index -4"), id="an index below nothing"),
        pytest.param(lambda text: text.partition("\n\n")[0] + "\n\n", id="no checkpoint"),
        pytest.param(lambda text: text.replace("extra ", "extra !"), id="no base64"),
        pytest.param(lambda text: text.replace("extra ", "extra WyJhIl0= "), id="two events"),
        pytest.param(lambda text: text.replace(text.split(" ")[1].split("\n")[0], "WzFd"), id="a list"),
        pytest.param(lambda text: text.replace("\n\n", f"\n{'A' * 43}=\n\n", 1), id="a longer proof"),
    ],
)
def test_what_is_no_receipt_is_refused(change: Callable[[str], str]) -> None:
    with pytest.raises((ReceiptRefused, NoteRefused)):
        check_receipt(change(RECEIPT), BOTH)


def test_a_receipt_proves_nothing_to_who_knows_neither_of_its_signers() -> None:
    with pytest.raises(NoteRefused, match="none of the keys given signed it"):
        check_receipt(RECEIPT, (OTHER_LOG.verifier,))
    assert check_receipt(RECEIPT, (OTHER_LOG.verifier, TREASURER.verifier)).signers == (TREASURER.name,)


def test_the_event_that_is_proved_is_one_as_the_ledger_has_them() -> None:
    event = check_receipt(RECEIPT, BOTH).event
    hints = {
        "event_id": UUID,
        "command_id": UUID,
        "payload": bytes,
        "meta": bytes,
        "recorded_at": datetime,
        "leaf": bytes,
        "doubt": str,
        "blanked": frozenset,
    }
    kinds = {"position": int, "version": int, "schema_version": int, "stream_id": str, "event_type": str} | hints
    assert {name: type(value) for name, value in event._asdict().items()} == kinds
    assert isinstance(event, StoredEvent)
