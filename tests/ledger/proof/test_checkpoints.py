"""A signature once given is never unsaid: checkpoints in a folder, and a cosigner who remembers her own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest

from ledger import Ledger
from ledger.proof.checkpoints import CheckpointFolder, LedgerForked, cosign_checkpoint, sign_checkpoint
from ledger.proof.notes import Checkpoint, NoteRefused, SigningKey, open_note
from ledger.proof.stored_tree import StoredTree
from ledger.proof.verification import verify
from ledger.tree import EMPTY, TILE, root_of
from tests.ledger.proof import FORGED_LEAF, KNOWN, LOG, OTHER_LOG, TREASURER, behind_our_back, record, request

LOST = "DELETE FROM ledger.events WHERE position > 5"
REWRITTEN = """UPDATE ledger.events SET payload = '{"said":"lies"}' WHERE position = 2"""
BOTH = (LOG.verifier, TREASURER.verifier)


class Office(NamedTuple):
    """A ledger, the folder of its checkpoints, and the cosigner's own copy."""

    ledger: Ledger
    folder: CheckpointFolder
    memory: Path

    async def sign(self, key: SigningKey = LOG) -> Path | None:
        return await sign_checkpoint(StoredTree(self.ledger), self.folder, key)

    async def cosign(self, now: int = 1_800_000_000, key: SigningKey = TREASURER) -> Path | None:
        return await cosign_checkpoint(StoredTree(self.ledger), self.folder, key, LOG.verifier, self.memory, now)

    def written(self) -> dict[str, str]:
        return {path.name: path.read_text("utf-8") for path in sorted(self.folder.folder.iterdir())}

    def newest(self) -> str:
        return self.folder.notes()[-1].read_text("utf-8")

    async def true_root(self) -> bytes:
        return root_of([event.leaf async for event in self.ledger.read_all()])


@pytest.fixture
def office(pool: asyncpg.Pool, tmp_path: Path) -> Office:
    return Office(Ledger(pool), CheckpointFolder(tmp_path / "checkpoints"), tmp_path / "treasurer" / "last")


async def record_others(ledger: Ledger, number: int) -> None:
    await ledger.append_many([request(100 + at, f"other/{at}", 0) for at in range(number)])


# Signing


async def test_a_checkpoint_says_how_many_events_there_are_and_what_their_root_is(office: Office) -> None:
    await record(office.ledger, 7)
    path = await office.sign()
    assert path is not None
    opened = open_note(path.read_text("utf-8"), KNOWN)
    assert opened.checkpoint == Checkpoint(LOG.name, 7, await office.true_root())
    assert office.folder.latest(KNOWN) == opened


async def test_an_empty_ledger_is_signed_as_empty_and_has_no_checkpoint_before(office: Office) -> None:
    assert office.folder.latest(KNOWN) is None
    await office.sign()
    assert office.folder.checkpoints(KNOWN) == [Checkpoint(LOG.name, 0, EMPTY)]


async def test_nothing_is_signed_twice(office: Office) -> None:
    await record(office.ledger, 7)
    await office.sign()
    before = office.written()
    assert await office.sign() is None
    assert office.written() == before


async def test_checkpoints_stand_in_order_and_the_first_that_holds_an_event_is_found(office: Office) -> None:
    for number, after in ((9, 0), (2, 9), (90, 11)):
        await record(office.ledger, number, after)
        await office.sign()
    assert [one.size for one in office.folder.checkpoints(KNOWN)] == [9, 11, 101]
    for size, first in ((1, 9), (9, 9), (10, 11), (12, 101)):
        note = office.folder.first_from(size, KNOWN)
        assert note is not None
        assert open_note(note, KNOWN).checkpoint.size == first
    assert office.folder.first_from(102, KNOWN) is None


ANOTHER = "the first 7 events are not those that were signed"


