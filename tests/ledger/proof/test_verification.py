"""Whatever was done to the ledger is found, and where: verification, of the whole and of what came since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import asyncpg
import pytest

from ledger import Ledger
from ledger.proof.stored_tree import StoredTree
from ledger.proof.verification import MOST_FAULTS, ProofResult, beginning, verify
from ledger.tree import root_of
from tests.ledger.proof import FORGED_LEAF, behind_our_back, record

EVENTS = 12
Roots = Mapping[int, bytes]


@pytest.fixture
def ledger(pool: asyncpg.Pool) -> Ledger:
    return Ledger(pool)


async def root(ledger: Ledger, size: int) -> bytes:
    return root_of([event.leaf async for event in ledger.read_between(0, size)])


async def found(ledger: Ledger, roots: Roots | None = None, since: ProofResult | None = None) -> list[tuple[int, str]]:
    """The faults, each by its position."""
    return list((await verify(ledger, roots or {}, since)).faults)


def set_of(column: str, value: str, position: int = 5) -> str:
    return f"UPDATE ledger.events SET {column} = {value} WHERE position = {position}"


LIES = set_of("payload", """'{"said":"lies"}'""")
CUT = "DELETE FROM ledger.events WHERE position > 8"
GAP = set_of("version", "99", EVENTS)
SWAP = [set_of("version", "100", 1), set_of("version", "1", 4), set_of("version", "2", 1)]
LATER, EARLIER = "recorded_at + interval '1 hour'", "recorded_at - interval '1 hour'"


# Whole


@pytest.mark.parametrize("events", [0, 1, EVENTS, 300])
async def test_a_ledger_as_it_was_recorded_has_no_faults_and_its_root_is_told(ledger: Ledger, events: int) -> None:
    await record(ledger, events)
    roots = {size: await root(ledger, size) for size in (1, 7, events) if size <= events}
    verified = await verify(ledger, roots)
    assert verified.faults == ()
    assert (verified.frontier.size, verified.frontier.root) == (events, await root(ledger, events))


@pytest.mark.sampled(6)
@pytest.mark.parametrize(
    ("done", "position", "words"),
    [
        pytest.param([LIES], 5, "was changed", id="what an event says"),
        pytest.param([set_of("meta", "'{}'")], 5, "was changed", id="who did it"),
        pytest.param([set_of("recorded_at", LATER)], 5, "was changed", id="when, later"),
        pytest.param([set_of("recorded_at", EARLIER)], 5, "was changed", id="when, earlier"),
        pytest.param([set_of("stream_id", "'note/9'")], 5, "was changed", id="of which stream"),
        pytest.param([set_of("version", "99")], 5, "was changed", id="at which version"),
        pytest.param([set_of("event_type", "'Heard'")], 5, "was changed", id="of which type"),
        pytest.param([set_of("schema_version", "2")], 5, "was changed", id="of which form"),
        pytest.param([set_of("command_id", "gen_random_uuid()")], 5, "was changed", id="of which command"),
        pytest.param([set_of("event_id", "gen_random_uuid()")], 5, "was changed", id="its identity"),
        pytest.param([set_of("leaf", "sha256('x')")], 5, "was changed", id="its hash"),
        pytest.param(["DELETE FROM ledger.events WHERE position = 5"], 5, "missing; the next is 6", id="a gap"),
        pytest.param(["DELETE FROM ledger.events WHERE position < 3"], 1, "missing; the next is 3", id="the beginning"),
        pytest.param([set_of("position", "99")], 5, "missing; the next is 6", id="moved to the end"),
        pytest.param([set_of("recorded_at", LATER), FORGED_LEAF], 6, "before the one that it follows", id="time"),
        pytest.param([GAP, FORGED_LEAF], EVENTS, "the versions of note/2 have a gap", id="a version left out"),
        pytest.param([*SWAP, FORGED_LEAF], 10, "the versions of note/0", id="versions out of order"),
    ],
)
async def test_whatever_was_changed_is_found_and_where(
    ledger: Ledger, connection: asyncpg.Connection, done: list[str], position: int, words: str
) -> None:
    await record(ledger, EVENTS)
    await behind_our_back(connection, *done)
    faults = await found(ledger)
    assert any(at == position and words in what for at, what in faults), faults
    assert min(at for at, _ in faults) == position


@pytest.mark.parametrize(
    ("done", "signed", "position", "words"),
    [
        pytest.param([LIES, FORGED_LEAF], [4, 9], 9, "the first 9 events are not those of the signed", id="forged"),
        pytest.param([*SWAP, FORGED_LEAF], [4], 4, "the first 4 events are not those of the signed", id="swapped"),
        pytest.param([CUT], [4, 9], 9, "speaks of more events than there are", id="the tail was cut"),
    ],
)
async def test_what_only_a_signed_root_betrays_is_found_by_it(
    ledger: Ledger, connection: asyncpg.Connection, done: list[str], signed: Sequence[int], position: int, words: str
) -> None:
    await record(ledger, EVENTS)
    roots = {size: await root(ledger, size) for size in signed}
    await behind_our_back(connection, *done)
    assert [(at, words in what) for at, what in await found(ledger, roots)] == [(position, True)]


@pytest.mark.slow
async def test_every_signed_root_that_differs_is_named(ledger: Ledger) -> None:
    await record(ledger, EVENTS)
    roots = {4: bytes(32), 7: await root(ledger, 7), EVENTS: bytes(32)}
    assert [at for at, _ in await found(ledger, roots)] == [4, EVENTS]


@pytest.mark.parametrize("index", [0, 1])
async def test_a_stored_node_that_is_not_the_hash_of_its_leaves_is_found(
    ledger: Ledger, connection: asyncpg.Connection, index: int
) -> None:
    await record(ledger, 600)
    await StoredTree(ledger).store_nodes()
    await connection.execute("UPDATE ledger.nodes SET hash = sha256('x') WHERE index = $1", index)
    faults = await found(ledger)
    assert [(at - 1) // 256 for at, _ in faults] == [index]


async def test_no_more_faults_are_told_than_anybody_reads(ledger: Ledger, connection: asyncpg.Connection) -> None:
    await record(ledger, 40)
    await behind_our_back(connection, "UPDATE ledger.events SET meta = '{}'")
    assert [at for at, _ in await found(ledger)] == list(range(1, MOST_FAULTS + 1))


@pytest.mark.slow
async def test_how_far_it_is_is_told_on_the_way(ledger: Ledger) -> None:
    await record(ledger, 4500)
    told: list[int] = []
    await verify(ledger, {}, progress=told.append)
    assert told == [2000, 4000]


# What came since


async def remembered(ledger: Ledger) -> ProofResult:
    """The state in a verifier's file, read back."""
    return ProofResult.read((await verify(ledger, {})).remembered())


