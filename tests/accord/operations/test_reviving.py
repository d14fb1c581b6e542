"""One partnership that nobody can start again keeps no other from being started."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from accord.client.desk import Desk
from accord.runs.absence import differences, runs
from accord.runs.lost import compare
from accord.runs.retained import Knowledge
from domain.streams import StreamId
from ledger import AppendRequest, NewEvent
from tests.accord.shell import REFUSED, Shell
from tests.builders import proposal
from tests.lives import Life, until_shown
from tests.waiting import until


def test_a_workflow_that_claims_a_version_beyond_all_numbers_is_told_like_any_other() -> None:
    lost = compare(StreamId.partnership("P-2026-0042"), Knowledge(10**30), [])
    assert lost.words == [f"versions 1 to {10**30}, which nobody can read"]


async def ended(desk: Desk, reference: str) -> Life:
    """A partnership that waits for approval, and whose workflow somebody ended."""
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference))
    await life.handle.terminate()
    return life


async def made_unreadable(life: Life) -> None:
    """Append an event to a partnership that nobody can read."""
    garbage = NewEvent.of("HoldPlaced", 1, {"at": "never", "actor": 7}, {})
    request = AppendRequest(life.handle.id, uuid4(), (await life.state()).version, (garbage,))
    assert (await life.desk.ledger.append(request)).recorded


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_reviving_all_starts_the_others_and_names_what_could_not_be_read(
    desk: Desk, shell: Shell, new_reference: Callable[[], str]
) -> None:
    """Given two that do not run, the first unreadable, when all are revived, then the second runs, the first is told.

    They are taken in the order of their references.
    """
    first, second = sorted(new_reference() for _ in range(2))
    unreadable = await ended(desk, first)
    await ended(desk, second)
    await until_shown(desk)
    await made_unreadable(unreadable)

    async def are_missed() -> bool:
        return {first, second} <= (await differences(desk.temporal, desk.ledger)).missing

    await until(are_missed)
    told = await shell("revive", "--all", "--json")
    assert (told.code, first in told.stderr) == (REFUSED, True)
    assert await runs(desk.temporal, second), told.words
    assert (told.json["started"], list(told.json["left"])) == ([second], [first])
