"""A read model says what the ledger says, or that it stopped and why: projections, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple
from uuid import uuid4

import asyncpg
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import AppendRequest, Ledger, NewEvent, StoredEvent
from ledger.projections import (
    Document,
    NotCaughtUp,
    Projection,
    ProjectionStopped,
    Projector,
    Quarantined,
    ReadModel,
    in_memory,
    projector,
)
from tests.ledger.proof import behind_our_back
from tests.waiting import BACKSTOP


def remember(document: Document | None, told: Sequence[StoredEvent]) -> Document:
    """The words in a stream. Some of them cannot be swallowed, and some not be stored."""
    said = list(document["said"]) if document else []
    for event in told:
        said.append(json.loads(event.payload)["said"])
        if said[-1] == "poison":
            raise ValueError("it cannot be swallowed")
    odd = {"not a number": float("nan"), "a NUL": "\x00", "half a character": "\ud800"}
    return {"said": said, "odd": odd.get(said[-1])}


TOLD = Projection("told", 1, "told/", remember)
DOCUMENTS = "SELECT stream_id, version, position, document::text FROM projection.documents ORDER BY generation, 1"
OTHERS = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
CUT_OFF = f"SELECT pg_terminate_backend(pid, 300000) {OTHERS}"


def expected(words: Sequence[str], prefix: str = "told/") -> dict[str, Document]:
    """The documents that words make of the streams of a prefix: a fold that shares nothing with the product's."""
    streams = sorted({word.partition(":")[0] for word in words if word.startswith(prefix)})
    return {s: {"odd": None, "said": [w.partition(":")[2] for w in words if w.startswith(f"{s}:")]} for s in streams}


class Organisation(NamedTuple):
    """A ledger with the read model of what is told in it."""

    ledger: Ledger
    address: str

    async def tell(self, *words: str) -> None:
        """Record words, each as STREAM:TEXT."""
        for word in words:
            stream, _, text = word.partition(":")
            version = len(await self.ledger.read_stream(stream))
            event = NewEvent.of("AppendReport", 1, {"said": text}, {})
            await self.ledger.append(AppendRequest(stream, uuid4(), version, (event,)))

    async def fold(self, projection: Projection = TOLD) -> int:
        return await Projector(self.ledger, projection).catch_up()

    @property
    def model(self) -> ReadModel:
        return ReadModel(self.ledger, "told")

    async def shown(self, name: str = "told") -> dict[str, Document]:
        return dict(await ReadModel(self.ledger, name).documents())

    def look(self, query: str) -> list[Any]:
        """Another's view at this moment, also in the middle of an act of the organisation."""
        with psycopg.connect(self.address) as onlooker:
            return onlooker.execute(query.encode()).fetchall()

    async def until_waiting(self, number: int) -> None:
        while len(self.look(f"SELECT {OTHERS} AND wait_event_type = 'Lock'")) < number:
            await asyncio.sleep(0.01)


@pytest.fixture
def organisation(pool: asyncpg.Pool, database: str, monkeypatch: pytest.MonkeyPatch) -> Organisation:
    monkeypatch.setattr(projector, "BATCH", 2)
    monkeypatch.setattr(projector, "STREAMS", 1)
    return Organisation(Ledger(pool), database)


@asynccontextmanager
async def following(organisation: Organisation) -> AsyncIterator[list[str]]:
    """A projector at work. Yields its reports."""
    reports: list[str] = []
    task = asyncio.create_task(Projector(organisation.ledger, TOLD).forever(reports.append))
    try:
        yield reports
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


words = st.builds("{}:{}".format, st.sampled_from(["a", "b", "c"]), st.text("xyzü€", max_size=3))


@given(st.lists(st.one_of(words, st.none()), max_size=12), st.integers(1, 5))
@settings(max_examples=25)
async def test_documents_are_an_independent_fold(
    organisation: Organisation, script: list[str | None], batch: int
) -> None:
    mine = TOLD._replace(name=uuid4().hex, prefix=f"{uuid4().hex}/")
    told = [step and f"{mine.prefix if step[0] < 'c' else 'other/'}{step}" for step in script]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(projector, "BATCH", batch)
        for word in told:
            await (organisation.tell(word) if word else organisation.fold(mine))
        await organisation.fold(mine)
    shown = await organisation.shown(mine.name)
    await Projector(organisation.ledger, mine).rebuild()
    assert await organisation.shown(mine.name) == shown
    recorded = [event async for event in organisation.ledger.read_all()]
    assert await organisation.shown(mine.name) == expected([word for word in told if word], mine.prefix)
    assert await organisation.shown(mine.name) == in_memory(mine, recorded)