async def test_what_was_remembered_is_read_back_as_it_was(ledger: Ledger) -> None:
    await record(ledger, EVENTS)
    verified = await verify(ledger, {})
    again = ProofResult.read(verified.remembered())
    assert (again.frontier.size, again.frontier.root) == (EVENTS, verified.frontier.root)
    assert (again.clock, again.remembered()) == (verified.clock, verified.remembered())
    assert ProofResult.read(beginning().remembered()).frontier.size == 0


@pytest.mark.parametrize("events", [0, 1, 5, 30])
async def test_going_on_from_what_was_verified_comes_to_the_same_as_the_whole(ledger: Ledger, events: int) -> None:
    await record(ledger, EVENTS)
    since = await remembered(ledger)
    await record(ledger, events, EVENTS)
    size = EVENTS + events
    on, whole = await verify(ledger, {size: await root(ledger, size)}, since), await verify(ledger, {})
    assert (on.faults, on.remembered()) == ((), whole.remembered())
    assert since.frontier.size == EVENTS, "what was remembered is left as it was"


@pytest.mark.parametrize(
    ("done", "position"),
    [
        pytest.param([set_of("payload", "'{}'", 14)], 14, id="a change"),
        pytest.param(["DELETE FROM ledger.events WHERE position = 13"], 13, id="a gap at once"),
        pytest.param(["DELETE FROM ledger.events WHERE position = 14"], 14, id="a gap"),
        pytest.param(
            ["UPDATE ledger.events SET recorded_at = 'epoch' WHERE position > 12", FORGED_LEAF], 13, id="time"
        ),
        pytest.param([set_of("version", "99", 15), FORGED_LEAF], 15, id="a version left out"),
    ],
)
async def test_what_was_done_since_is_found(
    ledger: Ledger, connection: asyncpg.Connection, done: list[str], position: int
) -> None:
    await record(ledger, EVENTS)
    since = await remembered(ledger)
    await record(ledger, 3, EVENTS)
    await behind_our_back(connection, *done)
    assert (await found(ledger, since=since))[0][0] == position


@pytest.mark.parametrize(
    ("done", "after"),
    [
        pytest.param([CUT], 0, id="one that lost its tail"),
        pytest.param([CUT], 7, id="one that was forked"),
        pytest.param([LIES, FORGED_LEAF], 0, id="one that was rewritten"),
        pytest.param([LIES, FORGED_LEAF], 3, id="one that was rewritten and goes on"),
    ],
)
async def test_a_state_of_another_ledger_is_not_gone_on_from(
    ledger: Ledger, connection: asyncpg.Connection, done: list[str], after: int
) -> None:
    await record(ledger, EVENTS)
    since = await remembered(ledger)
    await behind_our_back(connection, *done)
    await record(ledger, after, await ledger.head())
    faults = await found(ledger, since=since)
    assert faults, "it was taken for the ledger that was verified before"
    assert faults[0][0] <= EVENTS


async def test_a_signed_root_of_what_was_verified_before_is_held_against_it_too(ledger: Ledger) -> None:
    await record(ledger, EVENTS)
    since = await remembered(ledger)
    assert [at for at, _ in await found(ledger, {7: bytes(32)}, since)] == [7]
    assert await found(ledger, {7: await root(ledger, 7)}, since) == []


@pytest.mark.parametrize(
    "written",
    [
        "",
        "[]",
        "{}",
        '{"size": 3, "nodes": [], "clock": "2026-01-01T00:00:00+00:00"}',
        '{"size": -1, "nodes": [], "clock": "2026-01-01T00:00:00+00:00"}',
        '{"size": 1, "nodes": ["zz"], "clock": "2026-01-01T00:00:00+00:00"}',
        '{"size": "1", "nodes": [], "clock": "2026-01-01T00:00:00+00:00"}',
        '{"size": 0, "nodes": [], "clock": "yesterday"}',
        '{"size": 0, "nodes": [], "clock": "2026-01-01T00:00:00"}',
        '{"size": 1, "nodes": ["00"], "clock": "2026-01-01T00:00:00+00:00"}',
    ],
)
def test_what_is_no_state_of_a_verification_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not a state of a verification"):
        ProofResult.read(written)


def test_a_verification_begins_before_every_event() -> None:
    assert beginning().clock < datetime(1, 1, 2, tzinfo=UTC)
