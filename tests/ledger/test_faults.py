"""Whatever breaks between a caller and the disk, an append is recorded once or not at all, and its caller finds out."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from deploy.database import open_pool
from deploy.embedded.postgres import Postgres
from deploy.migrate import migrate
from ledger import AppendRequest, AppendResult, AppendStatus, Ledger, LedgerUnavailable, NewEvent, StoredEvent
from ledger.appender import RETRY_PAUSES
from tests.ledger.proxy import Cut, listening

OK, REPLAY = AppendStatus.OK, AppendStatus.REPLAY
OUTAGE = r"\Athe database did not answer \(\w+\)\Z"
HOLD = """SELECT * FROM ledger.append(
    '{held}', '{1}', ARRAY[gen_random_uuid()], ARRAY[gen_random_uuid()], '{Noted}', '{1}', '{"{}"}', '{"{}"}', '{1}')"""
CANCEL = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%append%'"
ROOM = 120 << 20  # bytes of a disk on which a fresh server has some room left


def noted(stream: str, after: int = 0, says: str = "yes", schema: int = 1, **meta: str) -> AppendRequest:
    return AppendRequest(stream, uuid4(), after, (NewEvent.of("Noted", schema, {"said": says}, meta),))


async def everything(pool: asyncpg.Pool) -> list[StoredEvent]:
    return [stored async for stored in Ledger(pool).read_all()]


async def assert_recorded_once(pool: asyncpg.Pool, requests: Sequence[AppendRequest]) -> None:
    """Exactly these events are recorded, with these bytes, at positions without a gap."""
    events = await everything(pool)
    assert [event.position for event in events] == list(range(1, len(requests) + 1))
    asked = {(request.command_id, request.expected_version + 1, request.events[0].payload) for request in requests}
    assert {(event.command_id, event.version, event.payload) for event in events} == asked


async def until_recorded(ledger: Ledger, request: AppendRequest) -> AppendResult:
    """Ask as an activity does: again and again, until there is an answer."""
    while True:
        try:
            return await ledger.append(request)
        except LedgerUnavailable:
            await asyncio.sleep(0.05)


# The connection is cut


@pytest.mark.sampled(3)
@pytest.mark.parametrize("times", [1, len(RETRY_PAUSES)])
@pytest.mark.parametrize("cut", Cut)
async def test_wherever_the_connection_is_cut_an_append_is_recorded_once_and_its_caller_told(
    database: str, pool: asyncpg.Pool, cut: Cut, times: int
) -> None:
    requests = [noted(f"s/{number}") for number in range(3)]
    async with through_a_proxy(database, cut, times) as ledger:
        answers = await asyncio.gather(*[ledger.append(request) for request in requests])
    statuses = {Cut.BEFORE: {OK}, Cut.WITHIN: {OK}, Cut.BEHIND: {OK, REPLAY}}
    assert {answer.status for answer in answers} <= statuses.get(cut, {REPLAY})
    assert [(answer.first_position, answer.stream_version) for answer in answers] == [(1, 1), (2, 1), (3, 1)]
    await assert_recorded_once(pool, requests)


@pytest.mark.slow
@pytest.mark.parametrize("cut", Cut)
async def test_a_connection_cut_more_often_than_retried_is_an_outage_and_then_it_goes_on(
    database: str, pool: asyncpg.Pool, cut: Cut
) -> None:
    requests = [noted("s"), noted("s", 1)]
    async with through_a_proxy(database, cut, len(RETRY_PAUSES) + 1) as ledger:
        for attempt in asyncio.as_completed([ledger.append(request) for request in requests]):
            with pytest.raises(LedgerUnavailable, match=OUTAGE):
                await attempt
        answers = [await ledger.append(request) for request in requests]
    assert all(answer.recorded for answer in answers)
    await assert_recorded_once(pool, requests)


@asynccontextmanager
async def through_a_proxy(database: str, cut: Cut, times: int) -> AsyncIterator[Ledger]:
    async with listening(database) as proxy:
        pool = await open_pool(proxy.url)
        proxy.order(cut, times)
        yield Ledger(pool)
        pool.terminate()
        assert proxy.left == 0


# The server is gone


def running(folder: Path) -> Iterator[Postgres]:
    server = Postgres(folder)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A server to kill."""
    yield from running(tmp_path_factory.mktemp("faults") / "postgres")