async def test_a_crash_in_the_middle_leaves_whole_batches_and_the_rest_is_folded_later(
    organisation: Organisation,
) -> None:
    words = [f"told/{name}:{n}" for n in range(3) for name in "ab"]
    await organisation.tell(*words[:2])
    await organisation.fold()
    await organisation.tell(*words[2:])
    crashing = iter([False, False, False, True])

    def cut(document: Document | None, told: Sequence[StoredEvent]) -> Document:
        if next(crashing, False):
            organisation.look(CUT_OFF)
        return remember(document, told)

    with pytest.raises(ConnectionError, match="did not answer"):
        await organisation.fold(TOLD._replace(fold=cut))
    assert organisation.look("SELECT position FROM projection.checkpoints") == [(4,)]
    assert {row[0]: json.loads(row[3]) for row in organisation.look(DOCUMENTS)} == expected(words[:4])
    assert await organisation.fold() == 6
    assert await organisation.shown() == expected(words)


LOST = "DELETE FROM ledger.events WHERE position > 2"
EDITED = """UPDATE ledger.events SET payload = '{"said":"lies"}' WHERE position = 6"""
GONE = "DELETE FROM ledger.events WHERE position = 5"


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("before", "done", "after", "words"),
    [
        pytest.param([], LOST, [], "its event 4 is gone", id="a backup that lacks the tail"),
        pytest.param([], LOST, ["told/a:9"] * 3, "its event 4 is another one", id="a fork"),
        pytest.param(["told/a:5", "told/b:6"], EDITED, [], "the event at position 6 was changed", id="an edit"),
        pytest.param(["told/a:5", "told/b:6"], GONE, [], "the event at position 5 is gone", id="a deletion"),
    ],
)
async def test_a_ledger_that_is_not_the_one_folded_stops_the_projector_and_readers_keep_the_old(
    organisation: Organisation,
    connection: asyncpg.Connection,
    before: list[str],
    done: str,
    after: list[str],
    words: str,
) -> None:
    told = ["told/a:1", "told/b:2", "told/a:3", "told/b:4"]
    await organisation.tell(*told)
    await organisation.fold()
    await organisation.tell(*before)
    await behind_our_back(connection, done)
    await organisation.tell(*after)
    with pytest.raises(ProjectionStopped, match=f"^told .*{words}"):
        await Projector(organisation.ledger, TOLD).forever(print)
    assert words in await organisation.model.fault()
    assert await organisation.shown() == expected(told)
    with pytest.raises(NotCaughtUp, match=f"told is at position 4 of 5: .*{words}"):
        await organisation.model.wait_for(5, patience=0)


async def test_readers_are_told_why_before_anything_was_folded(
    organisation: Organisation, connection: asyncpg.Connection
) -> None:
    await organisation.tell("told/a:1")
    await behind_our_back(connection, EDITED.replace("6", "1"))
    with pytest.raises(ProjectionStopped):
        await Projector(organisation.ledger, TOLD).forever(print)
    assert "the event at position 1 was changed" in await organisation.model.fault()


@pytest.mark.slow
async def test_the_fault_is_gone_once_the_ledger_is_right_again(
    organisation: Organisation, connection: asyncpg.Connection
) -> None:
    await organisation.tell("told/a:1")
    await organisation.fold()
    await connection.execute("UPDATE projection.checkpoints SET fault = 'its event 1 is gone'")
    await organisation.fold()
    assert await organisation.model.fault() == ""


@pytest.mark.slow
async def test_another_ledger_that_is_right_is_folded_anew(
    organisation: Organisation, connection: asyncpg.Connection
) -> None:
    await organisation.tell("told/a:1", "told/b:2", "told/b:3")
    await organisation.fold()
    await behind_our_back(connection, LOST)
    with pytest.raises(ProjectionStopped, match="accord ledger rebuild"):
        await organisation.fold()
    await Projector(organisation.ledger, TOLD).rebuild()
    assert await organisation.shown() == expected(["told/a:1", "told/b:2"])
    await Projector(organisation.ledger, TOLD).forget()
    assert await organisation.shown() == {}


async def test_a_stream_that_cannot_be_folded_is_set_aside_alone_and_the_others_go_on(
    organisation: Organisation,
) -> None:
    await organisation.tell("told/a:1", "told/b:poison", "told/c:3")
    await organisation.fold()
    await organisation.tell("told/a:4", "told/b:5")
    await organisation.fold()
    assert await organisation.shown() == expected(["told/a:1", "told/c:3", "told/a:4"])
    assert await organisation.model.quarantined() == [Quarantined("told/b", 2, "ValueError: it cannot be swallowed")]


