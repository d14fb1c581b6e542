"""The worker as a process: it says why it does not start, works, drains on SIGTERM, and logs JSON without secrets."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.presentation.faults import Refused
from accord.runs.preparing import lacks
from deploy.embedded.ports import free_port
from deploy.embedded.stack import Stack
from deploy.logins import Login
from deploy.worker_options import Options
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.streams import StreamId
from ledger import AppendRequest, NewEvent
from ledger.projections import ReadModel
from records.keys.keyring import Keyring
from records.opening import open_ledger
from records.read_models.partnerships import PARTNERSHIPS
from tests.builders import proposal
from tests.conftest import Office
from tests.lives import Life
from tests.servers import temporal_apart
from tests.waiting import BACKSTOP
from workflows.options import RULES_QUEUE, TASK_QUEUE


async def start(*command: str, **environment: str) -> Process:
    """A process, by default a worker's, with nothing but these variables."""
    words = command or ("-m", "worker")
    return await asyncio.create_subprocess_exec(
        sys.executable, *words, env={"PATH": "/usr/bin:/bin", **environment}, stderr=PIPE, stdout=PIPE
    )


def settings(stack: Stack, office: Office) -> dict[str, str]:
    """The addresses of the run's servers."""
    return {"ACCORD_DATABASE_URL": office.url_of(Login.WORKER), **beside_others(stack)}


def beside_others(stack: Stack) -> dict[str, str]:
    """A worker's needs beside the database: it has no version, as none of this server's has."""
    return {
        "TEMPORAL_ADDRESS": stack.state.temporal_address,
        "ACCORD_SECRETS": str(stack.postgres.secrets),
        "ACCORD_BUILD_ID": "none",
    }


async def lines_until(process: Process, event: str) -> list[dict[str, str]]:
    """Every log line up to an event, each of them JSON."""
    assert process.stderr is not None
    lines: list[dict[str, str]] = []
    async with asyncio.timeout(BACKSTOP):
        while not lines or lines[-1]["event"] != event:
            lines.append(json.loads(await process.stderr.readline()))
    return lines


async def test_a_worker_works_and_drains_on_sigterm(stack: Stack, office: Office, desk: Desk, reference: str) -> None:
    process = await start(**settings(stack, office))
    await lines_until(process, "working")
    life = Life(desk, reference)
    await life.propose(proposal(reference))
    await life.until_stage(Stage.APPROVAL)
    process.send_signal(signal.SIGTERM)
    said = [line["event"] for line in await lines_until(process, "stopped")]
    assert "draining" in said
    assert await process.wait() == 0


async def until_ready(port: int) -> list[str]:
    """A worker's words, up to the moment it is ready."""
    said: list[str] = []
    async with asyncio.timeout(BACKSTOP), httpx.AsyncClient() as asking:
        while not said or said[-1] != "ready\n":
            try:
                said.append((await asking.get(f"http://127.0.0.1:{port}/ready", timeout=20)).text)
            except httpx.TransportError:
                await asyncio.sleep(0.05)
    return said


@pytest.mark.slow
async def test_a_worker_answers_its_orchestrator_and_exports_what_it_does(
    stack: Stack, office: Office, desk: Desk, reference: str
) -> None:
    """Given a worker with probes and metrics, when it decides and refuses, then counts and lines say so, not names."""
    probed, scraped = free_port(), free_port()
    process = await start(
        "-m", "worker", "--probes", f"127.0.0.1:{probed}", "--metrics", f"127.0.0.1:{scraped}",
        **settings(stack, office),
    )  # fmt: skip
    await lines_until(process, "working")
    await until_ready(probed)
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference))
    with pytest.raises(Refused):
        await life.do(c.Approve, "paul.nkosi", no_interest=True, reason="as if I might")
    lines = await lines_until(process, "refused")
    async with httpx.AsyncClient() as asking:
        exported = (await asking.get(f"http://127.0.0.1:{scraped}/metrics", timeout=20)).text
    process.send_signal(signal.SIGTERM)
    lines += await lines_until(process, "stopped")
    mine = [one for one in lines if one.get("workflow_id") == f"partnership/{reference}" and "act" in one]
    assert {("decided", "propose"), ("refused", "approve")} <= {(one["event"], one["act"]) for one in mine}
    assert next(one for one in mine if one["event"] == "refused")["code"] == "NotAuthorised"
    assert not any("paul" in json.dumps(one) or "as if" in json.dumps(one) for one in lines)
    assert re.search(r'accord_decisions\{[^}]*act="propose"[^}]*outcome="done"[^}]*\} [1-9]', exported), exported[:3000]
    assert re.search(r'accord_decisions\{[^}]*act="approve"[^}]*outcome="NotAuthorised"[^}]*\} [1-9]', exported)
    assert re.search(r"^accord_events(\{[^}]*\})? [1-9]", exported, re.MULTILINE)
    assert "temporal_worker_task_slots" in exported


