"""What readers see is held against the ledger: an edited, invented or dropped document is told by its stream."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import uuid4

import asyncpg
import pytest

from ledger import AppendRequest, Ledger, NewEvent, StoredEvent
from ledger.projections import Projection, Projector
from ledger.projections.comparing import ReadModelDifference, differences

SAID = Projection(
    "said", 1, "said/", lambda document, events: {"words": [*(document or {"words": []})["words"], *map(word, events)]}
)


def word(event: StoredEvent) -> str:
    text = str(json.loads(event.payload)["word"])
    if text == "poison":
        raise ValueError("it cannot be swallowed")
    return text


async def say(ledger: Ledger, stream: str, words: Sequence[str], after: int = 0) -> None:
    events = tuple(NewEvent.of("Said", 1, {"word": word}, {}) for word in words)
    await ledger.append(AppendRequest(stream, uuid4(), after, events))


@pytest.fixture
async def ledger(pool: asyncpg.Pool) -> Ledger:
    made = Ledger(pool)
    await say(made, "said/a", ["one", "two"])
    await say(made, "said/b", ["one"])
    await say(made, "other/c", ["one"])
    await Projector(made, SAID).catch_up()
    return made


async def test_what_is_folded_from_the_ledger_does_not_differ(ledger: Ledger) -> None:
    assert await differences(ledger, SAID) == []


async def test_what_came_since_is_not_held_against_what_is_shown(ledger: Ledger) -> None:
    await say(ledger, "said/a", ["three"], 2)
    await say(ledger, "said/d", ["one"])
    assert await differences(ledger, SAID) == []


async def test_a_model_that_was_never_built_does_not_differ(pool: asyncpg.Pool) -> None:
    assert await differences(Ledger(pool), SAID) == []


@pytest.mark.parametrize(
    ("edit", "stream", "what"),
    [
        ("UPDATE projection.documents SET document = '{\"words\": [\"one\", \"2\"]}' WHERE stream_id = 'said/a'",
         "said/a", "what is shown is not what its events make"),
        ("UPDATE projection.documents SET version = 1 WHERE stream_id = 'said/a'",
         "said/a", "what is shown is not what its events make"),
        ("DELETE FROM projection.documents WHERE stream_id = 'said/b'", "said/b", "it is not shown"),
        ("INSERT INTO projection.documents VALUES ('said', 1, 'said/z', 1, 1, '{}')",
         "said/z", "the ledger has no such stream"),
    ],
)  # fmt: skip
async def test_a_document_that_the_ledger_does_not_make_is_told(
    ledger: Ledger, connection: asyncpg.Connection, edit: str, stream: str, what: str
) -> None:
    await connection.execute(edit)
    assert await differences(ledger, SAID) == [ReadModelDifference(stream, what)]


async def test_a_stream_that_is_set_aside_is_told_by_the_projector_and_not_here(ledger: Ledger) -> None:
    await say(ledger, "said/p", ["one", "poison"])
    await Projector(ledger, SAID).catch_up()
    assert await differences(ledger, SAID) == []