async def test_it_is_shown_up_to_what_could_not_be_folded_wherever_the_batch_ends(organisation: Organisation) -> None:
    await organisation.tell("told/a:1", "told/a:poison")
    await organisation.fold()
    assert await organisation.shown() == expected(["told/a:1"])
    assert [one.position for one in await organisation.model.quarantined()] == [2]


@pytest.mark.parametrize("odd", ["not a number", "a NUL", "half a character"])
async def test_a_stream_whose_document_cannot_be_stored_is_set_aside_too(organisation: Organisation, odd: str) -> None:
    await organisation.tell("told/a:1", f"told/b:{odd}")
    await organisation.fold()
    assert await organisation.shown() == expected(["told/a:1"])
    assert [one.stream_id for one in await organisation.model.quarantined()] == ["told/b"]


async def test_a_rebuild_makes_the_same_bytes_and_readers_see_each_old_document_until_its_new_one_is_there(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "STREAMS", 1)
    await organisation.tell(*[f"told/{name}:{n}" for n in range(3) for name in "ab"], "other/a:1")
    await organisation.fold()
    made = organisation.look(DOCUMENTS)
    organisation.look(OF_OLD)
    seen: dict[int, int] = {}
    await Projector(organisation.ledger, TOLD).rebuild(
        lambda at: seen.update({at: [row[3] for row in organisation.look(DOCUMENTS)].count('{"said": "of old"}')})
    )
    assert seen == {3: 1, 6: 0}
    assert organisation.look(DOCUMENTS) == made
    assert await organisation.model.position() == 7


OF_OLD = """UPDATE projection.documents SET document = '{"said": "of old"}' RETURNING 1"""