@pytest.mark.parametrize(
    ("done", "others", "words"),
    [
        pytest.param([LOST], 0, "the ledger has 5 events; a signed checkpoint speaks of 7", id="it lost its tail"),
        pytest.param([LOST], 3, ANOTHER, id="it was forked"),
        pytest.param([REWRITTEN, FORGED_LEAF], 3, ANOTHER, id="it was rewritten"),
        pytest.param(["DELETE FROM ledger.events"], 9, ANOTHER, id="it is another one"),
    ],
)
async def test_nothing_is_signed_for_a_ledger_that_is_not_what_was_signed(
    office: Office, connection: asyncpg.Connection, done: list[str], others: int, words: str
) -> None:
    await record(office.ledger, 7)
    await office.sign()
    before = office.written()
    await behind_our_back(connection, *done)
    await record_others(office.ledger, others)
    with pytest.raises(LedgerForked, match=words):
        await office.sign()
    assert office.written() == before


@pytest.mark.slow
@pytest.mark.parametrize("grown", [3, 300], ids=["shorter", "longer"])
async def test_stored_nodes_do_not_hide_that_the_ledger_lost_its_tail(
    office: Office, connection: asyncpg.Connection, grown: int
) -> None:
    await record(office.ledger, 512)
    await office.sign()
    await behind_our_back(connection, "DELETE FROM ledger.events WHERE position > 300")
    await record_others(office.ledger, grown)
    with pytest.raises(LedgerForked):
        await office.sign()


@pytest.mark.slow
async def test_what_is_signed_after_a_rewriting_far_back_commits_to_what_was_recorded(
    office: Office, connection: asyncpg.Connection
) -> None:
    await record(office.ledger, 512)
    await office.sign()
    await behind_our_back(connection, REWRITTEN, FORGED_LEAF)
    await record_others(office.ledger, 3)
    await office.sign()
    signed = {one.size: one.root for one in office.folder.checkpoints(KNOWN)}
    found = await verify(office.ledger, signed)
    assert [fault.position for fault in found.faults] == [512, 515, 256], "the signed roots, and the stored node"


@pytest.mark.slow
@pytest.mark.parametrize("signed", [0, 300])
async def test_a_stored_node_that_hides_an_exchanged_leaf_moves_no_root(
    office: Office, connection: asyncpg.Connection, signed: int
) -> None:
    """Attack 5: a node over the true leaves, one of them exchanged, stored before the signer comes by."""
    if signed:
        await record(office.ledger, signed)
        await office.sign()
    await record(office.ledger, 2 * TILE + 30 - signed, signed)
    before = [path.name for path in office.folder.notes()]
    leaves = [event.leaf async for event in office.ledger.read_all()]
    index = 1 if signed else 0
    exchanged = [*leaves[index * TILE : (index + 1) * TILE - 1], b"\x01" * 32]
    await connection.execute("INSERT INTO ledger.nodes VALUES (8, $1, $2)", index, root_of(exchanged))
    with pytest.raises(LedgerForked, match="is not the hash of its leaves; nothing is signed"):
        await office.sign()
    assert [path.name for path in office.folder.notes()] == before


async def test_an_event_that_is_not_what_its_leaf_says_is_not_signed(
    office: Office, connection: asyncpg.Connection
) -> None:
    await record(office.ledger, 5)
    await office.sign()
    await record(office.ledger, 4, 5)
    await connection.execute("ALTER TABLE ledger.events DISABLE TRIGGER ALL")
    await connection.execute("UPDATE ledger.events SET meta = 'x' WHERE position = 7")
    with pytest.raises(LedgerForked, match="the event at position 7 is gone, or is not what was recorded"):
        await office.sign()


async def test_nothing_is_signed_after_a_checkpoint_of_another_key_or_one_that_was_changed(office: Office) -> None:
    await record(office.ledger, 7)
    path = await office.sign()
    await record(office.ledger, 1, 7)
    assert path is not None
    with pytest.raises(NoteRefused, match="none of the keys given signed it"):
        await office.sign(OTHER_LOG)
    path.write_text(path.read_text("utf-8").replace("\n7\n", "\n6\n"), "utf-8")
    with pytest.raises(NoteRefused, match="does not hold"):
        await office.sign()
    assert office.folder.notes() == [path]


