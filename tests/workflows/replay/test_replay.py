"""A change to a workflow must not strand those that are running: golden histories replay, a bad one must not."""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from accord.client.desk import Desk
from deploy.database import open_pool
from deploy.embedded.stack import Stack
from deploy.logins import Login
from deploy.registered import WORKFLOWS, sandbox
from records.keys.keyring import Keyring
from tests.conftest import ROOT, working, working_apart
from tests.lives import Life
from tests.releases.leaving import FOLDER
from tests.time_skipping import time_skipping
from tests.waiting import BACKSTOP
from tests.workflows.replay import golden_table, goldens
from tests.workflows.replay.broken import BREAKS, Break, broken, interrupted
from tests.workflows.replay.golden_days import DAYS, Clock, acts, refreshed
from tests.workflows.replay.golden_grants import GRANTS
from tests.workflows.replay.golden_lives import LIVES
from tests.workflows.replay.golden_scenes import Kept, Scene, content
from tests.workflows.replay.golden_troubles import TROUBLES
from tests.workflows.test_refreshing import Night, night

__all__ = ["night"]

writing = pytest.mark.skipif(
    not os.environ.get("ACCORD_WRITE_GOLDEN"), reason="writes the golden histories; run with ACCORD_WRITE_GOLDEN=1"
)


def replayer() -> Replayer:
    """A replayer of every workflow, in the sandbox that a worker has. The histories are plain."""
    return Replayer(
        workflows=goldens.workflows(),
        data_converter=pydantic_data_converter,
        namespace="default",
        workflow_runner=sandbox(),
    )


@pytest.mark.parametrize("path", goldens.histories(), ids=goldens.name_of)
async def test_every_golden_history_replays(path: Path) -> None:
    await replayer().replay_workflow(goldens.golden(path))


@pytest.mark.sampled(12)
@pytest.mark.parametrize("path", goldens.newest().values(), ids=goldens.name_of)
async def test_a_history_replays_whose_local_activities_answered_while_more_time_was_asked_for(path: Path) -> None:
    """ADR 0082: a mark that was made after such an answer is not heard of in time."""
    await replayer().replay_workflow(goldens.history_of(interrupted(path)))


# The table of the goldens


@pytest.mark.parametrize("name", golden_table.HELD)
def test_a_golden_is_what_the_table_says(name: str) -> None:
    held = goldens.labels(goldens.read(goldens.golden(goldens.newest()[name])))
    assert golden_table.HELD[name] <= held


def test_every_golden_of_the_release_is_in_the_table() -> None:
    assert goldens.newest().keys() == golden_table.HELD.keys()


def test_every_stage_ending_deadline_and_type_of_workflow_has_a_golden() -> None:
    assert golden_table.required() - frozenset[str]().union(*golden_table.HELD.values()) == frozenset()


def test_the_table_knows_every_type_of_workflow() -> None:
    """A workflow that a worker or the loader runs, and no golden is asked for, would be one that nobody replays."""
    running = {workflow_type(one) for one in goldens.workflows()}
    assert running == set(golden_table.ENDS_OF)
    assert {workflow_type(one) for one in WORKFLOWS} <= running
    defined = {
        one.stem for one in ROOT.joinpath("workflows").glob("*.py") if "@workflow.defn" in one.read_text("utf-8")
    }
    assert defined == {one.__module__.removeprefix("workflows.") for one in goldens.workflows()}


def workflow_type(one: type) -> str:
    """The name under which Temporal knows a workflow."""
    return str(getattr(one, "__temporal_workflow_definition").name)


# What must not replay


@pytest.mark.parametrize("kind", BREAKS)
async def test_a_known_bad_history_fails_with_a_message_of_its_own(kind: str) -> None:
    with pytest.raises((NondeterminismError, RuntimeError)) as failure:
        await replayer().replay_workflow(goldens.history_of(broken(BREAKS[kind])))
    said = str(failure.value)
    assert [name for name, one in BREAKS.items() if re.search(one.says, said)] == [kind], said


async def test_a_history_of_which_nothing_but_the_numbers_is_written_anew_replays() -> None:
    """A known-bad history fails for its break, not for having been taken apart and put together."""
    await replayer().replay_workflow(goldens.history_of(broken(Break("closed", lambda events: events, ""))))


# Writing them


def write(kept: Kept) -> None:
    """Keep histories in the folder of the release that is being built."""
    assert not (FOLDER / goldens.RELEASE).exists(), f"{goldens.RELEASE} is released; its goldens stay as they are"
    goldens.WRITTEN.mkdir(parents=True, exist_ok=True)
    for name, history in kept.items():
        (goldens.WRITTEN / f"{name}.json.gz").write_bytes(gzip.compress(content(history).encode(), 9, mtime=0))


@pytest.fixture
async def apart(furnished_database: str, keyring: Keyring, client: Client) -> AsyncIterator[Desk]:
    """A desk in an organisation of its own, without a worker."""
    pool = await open_pool(furnished_database)
    yield Desk(pool, keyring, client=client, patience=BACKSTOP)
    pool.terminate()


@writing
@pytest.mark.parametrize("name", [*LIVES, *GRANTS, *TROUBLES])
async def test_write_goldens(
    apart: Desk, name: str, new_reference: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with working_apart(apart.temporal, apart.pool):
        scene = Scene(Life(apart, new_reference()), new_reference, tmp_path, monkeypatch)
        write(await (LIVES | GRANTS | TROUBLES)[name](scene))


@pytest.fixture(scope="module")
async def environment() -> AsyncIterator[WorkflowEnvironment]:
    """A server of the module's own that can skip time."""
    async with time_skipping() as started:
        yield started


@writing
@pytest.mark.parametrize("name", DAYS)
async def test_write_goldens_of_days(apart: Desk, name: str, reference: str, environment: WorkflowEnvironment) -> None:
    desk = Desk(apart.pool, apart.keyring, client=environment.client, patience=BACKSTOP)
    write(await DAYS[name](Clock(Life(desk, reference), environment)))


@writing
async def test_write_goldens_of_acts(apart: Desk, furnished_database: str, stack: Stack) -> None:
    [name] = re.findall(r"/(test_\d+)\b", furnished_database)
    officers = await open_pool(stack.postgres.url_of(Login.STAFF).replace("/accord?", f"/{name}?"))
    async with working(apart.temporal, apart.pool):
        write(await acts(Desk(officers, apart.keyring, client=apart.temporal, patience=BACKSTOP)))
    officers.terminate()


@writing
async def test_write_goldens_of_a_refresh(night: Night) -> None:
    write(await refreshed(night))
