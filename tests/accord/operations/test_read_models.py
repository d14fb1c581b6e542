"""What several processes fold anew is what one projector made of the events as they came, whatever befalls them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.operations import read_models
from accord.operations.read_models import ALONE, Processes, processes
from bench.console.organisation import Writer, found_on_the_sample
from ledger.projections import Projection, Projector, projector
from records.read_models.judging import judge_of
from records.read_models.projectors import ALL

EVERYTHING = (
    "SELECT name, generation, stream_id, version, position, document::text FROM projection.documents ORDER BY 1, 2, 3",
    "SELECT name, stream_id, list, place, since, until, terms::text, amount, line::text FROM projection.lines "
    "ORDER BY 1, 2, 3, 4, 5",
    "SELECT * FROM projection.late ORDER BY 1, 2, 3, 4",
    "SELECT name, position, live, rebuilding, fault FROM projection.checkpoints ORDER BY 1",
)


async def everything(desk: Desk) -> list[list[tuple[Any, ...]]]:
    """Whatever readers are shown."""
    return [[tuple(row) for row in await desk.pool.fetch(query)] for query in EVERYTHING]


def folding(desk: Desk, projection: Projection) -> Projector:
    return Projector(desk.ledger, projection, judge_of(desk.ledger))


async def follow(desk: Desk) -> None:
    for projection in ALL:
        await folding(desk, projection).catch_up()


@pytest.fixture
async def month(furnished: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Forty partnerships of a month, which the read models followed seven events at a time."""
    await follow(furnished)
    await Writer(furnished, await found_on_the_sample(furnished), 40).write(lambda begun: None)
    with monkeypatch.context() as patch:
        patch.setattr(projector, "BATCH", 7)
        await follow(furnished)
    return furnished


@pytest.fixture
def several(furnished_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Processes]:
    """Two processes beside this one, however many processors and few events there are."""
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    monkeypatch.setattr(read_models, "FEW", 0)
    with processes(furnished_database) as made:
        yield made


OF_OLD = "UPDATE projection.documents SET document = document || '{\"of old\": true}'"


async def test_what_several_processes_fold_is_what_a_projector_made_event_by_event(
    month: Desk, several: Processes
) -> None:
    before = await everything(month)
    await month.pool.execute(OF_OLD)
    told = list[int]()
    for projection in ALL:
        await several.rebuild(folding(month, projection), month.ledger, told.append)
    assert await everything(month) == before
    assert await ALONE.differences(month.ledger, lambda *_: None) == []
    assert told, "it is told how far it is"


@pytest.mark.slow
async def test_what_a_process_had_taken_that_is_killed_is_folded_by_the_others(
    month: Desk, several: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given helpers that are killed as they fold, then the read models are whole all the same."""
    before = await everything(month)
    await month.pool.execute(OF_OLD)
    monkeypatch.setattr(projector, "STREAMS", 1)

    def kill(_: int) -> None:
        for helper in list(several.executor._processes.values()):
            helper.kill()

    for projection in ALL:
        await several.rebuild(folding(month, projection), month.ledger, kill)
    assert await everything(month) == before


CHANGED = (
    "UPDATE projection.documents SET version = version + 1 WHERE stream_id LIKE '%7'",
    "UPDATE projection.lines SET amount = amount + 1 WHERE stream_id LIKE '%3' AND until IS NULL",
    "INSERT INTO projection.documents SELECT name, generation, stream_id || '-' || n, version, position, document "
    "FROM projection.documents, generate_series(1, 3) n WHERE stream_id LIKE '%5'",
    "DELETE FROM projection.documents WHERE stream_id LIKE '%9'",
)


@pytest.mark.slow
async def test_what_several_processes_find_is_what_one_finds_in_the_same_order(month: Desk, several: Processes) -> None:
    """Given read models that somebody changed in many places, then each place is found by one of the processes."""
    for change in CHANGED:
        await month.pool.execute(change)
    alone = await ALONE.differences(month.ledger, lambda *_: None)
    assert {what.split(",")[0] for _, _, what in alone} == {
        "what is shown is not what its events make",
        "what lists show of it is not what its events make",
        "the ledger has no such stream",
        "it is not shown",
    }
    told = dict[str, int]()
    assert await several.differences(month.ledger, lambda name, events: told.update({name: events})) == alone
    assert set(told) >= {"partnerships", "timeline", "rescreening"}


@pytest.mark.slow
async def test_the_share_of_a_process_that_is_killed_is_compared_all_the_same(month: Desk, several: Processes) -> None:
    await month.pool.execute(CHANGED[0])
    alone = await ALONE.differences(month.ledger, lambda *_: None)

    def kill(*_: object) -> None:
        for helper in list(several.executor._processes.values()):
            helper.kill()

    assert await several.differences(month.ledger, kill) == alone != []