async def test_a_checkpoint_appears_whole_or_not_at_all(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError("no space left on device")

    await record(office.ledger, 7)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="no space left"):
            await office.sign()
    assert office.folder.notes() == []
    assert office.folder.latest(KNOWN) is None
    await office.sign()
    assert [one.size for one in office.folder.checkpoints(KNOWN)] == [7]


# Cosigning


@pytest.mark.slow
async def test_a_cosigner_adds_her_signature_and_keeps_what_she_signed(office: Office) -> None:
    await record(office.ledger, 7)
    await office.sign()
    alone = office.newest()
    path = await office.cosign()
    assert office.folder.notes() == [path]
    assert office.newest() == alone + TREASURER.line(open_note(alone, KNOWN).text, 1_800_000_000)
    assert office.newest() == office.memory.read_text("utf-8")
    assert open_note(office.newest(), BOTH).signers == (LOG.name, TREASURER.name)
    assert await office.cosign() is None
    assert await office.sign() is None, "nor is it signed again without them"


@pytest.mark.slow
async def test_a_cosigner_goes_on_with_what_grew_out_of_what_she_signed(office: Office) -> None:
    for number, after in ((7, 0), (5, 7)):
        await record(office.ledger, number, after)
        await office.sign()
        assert await office.cosign() is not None
    assert open_note(office.memory.read_text("utf-8"), BOTH).checkpoint.size == 12


@pytest.mark.parametrize(("done", "size"), [([LOST], 5), ([REWRITTEN, FORGED_LEAF], 7)], ids=["lost", "rewritten"])
async def test_a_cosigner_finds_what_the_operators_would_hide(
    office: Office, connection: asyncpg.Connection, done: list[str], size: int
) -> None:
    await record(office.ledger, 7)
    await office.sign()
    await office.cosign()
    await behind_our_back(connection, *done)
    office.folder.notes()[0].unlink()
    await office.sign()
    alone = office.newest()
    assert open_note(alone, KNOWN).checkpoint.size == size
    with pytest.raises(LedgerForked):
        await office.cosign()
    assert office.newest() == alone


async def test_a_cosigner_does_not_sign_what_the_ledger_does_not_say(office: Office) -> None:
    await record(office.ledger, 7)
    for checkpoint in (Checkpoint(LOG.name, 7, bytes(32)), Checkpoint(LOG.name, 8, bytes(32))):
        office.folder.keep(checkpoint, f"{checkpoint.text}\n{LOG.line(checkpoint.text)}")
        with pytest.raises(LedgerForked):
            await office.cosign()
    assert not office.memory.exists()


async def test_a_cosigner_needs_a_checkpoint_of_the_log_and_a_key_of_her_own_kind(office: Office) -> None:
    with pytest.raises(NoteRefused, match="there is no checkpoint"):
        await office.cosign()
    await office.sign(OTHER_LOG)
    with pytest.raises(NoteRefused, match="none of the keys given signed it"):
        await office.cosign()
    with pytest.raises(NoteRefused, match="not a cosigner's key"):
        await office.cosign(key=LOG)


async def test_a_line_that_only_bears_her_name_is_not_taken_for_her_signature(office: Office) -> None:
    await record(office.ledger, 7)
    path = await office.sign()
    assert path is not None
    forged = path.read_text("utf-8") + f"— {TREASURER.name} {'A' * 100}\n"
    path.write_text(forged, "utf-8")
    assert await office.cosign() is not None
    assert TREASURER.name in open_note(office.newest(), BOTH).signers


async def test_no_signature_leaves_her_hands_before_she_remembers_it(office: Office) -> None:
    await record(office.ledger, 7)
    await office.sign()
    alone = office.newest()
    office.memory.parent.write_text("a file where her folder should be", "utf-8")
    with pytest.raises(OSError, match=r"."):
        await office.cosign()
    assert office.newest() == alone
