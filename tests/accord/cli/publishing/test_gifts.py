"""A donor's page by shell: under a signed checkpoint, signed by the ledger's key, and not without one."""

from __future__ import annotations

import json
from pathlib import Path

from accord.client.desk import Desk
from ledger.proof.checkpoints import CheckpointFolder, sign_checkpoint
from ledger.proof.notes import SigningKey, open_note
from ledger.proof.stored_tree import StoredTree
from tests.accord.shell import Shell
from tests.publishing.gifts.telling import data_of
from tests.records.gifts.test_reading import GIFT, given


async def test_a_donors_page_is_made_under_a_checkpoint(
    shell: Shell, furnished: Desk, furnished_database: str, tmp_path: Path
) -> None:
    """Given a checkpoint, then the page bears the signature of the ledger's key; of a time before it there is none."""
    at, checkpoints = shell.where(ACCORD_DATABASE_URL=furnished_database), tmp_path / "checkpoints"
    key, key_file = SigningKey.make("ledger.example.org"), tmp_path / "ledger.key"
    key_file.write_text(key.written(), "utf-8")
    await given(furnished)
    order = ("publish", "gift", GIFT, "--out", tmp_path / "gift", "--key", key_file, "--checkpoints", checkpoints)
    await sign_checkpoint(StoredTree(furnished.ledger), CheckpointFolder(checkpoints), key)
    early = await at(*order, "--known-at", "2020-01-01")
    assert (early.code, "none in" in early.words) == (2, True)
    told = await at.done(*order)
    page = tmp_path / "gift" / "index.html"
    assert told.stdout.strip() == str(page)
    assert {path.name for path in page.parent.iterdir()} == {"index.html", "cells.json", "receipt.json", "receipt.note"}
    data = data_of(page.read_bytes())
    note = f"accord.gift/1\n{data['statement']}\n\n{data['signature']}\n"
    assert open_note(note, (key.verifier,)).signers == (key.name,)
    head = json.loads((page.parent / "receipt.json").read_bytes())["head"]
    assert json.loads(data["statement"])["root"] == head
