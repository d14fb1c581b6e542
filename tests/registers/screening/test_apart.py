"""The lists in a process of their own: the same answers, whatever becomes of that process or of who asked."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections.abc import AsyncIterator
from contextlib import aclosing

import asyncpg
import psutil
import pytest

from domain.screening.matches import ScreeningEvidence
from domain.screening.sources import RegisterVersion
from registers.history import versions_in_force
from registers.screening.apart import Apart
from registers.screening.lists import LISTS_KEPT, Here, Keeper, Lists, evidence_of
from registers.sources.catalogue import LISTS
from tests.builders import party
from tests.registers.files import SAMPLE, SDN_NAMES, load_small
from tests.waiting import until

PARTIES = (party("ZORVANIA TRADE BUREAU"), party("Zarvania Trade Bureau"), party("Riverbend Library Network"))


@pytest.fixture
async def asked(connection: asyncpg.Connection) -> tuple[RegisterVersion, ...]:
    """The versions in force of the sample lists."""
    await load_small(connection, "ofac-sdn", *[SAMPLE / name for name in SDN_NAMES])
    return await versions_in_force(connection, LISTS)


@pytest.fixture
async def apart() -> AsyncIterator[Apart]:
    async with aclosing(Apart()) as made:
        yield made


def process_of(apart: Apart) -> int:
    assert apart._process is not None
    return apart._process.pid


def count(lists: Lists) -> int:
    return len(lists.rows)


def stumble(_: Lists) -> None:
    raise ValueError("a drill")


async def evidence(
    keeper: Keeper, connection: asyncpg.Connection, asked: tuple[RegisterVersion, ...]
) -> ScreeningEvidence:
    found = await keeper.ask(connection, asked, evidence_of, PARTIES, asked)
    return found.model_copy(update={"asked_at": asked[0].source_date})


async def test_it_answers_as_lists_in_this_process_do(
    connection: asyncpg.Connection, asked: tuple[RegisterVersion, ...], apart: Apart
) -> None:
    theirs = await evidence(apart, connection, asked)
    assert theirs == await evidence(Here(), connection, asked)
    assert len(theirs.matches) == 2
    assert process_of(apart) != os.getpid()


@pytest.mark.slow
async def test_a_process_that_is_killed_is_started_anew(
    connection: asyncpg.Connection, asked: tuple[RegisterVersion, ...], apart: Apart
) -> None:
    before = await evidence(apart, connection, asked)
    first = process_of(apart)
    os.kill(first, signal.SIGKILL)
    assert await evidence(apart, connection, asked) == before
    assert process_of(apart) != first


@pytest.mark.slow
async def test_who_gives_up_waiting_leaves_no_answer_for_the_next(
    connection: asyncpg.Connection, asked: tuple[RegisterVersion, ...], apart: Apart
) -> None:
    whole = await apart.ask(connection, asked, count)
    for _ in range(20):
        asking = asyncio.ensure_future(apart.ask(connection, asked, evidence_of, PARTIES, asked))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        asking.cancel()
        assert await apart.ask(connection, asked, count) == whole


@pytest.mark.slow
async def test_what_it_has_let_go_of_is_sent_again(
    connection: asyncpg.Connection, asked: tuple[RegisterVersion, ...], apart: Apart
) -> None:
    others = [tuple(one.model_copy(update={"sha256": f"{n:064x}"}) for one in asked) for n in range(LISTS_KEPT)]
    whole = await apart.ask(connection, asked, count)
    for versions in (*others, asked, *others, asked):
        assert await apart.ask(connection, versions, count) == whole


@pytest.mark.slow
async def test_who_gives_up_while_lists_are_sent_leaves_them_to_be_asked_all_the_same(
    connection: asyncpg.Connection, asked: tuple[RegisterVersion, ...], apart: Apart
) -> None:
    """Given somebody who gives up at any moment of a switch, then both versions can be asked afterwards."""
    whole = await apart.ask(connection, asked, count)
    for moment in range(40):
        other = tuple(one.model_copy(update={"sha256": f"{moment:064x}"}) for one in asked)
        switching = asyncio.ensure_future(apart.ask(connection, other, count))
        for _ in range(moment):
            await asyncio.sleep(0.0005)
        switching.cancel()
        await asyncio.wait([switching])
        for versions in (other, asked):
            assert await apart.ask(connection, versions, count) == whole


@pytest.mark.slow
async def test_a_process_that_answers_no_more_is_ended_and_started_anew(
    connection: asyncpg.Connection, asked: tuple[RegisterVersion, ...], monkeypatch: pytest.MonkeyPatch, apart: Apart
) -> None:
    whole = await apart.ask(connection, asked, count)
    first = process_of(apart)
    os.kill(first, signal.SIGSTOP)

    async def frozen_is_asked() -> bool:
        return apart._pipe.locked()

    with monkeypatch.context() as meanwhile:  # the next process, which has to start, is given the usual time
        meanwhile.setattr("registers.screening.apart.PATIENCE_SECONDS", 1.0)
        asking = asyncio.ensure_future(apart.ask(connection, asked, count))
        await until(frozen_is_asked)
    assert await asking == whole
    assert process_of(apart) != first


@pytest.mark.slow
async def test_work_that_fails_says_so_and_the_next_is_answered(
    connection: asyncpg.Connection, asked: tuple[RegisterVersion, ...], apart: Apart
) -> None:
    with pytest.raises(RuntimeError, match="the lists could not be asked: ValueError: a drill"):
        await apart.ask(connection, asked, stumble)
    assert await apart.ask(connection, asked, count) > 0


@pytest.mark.slow
async def test_it_ends_with_who_started_it_however_that_ends() -> None:
    """Given a worker that is killed and can close nothing, then the process that kept its lists ends by itself."""
    code = (
        "import asyncio, os, signal, sys\n"
        "from asyncio.subprocess import PIPE, create_subprocess_exec\n"
        "from registers.screening.apart import _COMMAND\n"
        "async def main():\n"
        "    child = await create_subprocess_exec(*_COMMAND, stdin=PIPE, stdout=PIPE)\n"
        "    print(child.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    ran = await create_subprocess_exec(sys.executable, "-c", code, stdout=PIPE)
    child = int((await ran.communicate())[0])

    async def gone() -> bool:
        return not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE

    await until(gone)
