"""The embedded stack starts, whatever somebody else on this machine took meanwhile."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.demo.sample import furnish, load_sample_registers
from accord.operations.embedding import make_stack
from accord.presentation.faults import Refused
from deploy import rights
from deploy.connections import connect_temporal
from deploy.database import open_pool
from deploy.embedded import postgres as embedded_postgres
from deploy.embedded import temporal as embedded
from deploy.embedded.ports import LOOPBACK, keep_ports, page_ports
from deploy.embedded.processes import ChildProcess, program
from deploy.embedded.programs import PAGES
from deploy.embedded.stack import Stack
from deploy.embedded.temporal import StackFailed
from records.keys.keyring import Keyring
from registers.loading.archive import Archive
from tests.builders import proposal
from tests.deploy.memory import memory_of
from tests.lives import Life
from tests.waiting import BACKSTOP, until

FALL = """#!/bin/sh
echo fell >> {falls}
if [ $(wc -l < {falls}) -le {times} ]; then
  printf 'panic: invalid memory address\n\ngoroutine 1 [running]:\nmain.main()\n\tmain.go:18\n' >&2
  exit 2
fi
exec {temporal} "$@"
"""
"""A Temporal that falls as temporalio/cli#667 tells, so many times, before the server itself starts."""


@pytest.fixture
def falling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Path]:
    """Put a Temporal in place that falls at its first starts. Gives the file that has a line for each start."""

    def put(times: int) -> Path:
        script, falls = tmp_path / "temporal", tmp_path / "falls"
        script.write_text(FALL.format(falls=falls, times=times, temporal=program("temporal")))
        script.chmod(0o755)
        monkeypatch.setattr(embedded, "program", lambda _: str(script))
        return falls

    return put


@pytest.mark.slow
async def test_a_port_that_was_taken_before_temporal_starts_again_is_given_up_for_another(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "stack", workers=0)
    await stack.start()
    wanted = stack.state.ui_url
    stack.stop()
    with socket.create_server((LOOPBACK, int(wanted.rsplit(":", 1)[1]))):
        try:
            await stack.start()
            assert stack.state.ui_url != wanted
            assert (
                await (
                    await connect_temporal(stack.state.temporal_address, secrets=stack.postgres.secrets)
                ).count_workflows()
                is not None
            )
        finally:
            stack.stop()


@pytest.mark.slow
async def test_a_stack_that_starts_again_has_the_addresses_of_before_so_that_passkeys_live(tmp_path: Path) -> None:
    before = await addresses_of_a_run(tmp_path)
    assert before == await addresses_of_a_run(tmp_path)
    exporting = {one.split()[0] for one in before[-6:]}
    assert exporting == {"console", "counter", "grantee", "examiner", "api", "webhooks"}, "each exports its metrics"


@pytest.mark.slow
async def test_a_stack_whose_release_is_newer_than_its_data_holds_nothing_back(tmp_path: Path) -> None:
    """Given data of the release before, when the stack is started, then no other release's worker may need them."""
    assert await shut_at_a_start(tmp_path) == {}
    assert await shut_at_a_start(tmp_path) == {}


async def shut_at_a_start(folder: Path) -> dict[str, int]:
    """Start a stack, return what it holds shut, leave its data as the release before would, and stop it."""
    stack = Stack(folder, workers=0)
    try:
        await stack.start()
        owner = await asyncpg.connect(stack.postgres.url)
        shut = rights.shut_forms(await rights.granted_in(owner))
        await owner.execute("UPDATE appending.rights SET form = 1 WHERE event_type = 'ProposalRevised'")
        await owner.close()
        return shut
    finally:
        await asyncio.to_thread(stack.stop)


async def addresses_of_a_run(folder: Path) -> tuple[str, ...]:
    """Start a stack with its pages, stop it, and return the addresses that it had."""
    stack = Stack(folder, workers=0, console=True)
    try:
        await stack.start()
        state = stack.state
        return (
            state.console_url,
            state.signing_url,
            state.counter_url,
            state.grantee_url,
            state.login_url,
            state.api_url,
            state.ui_url,
            state.temporal_address,
            *(f"{name} {address}" for name, address in state.metrics.items()),
        )
    finally:
        stack.stop()