@pytest.mark.slow
async def test_a_worker_makes_a_new_server_ready_that_took_the_place_of_the_one_before(
    stack: Stack, office: Office, office_pool: asyncpg.Pool, keyring: Keyring, reference: str
) -> None:
    """Given a worker that is ready, when Temporal's database is lost, then the worker makes ready what comes after."""
    probed, port = free_port(), free_port()
    addresses = settings(stack, office) | {"TEMPORAL_ADDRESS": f"127.0.0.1:{port}", "ACCORD_BUILD_ID": "b1"}
    async with temporal_apart(port=port):
        process = await start("-m", "worker", "--probes", f"127.0.0.1:{probed}", **addresses)
        await lines_until(process, "current")
        await until_ready(probed)
    async with temporal_apart(port=port, keys=()) as client:
        said = await lines_until(process, "current")
        assert any("search attributes are missing" in line.get("reason", "") for line in said), said
        await until_ready(probed)
        assert await lacks(client, "b1") == ""
        life = Life(Desk(office_pool, keyring, client=client, patience=BACKSTOP), reference)
        await life.propose(proposal(reference))
        await life.until_stage(Stage.APPROVAL)
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


@pytest.mark.slow
@pytest.mark.parametrize("option", ["--probes", "--metrics"])
async def test_an_address_that_is_taken_is_said_in_a_line(stack: Stack, office: Office, option: str) -> None:
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", free_port())
    async with taken:
        port = taken.sockets[0].getsockname()[1]
        process = await start("-m", "worker", option, f"127.0.0.1:{port}", **settings(stack, office))
        lines = await lines_until(process, "not configured")
        assert "cannot be listened at" in lines[-1]["reason"]
        assert await process.wait() == 3


@pytest.mark.slow
async def test_its_options_are_explained_and_a_wrong_one_is_named(stack: Stack) -> None:
    told = await (await start("-m", "worker", "--help")).communicate()
    assert all(word in told[0].decode() for word in ("--probes HOST:PORT", "--metrics HOST:PORT", "Example:"))
    wrong = await start("-m", "worker", "--probes", "everywhere")
    _, said = await wrong.communicate()
    assert (wrong.returncode, "write HOST:PORT" in said.decode()) == (2, True)


@pytest.mark.parametrize("written", ["Rules", "accord-rules", "both"])
def test_a_queue_in_its_setting_that_there_is_not_is_named_and_nothing_is_served(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], written: str
) -> None:
    """Given a slip in ACCORD_QUEUE, when a worker starts, then it ends and says so: it would serve no queue at all."""
    monkeypatch.setenv("ACCORD_QUEUE", written)
    with pytest.raises(SystemExit):
        Options.read([])
    line = capsys.readouterr().err.splitlines()[-1]
    assert all(word in line for word in ("ACCORD_QUEUE", written, "workflows", "rules"))


@pytest.mark.parametrize(
    ("written", "served"), [("", {TASK_QUEUE, RULES_QUEUE}), ("rules", {RULES_QUEUE}), ("workflows", {TASK_QUEUE})]
)
def test_a_worker_serves_the_queue_of_its_setting_or_both(
    monkeypatch: pytest.MonkeyPatch, written: str, served: set[str]
) -> None:
    monkeypatch.setenv("ACCORD_QUEUE", written)
    assert set(Options.read([]).queues) == served


