"""The demo plays in servers that run already, with a worker in this process: what it prints, without what it starts.

Everything that a demo starts by itself, with its letters and its mail, is in `tests/accord/cli/test_demo.py`.
"""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg
import pytest
from temporalio.client import Client

from accord.cli.installation import demo
from accord.cli.printing.output import out
from accord.demo.cases.every_kind import CASES
from accord.demo.house import HOUSE
from accord.demo.money.scenes import MONEY
from deploy.database import open_pool
from deploy.embedded.stack import Stack
from deploy.logins import Login
from deploy.settings import StackState
from ledger import clock
from records.opening import open_ledger
from tests.conftest import Office, name_in, working_apart
from tests.logins import let_in

FIRST = 8700
"""The number below those of this demo's partnerships, which no other test of the run has."""
PLAYED = (4, 9)
"""Declined by the rules; rejected by the bank, then paid."""
LEFT_OPEN = (38, 39)
"""With a payment that waits to be handed over, and awaiting its agreement."""


@dataclass
class Running:
    """A stack that somebody else started and stops."""

    state: StackState

    async def start(self) -> tuple[str, ...]:
        """Start nothing."""
        return ()

    async def supervise(self) -> None:
        """Start nothing anew."""
        await asyncio.Event().wait()

    def stop(self) -> None:
        """Stop nothing."""


@pytest.fixture
async def a_running_stack(
    stack: Stack, database: str, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    """An installation without people, with its worker, for which the demo starts nothing."""
    office = Office(stack.postgres, name_in(database))
    await let_in(database)
    address = stack.postgres.address.replace("/accord?", f"/{office.database}?")
    for name, setting in {
        "ACCORD_DATABASE_URL": address, "TEMPORAL_ADDRESS": stack.state.temporal_address, "ACCORD_DATA": str(tmp_path),
        "ACCORD_KEYS": str(tmp_path / "keys"), "ACCORD_ARCHIVE": str(tmp_path / "archive"),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, setting)

    async def first(_: object) -> int:
        return FIRST

    pages = {"console_url": "http://localhost:1", "signing_url": "http://localhost:2"}
    monkeypatch.setattr(demo, "make_stack", lambda _: Running(replace(stack.state, **pages)))
    monkeypatch.setattr(demo, "first_free_number", first)
    for name, cases, kept in (("CASES", CASES, PLAYED), ("MONEY", MONEY, ()), ("HOUSE", HOUSE, LEFT_OPEN)):
        monkeypatch.setattr(demo, name, tuple(case for case in cases if case.number in kept))
    pool, projecting = [await open_pool(office.url_of(login)) for login in (Login.WORKER, Login.PROJECTOR)]
    async with working_apart(client, pool, projecting=projecting):
        yield
    for opened in (pool, projecting):
        opened.terminate()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().remove_signal_handler(number)


@pytest.mark.usefixtures("a_running_stack")
async def test_it_plays_two_cases_to_their_ends_and_leaves_two_open(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, pool: asyncpg.Pool
) -> None:
    """Given servers and a worker, when the demo plays, then cases end, others wait, and a newcomer is told of them."""
    monkeypatch.setattr(out, "width", 200)
    await demo._demo(once=True)
    printed = capsys.readouterr().out
    ended = re.findall(r"^│ (P-\S+) │.*│ (CLOSED|TERMINATED|DECLINED|WITHDRAWN) +│", printed, re.MULTILINE)
    unended = re.findall(r"^│ (P-\S+) │.*│ (PROPOSED|APPROVAL|AGREEMENT|ACTIVE)(?: HOLD)? +│", printed, re.MULTILINE)
    assert sorted(ended) == [("P-2026-8704", "DECLINED"), ("P-2026-8709", "CLOSED")], printed
    assert sorted(unended) == [("P-2026-8738", "ACTIVE"), ("P-2026-8739", "AGREEMENT")], printed
    assert re.search(r"AGREEMENT .*sign the agreement", printed), "a director finds an agreement to record"
    assert await open_ledger(pool).count("imported/"), "partnerships of before are brought in"
    assert "import list" in printed, "what was brought in from before is named"
    assert "staff passkey" in printed, "what a newcomer needs to decide on a page is said at the end"
    assert f"{clock.today()}: all four sides agree." in printed, printed
    for kind in ("schedules", "360giving", "iati", "board"):
        assert f"/published/{kind}:" in printed
