"""A payment is made at most once because an append is: these are the ledger's promises, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import rfc8785

from deploy.database import open_pool
from deploy.embedded.ports import LOOPBACK, free_port
from ledger import AppendRequest, AppendResult, AppendStatus, Ledger, LedgerUnavailable, NewEvent, StoredEvent

OK, REPLAY, KEY_REUSE, CONFLICT = AppendStatus.OK, AppendStatus.REPLAY, AppendStatus.KEY_REUSE, AppendStatus.CONFLICT
STREAM = "partnership/P-2026-0042"


@pytest.fixture
def ledger(pool: asyncpg.Pool) -> Ledger:
    return Ledger(pool)


def event(**payload: Any) -> NewEvent:
    return NewEvent.of("Noted", 1, payload or {"said": "yes"}, {"actor": "pia.berg"})


def request(*events: NewEvent, stream: str = STREAM, after: int = 0, command: UUID | None = None) -> AppendRequest:
    return AppendRequest(stream, command or uuid4(), after, events or (event(),))


async def everything(ledger: Ledger, prefix: str = "") -> list[StoredEvent]:
    return [stored async for stored in ledger.read_all(prefix)]


# The four answers


async def test_a_first_append_is_ok_and_says_where_the_events_stand(ledger: Ledger) -> None:
    assert await ledger.append(request(event(n=1), event(n=2))) == AppendResult(OK, 1, 2)
    assert await ledger.append(request(event(n=3), after=2)) == AppendResult(OK, 3, 3)
    assert [(e.position, e.version) for e in await ledger.read_stream(STREAM)] == [(1, 1), (2, 2), (3, 3)]


async def test_the_same_append_again_is_a_replay_with_the_first_answer_and_nothing_new(ledger: Ledger) -> None:
    same = request(event(n=1), event(n=2))
    first = await ledger.append(same)
    second = await ledger.append(same)
    assert (first.status, second) == (OK, AppendResult(REPLAY, 1, 2))
    assert first.recorded
    assert second.recorded
    assert len(await everything(ledger)) == 2


async def test_a_replay_long_afterwards_says_the_old_place_and_the_present_version(ledger: Ledger) -> None:
    await ledger.append(request(stream="another"))
    old = request()
    await ledger.append(old)
    await ledger.append(request(after=1))
    assert await ledger.append(old) == AppendResult(REPLAY, 2, 2)


async def test_metadata_is_informational_and_does_not_make_an_append_another_one(ledger: Ledger) -> None:
    command = uuid4()
    await ledger.append(request(NewEvent.of("Noted", 1, {}, {"attempt": 1}), command=command))
    again = await ledger.append(request(NewEvent.of("Noted", 1, {}, {"attempt": 2}), command=command))
    assert again.status is REPLAY


@pytest.mark.parametrize(
    "events",
    [
        pytest.param((event(n=1), event(n=9)), id="other content"),
        pytest.param((event(n=1),), id="fewer events"),
        pytest.param((event(n=1), event(n=2), event(n=3)), id="more events"),
        pytest.param((event(n=2), event(n=1)), id="another order"),
        pytest.param((event(n=1), NewEvent.of("Heard", 1, {"n": 2}, {})), id="another type"),
        pytest.param((event(n=1), NewEvent.of("Noted", 2, {"n": 2}, {})), id="another schema version"),
    ],
)
async def test_a_known_command_with_anything_else_is_a_key_reuse(ledger: Ledger, events: tuple[NewEvent, ...]) -> None:
    command = uuid4()
    await ledger.append(request(event(n=1), event(n=2), command=command))
    answer = await ledger.append(request(*events, command=command))
    assert (answer.status, answer.recorded, answer.stream_version) == (KEY_REUSE, False, 2)
    assert [e.payload for e in await ledger.read_stream(STREAM)] == [b'{"n":1}', b'{"n":2}']


@pytest.mark.parametrize("expected", [0, 1, 3, 99])
async def test_a_stream_at_another_version_is_a_conflict_that_says_the_true_one(ledger: Ledger, expected: int) -> None:
    await ledger.append(request(event(), event()))
    answer = await ledger.append(request(after=expected))
    assert answer == AppendResult(CONFLICT, None, 2)
    assert not answer.recorded
    assert len(await everything(ledger)) == 2


async def test_an_answer_of_one_command_does_not_touch_its_batch_mates(ledger: Ledger) -> None:
    known, reused = request(stream="known"), uuid4()
    await ledger.append_many([known, request(event(n=1), stream="reused", command=reused)])
    good, late = request(stream="good"), request(stream="good", after=1)
    batch = [
        good,
        known,
        request(event(n=2), stream="reused", command=reused),
        request(stream="good"),
        late,
        good,
    ]
    answers = await ledger.append_many(batch)
    assert [answer.status for answer in answers] == [OK, REPLAY, KEY_REUSE, CONFLICT, OK, REPLAY]
    assert [answer.first_position for answer in answers if answer.recorded] == [3, 1, 4, 3]
    assert [e.command_id for e in await ledger.read_stream("good")] == [good.command_id, late.command_id]


async def test_no_commands_have_no_answers(ledger: Ledger) -> None:
    assert await ledger.append_many([]) == []


# Order


@pytest.mark.slow
async def test_eight_writers_at_once_leave_no_gap_and_keep_each_stream_in_order(database: str, ledger: Ledger) -> None:
    other_pool = await open_pool(database)
    other = Ledger(other_pool)

    async def write(writer: int, to: Ledger) -> None:
        version = 0
        for n in range(50):
            stream = "shared" if n % 5 == 0 else f"own/{writer}"
            command = uuid4()
            answer = await to.append(request(event(n=n), stream=stream, after=version, command=command))
            while answer.status is CONFLICT:
                after = answer.stream_version
                answer = await to.append(request(event(n=n), stream=stream, after=after, command=command))
            version = answer.stream_version if stream != "shared" else version

    await asyncio.gather(*[write(writer, other if writer % 2 else ledger) for writer in range(8)])
    other_pool.terminate()
    events = await everything(ledger)
    assert [e.position for e in events] == list(range(1, 401))
    for stream in {e.stream_id for e in events}:
        versions = [e.version for e in events if e.stream_id == stream]
        assert versions == list(range(1, len(versions) + 1))


async def test_a_reader_that_sees_a_position_has_seen_all_before_it(database: str, ledger: Ledger) -> None:
    reading_pool = await open_pool(database)
    reader, done = Ledger(reading_pool), asyncio.Event()

    async def watch() -> None:
        while not done.is_set():
            positions = [e.position for e in await everything(reader)]
            assert positions == list(range(1, len(positions) + 1))

    watching = asyncio.create_task(watch())
    await asyncio.gather(*[ledger.append(request(stream=f"s/{n}")) for n in range(60)])
    done.set()
    await watching
    reading_pool.terminate()


async def test_recorded_at_never_goes_back_even_if_the_clock_does(ledger: Ledger, pool: asyncpg.Pool) -> None:
    await ledger.append(request())
    ahead = datetime.now(UTC) + timedelta(hours=1)
    await pool.execute(
        "INSERT INTO ledger.events SELECT 2, stream_id, 2, gen_random_uuid(), gen_random_uuid(), event_type, "
        "schema_version, payload, meta, $1, leaf FROM ledger.events",
        ahead,
    )
    await ledger.append(request(after=2))
    assert [e.recorded_at for e in await everything(ledger)][1:] == [ahead, ahead]


@pytest.mark.slow
async def test_read_all_goes_on_after_a_full_page_in_order(ledger: Ledger) -> None:
    await ledger.append_many([request(*[event(n=n) for n in range(500)], stream=f"s/{s}") for s in range(5)])
    assert [e.position for e in await everything(ledger)] == list(range(1, 2501))
    assert [e.position async for e in ledger.read_all(upto=1001)][-2:] == [1000, 1001]


async def test_read_all_takes_a_prefix_literally(ledger: Ledger) -> None:
    streams = ["a_1/x", "ab1/x", "a_1", "a%", "b/a_1"]
    await ledger.append_many([request(stream=stream) for stream in streams])
    assert [e.stream_id for e in await everything(ledger, "a_1")] == ["a_1/x", "a_1"]
    assert [e.stream_id for e in await everything(ledger, "a%")] == ["a%"]
    assert await everything(ledger, "c") == []


async def test_read_stream_goes_on_after_a_version(ledger: Ledger) -> None:
    await ledger.append(request(event(n=1), event(n=2), event(n=3)))
    assert [e.version for e in await ledger.read_stream(STREAM, after_version=1)] == [2, 3]
    assert await ledger.read_stream("unknown") == []


# Identity and bytes


def test_event_ids_follow_from_stream_command_and_index_alone() -> None:
    command = UUID("4f0c8f1e-2f0a-4c55-9a65-55be3d1d9a01")
    one, again = request(command=command), request(event(n=2), after=7, command=command)
    assert one.event_id(0) == again.event_id(0) == UUID("818a89bd-222f-5f3e-9af3-167acfac3146")
    elsewhere = request(stream="another", command=command)
    assert len({one.event_id(0), one.event_id(1), request().event_id(0), elsewhere.event_id(0)}) == 4


@pytest.mark.parametrize(
    ("payload", "canonical"),
    [
        pytest.param({"b": 1, "a": 2}, b'{"a":2,"b":1}', id="keys in order"),
        pytest.param({"n": 1e2}, b'{"n":100}', id="1E2 is 100"),
        pytest.param({"n": 1e21}, b'{"n":1e+21}', id="large numbers as ECMAScript writes them"),
        pytest.param({"n": 0.1, "m": -0.0}, b'{"m":0,"n":0.1}', id="shortest decimals and no negative zero"),
        pytest.param({"é": "Ærø 中"}, '{"é":"Ærø 中"}'.encode(), id="non-ASCII as UTF-8"),
        pytest.param({"\ufb33": 1, "\U0001f600": 2}, '{"\U0001f600":2,"\ufb33":1}'.encode(), id="UTF-16 key order"),
        pytest.param({"s": '"\\\n\x1f\u2028'}, '{"s":"\\"\\\\\\n\\u001f\u2028"}'.encode(), id="only needed escapes"),
        pytest.param({"l": [True, None, {}]}, b'{"l":[true,null,{}]}', id="no spaces"),
    ],
)
async def test_the_stored_bytes_are_the_canonical_ones(ledger: Ledger, payload: Any, canonical: bytes) -> None:
    await ledger.append(request(NewEvent.of("Noted", 1, payload, {"é": 1e2})))
    (stored,) = await ledger.read_stream(STREAM)
    assert (stored.payload, stored.meta) == (canonical, '{"é":100}'.encode())


async def test_a_nul_character_is_refused_by_name_before_it_reaches_the_database() -> None:
    with pytest.raises(ValueError, match="the Noted event holds a NUL character"):
        event(name="a\x00b")


async def test_text_that_only_spells_a_nul_escape_is_kept(ledger: Ledger) -> None:
    await ledger.append(request(event(name="C:\\u0000")))
    (stored,) = await ledger.read_stream(STREAM)
    assert stored.payload == b'{"name":"C:\\\\u0000"}'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, "\ud800"])
def test_what_json_cannot_hold_exactly_is_refused(value: Any) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        event(value=value)


@pytest.mark.parametrize("stream", [STREAM, 'a"b\\c/<&>~!'])
async def test_a_leaf_is_the_rfc_6962_hash_of_the_canonical_envelope(ledger: Ledger, stream: str) -> None:
    await ledger.append(request(event(n=1), event(name="Ærø"), stream=stream))
    for stored in await ledger.read_stream(stream):
        envelope = {
            "position": stored.position,
            "stream_id": stored.stream_id,
            "version": stored.version,
            "event_id": str(stored.event_id),
            "command_id": str(stored.command_id),
            "event_type": stored.event_type,
            "schema_version": stored.schema_version,
            "payload_sha256": hashlib.sha256(stored.payload).hexdigest(),
            "meta_sha256": hashlib.sha256(stored.meta).hexdigest(),
            "recorded_at": stored.recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
        assert stored.leaf == hashlib.sha256(b"\x00" + rfc8785.dumps(envelope)).digest()


# Append-only


@pytest.mark.sampled(4)
@pytest.mark.parametrize("role", ["origin", "replica"])
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger.events SET meta = 'x'",
        "UPDATE ledger.events SET position = position + 1",
        "DELETE FROM ledger.events",
        "TRUNCATE ledger.events",
        "TRUNCATE ledger.events CASCADE",
        "INSERT INTO ledger.events SELECT * FROM ledger.events ON CONFLICT (position) DO UPDATE SET meta = 'x'",
    ],
)
async def test_the_database_refuses_to_change_what_is_recorded(
    ledger: Ledger, connection: asyncpg.Connection, role: str, change: str
) -> None:
    await ledger.append(request())
    before = await ledger.read_stream(STREAM)
    await connection.execute(f"SET session_replication_role = {role}")
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="the ledger is append-only"):
        await connection.execute(change)
    await connection.execute("RESET session_replication_role")
    assert await ledger.read_stream(STREAM) == before


# Waking readers, and outages


async def test_a_batch_notifies_once_with_the_new_head_and_a_batch_without_news_not_at_all(
    ledger: Ledger, connection: asyncpg.Connection
) -> None:
    heard: list[str] = []

    def listen(_connection: object, _pid: int, _channel: str, head: object) -> None:
        heard.append(str(head))

    await connection.add_listener("ledger_head", listen)
    batch = [request(event(), event(), stream=f"s/{n}") for n in range(3)]
    await ledger.append_many(batch)
    await ledger.append_many(batch)
    await ledger.append(request(stream="s/0"))
    await ledger.append(request(stream="last"))
    await connection.fetchval("SELECT 1")
    await connection.remove_listener("ledger_head", listen)
    assert heard == ["6", "7"]


@pytest.mark.slow
async def test_a_writer_cut_off_in_the_middle_is_told_and_may_append_the_same_again(
    ledger: Ledger, connection: asyncpg.Connection, pool: asyncpg.Pool
) -> None:
    same = request(event(n=1), event(n=2))
    async with connection.transaction():
        await connection.execute("LOCK TABLE ledger.append_lock IN EXCLUSIVE MODE")
        appending = asyncio.create_task(ledger.append(same))
        locks = "FROM pg_locks WHERE relation = 'ledger.append_lock'::regclass AND NOT granted"
        waiting = f"SELECT pg_terminate_backend(pid) {locks}"
        cut_off = 0
        while not appending.done():
            cut_off += len(await connection.fetch(waiting))
            await asyncio.sleep(0.01)
        assert cut_off >= 1
        with pytest.raises(LedgerUnavailable):
            await appending
    assert (await ledger.append(same)).status is OK
    assert (await ledger.append(same)).status is REPLAY
    assert len(await everything(ledger)) == 2


@pytest.mark.slow
async def test_a_pool_that_was_closed_is_an_outage(ledger: Ledger, pool: asyncpg.Pool) -> None:
    pool.terminate()
    with pytest.raises(LedgerUnavailable, match="the database did not answer"):
        await ledger.append(request())
    with pytest.raises(LedgerUnavailable):
        await ledger.read_stream(STREAM)
    with pytest.raises(LedgerUnavailable):
        await everything(ledger)


@pytest.mark.slow
async def test_a_port_that_nobody_listens_on_is_an_outage() -> None:
    address = f"postgresql://accord@{LOOPBACK}:{free_port()}/accord"
    async with asyncpg.create_pool(address, min_size=0, timeout=2) as pool:
        with pytest.raises(LedgerUnavailable, match="the database did not answer"):
            await Ledger(pool).append(request())


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(NewEvent("Noted", 40_000, b"{}", b"{}"), id="a schema version beyond smallint"),
        pytest.param(NewEvent("Noted!", 1, b"{}", b"{}"), id="an event type that is not a name"),
        pytest.param(NewEvent("Noted", 1, b"{", b"{}"), id="a payload that is not JSON"),
    ],
)
async def test_content_that_can_never_be_stored_is_a_fault_and_not_an_outage(ledger: Ledger, wrong: NewEvent) -> None:
    with pytest.raises(Exception, match=r".") as raised:
        await ledger.append(request(wrong))
    assert not isinstance(raised.value, LedgerUnavailable), "it would be sent again for ever"
    assert await everything(ledger) == []
