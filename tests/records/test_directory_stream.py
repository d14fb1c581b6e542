"""The directory is read with what is judged by it, as of one moment, and an older reading never undoes a newer one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from accord.client.desk import Desk
from domain.directory.directory import Directory
from domain.directory.tiers import Role
from domain.streams import DIRECTORY_STREAM
from ledger import StoredEvent
from records.directory import DirectoryRepository
from records.directory_stream import Directories, DirectoryAt
from records.opening import open_ledger
from tests.governing import hire
from tests.waiting import until

Read = Callable[..., Awaitable[list[StoredEvent]]]


class Late:
    """Reads as it is asked, and holds the first answer back until it is let go."""

    def __init__(self, read: Read) -> None:
        self._read, self._let_go = read, asyncio.Event()
        self.answered = False

    async def __call__(self, *asked: Any, **more: Any) -> list[StoredEvent]:
        found, is_first = await self._read(*asked, **more), not self.answered
        self.answered = True
        if is_first:
            await self._let_go.wait()
        return found

    def let_go(self) -> None:
        self._let_go.set()


async def test_an_older_reading_that_comes_late_undoes_no_newer_one(
    furnished: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a reading that is held up, when somebody is hired and read of meanwhile, then they stay known."""
    ledger = open_ledger(furnished.pool)
    registrar, late = DirectoryRepository(ledger), Late(ledger.read_stream)
    monkeypatch.setattr(ledger, "read_stream", late)
    older = asyncio.ensure_future(registrar.directory())

    async def answered() -> bool:
        return late.answered

    await until(answered)
    await hire(furnished, "nia.okoro", Role.PROPOSER)
    assert (await registrar.directory()).person("nia.okoro") is not None
    late.let_go()
    assert (await older).person("nia.okoro") is None
    assert registrar.known.person("nia.okoro") is not None


async def test_a_stream_comes_with_the_directory_of_the_same_moment(furnished: Desk) -> None:
    """Given a registrar, when it reads a stream, then it knows of whoever was hired before, without another query."""
    registrar = DirectoryRepository(open_ledger(furnished.pool))
    await hire(furnished, "nia.okoro", Role.PROPOSER)
    stored, times = await registrar.read_beside("partnership/P-2026-0001", 0)
    newest = (await furnished.ledger.read_stream(DIRECTORY_STREAM))[-1]
    assert stored == []
    assert registrar.known.person("nia.okoro") is not None
    assert times.at(newest.position).person("nia.okoro") is None
    assert times.at(newest.position + 1).person("nia.okoro") is not None


async def test_what_a_restored_ledger_lost_is_forgotten(furnished: Desk) -> None:
    """Given a registrar that knows somebody, when the ledger is put back to before, then they are unknown again."""
    registrar, ledger = DirectoryRepository(open_ledger(furnished.pool)), furnished.ledger
    before = await ledger.head()
    await hire(furnished, "nia.okoro", Role.PROPOSER)
    assert (await registrar.directory()).person("nia.okoro") is not None
    await furnished.pool.execute("ALTER TABLE ledger.events DISABLE TRIGGER USER")  # a restore meets none
    await furnished.pool.execute("DELETE FROM ledger.events WHERE position > $1", before)
    _, times = await registrar.read_beside("partnership/P-2026-0001", 0)
    assert times.at(before + 1).person("nia.okoro") is None
    assert registrar.known.person("nia.okoro") is None


async def test_a_moment_knows_the_directory_as_it_was_then_and_undoes_nothing_that_others_read_since(
    furnished: Desk,
) -> None:
    ledger = open_ledger(furnished.pool)
    registrar = DirectoryRepository(ledger)
    async with ledger.at_one_moment():
        await ledger.head()
        await asyncio.create_task(hire(furnished, "nia.okoro", Role.PROPOSER))  # type: ignore[arg-type]
        now = await asyncio.create_task(registrar.directory())  # type: ignore[arg-type]
        then = await registrar.directory()
        assert (now.person("nia.okoro") is None, then.person("nia.okoro") is None) == (False, True)
        assert registrar.known is then
        assert await registrar.directory() is then
    assert registrar.known is now


async def test_what_a_restored_ledger_lost_is_unknown_within_a_moment_too(furnished: Desk) -> None:
    ledger = open_ledger(furnished.pool)
    registrar, before = DirectoryRepository(ledger), await ledger.head()
    await hire(furnished, "nia.okoro", Role.PROPOSER)
    assert (await registrar.directory()).person("nia.okoro") is not None
    await furnished.pool.execute("ALTER TABLE ledger.events DISABLE TRIGGER USER")  # a restore meets none
    await furnished.pool.execute("DELETE FROM ledger.events WHERE position > $1", before)
    async with ledger.at_one_moment():
        _, times = await registrar.read_beside("partnership/P-2026-0001", 0)
        assert times.at(before + 1).person("nia.okoro") is None
        assert registrar.known.person("nia.okoro") is None


async def test_a_decision_asks_the_database_who_it_is_and_what_time_it_is_at_once(furnished: Desk) -> None:
    """Given a moment in which the epoch was looked at, when the time is asked for, then nothing more is queried."""
    ledger = open_ledger(furnished.pool)
    registrar, queries = DirectoryRepository(ledger), list[str]()

    def note(query: Any) -> None:
        queries.append(query.query)

    async with ledger.at_one_moment():
        assert ledger.moment is not None
        connection = ledger.moment.connection
        connection.add_query_logger(note)
        try:
            assert await registrar.fault_of_installation() is None
            asked = [query for query in queries if "ledger.now()" in query or "ledger.installation()" in query]
            times = [await registrar.time(), await registrar.time()]
        finally:
            connection.remove_query_logger(note)
        assert (len(asked), len(set(times))) == (1, 1)
        assert len([query for query in queries if "ledger.now()" in query]) == 1
    assert await registrar.time() > times[0]


def test_the_changes_between_two_positions_are_those_after_the_first_and_up_to_the_second() -> None:
    history = [DirectoryAt(position, b"", Directory(version=version)) for version, position in enumerate((2, 5, 9), 1)]
    times = Directories(history)
    for after, upto in ((0, 9), (2, 5), (5, 8), (9, 20), (3, 3)):
        expected = [at.position for at in history if after < at.position <= upto]
        assert [at.position for at in times.between(after, upto)] == expected
    assert [times.at(position).version for position in (2, 3, 5, 6, 10)] == [0, 1, 1, 2, 3]


def test_a_directory_before_its_first_event_is_one_object() -> None:
    """Who keeps a fund by a directory reads the fund anew for every other one."""
    assert Directories(()).at(1) is Directories(()).at(2)
