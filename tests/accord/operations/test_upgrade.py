"""One command rolls workers to the release that is installed here, and back, and stops where something is wrong."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from accord.client.desk import Desk
from accord.presentation.faults import Refused
from accord.runs import rolling, stranded, versions
from accord.runs.forms import cannot_read, tell_forms
from accord.runs.preparing import Preparation
from accord.runs.replaying import HistoryReplay
from accord.runs.rolling import Course, followed, go_back, require_all_read, roll, version_before
from deploy import rights
from deploy.embedded.stack import Stack
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.recorded.further import NEW_FORMS
from records.keys.keyring import Keyring
from tests.accord.shell import BAD_INPUT, Shell
from tests.builders import proposal
from tests.lives import Life
from tests.servers import temporal_apart
from tests.waiting import BACKSTOP, until
from worker import make_worker
from workflows.options import RULES_QUEUE, TASK_QUEUE


def course(build: str, words: list[str] | None = None, patience: float = BACKSTOP) -> Course:
    return Course(build, 100, 10, 1.0, patience, (words if words is not None else []).append)


@pytest.fixture
async def client(stack: Stack) -> AsyncIterator[Client]:
    """A server of the test's own: what is current concerns all of it."""
    async with temporal_apart() as made:
        yield made


@asynccontextmanager
async def release(client: Client, pool: asyncpg.Pool, build: str) -> AsyncIterator[None]:
    """A worker of a version."""
    async with make_worker(client, pool, build=build, queues=(TASK_QUEUE, RULES_QUEUE)):
        yield


def test_what_comes_before_a_version_is_the_newest_other() -> None:
    newest, oldest = (versions.Version(build, None, False, 0.0, 0) for build in ("b2", "b1"))
    assert version_before([newest, oldest], "b2") == oldest
    assert version_before([newest], "b2") is None


@pytest.mark.slow
async def test_a_release_without_a_worker_is_named_and_nothing_changes(client: Client) -> None:
    with pytest.raises(Refused, match="no worker of b1 polls; start one of this release beside the old ones"):
        await roll(client, course("b1", patience=1))
    assert await versions.versions(client) == []


@pytest.mark.slow
async def test_what_is_held_is_opened_by_command_once_and_for_good(
    client: Client, shell: Shell, database: str, tmp_path: Path
) -> None:
    """Given an installation that may still go back, when a person stays, then all is recorded, for good."""
    there = shell.where(TEMPORAL_ADDRESS=client.service_client.config.target_host).as_administrator(database)
    owner = await asyncpg.connect(database)
    await owner.execute("UPDATE appending.rights SET form = 1 WHERE event_type = 'ProposalRevised'")
    both = await there("upgrade", "--back", "--open", "--yes")
    assert (both.code, "give one of them" in both.words) == (BAD_INPUT, True)
    asked = ("upgrade", "--open", "--yes", "--report", tmp_path / "report.json")
    gained = (
        "the answer to a question; a budget, a work plan, the language or telephone number of a contact, or a public "
        "office of somebody behind a party"
    )
    recorded = f"Recorded from now on: {gained}. There is no way back"
    assert recorded in (await there.done(*asked)).words
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["open"] == ["ProposalRevised"]
    assert rights.shut_forms(await rights.granted_in(owner)) == {}
    assert "Everything is open already." in (await there.done(*asked)).words
    await owner.close()


@pytest.mark.slow
async def test_open_runs_follow_to_the_next_release_and_back(
    client: Client, furnished_pool: asyncpg.Pool, keyring: Keyring, reference: str
) -> None:
    """Given a partnership on b1, when b2 is rolled out twice and then back, then it follows each time."""
    desk = Desk(furnished_pool, keyring, client=client, patience=BACKSTOP)
    life, words = Life(desk, reference), list[str]()
    async with release(client, furnished_pool, "b1"):
        assert await roll(client, course("b1")) == {}
        await life.awaiting_approval(proposal(reference))
        async with release(client, furnished_pool, "b2"):
            assert await roll(client, course("b2", words)) == {}
            assert [said.partition(" open runs")[0] for said in words if "replay with" in said] == ["1"]
            assert any("10 % of new work goes to b2" in said for said in words)
            again = list[str]()
            assert await roll(client, course("b2", again)) == {}
            assert not any("replay" in said for said in again), "what is done is left out"
            await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
            await go_back(client, course("b1"), {})
            assert await followed(client, course("b1")) == {}
            assert (await life.until_stage(Stage.APPROVAL)).stage is Stage.APPROVAL


