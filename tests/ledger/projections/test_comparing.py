"""The readers' view is held against the ledger: an edited, invented or dropped document is told by its stream."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger import AppendRequest, Ledger, NewEvent, StoredEvent
from ledger.projections import Document, Line, Listing, Projection, Projector
from ledger.projections.comparing import ReadModelDifference, differences
from tests.spellings import SUMS, spelled

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


@pytest.mark.slow
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


# The same, written otherwise


def lines_of(_: Document | None, days: Sequence[Sequence[StoredEvent]]) -> list[list[Line]]:
    """The newest content of a stream, with its sum, at the end of each day."""
    newest = [json.loads(told[-1].payload) for told in days]
    return [[Line("sums", "1", tuple(one["terms"]), one["amount"], one)] for one in newest]


PRICED = Projection(
    "priced",
    1,
    "priced/",
    lambda _, events: dict(json.loads(events[-1].payload)),
    Listing(lines_of, lambda event: event.recorded_at),
)
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=4)
contents = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.floats(allow_nan=False,
    allow_infinity=False), texts, SUMS.flatmap(spelled)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)  # fmt: skip


@pytest.fixture
async def unpriced(pool: asyncpg.Pool) -> Ledger:
    return Ledger(pool)


@pytest.mark.slow
@given(SUMS.flatmap(spelled), st.lists(texts.filter(bool), max_size=3), contents)
@example("30000", [], 1e22)
@settings(max_examples=50)
async def test_what_says_the_same_does_not_differ_however_it_is_written(
    unpriced: Ledger, amount: str, terms: list[str], more: Any
) -> None:
    mine = PRICED._replace(name=uuid4().hex, prefix=f"{uuid4().hex}/")
    event = NewEvent.of("Priced", 1, {"amount": amount, "terms": terms, "more": more}, {})
    await unpriced.append(AppendRequest(f"{mine.prefix}a", uuid4(), 0, (event,)))
    await Projector(unpriced, mine).catch_up()
    assert await differences(unpriced, mine) == []
    await Projector(unpriced, mine).rebuild()
    assert await differences(unpriced, mine) == []


EQUAL = "SELECT $1::jsonb = $2::jsonb"


@pytest.mark.parametrize(
    ("one", "other"),
    [("1", "true"), ("0", "false"), ("0", "null"), ("1", '"1"'), ("[]", "{}"), ('"e\u0301"', '"\u00e9"'), ("1", "1.01"),
     ('"30000"', '"30000.00"'), ('{"a": 1}', '{"A": 1}'), ("[1, 2]", "[2, 1]"), ('"a"', '"a "')],
)  # fmt: skip
async def test_what_says_another_thing_differs(connection: asyncpg.Connection, one: str, other: str) -> None:
    assert await connection.fetchval(EQUAL, one, other) is False


@pytest.mark.parametrize(
    ("one", "other"),
    [("30000", "3E+4"), ("30000", "30000.00"), ("1e22", "10000000000000000000000"), ("-0.0", "0"),
     ('{"a": 1, "b": 2}', '{"b": 2.0, "a": 1}'), ('"\u00e9"', '"é"')],
)  # fmt: skip
async def test_what_says_the_same_is_equal(connection: asyncpg.Connection, one: str, other: str) -> None:
    assert await connection.fetchval(EQUAL, one, other) is True