def test_pages_whose_port_another_program_has_are_not_moved_and_the_remedy_is_told(tmp_path: Path) -> None:
    ports = page_ports(tmp_path, PAGES)
    keep_ports(tmp_path, ports)
    with socket.create_server((LOOPBACK, ports["signing_url"])), pytest.raises(Refused) as refused:
        make_stack(tmp_path)
    told = str(refused.value)
    assert f"another program has port {ports['signing_url']}" in told
    assert f"end that program and start again; or delete {tmp_path / 'ports.json'}" in told


@pytest.mark.slow
async def test_a_postgres_that_does_not_start_is_tried_again_until_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk: the supervisor ended of it, and nothing was ever started again."""
    monkeypatch.setattr(embedded_postgres, "START_ATTEMPTS", 1)
    stack = Stack(tmp_path / "stack", workers=0)
    await stack.start()
    keeper = asyncio.create_task(stack.supervise())
    settings = stack.folder / "postgres" / "postgresql.auto.conf"
    good = settings.read_text("utf-8")
    try:
        settings.write_text(f"{good}\nno_such_setting = 1\n", "utf-8")
        os.kill(stack.postgres.pid, signal.SIGQUIT)
        await until(lambda: _logged(stack.folder / "postgres" / "log", "unrecognized configuration parameter"))
        assert (stack.postgres.alive(), keeper.done()) == (False, False)
        settings.write_text(good, "utf-8")
        await until(lambda: _alive(stack))
    finally:
        keeper.cancel()
        stack.stop()


async def _logged(log: Path, words: str) -> bool:
    return words in await asyncio.to_thread(log.read_text, "utf-8")


async def _alive(stack: Stack) -> bool:
    return stack.postgres.alive()


@pytest.mark.slow
async def test_a_temporal_that_falls_at_its_start_is_started_again(
    tmp_path: Path, falling: Callable[[int], Path]
) -> None:
    falls = falling(2)
    stack = Stack(tmp_path / "stack", workers=0)
    try:
        await stack.start()
        assert (falls.read_text().count("fell"), stack.temporal.alive()) == (3, True)
    finally:
        stack.stop()


@pytest.mark.slow
async def test_a_temporal_that_always_falls_is_given_up_with_its_cause_not_with_its_trace(
    tmp_path: Path, falling: Callable[[int], Path]
) -> None:
    falls = falling(99)
    stack = Stack(tmp_path / "stack", workers=0)
    try:
        with pytest.raises(StackFailed, match=r"(?s)did not start: .*panic: invalid memory address$"):
            await stack.start()
        assert falls.read_text().count("fell") == embedded.TEMPORAL_STARTS
    finally:
        stack.stop()


def test_the_last_lines_of_a_program_are_those_of_its_last_start(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("an earlier start\n")
    child = ChildProcess("child", [sys.executable, "-c", "print('this start')"], log)
    child.start()
    while child.alive():
        time.sleep(0.01)
    assert child.last_lines() == "this start"


SIXTY: Final = 60
MOST: Final = 3 * 1024
"""MiB of everything together, of the four gigabytes of a small machine."""


@pytest.mark.slow
async def test_sixty_open_partnerships_run_on_a_small_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given both servers, a worker and all pages, when sixty wait for approval, then together they stay below 3 GiB."""
    stack = Stack(tmp_path / "stack", workers=1, console=True)
    await stack.start()
    try:
        monkeypatch.setenv("ACCORD_DATABASE_URL", stack.postgres.url)
        pool = await open_pool(stack.postgres.url, 10)
        client = await connect_temporal(stack.state.temporal_address, secrets=stack.postgres.secrets)
        desk = Desk(pool, Keyring(tmp_path / "keys"), client=client, patience=BACKSTOP)
        await load_sample_registers(pool, Archive(tmp_path / "archive"))
        await furnish(desk)
        lives = [Life(desk, f"P-2026-{7000 + place}") for place in range(SIXTY)]
        for life in lives:
            await life.awaiting_approval(proposal(life.reference))
        used = memory_of(stack.state.pids)
        print({name: round(mib) for name, mib in used.items()}, round(sum(used.values())), "MiB")  # noqa: T201
        assert {
            "postgres",
            "temporal",
            "worker-1",
            "projector",
            "console",
            "counter",
            "grantee",
            "examiner",
        } <= used.keys()
        assert all(used.values())
        assert sum(used.values()) < MOST
        pool.terminate()
    finally:
        await asyncio.to_thread(stack.stop)
