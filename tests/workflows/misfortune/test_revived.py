"""A workflow that knows more than the ledger is seen, and started again only with nothing of it thrown away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
from temporalio.client import Client

from accord.cli.installation.reviving import _require_nothing_lost, start_again
from accord.client.desk import Desk
from accord.operations.recording_again import record_again
from accord.organisation.governance import change_directory, confirm_change, epoch_to_begin
from accord.presentation.faults import Refused
from accord.runs.absence import MissingWorkflows, differences
from accord.runs.lost import lost_of
from domain.directory.people import LossAccepted
from domain.partnership import commands as c
from domain.partnership.events import TrancheReleased
from domain.partnership.state import TrancheState
from tests.accord.operations.test_epochs import ANOTHER_TIMELINE
from tests.builders import proposal
from tests.ledger.proof import behind_our_back
from tests.lives import Life
from tests.waiting import until
from tests.workflows.misfortune.test_ledger_behind import LOSE, alarmed, approve, desk, forget, life

__all__ = ["desk", "life"]

INSTRUCTED = ("TrancheReleasedForPayment", "PaymentInstructed")
LOST = ["ApprovalGiven", "DeadlineSet"]
"""What the second approval led to."""


@pytest.fixture
async def forgotten(life: Life, connection: asyncpg.Connection) -> Life:
    """A partnership of which the ledger forgot the second approval, and what followed from it."""
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await approve(life)
    await forget(life, 2, connection)
    return life


async def types_lost(life: Life) -> list[str]:
    return [word for one in await lost_of(life.desk.temporal, life.desk.ledger, life.reference) for word in one.words]


async def test_what_the_ledger_forgot_at_rest_is_noticed_though_nothing_moves(forgotten: Life, client: Client) -> None:
    """Reconciliation looks at streams that moved. Of a forgotten one, nothing moves."""
    desk, reference = forgotten.desk, forgotten.reference
    await until(lambda: _shown_ahead(forgotten))
    looking = MissingWorkflows(client, desk.ledger)
    assert reference not in (await looking.once()).ahead
    assert reference in (await looking.once()).ahead
    await looking._look()
    await until(lambda: _is_alarmed(forgotten, client))


async def _shown_ahead(life: Life) -> bool:
    return life.reference in (await differences(life.desk.temporal, life.desk.ledger)).ahead


async def _is_alarmed(life: Life, client: Client) -> bool:
    return life.handle.id in await alarmed(client)


@pytest.mark.slow
async def test_what_was_lost_is_listed_from_the_workflows_history(forgotten: Life) -> None:
    assert await types_lost(forgotten) == LOST


@pytest.mark.slow
async def test_nothing_is_thrown_away_by_starting_it_again(forgotten: Life) -> None:
    with pytest.raises(Refused, match="the ledger forgot this"):
        await _require_nothing_lost(forgotten.desk, forgotten.reference, again=False)


@pytest.mark.slow
async def test_recorded_again_it_stands_as_it_was_decided(
    forgotten: Life, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCORD_DATABASE_URL", database)
    before = await status(forgotten)
    desk = forgotten.desk
    await record_again(desk, await lost_of(desk.temporal, desk.ledger, forgotten.reference))
    await forgotten.handle.terminate("it knew more than the ledger")
    await start_again(forgotten.desk, forgotten.reference)
    after = await until(lambda: _status_once_read(forgotten))
    assert (after["stage"], after["version"]) == (before["stage"], before["version"])
    assert after["approvals"] == before["approvals"]


async def status(life: Life) -> dict[str, Any]:
    return await life.handle.query("status", result_type=dict[str, Any])


async def _status_once_read(life: Life) -> dict[str, Any] | None:
    """Return the workflow's knowledge, or None while it has not read the ledger, for which a query does not wait."""
    known = await status(life)
    return known if known["version"] else None


async def _knows_that_it_left(life: Life) -> bool:
    return (await status(life))["tranches"][0]["state"] == TrancheState.HANDED_OVER


@pytest.mark.slow
async def test_in_another_epoch_what_was_signed_before_is_not_recorded_again(forgotten: Life) -> None:
    lost = await lost_of(forgotten.desk.temporal, forgotten.desk.ledger, forgotten.reference)
    await begin_an_epoch(forgotten.desk)
    with pytest.raises(Refused, match="for another ledger, or for another epoch of it"):
        await record_again(forgotten.desk, lost)
    assert await types_lost(forgotten) == LOST


async def begin_an_epoch(desk: Desk) -> None:
    await desk.pool.execute(ANOTHER_TIMELINE)
    changed = await change_directory(desk, (await epoch_to_begin(desk),), "dora.kim")
    assert changed.change_id is not None
    await confirm_change(desk, changed.change_id, "otto.audit")


@pytest.mark.slow
async def test_what_two_guardians_let_go_is_decided_anew(forgotten: Life) -> None:
    desk, reference = forgotten.desk, forgotten.reference
    await begin_an_epoch(desk)
    version = (await forgotten.events())[-1].version
    loss = LossAccepted(partnership_id=reference, version=version, lost=tuple(LOST))
    changed = await change_directory(desk, (loss,), "dora.kim")
    with pytest.raises(Refused, match="the ledger forgot this"):
        await _require_nothing_lost(desk, reference, again=False)
    assert changed.change_id is not None
    await confirm_change(desk, changed.change_id, "otto.audit")
    await _require_nothing_lost(desk, reference, again=False)
    await start_again(desk, reference)
    await approve(forgotten)
    assert len((await forgotten.state()).approvals) == 2


@pytest.mark.slow
async def test_a_hand_over_is_not_recorded_again_without_what_was_signed_of_its_file(
    desk: Desk, database: str, new_reference: Callable[[], str], connection: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Recorded again it would count for nothing, and the partnership's payments would wait for two guardians."""
    monkeypatch.setenv("ACCORD_DATABASE_URL", database)
    life = Life(desk, new_reference())
    await life.released(proposal(life.reference))
    await life.hand_over()
    await until(lambda: _knows_that_it_left(life))
    released = next(one.position for one in await life.events() if isinstance(one.event, TrancheReleased))
    await behind_our_back(connection, LOSE.format(position=released - 1))
    lost = await lost_of(desk.temporal, desk.ledger, life.reference)
    own, attempt = lost
    assert attempt.words == [f"tranche 1, attempt 1: {one}" for one in (*INSTRUCTED,)]
    assert own.words == ["TrancheReleased", "TrancheHandedOver"]

    said = [one.version for one in own.events]
    found = rf"recorded again up to version {said[0]}: version {said[1]}, TrancheHandedOver: nobody"
    with pytest.raises(Refused, match=found):
        await record_again(desk, lost)
    assert (await life.told())[-1] == "TrancheReleased"
    assert await life.bank_events() == [*INSTRUCTED]
    assert await types_lost(life) == ["TrancheHandedOver"]
