"""Partnerships touched by a list are told a few at a time, so that no person stands behind very many (ADR 0084)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from accord.client.desk import Desk
from activities.contracts import AffectedPartnerships
from activities.registers import rescreening
from activities.registers.rescreening import Rescreening
from activities.signalling import signal_partnership
from domain.partnership import events as e
from records.keys.keyring import Keyring
from tests.builders import proposal
from tests.conftest import working
from tests.lives import Life
from tests.waiting import BACKSTOP, until
from tests.workflows.test_rescreening import publish, rescreen, revoked

Two = tuple[Life, Life]


@pytest.fixture
async def two(
    furnished_pool: asyncpg.Pool, keyring: Keyring, client: Client, new_reference: Callable[[], str]
) -> AsyncIterator[Two]:
    """Two running grants, and nobody who works."""
    desk = Desk(furnished_pool, keyring, client=client, patience=BACKSTOP)
    lives = Life(desk, new_reference()), Life(desk, new_reference())
    async with working(client, furnished_pool):
        for life in lives:
            await life.signed(proposal(life.reference))
    yield lives
    for life in lives:
        await client.get_workflow_handle(f"partnership/{life.reference}").terminate("its organisation is no more")


@pytest.fixture(autouse=True)
def told_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescreening, "_AT_ONCE", 1)
    monkeypatch.setattr(rescreening, "_PATIENCE", BACKSTOP)


async def tell(two: Two, client: Client, *, begun: tuple[int, ...] = (), heard: list[Any] | None = None) -> int:
    """Tell both to look again, from the place where an attempt before was. `heard` keeps the heartbeats."""
    telling = ActivityEnvironment(client=client)
    telling.info = replace(telling.info, heartbeat_details=begun)
    telling.on_heartbeat = (heard if heard is not None else []).append
    ids = tuple(life.reference for life in two)
    touched = AffectedPartnerships(versions=(), looked_at=2, partnership_ids=ids)
    told: int = await telling.run(Rescreening(two[0].desk.pool).tell, touched)
    return told


async def told(two: Two, client: Client) -> list[int]:
    """The number of times each was told."""
    histories = [await client.get_workflow_handle(f"partnership/{life.reference}").fetch_history() for life in two]
    kind = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
    return [sum(event.event_type == kind for event in history.events) for history in histories]


async def test_the_next_is_told_once_the_one_before_has_looked_again(two: Two, client: Client) -> None:
    heard: list[Any] = []
    telling = asyncio.create_task(tell(two, client, heard=heard))

    async def has_looked_often() -> bool:
        return len(heard) > 5

    await until(has_looked_often)
    assert await told(two, client) == [1, 0]
    async with working(client, two[0].desk.pool):
        assert await telling == 2
    assert await told(two, client) == [1, 1]
    assert all([any(isinstance(one.event, e.RegistersRechecked) for one in await life.events()) for life in two])


@pytest.mark.slow
async def test_somebody_who_does_not_look_keeps_the_next_waiting_for_a_while_only(
    two: Two, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescreening, "_PATIENCE", 0.3)
    assert await tell(two, client) == 2
    assert await told(two, client) == [1, 1]


@pytest.mark.slow
async def test_an_attempt_goes_on_where_the_one_before_was_cut_off(
    two: Two, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescreening, "_PATIENCE", 0.3)
    heard: list[Any] = []
    assert await tell(two, client, begun=(1,), heard=heard) == 1
    assert await told(two, client) == [0, 1]
    assert set(heard) == {1}


@pytest.mark.slow
async def test_an_attempt_that_fails_on_the_server_goes_on_where_it_was(
    two: Two, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a list that touches both, when telling the second fails once, then the first is told no second time."""
    failures = iter([RuntimeError("Temporal is away")])

    async def fails_once(server: Client, partnership_id: str, name: str) -> bool:
        if await told(two, client) != [0, 0]:
            for fault in failures:
                raise fault
        return await signal_partnership(server, partnership_id, name)

    monkeypatch.setattr(rescreening, "signal_partnership", fails_once)
    await publish(two[0], tmp_path, "irs-revocation", "revocation.txt", revoked())
    async with working(client, two[0].desk.pool):
        await rescreen(two[0])
    assert next(failures, None) is None
    assert await told(two, client) == [1, 1]
