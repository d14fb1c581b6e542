"""The leader of a life that leaves golden histories: a scene, steps that many lives take, and misfortunes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from temporalio.client import WorkflowHandle, WorkflowHistory

from accord.presentation.faults import Refused
from domain.partnership import commands as c
from tests.builders import funds_out, proposal
from tests.histories import at_rest, readable, runs
from tests.ledger.proof import behind_our_back
from tests.lives import Life
from tests.releases.leaving import WHO_RAN_IT
from tests.waiting import until
from tests.workflows.misfortune import test_ledger_behind

Kept = dict[str, WorkflowHistory]
"""Histories by the names under which they are kept."""

PAYEE: Final = "Riverbend Library Network"


@dataclass
class Scene:
    """A life to lead, others beside it, and what a test may do behind everybody's back."""

    life: Life
    new_reference: Callable[[], str]
    folder: Path
    patch: pytest.MonkeyPatch

    def another(self) -> Life:
        """Another life in the same organisation."""
        return Life(self.life.desk, self.new_reference())


def content(history: WorkflowHistory) -> str:
    """A history as it is kept: its payloads readable, and without the machine that ran it."""
    return WHO_RAN_IT.sub("worker", json.dumps(json.loads(readable(history).to_json())))


async def now(handle: WorkflowHandle[Any, Any]) -> WorkflowHistory:
    """The history of a workflow's present run, once nothing is under way in it."""
    return await at_rest(handle)


async def until_ended(handle: WorkflowHandle[Any, Any]) -> None:
    """Wait for a workflow to end."""

    async def ended() -> bool:
        return (await handle.describe()).close_time is not None

    await until(ended)


async def ended(handle: WorkflowHandle[Any, Any]) -> WorkflowHistory:
    """The history of a workflow that ends by itself."""
    await until_ended(handle)
    return await now(handle)


async def all_runs(life: Life, handle: WorkflowHandle[Any, Any]) -> list[WorkflowHistory]:
    """The histories of every run of a workflow, the oldest first."""
    return (await runs(life.desk.temporal, handle.id))[::-1]


async def until_runs(life: Life, handle: WorkflowHandle[Any, Any], count: int) -> None:
    async def so_many() -> bool:
        return len(await runs(life.desk.temporal, handle.id)) >= count

    await until(so_many)


def one_payment(life: Life) -> Any:
    """A partnership that closes once its one payment is settled."""
    return proposal(life.reference, funds_out=funds_out("1000.00", final_report=False))


async def approve(life: Life) -> None:
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await life.do(c.Approve, "femi.ade", no_interest=True, reason="within budget")


async def sign(life: Life) -> None:
    await life.do(c.SignAgreement, "dora.kim", signed_on=date(2026, 11, 2), account=await life.account(PAYEE))


def lose_hints(scene: Scene) -> None:
    """Let no workflow be told of what the bank says."""

    async def unheard(*_: Any) -> None:
        """Nobody is told."""

    for place in ("accord.counter.bank_import", "accord.counter.hand_over"):
        scene.patch.setattr(f"{place}.tell_workflows", unheard)


@asynccontextmanager
async def damaged(life: Life, stream: str, event: str) -> AsyncIterator[None]:
    """Let nobody be able to read an event of a stream, of which it has one."""
    where = f"WHERE stream_id = '{stream}' AND event_type = '{event}'"
    async with life.desk.pool.acquire() as connection:
        held = await connection.fetchval(f"SELECT payload FROM ledger.events {where}")
        await behind_our_back(connection, f"UPDATE ledger.events SET payload = '\\x7b7d' {where}")
        yield
        await behind_our_back(connection, f"UPDATE ledger.events SET payload = '\\x{held.hex()}' {where}")


@asynccontextmanager
async def forgetful(life: Life, by_signal: str = "") -> AsyncIterator[c.StaffRequest]:
    """Let the ledger forget an approval, and the workflow learn it. The approval comes back at the end.

    It learns it by the next decision, which is yielded and may be submitted by signal, or by another signal.
    """
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    second = await life.command(c.Approve, "femi.ade", no_interest=True, reason="within the budget")
    position = (await life.events())[-1].position
    async with life.desk.pool.acquire() as connection:
        queries = (test_ledger_behind.KEEP, test_ledger_behind.LOSE)
        await behind_our_back(connection, *(one.format(position=position - 1) for one in queries))
        with suppress(Refused):
            await (_signal(life, by_signal, second) if by_signal else life.send(second))
        yield second
        await connection.execute(test_ledger_behind.BRING_BACK)


async def _signal(life: Life, name: str, decision: c.StaffRequest) -> None:
    await (life.submit(decision) if name == "submit" else life.handle.signal(name))