@pytest.mark.slow
async def test_once_new_forms_are_open_there_is_no_way_back_to_what_cannot_read_them(
    client: Client, pool: asyncpg.Pool
) -> None:
    """Given b1 of a release before, when forms are to be opened, then not while it is used, and never back to it."""
    async with release(client, pool, "b1"):
        await roll(client, course("b1"))
        with pytest.raises(Refused, match="b1 cannot read the new forms, and work goes to it"):
            await require_all_read(client, NEW_FORMS, "b2")
        async with release(client, pool, "b2"):
            await roll(client, course("b2"))
            await until_idle(client, "b1")
            await require_all_read(client, NEW_FORMS, "b2")
            with pytest.raises(Refused, match="no way back to b1: ProposalRevised, TrancheReleasedForPayment may be"):
                await go_back(client, course("b1"), NEW_FORMS)
            assert [one.build for one in await versions.versions(client) if one.current] == ["b2"]
            await tell_forms(client, "b1")
            await go_back(client, course("b1"), NEW_FORMS)
            assert [one.build for one in await versions.versions(client) if one.current] == ["b1"]


async def until_idle(client: Client, build: str) -> None:
    """Wait until a version is asked for nothing, its rules included."""

    async def idle() -> bool:
        return any(one.build == build and one.is_idle for one in await versions.versions(client))

    await until(idle)


@pytest.mark.slow
async def test_a_worker_tells_what_its_version_reads(client: Client, pool: asyncpg.Pool) -> None:
    async with release(client, pool, "b1"):
        await roll(client, course("b1"))
        assert await cannot_read(client, ["b1"], NEW_FORMS) == ["b1"]
        await Preparation(client, "b1").once()
        assert await cannot_read(client, ["b1"], NEW_FORMS) == []
        assert await cannot_read(client, ["b1"], {**NEW_FORMS, "HoldPlaced": 2}) == ["b1"]


@asynccontextmanager
async def left_behind(
    client: Client, pool: asyncpg.Pool, keyring: Keyring, reference: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Life]:
    """A partnership on b1, whose workers are gone, while one of b2 works."""
    life = Life(Desk(pool, keyring, client=client, patience=BACKSTOP), reference)
    async with release(client, pool, "b1"):
        await roll(client, course("b1"))
        await life.awaiting_approval(proposal(reference))
    monkeypatch.setattr(stranded, "SILENCE", timedelta(0))
    async with release(client, pool, "b2"):
        yield life


@pytest.mark.slow
async def test_a_run_whose_workers_are_gone_is_moved_and_held_by_nothing(
    client: Client, furnished_pool: asyncpg.Pool, keyring: Keyring, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = list[str]()
    async with left_behind(client, furnished_pool, keyring, reference, monkeypatch) as life:
        assert await roll(client, course("b2", words)) == {}
        assert "1 open runs, whose workers are gone, were moved to b2: they replay with it." in words
        version = (await life.handle.describe()).raw_description.workflow_execution_info.versioning_info
        assert (version.deployment_version.build_id, version.HasField("versioning_override")) == ("b2", False)
        assert (await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits")).what == ("ApprovalGiven",)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (
            "replay",
            "1 open runs, whose workers are gone, do not replay with b2, and wait for theirs: partnership/P-2026",
        ),
        ("server", "Temporal moves no run whose workers are gone (must specify an override): it is too old. Start the"),
    ],
)
async def test_a_run_that_cannot_be_moved_stays_and_is_told(
    client: Client, furnished_pool: asyncpg.Pool, keyring: Keyring, reference: str, monkeypatch: pytest.MonkeyPatch,
    fault: str, told: str,
) -> None:  # fmt: skip
    """Given a history that does not replay here, or a server that cannot move a run once, then nothing is moved."""

    async def does_not_replay(*_: object) -> str:
        return "a timer was not started"

    async def is_too_old(*_: object, **__: object) -> None:
        raise RPCError("must specify an override", RPCStatusCode.INVALID_ARGUMENT, b"")

    if fault == "replay":
        monkeypatch.setattr(stranded, "fault_of", does_not_replay)
    else:
        monkeypatch.setattr(client.workflow_service, "update_workflow_execution_options", is_too_old)
    words = list[str]()
    async with left_behind(client, furnished_pool, keyring, reference, monkeypatch):
        assert await roll(client, course("b2", words, patience=5)) == {"b1": 1}
    assert [line.startswith(told) for line in words if "workers are gone" in line] == [True]


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["replay", "ramp"])
async def test_a_release_that_is_not_sound_gets_no_new_work(
    client: Client, furnished_pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Given b1 in use, when a run does not replay with b2 or fails at its ramp, then all new work still goes to b1."""

    async def does_not_replay(*_: object) -> list[HistoryReplay]:
        return [HistoryReplay("partnership/P-2026-0001", "a timer was not started")]

    async def fails(*_: object) -> int:
        return 2

    async with release(client, furnished_pool, "b1"), release(client, furnished_pool, "b2"):
        await roll(client, course("b1"))
        if fault == "replay":
            monkeypatch.setattr(rolling, "replay_open", does_not_replay)
        else:
            monkeypatch.setattr(rolling, "_faulty", fails)
        expected = "do not replay with this release" if fault == "replay" else "2 runs on b2 fail their tasks"
        with pytest.raises(Refused, match=expected):
            await roll(client, course("b2"))
        known = {one.build: (one.current, one.ramp) for one in await versions.versions(client)}
        assert known == {"b1": (True, 0.0), "b2": (False, 0.0)}
