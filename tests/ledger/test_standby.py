"""With a standby that must have what is recorded, nothing is shown, answered or decided on that it does not have."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from deploy.database import open_pool
from deploy.embedded.postgres import Postgres
from deploy.migrate import NotPrimary, migrate
from ledger import AppendRequest, AppendStatus, Ledger, LedgerUnavailable, NewEvent, standby
from ledger.proof.checkpoints import CheckpointFolder, sign_checkpoint
from ledger.proof.notes import SigningKey
from ledger.proof.stored_tree import StoredTree
from tests.standbys import WAITING, Standby, add_standbys
from tests.waiting import until


class Pair:
    """A server, and the standby that must have what it commits."""

    def __init__(self, folder: Path) -> None:
        self.primary = Postgres(folder / "primary")
        self.standby = Standby(self.primary, "accord_standby")

    async def start(self) -> None:
        """Start both. From now on every commit waits for the standby."""
        self.primary.start()
        await self.primary.create_database()
        connection = await asyncpg.connect(self.primary.url)
        await migrate(connection)
        await connection.close()
        await add_standbys(self.primary, [self.standby])

    async def standby_on(self) -> None:
        """Start the standby."""
        await asyncio.to_thread(self.standby.start)

    async def standby_off(self) -> None:
        """Stop the standby."""
        await asyncio.to_thread(self.standby.stop_at_once)

    def stop(self) -> None:
        """Stop both."""
        with suppress(subprocess.SubprocessError):
            self.standby.stop_at_once()
        self.primary.stop()


@pytest.fixture(scope="module")
async def pair(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    """A server with its standby."""
    made = Pair(tmp_path_factory.mktemp("pair"))
    await made.start()
    yield made
    await asyncio.to_thread(made.stop)


@pytest.fixture
async def pool(pair: Pair) -> AsyncIterator[asyncpg.Pool]:
    """Connections to the server, whose standby is there again afterwards."""
    opened = await open_pool(pair.primary.url)
    yield opened
    opened.terminate()


@pytest.fixture
async def away(pair: Pair) -> AsyncIterator[Callable[[], None]]:
    """The standby is away. It is back afterwards, or when that is asked for."""
    await pair.standby_off()
    yield pair.stop
    await pair.standby_on()


def request() -> AppendRequest:
    command = uuid4()
    return AppendRequest(f"note/{command}", command, 0, (NewEvent.of("Noted", 1, {"text": "a note"}, {}),))


def impatient(pool: asyncpg.Pool, seconds: float = 0.5) -> Ledger:
    """A process that gives up soon."""
    ledger = Ledger(pool)
    ledger._standby = standby.Standby(seconds)
    return ledger


async def visible(pool: asyncpg.Pool, wanted: AppendRequest) -> bool:
    query = "SELECT count(*) FROM ledger.events WHERE command_id = $1"
    return bool(await pool.fetchval(query, wanted.command_id))


async def waiting(pool: asyncpg.Pool) -> list[int]:
    """The server's processes that wait for the standby."""
    return [row["pid"] for row in await pool.fetch(WAITING)]


async def test_with_the_standby_there_it_is_recorded(pool: asyncpg.Pool) -> None:
    answer = await Ledger(pool).append(request())
    assert answer.status is AppendStatus.OK


