"""The read model of a fund is what its ledger says, in whatever batches its events come (R15, R39)."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest

from accord.client.desk import Desk
from domain.funds import events as f
from domain.funds.fund import Fund, evolve
from domain.streams import StreamId
from ledger import StoredEvent, clock
from ledger.projections import Document, Projector, ReadModel
from records.read_models.funds import FUNDS, fold_stream, fund_in
from records.read_models.judging import judge_of
from tests.activities.funding import FIRST, OTHER, REFERENCE, SECOND, approved, grant, two_funds
from tests.paying import append
from tests.treasury import change, fund

LATEST_FIRST = "P-2026-0900", "P-2026-0100"
"""Two partnerships, the older of which has the later reference."""


async def kept_for_two(desk: Desk) -> list[StoredEvent]:
    """A fund that money came into, was asked for, moved, and is kept for two grants. Gives its events."""
    await two_funds(desk)
    await approved(desk, grant(OTHER, FIRST, amounts=("10.00",)))
    await approved(desk, grant(REFERENCE, FIRST, amounts=("20.00",)))
    await change(desk, FIRST, {"kind": "transfer", "to": SECOND, "amount": "100.00"})
    await change(desk, FIRST, {"kind": "overdraft", "amount": "5.00"})
    return await desk.ledger.read_stream(StreamId.fund(FIRST))


async def stored(pool: asyncpg.Pool, document: Document) -> Document:
    """A document as the database gives it back, which keeps no order of an object's keys."""
    found: Document = json.loads(await pool.fetchval("SELECT $1::jsonb::text", json.dumps(document)))
    return found


async def folded(pool: asyncpg.Pool, events: list[StoredEvent], at_once: int) -> Fund:
    """The fund after its events, so many at once, stored in between."""
    document: Document | None = None
    for first in range(0, len(events), at_once):
        document = await stored(pool, fold_stream(document, events[first : first + at_once]))
    assert document is not None
    return fund_in(document)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
async def test_a_fund_is_the_same_in_whatever_batches_its_events_come(furnished: Desk, at_once: int) -> None:
    events = await kept_for_two(furnished)
    found = await folded(furnished.pool, events, at_once)
    assert found == await fund(furnished, FIRST)
    assert [*found.claims] == [OTHER, REFERENCE]


@pytest.mark.slow
async def test_the_projector_shows_the_fund_as_the_ledger_tells_it(furnished: Desk) -> None:
    await kept_for_two(furnished)
    projector = Projector(furnished.ledger, FUNDS, judge_of(furnished.ledger))
    await projector.catch_up()
    await approved(furnished, grant("P-2026-0053", FIRST, amounts=("30.00",)))
    await projector.catch_up()
    document = await ReadModel(furnished.ledger, FUNDS.name).document(StreamId.fund(FIRST))
    assert document is not None
    assert fund_in(document) == await fund(furnished, FIRST)


async def test_the_newest_is_uncovered_first_also_after_the_read_model_was_stored(furnished: Desk) -> None:
    """References are in no order of age, and a stored object is in no order at all."""
    at = clock.now()
    for one in LATEST_FIRST:
        await append(furnished, StreamId.fund(FIRST), f.FundsReserved(at=at, partnership=one, amount=Decimal(10)))
    events = await furnished.ledger.read_stream(StreamId.fund(FIRST))
    received = f.GiftReceived(at=at, partnership=REFERENCE, amount=Decimal(10))
    by_ledger = evolve(await fund(furnished, FIRST), received)
    shown = evolve(await folded(furnished.pool, events, 1), received)
    later = at + timedelta(days=1)
    assert [*shown.claims] == [*LATEST_FIRST]
    assert dict(shown.uncovered(later)) == dict(by_ledger.uncovered(later)) == {LATEST_FIRST[1]: 10}
