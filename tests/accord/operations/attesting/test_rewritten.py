"""No line is signed over old events that whoever owns the database rewrote or took out, with the hashes beside them."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from accord.client.desk import Desk
from accord.operations.attesting.attesting import attest
from domain.streams import StreamId
from ledger import AppendRequest, NewEvent
from ledger.proof.checkpoints import LedgerForked
from ledger.tree import TILE, leaf_of
from records.opening import open_ledger
from tests.accord.operations.attesting import checkpoint, log_of, signing, sources, yesterday
from tests.accord.operations.attesting.test_attesting import unguarded


async def grown(desk: Desk, folder: Path) -> None:
    """A ledger with two stored nodes of the tree, under a signed checkpoint."""
    events = tuple(NewEvent.of("CommentMade", 1, {"number": number}, {}) for number in range(2 * TILE))
    await open_ledger(desk.pool).append(AppendRequest(StreamId.partnership("P-2026-0999"), uuid4(), 0, events))
    await checkpoint(desk, folder)


async def refused(desk: Desk, folder: Path) -> str:
    with pytest.raises(LedgerForked) as fault:
        await attest(sources(desk), [yesterday()], signing(folder), log_of(folder))
    assert log_of(folder).files() == []
    return str(fault.value)


async def test_an_event_that_was_rewritten_with_its_hash_lets_no_line_be_signed(
    furnished: Desk, tmp_path: Path
) -> None:
    """Given stored nodes that are as they were, when an event under them says other and its hash fits, then none is."""
    await grown(furnished, tmp_path)
    events = furnished.ledger.read_between(TILE // 2, TILE // 2 + 1)
    [event] = [event._replace(payload=b'{"number": 0}') async for event in events]
    async with unguarded(furnished, "ledger.events"):
        await furnished.pool.execute(
            "UPDATE ledger.events SET payload = $2, leaf = $3 WHERE position = $1", event.position, event.payload,
            leaf_of(event),
        )  # fmt: skip
    assert "not those that were signed" in await refused(furnished, tmp_path)


@pytest.mark.slow
async def test_an_event_that_is_gone_lets_no_line_be_signed(furnished: Desk, tmp_path: Path) -> None:
    """Given an event that was taken out of the newest tile, then that is no database that is away."""
    await grown(furnished, tmp_path)
    async with unguarded(furnished, "ledger.events"):
        await furnished.pool.execute("DELETE FROM ledger.events WHERE position = $1", TILE + 9)
    assert "lost a part" in await refused(furnished, tmp_path)