@asynccontextmanager
async def ledger_of(server: Postgres) -> AsyncIterator[asyncpg.Pool]:
    """A pool on an empty ledger in a server of one's own."""
    async with await open_pool(server.url.replace("/accord?", "/postgres?")) as pool:
        await pool.execute("DROP DATABASE IF EXISTS accord WITH (FORCE)")
    await server.create_database()
    async with await open_pool(server.url) as pool:
        async with pool.acquire() as connection:
            await migrate(connection)  # type: ignore[arg-type]
        yield pool


async def kill(server: Postgres) -> None:
    os.kill(server.pid, signal.SIGKILL)
    while server.alive():
        await asyncio.sleep(0.001)


@pytest.mark.slow
async def test_what_was_acknowledged_outlives_the_death_of_the_server_under_load(server: Postgres) -> None:
    acknowledged: list[tuple[int | None, AppendRequest]] = []

    async def ask(ledger: Ledger, stream: str) -> None:
        for version in range(60):
            request = noted(stream, version, os.urandom(50).hex())
            answer = await until_recorded(ledger, request)
            acknowledged.append((answer.first_position, request))

    async with ledger_of(server) as pool:
        callers = [asyncio.create_task(ask(Ledger(pool), f"s/{number}")) for number in range(20)]
        for load in (100, 400, 700):
            while len(acknowledged) < load:
                await asyncio.sleep(0.001)
            await kill(server)
            await asyncio.to_thread(server.start)
        await asyncio.gather(*callers)
        await assert_recorded_once(pool, [request for _, request in acknowledged])
        stood = {position: request.command_id for position, request in acknowledged}
        assert stood == {event.position: event.command_id for event in await everything(pool)}


@pytest.mark.slow
async def test_a_server_away_longer_than_the_retries_is_an_outage_and_then_it_goes_on(server: Postgres) -> None:
    async with ledger_of(server) as pool:
        ledger, same = Ledger(pool), noted("s")
        server.stop()
        with pytest.raises(LedgerUnavailable, match=OUTAGE):
            await ledger.append(same)
        server.start()
        assert await until_recorded(ledger, same) == AppendResult(OK, 1, 1)


# The disk is full