@pytest.mark.slow
async def test_without_a_database_address_it_says_which_variable_to_set(stack: Stack) -> None:
    process = await start(TEMPORAL_ADDRESS=stack.state.temporal_address)
    [line] = await lines_until(process, "not configured")
    assert line["reason"] == "set ACCORD_DATABASE_URL"
    assert await process.wait() == 3


@pytest.mark.slow
async def test_on_a_database_that_is_not_migrated_it_names_the_remedy(stack: Stack, template: str) -> None:
    server = await asyncpg.connect(template)
    await server.execute("CREATE DATABASE unmigrated")
    await server.close()
    address = template.replace("/postgres?", "/unmigrated?")
    process = await start(ACCORD_DATABASE_URL=address, TEMPORAL_ADDRESS=stack.state.temporal_address)
    line = (await lines_until(process, "database is not migrated"))[-1]
    assert line["remedy"] == "run `accord migrate`"
    assert await process.wait() == 3


@pytest.mark.slow
async def test_an_absent_service_is_waited_for_in_a_line_without_a_trace(stack: Stack, office: Office) -> None:
    process = await start(**{**settings(stack, office), "TEMPORAL_ADDRESS": "127.0.0.1:9"})
    line = (await lines_until(process, "waiting"))[-1]
    assert (line["service"], "Traceback" in json.dumps(line)) == ("temporal", False)
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0


NOWHERE = "postgresql://accord_login_worker:x@127.0.0.1:9/accord"


@pytest.mark.slow
@pytest.mark.parametrize("command", [["-m", "worker"], ["-m", "accord", "projector"]])
async def test_a_process_that_waits_for_a_server_ends_when_it_is_told_to(command: list[str]) -> None:
    process = await start(*command, ACCORD_DATABASE_URL=NOWHERE)
    await lines_until(process, "waiting")
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0


@pytest.mark.slow
@pytest.mark.parametrize("command", [["-m", "worker"], ["-m", "accord", "projector"]])
async def test_without_its_secret_a_process_says_which_file_it_wants(command: list[str], tmp_path: Path) -> None:
    process = await start(*command, ACCORD_DATABASE_URL="postgresql://127.0.0.1/accord", ACCORD_SECRETS=str(tmp_path))
    [line] = await lines_until(process, "not configured")
    assert f"the secret in {tmp_path}/" in line["reason"]
    assert await process.wait() == 3


@pytest.mark.slow
async def test_a_projector_keeps_the_read_models_up_and_ends_when_it_is_told_to(
    office: Office, office_pool: Any
) -> None:
    process = await start("-m", "accord", "projector", ACCORD_DATABASE_URL=office.url_of(Login.PROJECTOR))
    await lines_until(process, "projecting")
    ledger = open_ledger(office_pool)
    await ReadModel(ledger, PARTNERSHIPS.name).wait_for(await ledger.head(), BACKSTOP)
    process.send_signal(signal.SIGTERM)
    assert [line["event"] for line in await lines_until(process, "stopped")][-1] == "stopped"
    assert await process.wait() == 0


@pytest.mark.slow
async def test_a_worker_that_meets_what_a_newer_release_recorded_says_upgrade_and_ends(
    stack: Stack, furnished: Desk, furnished_database: str, client: Client, reference: str
) -> None:
    newer = NewEvent.of("PartnershipCelebrated", 1, {"at": "2026-11-02T12:00:00Z"}, {})
    workflow_id = StreamId.partnership(reference)
    await furnished.ledger.append(AppendRequest(workflow_id, uuid4(), 0, (newer,)))
    process = await start(ACCORD_DATABASE_URL=furnished_database, **beside_others(stack))
    start_of_it = {"partnership_id": reference}
    handle = await client.start_workflow("Partnership", start_of_it, id=workflow_id, task_queue=TASK_QUEUE)
    line = (await lines_until(process, "upgrade"))[-1]
    assert "PartnershipCelebrated in form 1 was recorded by a newer release" in line["reason"]
    assert await process.wait() == 3
    await handle.terminate()