@pytest.mark.slow
@pytest.mark.parametrize("who", ["rebuild", "catch_up"])
async def test_a_rebuild_that_was_cut_off_goes_on_where_it_was(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """Given a rebuild that died after its first stream, when it, or who follows, goes on, then that is done once."""
    monkeypatch.setattr(projector, "STREAMS", 1)
    await organisation.tell(*[f"told/{name}:{n}" for n in range(3) for name in "abc"])
    await organisation.fold()
    folded = list[str]()
    organisation.look(OF_OLD)

    def cut(document: Document | None, told: Sequence[StoredEvent]) -> Document:
        folded.append(told[0].stream_id)
        if len(folded) == 2:
            organisation.look(CUT_OFF)
        return remember(document, told)

    dying = Projector(organisation.ledger, TOLD._replace(fold=cut))
    with pytest.raises(ConnectionError, match="did not answer"):
        await dying.rebuild()
    assert await organisation.model.position() == 0, "readers are told that it is not whole"
    await organisation.tell("told/a:4")
    await getattr(dying, who)()
    assert sorted(folded[2:]) == ["told/a", "told/b", "told/c"]
    assert await organisation.shown() == expected(
        [*[f"told/{name}:{n}" for n in range(3) for name in "abc"], "told/a:4"]
    )


ALL_FORGOTTEN = """
INSERT INTO projection.forgotten SELECT name, generation, stream_id FROM projection.documents RETURNING 1
"""


@pytest.mark.slow
async def test_what_several_fold_at_once_is_what_one_folds_and_each_stream_is_folded_by_one_of_them(
    organisation: Organisation,
) -> None:
    await organisation.tell(*[f"told/{name}:{n}" for n in range(3) for name in "abcdefgh"])
    await organisation.fold()
    made, folded = organisation.look(DOCUMENTS), list[str]()
    organisation.look(OF_OLD)
    organisation.look(ALL_FORGOTTEN)

    def noted(document: Document | None, told: Sequence[StoredEvent]) -> Document:
        folded.append(told[0].stream_id)
        return remember(document, told)

    several = [Projector(organisation.ledger, TOLD._replace(fold=noted)) for _ in range(3)]
    counts = await asyncio.gather(*[one.refold() for one in several])
    assert (sum(counts), sorted(folded)) == (24, [f"told/{name}" for name in "abcdefgh"])
    assert organisation.look(DOCUMENTS) == made


async def test_whoever_is_erased_waits_for_all_that_fold_and_is_forgotten_after_them(
    organisation: Organisation, connection: asyncpg.Connection
) -> None:
    """Given somebody who folds a stream beside others, when it is forgotten meanwhile, then nobody shows it again."""
    await organisation.tell("told/a:1", "told/b:2")
    await organisation.fold()
    organisation.look(ALL_FORGOTTEN)
    async with connection.transaction():
        await connection.execute("LOCK TABLE projection.documents")
        folds = asyncio.ensure_future(Projector(organisation.ledger, TOLD).refold())
        await organisation.until_waiting(1)
        erases = asyncio.ensure_future(asyncio.to_thread(organisation.look, "SELECT projection.forget('{told/a}')"))
        await organisation.until_waiting(2)
        assert organisation.look("SELECT count(*) FROM projection.forgotten") == [(2,)], "nothing is folded yet"
    await asyncio.gather(folds, erases)
    shown, waiting = await organisation.shown(), organisation.look("SELECT stream_id FROM projection.forgotten")
    assert ("told/a" in shown) != (("told/a",) in waiting)
    await organisation.fold()
    assert await organisation.shown() == expected(["told/a:1", "told/b:2"])


@pytest.mark.slow
async def test_a_higher_generation_is_built_beside_and_takes_the_place_of_the_old_in_one_step(
    organisation: Organisation,
) -> None:
    seen: list[Any] = []

    def count(document: Document | None, told: Sequence[StoredEvent]) -> Document:
        seen.append(organisation.look("SELECT generation, position FROM projection.checkpoints WHERE live"))
        return {"count": (document or {"count": 0})["count"] + len(told)}

    await organisation.tell(*[f"told/a:{n}" for n in range(6)])
    await organisation.fold()
    await organisation.fold(TOLD._replace(generation=2, fold=count))
    assert seen == [[(1, 6)]], "each stream is folded at once"
    assert await organisation.shown() == {"told/a": {"count": 6}}
    assert organisation.look("SELECT generation, live FROM projection.checkpoints") == [(2, True)]
    assert organisation.look("SELECT generation FROM projection.documents") == [(2,)]
    await organisation.fold()
    assert await organisation.shown() == {"told/a": {"count": 6}}, "a worker of before does not bring the old one back"


Work = Callable[[Projector], Awaitable[object]]
FOLD, REBUILD, REFOLD, FORGET = Projector.catch_up, Projector.rebuild, Projector.refold, Projector.forget


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (FOLD, FOLD),
        (FOLD, REBUILD),
        (REBUILD, FOLD),
        (REBUILD, REBUILD),
        (REBUILD, REFOLD),
        (REFOLD, FOLD),
        (REBUILD, FORGET),
        (FORGET, FOLD),
    ],
    ids=lambda work: work.__name__,
)
async def test_whoever_works_at_once_with_another_each_event_is_folded_once(
    organisation: Organisation, connection: asyncpg.Connection, first: Work, second: Work
) -> None:
    await organisation.tell("told/a:1", "told/b:2")
    await organisation.fold()
    await organisation.tell("told/a:3", "told/c:4")
    async with connection.transaction():
        await connection.execute("SELECT FROM projection.checkpoints FOR UPDATE")
        one = asyncio.ensure_future(first(Projector(organisation.ledger, TOLD)))
        await organisation.until_waiting(1)
        another = asyncio.ensure_future(second(Projector(organisation.ledger, TOLD)))
        await organisation.until_waiting(2)
    await asyncio.gather(one, another)
    await organisation.fold()
    assert await organisation.shown() == expected(["told/a:1", "told/b:2", "told/a:3", "told/c:4"])


async def test_whoever_waits_for_the_news_reads_what_she_wrote(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "POLL", 3600.0)
    async with following(organisation):
        for position in range(1, 4):
            await organisation.tell(f"told/a:{position}")
            await organisation.model.wait_for(position, BACKSTOP)
            assert (await organisation.model.document("told/a") or {})["said"][-1] == str(position)


@pytest.mark.slow
async def test_an_outage_is_reported_and_waited_out(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "POLL", 0.05)
    async with following(organisation) as reports:
        await organisation.tell("told/a:1")
        await organisation.model.wait_for(1, BACKSTOP)
        organisation.look(CUT_OFF)
        while not reports:
            await asyncio.sleep(0.01)
        await organisation.tell("told/a:2")
        await organisation.model.wait_for(2, BACKSTOP)
    assert all("the database did not answer" in report for report in reports)
    assert await organisation.shown() == expected(["told/a:1", "told/a:2"])


async def test_whoever_waits_where_nobody_works_is_told_so(organisation: Organisation) -> None:
    await organisation.tell("told/a:1")
    with pytest.raises(NotCaughtUp, match="told is at position 0 of 1: is `accord projector` running"):
        await organisation.model.wait_for(1, patience=0)