@pytest.fixture
def cramped(tmp_path: Path) -> Iterator[Postgres]:
    """A server on a disk of a fixed size."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    mounting = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", tmp_path], capture_output=True)
    if mounting.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounting.stderr.decode().strip()}")
    yield from running(tmp_path / "postgres")
    subprocess.run(["umount", tmp_path], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("left", [pytest.param(1, id="for the table"), pytest.param(20, id="for the write-ahead log")])
async def test_without_room_on_the_disk_it_is_an_outage_and_with_room_it_goes_on(
    cramped: Postgres, tmp_path: Path, left: int
) -> None:
    asked: list[AppendRequest] = []
    async with ledger_of(cramped) as pool:
        ballast = fill(tmp_path, left << 20)
        with pytest.raises(LedgerUnavailable, match=OUTAGE):
            await append_until_it_fails(Ledger(pool), asked)
        ballast.unlink()
        cramped.start()
        assert (await until_recorded(Ledger(pool), asked[-1])).first_position == len(asked)
        await assert_recorded_once(pool, asked)


async def append_until_it_fails(ledger: Ledger, asked: list[AppendRequest]) -> None:
    while True:
        asked.append(noted("s", len(asked), os.urandom(100_000).hex()))
        await ledger.append(asked[-1])


def fill(disk: Path, left: int) -> Path:
    """Leave so many bytes of a disk. Return the file that takes the others."""
    ballast = disk / "ballast"
    state = os.statvfs(disk)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, state.f_bavail * state.f_frsize - left)
    return ballast


# Others are in the way


@pytest.mark.slow
async def test_a_lock_held_too_long_is_an_outage(pool: asyncpg.Pool, connection: asyncpg.Connection) -> None:
    await connection.execute("ALTER FUNCTION ledger.append SET lock_timeout = '20ms'")
    same = noted("s")
    async with connection.transaction():
        await connection.execute(HOLD)
        with pytest.raises(LedgerUnavailable, match=r"\Athe database did not answer \(LockNotAvailableError\)\Z"):
            await Ledger(pool).append(same)
    assert (await Ledger(pool).append(same)).status is OK


async def test_a_cancelled_statement_is_sent_again(pool: asyncpg.Pool, connection: asyncpg.Connection) -> None:
    async with connection.transaction():
        await connection.execute(HOLD)
        appending = asyncio.create_task(Ledger(pool).append(noted("s")))
        while not await pool.fetch(CANCEL):
            await asyncio.sleep(0.01)
    assert (await appending).status is OK


@pytest.mark.slow
async def test_a_server_that_only_reads_as_after_a_failover_is_an_outage(database: str) -> None:
    settings = {"default_transaction_read_only": "on"}
    async with asyncpg.create_pool(database, min_size=0, server_settings=settings) as reading:
        with pytest.raises(LedgerUnavailable, match=OUTAGE):
            await Ledger(reading).append(noted("s"))


def append_for_ever(database: str) -> None:
    async def run() -> None:
        ledger = Ledger(await open_pool(database))
        while True:
            await asyncio.gather(*[ledger.append(noted(f"frozen/{uuid4()}", 0, "x" * 1000)) for _ in range(100)])

    asyncio.run(run())


@pytest.mark.slow
async def test_a_process_that_freezes_at_any_moment_does_not_hold_up_another(database: str, pool: asyncpg.Pool) -> None:
    ledger = Ledger(pool)
    busy = multiprocessing.get_context("spawn").Process(target=append_for_ever, args=(database,), daemon=True)
    busy.start()
    assert busy.pid
    for version in range(10):
        reached = await ledger.head()
        while await ledger.head() < reached + 100:
            await asyncio.sleep(0.001)
        os.kill(busy.pid, signal.SIGSTOP)
        assert (await ledger.append(noted("s", version))).status is OK
        os.kill(busy.pid, signal.SIGCONT)
    busy.kill()
    await asyncio.to_thread(busy.join)


async def test_a_clock_that_was_set_back_does_not_make_an_event_older_than_the_one_before(pool: asyncpg.Pool) -> None:
    ahead, ledger = datetime.now(UTC) + timedelta(hours=1), Ledger(pool)
    await pool.execute(
        "SELECT ledger.place(0, $1, '{s}', '{1}', $2, $2, '{Noted}', '{1}', $3, $3)",
        ahead,
        [uuid4()],
        [b"{}"],
    )
    await ledger.append_many([noted("s", 1), noted("t")])
    await ledger.append_many([noted("s", 2), noted("s", 99), noted("s", 3)])
    assert [event.recorded_at for event in await everything(pool)] == [ahead] * 5


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(lambda: noted("bad", says="x" * (1 << 20)), id="a payload over 1 MiB"),
        pytest.param(lambda: noted("bad", actor="x" * (1 << 16)), id="metadata over 64 KiB"),
        pytest.param(lambda: noted("bad", actor="a\x00b"), id="a NUL character in the metadata"),
        pytest.param(lambda: noted("bad", after=1 << 31), id="a version beyond integer"),
        pytest.param(lambda: noted("bad", schema=0), id="a schema version below 1"),
        pytest.param(lambda: noted("bad", schema=1 << 15), id="a schema version beyond smallint"),
    ],
)
async def test_what_can_never_be_stored_is_refused_alone(pool: asyncpg.Pool, bad: Callable[[], AppendRequest]) -> None:
    ledger = Ledger(pool)

    async def ask(make: Callable[[], AppendRequest]) -> AppendResult:
        return await ledger.append(make())

    asks = [ask(make) for make in (lambda: noted("s"), bad, lambda: noted("t"))]
    first, refused, second = await asyncio.gather(*asks, return_exceptions=True)
    assert isinstance(refused, ValueError)
    assert (first, second) == (AppendResult(OK, 1, 1), AppendResult(OK, 2, 1))
