"""Very many partnerships without a workflow: they are found by pages, told in a line, and started some at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs
from temporalio.client import Client

from accord.cli.installation import status
from accord.client.desk import Desk
from accord.operations.health import installation_status
from accord.runs import absence
from accord.runs.absence import MissingWorkflows
from accord.runs.parallel import in_parallel
from deploy.embedded.stack import Stack
from domain.partnership import events as e
from ledger.projections import Projector
from records.read_models.judging import judge_of
from records.read_models.partnerships import PARTNERSHIPS
from tests.accord.shell import DONE, Shell
from tests.builders import funding, proposal
from tests.conftest import end_workflows
from tests.scribe import Scribe
from tests.waiting import until

REFERENCES = [f"P-2026-66{number:02}" for number in range(8)]
OURS = "WorkflowId STARTS_WITH 'partnership/P-2026-66'"


@pytest.fixture
async def many(furnished: Desk, client: Client, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """Eight open partnerships without a workflow: more than are asked about one by one here."""
    for reference in REFERENCES:
        content = proposal(reference)
        await Scribe(furnished, reference).says(e.PartnershipProposed, "pia.berg", proposal=content, funding=funding())
    await Projector(furnished.ledger, PARTNERSHIPS, judge_of(furnished.ledger)).catch_up()
    monkeypatch.setattr(absence, "FEW", 3)
    monkeypatch.setattr(absence, "LAG", timedelta())
    furnished = Desk(furnished.pool, furnished.keyring, client=client)
    yield furnished
    await end_workflows(client, OURS)


async def test_a_worker_says_in_one_line_how_many_are_missing_and_names_the_first(many: Desk) -> None:
    looking = MissingWorkflows(many.temporal, many.ledger)
    await looking._look()
    with capture_logs() as lines:
        await looking._look()
    assert [(line["event"], line["count"], line["first"]) for line in lines] == [
        ("have no running workflow", len(REFERENCES), REFERENCES[:5])
    ]


@pytest.mark.slow
async def test_status_finds_them_by_the_index_and_leaves_out_what_came_to_it_meanwhile(
    many: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an index that lags, when status looks once more, then what runs is not called missing."""
    assert (await installation_status(many)).missing == REFERENCES

    async def comes(_seconds: float) -> None:
        await start(many, REFERENCES[0])

    monkeypatch.setattr(absence, "asyncio", SimpleNamespace(sleep=comes))
    assert (await installation_status(many)).missing == REFERENCES[1:]


async def start(desk: Desk, reference: str) -> None:
    """A workflow runs, and the index shows it."""
    await desk.temporal.start_workflow("Partnership", id=f"partnership/{reference}", task_queue="nobody's")

    async def is_shown() -> bool:
        return (await desk.temporal.count_workflows(f"WorkflowId = 'partnership/{reference}'")).count == 1

    await until(is_shown)


@pytest.mark.slow
async def test_all_are_started_once_though_two_people_ask_at_once(
    many: Desk, shell: Shell, furnished_database: str, stack: Stack
) -> None:
    here = shell.where(ACCORD_DATABASE_URL=furnished_database, TEMPORAL_ADDRESS=stack.state.temporal_address)
    answers = await asyncio.gather(*(here("revive", "--all", "--json") for _ in range(2)))
    assert [answer.code for answer in answers] == [DONE, DONE]
    started = [partnership_id for answer in answers for partnership_id in answer.json["started"]]
    assert sorted(started) == REFERENCES
    assert [answer.json["left"] for answer in answers] == [{}, {}]

    async def all_run() -> bool:
        return (await many.temporal.count_workflows(f"{OURS} AND ExecutionStatus = 'Running'")).count == 8

    await until(all_run)


@pytest.mark.slow
async def test_who_stops_it_in_the_middle_starts_the_others_the_next_time(
    many: Desk, shell: Shell, furnished_database: str, stack: Stack
) -> None:
    """Given one that was started before it was stopped, when it is given again, then the others are started."""
    here = shell.where(ACCORD_DATABASE_URL=furnished_database, TEMPORAL_ADDRESS=stack.state.temporal_address)
    assert (await here("revive", REFERENCES[3])).code == DONE

    async def is_shown() -> bool:
        return (await many.temporal.count_workflows(f"{OURS} AND ExecutionStatus = 'Running'")).count == 1

    await until(is_shown)
    again = await here("revive", "--all", "--json")
    assert again.json["started"] == [reference for reference in REFERENCES if reference != REFERENCES[3]]


def test_a_line_of_text_names_no_more_than_a_person_reads() -> None:
    ids = [f"P-2026-{number:04}" for number in range(1220)]
    assert status._named(ids[:20]) == ", ".join(ids[:20])
    assert status._named(ids) == f"{', '.join(ids[:20])} and 1,200 more (--json)"


async def test_things_are_done_some_at_a_time_and_told_in_their_order() -> None:
    now, most, told = 0, 0, list[int]()

    async def work(item: int) -> int:
        nonlocal now, most
        now += 1
        most = max(most, now)
        for _ in range(item % 5 + 1):
            await asyncio.sleep(0)
        now -= 1
        return item * item

    assert await in_parallel(range(40), work, told.append, at_once=4) == [item * item for item in range(40)]
    assert (most, told) == (4, list(range(1, 41)))
    assert await in_parallel([], work) == []


async def test_what_fails_ends_the_others() -> None:
    ended = list[int]()

    async def work(item: int) -> None:
        if item == 3:
            raise ValueError("the third cannot be done")
        try:
            await asyncio.Event().wait() if item > 3 else None
        finally:
            ended.append(item)

    before = asyncio.all_tasks()
    with pytest.raises(ValueError, match="the third"):
        await in_parallel(range(9), work, at_once=5)
    assert asyncio.all_tasks() <= before
    assert ended[:3] == [0, 1, 2]
