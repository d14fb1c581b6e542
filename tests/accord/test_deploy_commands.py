"""Versions are shown and chosen by command; what is none of them is named."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accord.client.desk import Desk
from deploy.build import build_id
from tests.accord.console.test_deciding import waiting_for_approval
from tests.accord.shell import BAD_INPUT, DONE, Shell
from tests.lives import Life
from tests.waiting import until


async def test_without_versioned_workers_it_says_what_this_build_would_be(shell: Shell) -> None:
    assert build_id() in (await shell.done("deploy", "status")).words
    assert (await shell.done("deploy", "status", "--json")).json == []


async def test_what_is_no_version_is_not_made_part_of_a_query(shell: Shell) -> None:
    answer = await shell("deploy", "refresh", "--build", "x' OR WorkflowType = 'Partnership")
    assert (answer.code, "is none of the versions" in answer.message) == (BAD_INPUT, True)


@pytest.mark.parametrize("words", [("current",), ("ramp", "10"), ("drained",)])
async def test_a_version_that_there_is_not_is_named(shell: Shell, words: tuple[str, ...]) -> None:
    answer = await shell("deploy", words[0], "0.9.9-unknown", *words[1:])
    assert (answer.code, "is none of the versions" in answer.message) == (BAD_INPUT, True)


@pytest.mark.usefixtures("worker")
async def test_what_is_open_replays_and_begins_anew(shell: Shell, desk: Desk, reference: str) -> None:
    """Given an open partnership, when it is told to begin anew, then another run goes on with it, and it replays."""
    await waiting_for_approval(desk, reference)
    handle = Life(desk, reference).handle
    before = (await handle.describe()).run_id
    told = await shell("deploy", "replay", "--sample", "1000", "--json")
    assert (told.code, told.json["failed"], told.json["replayed"] > 0) == (DONE, [], True)
    assert (await shell.done("deploy", "refresh", "--json")).json["told"] > 0

    async def moved() -> bool:
        return (await handle.describe()).run_id != before

    await until(moved)
    replayed = (await shell.done("deploy", "replay")).words
    assert "of which 0 failed" in replayed


async def test_a_run_that_waits_for_its_first_task_is_nothing_to_replay(shell: Shell, desk: Desk) -> None:
    """Given a run to which the server gives no task yet, when what is open is replayed, then nobody waits for it."""
    waiting = await desk.client.start_workflow(
        "Partnership", id="P-2026-0000-yet-to-begin", task_queue="nobody's", start_delay=timedelta(hours=1)
    )
    try:
        assert (await shell.done("deploy", "replay", "--sample", "1000", "--json")).json["failed"] == []
    finally:
        await waiting.terminate()
