"""What several processes fold anew is what one projector made of the events as they came, whatever befalls them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.operations.refolding import Refolding, refolding
from bench.console.organisation import Writer, found_on_the_sample
from ledger.projections import Projection, Projector, projector
from ledger.projections.comparing import differences
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
def processes(furnished_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Refolding]:
    """Two processes beside this one, however many processors there are."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})
    with refolding(furnished_database) as made:
        yield made


OF_OLD = "UPDATE projection.documents SET document = document || '{\"of old\": true}'"


async def test_what_several_processes_fold_is_what_a_projector_made_event_by_event(
    month: Desk, processes: Refolding
) -> None:
    before = await everything(month)
    await month.pool.execute(OF_OLD)
    told = list[int]()
    for projection in ALL:
        await processes.rebuild(folding(month, projection), told.append)
    assert await everything(month) == before
    assert [await differences(month.ledger, one, judge_of(month.ledger)) for one in ALL] == [[]] * len(ALL)
    assert told, "it is told how far it is"


async def test_what_a_process_had_taken_that_is_killed_is_folded_by_the_others(
    month: Desk, processes: Refolding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given helpers that are killed as they fold, then the read models are whole all the same."""
    before = await everything(month)
    await month.pool.execute(OF_OLD)
    monkeypatch.setattr(projector, "STREAMS", 1)

    def kill(_: int) -> None:
        for helper in list(processes.executor._processes.values()):
            helper.kill()

    for projection in ALL:
        await processes.rebuild(folding(month, projection), kill)
    assert await everything(month) == before
