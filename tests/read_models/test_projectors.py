"""What keeps the read models up to the ledger goes on after every fault but one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from ledger import Ledger
from projections import ProjectionStopped, Projector
from read_models import projectors
from read_models.projectors import ALL, project
from tests.waiting import BACKSTOP


async def test_a_projector_begins_again_after_a_fault_and_stops_when_the_ledger_is_another(
    pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    async def forever(self: Projector, report: Callable[[str], Any]) -> None:
        begun.append(self.projection.name)
        if begun.count(self.projection.name) < 3:
            raise asyncpg.DeadlockDetectedError("two at once")
        raise ProjectionStopped("its event 1 is gone")

    monkeypatch.setattr(Projector, "forever", forever)
    monkeypatch.setattr(projectors, "POLL", 0.0)
    async with asyncio.timeout(BACKSTOP):
        await project(Ledger(pool))
    assert sorted(begun) == sorted([projection.name for projection in ALL] * 3)
