"""The task that keeps the read models up to the ledger goes on after every fault, and says once why it waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from ledger import AppendRequest, Ledger, NewEvent
from ledger.projections import ProjectionStopped, Projector, ReadModel
from records.read_models import projectors
from records.read_models.judging import judge_of
from records.read_models.projectors import ALL, project
from tests.waiting import BACKSTOP


async def test_a_projector_begins_again_after_a_fault_and_goes_on_once_the_ledger_is_right(
    pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun: list[str] = []
    all_right = asyncio.Event()

    async def forever(self: Projector, report: Callable[[str], Any]) -> None:
        begun.append(self.projection.name)
        match begun.count(self.projection.name):
            case 1 | 2:
                raise asyncpg.DeadlockDetectedError("two at once")
            case 3 | 4:
                raise ProjectionStopped("its event 1 is gone")
            case _:
                if sorted(begun) == sorted([projection.name for projection in ALL] * 5):
                    all_right.set()
                await asyncio.Event().wait()

    monkeypatch.setattr(Projector, "forever", forever)
    monkeypatch.setattr(projectors, "POLL", 0.0)
    monkeypatch.setattr(projectors, "LOOK_AGAIN", 0.0)
    task = asyncio.create_task(project(Ledger(pool)))
    async with asyncio.timeout(BACKSTOP):
        await all_right.wait()
    task.cancel()
    assert capsys.readouterr().out.count("its event 1 is gone") == len(ALL)  # said once each, not at each look


async def test_what_a_newer_release_wrote_stops_a_read_model_until_it_is_upgraded(pool: asyncpg.Pool) -> None:
    ledger = Ledger(pool)
    newer = NewEvent.of("PartnershipCelebrated", 1, {"at": "2026-11-02T12:00:00Z"}, {})
    for stream in ("partnership/P-2026-0042", "fund/FD-2026-ISOC", "imported/P-2026-5001"):
        await ledger.append(AppendRequest(stream, uuid4(), 0, (newer,)))
    for projection in ALL:
        with pytest.raises(ProjectionStopped, match="upgrade this one"):
            await Projector(ledger, projection, judge_of(ledger)).catch_up()
        assert await ReadModel(ledger, projection.name).quarantined() == []