@pytest.mark.slow
async def test_who_gives_up_while_the_standby_is_away_shows_nobody_what_it_does_not_have(
    pool: asyncpg.Pool, pair: Pair, away: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """asyncpg's own time-out cancels the server's wait: the event was visible, and only there."""
    monkeypatch.setattr("ledger.appender.RETRY_PAUSES", ())
    wanted = request()
    with pytest.raises(LedgerUnavailable, match="no standby confirmed it"):
        await impatient(pool).append(wanted)
    assert await waiting(pool)
    assert not await visible(pool, wanted)
    await pair.standby_on()
    await until(lambda: visible(pool, wanted))
    assert (await Ledger(pool).append(wanted)).status is AppendStatus.REPLAY


@pytest.mark.slow
async def test_who_is_stopped_while_it_waits_shows_nobody_either(pool: asyncpg.Pool, pair: Pair, away: None) -> None:
    wanted = request()
    ledger = impatient(pool, 60)
    task = asyncio.create_task(ledger.append_many([wanted]))
    await until(lambda: waiting(pool))
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert await waiting(pool)
    assert not await visible(pool, wanted)
    await pair.standby_on()
    await until(lambda: visible(pool, wanted))


@pytest.mark.slow
async def test_a_wait_that_an_operator_cancelled_is_no_answer_and_asked_again_it_waits_anew(
    pool: asyncpg.Pool, pair: Pair, away: None
) -> None:
    """`pg_cancel_backend` made the server answer OK, for an event that no standby had."""
    wanted = request()
    task = asyncio.create_task(impatient(pool, 60).append_many([wanted]))
    [pid] = await until(lambda: waiting(pool))
    await pool.execute("SELECT pg_cancel_backend($1)", pid)
    with pytest.raises(LedgerUnavailable, match="cut short"):
        await task
    assert await visible(pool, wanted)
    with pytest.raises(LedgerUnavailable, match="no standby confirmed it"):
        await impatient(pool).append_many([wanted])
    with pytest.raises(LedgerUnavailable, match="no standby confirmed it"):
        await impatient(pool).confirm(await Ledger(pool).head())
    await pair.standby_on()
    assert (await Ledger(pool).append(wanted)).status is AppendStatus.REPLAY
    await impatient(pool, 60).confirm(await Ledger(pool).head())


@pytest.mark.slow
async def test_a_transaction_at_the_counter_waits_as_well(pool: asyncpg.Pool, pair: Pair, away: None) -> None:
    wanted, ledger = request(), impatient(pool)
    with pytest.raises(LedgerUnavailable, match="no standby confirmed it"):
        async with ledger.connection() as connection, ledger.transaction(connection):
            await ledger.append_within(connection, [wanted])
    assert not await visible(pool, wanted)
    await pair.standby_on()
    await until(lambda: visible(pool, wanted))


@pytest.mark.slow
async def test_what_was_read_at_one_moment_is_confirmed_at_its_end(pool: asyncpg.Pool, pair: Pair, away: None) -> None:
    """Given an event that no standby has, when it is read at one moment, then nobody gets to rest anything on it."""
    wanted = request()
    task = asyncio.create_task(impatient(pool, 60).append_many([wanted]))
    [pid] = await until(lambda: waiting(pool))
    await pool.execute("SELECT pg_cancel_backend($1)", pid)
    with pytest.raises(LedgerUnavailable, match="cut short"):
        await task

    async def read(ledger: Ledger) -> None:
        async with ledger.at_one_moment():
            [event] = await ledger.read_stream(wanted.stream_id)
            await ledger.confirm(event.position)

    with pytest.raises(LedgerUnavailable, match="no standby confirmed it"):
        await read(impatient(pool))
    await pair.standby_on()
    await read(impatient(pool, 60))


@pytest.mark.slow
async def test_no_checkpoint_is_signed_over_what_no_standby_has(
    pool: asyncpg.Pool, pair: Pair, away: None, tmp_path: Path
) -> None:
    """It outlived the failover that lost the event, and every payment file was refused for it from then on."""
    task = asyncio.create_task(impatient(pool, 60).append_many([request()]))
    [pid] = await until(lambda: waiting(pool))
    await pool.execute("SELECT pg_cancel_backend($1)", pid)
    with pytest.raises(LedgerUnavailable, match="cut short"):
        await task
    folder, key = CheckpointFolder(tmp_path), SigningKey.make("ledger.example.org")
    with pytest.raises(LedgerUnavailable, match="no standby confirmed it"):
        await sign_checkpoint(StoredTree(impatient(pool)), folder, key)
    assert folder.notes() == []
    await pair.standby_on()
    assert await sign_checkpoint(StoredTree(impatient(pool, 60)), folder, key) in folder.notes()


@pytest.mark.slow
async def test_a_transaction_that_fails_leaves_nothing(pool: asyncpg.Pool) -> None:
    wanted, ledger = request(), Ledger(pool)
    with suppress(ZeroDivisionError):
        async with ledger.connection() as connection, ledger.transaction(connection):
            await ledger.append_within(connection, [wanted])
            _ = 1 / 0
    assert not await visible(pool, wanted)


@pytest.mark.slow
async def test_without_a_standby_nothing_is_asked(connection: asyncpg.Connection, database: str) -> None:
    opened = await open_pool(database)
    ledger = Ledger(opened)
    await ledger.append(request())
    await ledger.confirm(1)
    assert not await ledger._standby.must_wait(connection)  # type: ignore[arg-type]
    opened.terminate()


@pytest.mark.slow
async def test_a_standby_takes_no_migration_and_says_whom_to_ask(pair: Pair) -> None:
    connection = await asyncpg.connect(pair.standby.url)
    with pytest.raises(NotPrimary, match="give the primary's address"):
        await migrate(connection)
    await connection.close()
