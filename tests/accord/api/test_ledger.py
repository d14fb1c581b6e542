"""The ledger over HTTP: events to the byte with names sealed, checkpoints, and proofs that hold."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from uuid import UUID

from ledger import Ledger, StoredEvent
from ledger.proof.checkpoints import CheckpointFolder, sign_checkpoint
from ledger.proof.consistency import extends
from ledger.proof.notes import SigningKey, open_note
from ledger.proof.stored_tree import StoredTree
from ledger.tree import leaf_of, root_of
from tests.accord.api.conftest import Api


async def test_who_follows_builds_the_very_tree_from_what_is_answered(api: Api) -> None:
    """Given pages of two events, when they are followed to the end, then their leaves make the root of the head."""
    leaves, after = list[bytes](), 0
    while True:
        page = (await api.get("/v1/events", params={"after": after, "limit": 2})).json()
        for event in page["events"]:
            stored = StoredEvent(
                event["position"], event["stream"], event["version"], UUID(event["event_id"]),
                UUID(event["command_id"]), event["type"], event["schema_version"], event["payload"].encode(),
                event["meta"].encode(), datetime.fromisoformat(event["recorded_at"]), b"",
            )  # fmt: skip
            assert leaf_of(stored).hex() == event["leaf"]
            leaves.append(leaf_of(stored))
        if page["next"] == after:
            break
        after = page["next"]
    assert page["head"] == {"size": len(leaves), "root": root_of(leaves).hex()}
    assert page["ledger"].startswith("accord-")


async def test_events_are_the_stored_bytes(api: Api) -> None:
    """Given the table as its owner reads it, then what is answered are the same bytes."""
    rows = await api.desk.pool.fetch("SELECT payload, meta, leaf FROM ledger.events ORDER BY position")
    answered = (await api.get("/v1/events")).json()["events"]
    assert [(e["payload"].encode(), e["meta"].encode(), bytes.fromhex(e["leaf"])) for e in answered] == [
        *map(tuple, rows)
    ]


async def test_the_proof_of_each_pair_of_sizes_holds_and_of_another_tree_does_not(api: Api) -> None:
    size = (await api.get("/v1/events", params={"after": 0, "limit": 1})).json()["head"]["size"]
    for smaller in (0, 1, 3, size - 1, size):
        answer = (await api.get("/v1/consistency", params={"from": smaller, "to": size})).json()
        old, new = (bytes.fromhex(answer[end]["root"]) for end in ("from", "to"))
        proof = [bytes.fromhex(part) for part in answer["proof"]]
        assert extends(smaller, old, size, new, proof)
        assert not extends(smaller, hashlib.sha256(b"another").digest(), size, new, proof)


async def test_the_newest_checkpoint_is_its_file(api: Api, checkpoints: Path) -> None:
    missing = await api.get("/v1/checkpoint")
    assert (missing.status_code, missing.json()["place"]) == (404, "/v1/checkpoint")
    key = SigningKey.make("ledger.example.org")
    path = await sign_checkpoint(StoredTree(Ledger(api.desk.pool)), CheckpointFolder(checkpoints), key)
    answer = await api.get("/v1/checkpoint")
    assert path is not None
    assert answer.content == path.read_bytes()
    head = (await api.get("/v1/events")).json()["head"]
    signed = open_note(answer.text, (key.verifier,)).checkpoint
    assert (signed.size, signed.root.hex()) == (head["size"], head["root"])
