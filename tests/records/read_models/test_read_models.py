"""The read models: folded by a projector, equal to what the domain folds, and askable as of any time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accord.client.desk import Desk
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.payment.bank_answers import BankStatus
from domain.streams import StreamId
from ledger.projections import Projector, ReadModel
from records.read_models.as_of import LedgerAsOf, documents_as_of
from records.read_models.judging import judge_of
from records.read_models.partnerships import PARTNERSHIPS
from records.read_models.timeline import TIMELINE
from tests.builders import funds_out, proposal
from tests.lives import Life
from tests.waiting import BACKSTOP


@pytest.fixture
def life(worker: None, desk: Desk, reference: str) -> Life:
    """A partnership to lead."""
    return Life(desk, reference)


async def shown(life: Life) -> Partnership:
    """The partnership as its read model has it, once all that is recorded is in it."""
    model = ReadModel(life.desk.ledger, PARTNERSHIPS.name)
    await model.wait_for(await life.desk.ledger.head(), BACKSTOP)
    document = await model.document(life.handle.id)
    assert document is not None
    return Partnership.model_validate(document["state"])


async def view(life: Life, name: str) -> list[dict[str, Any]]:
    """The rows of a view of the database on the partnership."""
    await shown(life)
    query = f"SELECT * FROM read_model.{name} WHERE partnership_id = $1"
    return [dict(row) for row in await life.desk.pool.fetch(query, life.reference)]


async def as_of(life: Life, cut: LedgerAsOf) -> Partnership | None:
    """The partnership as of a cut, or None where it was not proposed by then."""
    documents = await documents_as_of(life.desk.ledger, PARTNERSHIPS, cut, life.handle.id)
    document = documents.get(life.handle.id)
    return None if document is None else Partnership.model_validate(document["state"])


async def test_the_read_model_equals_the_fold_of_the_stream_at_every_step(life: Life) -> None:
    await life.signed(proposal(life.reference))
    assert await shown(life) == await life.state()
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.bank_says(await life.instructed(), BankStatus.SETTLED)
    await life.until_tranche(TrancheState.SETTLED)
    assert await shown(life) == await life.state()


@pytest.mark.slow
async def test_the_work_queue_names_who_must_act_and_empties_when_nobody_must(life: Life) -> None:
    await life.awaiting_approval(proposal(life.reference))
    waiting = {row["role"] for row in await view(life, "work_queue")}
    await life.do(c.Withdraw, "pia.berg", reason="no longer needed")
    assert waiting == {"PROGRAMME_APPROVER", "FINANCE_APPROVER"}
    assert await view(life, "work_queue") == []


@pytest.mark.slow
async def test_the_portfolio_tells_stage_amount_and_what_is_next(life: Life) -> None:
    await life.approved_by_finance(proposal(life.reference, funds_out=funds_out("600.00", "400.00")))
    [row] = await view(life, "portfolio")
    assert (row["stage"], row["amount"], row["currency"], row["on_hold"]) == ("APPROVAL", 1000, "USD", False)
    assert row["next_step"] == "approval by programme approver"
    assert row["due"] is not None


@pytest.mark.slow
async def test_what_is_owed_stands_among_the_obligations_until_it_is_done(life: Life) -> None:
    await life.awaiting_approval(proposal(life.reference, funds_out=funds_out("1000.00")))
    before = {row["kind"] for row in await view(life, "obligations")}
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await life.do(c.Approve, "femi.ade", no_interest=True, reason="within budget")
    agreement = {row["kind"] for row in await view(life, "obligations")}
    assert ("APPROVAL" in before, "APPROVAL" in agreement, "AGREEMENT" in agreement) == (True, False, True)


@pytest.mark.slow
async def test_each_attempt_to_pay_is_listed_with_what_became_of_it(life: Life) -> None:
    tranche = await life.released(proposal(life.reference))
    await life.bank_says(tranche, BankStatus.REJECTED)
    await life.until_tranche(TrancheState.REJECTED)
    [row] = await view(life, "payments")
    assert (row["tranche"], row["attempt"], row["status"], row["released_by"]) == (1, 1, "REJECTED", "paul.nkosi")
    assert row["end_to_end_id"]


@pytest.mark.slow
async def test_a_payment_is_listed_as_it_stands_from_release_to_return(life: Life) -> None:
    tranche = await life.released(proposal(life.reference))
    assert await statuses(life) == ["INSTRUCTED"]
    await life.hand_over()
    assert await statuses(life) == ["HANDED_OVER"]
    for said in (BankStatus.ACCEPTED, BankStatus.SETTLED, BankStatus.RETURNED):
        await life.bank_says(tranche, said)
        assert await statuses(life) == [said.value]
    assert (await shown(life)).tranches[0].state is TrancheState.RETURNED
    [row] = await view(life, "portfolio")
    assert row["on_hold"]


@pytest.mark.slow
async def test_a_payment_that_a_person_took_back_is_listed_as_cancelled_beside_the_next(life: Life) -> None:
    await life.released(proposal(life.reference))
    await life.do(c.CancelPayment, "femi.ade", tranche=1, attempt=1, reason="the account is in doubt")
    await life.until_attempt(lambda known: known.outcome is not None)
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.instructed(1, 2)
    assert await statuses(life) == ["CANCELLED", "INSTRUCTED"]


async def statuses(life: Life) -> list[str]:
    """The state of each attempt to pay, by the list of payments."""
    rows = await view(life, "payments")
    return [row["status"] for row in sorted(rows, key=lambda row: row["attempt"])]


@pytest.mark.slow
async def test_the_timeline_has_a_line_for_every_event_in_order(life: Life) -> None:
    await life.approved_by_finance(proposal(life.reference))
    model = ReadModel(life.desk.ledger, TIMELINE.name)
    await model.wait_for(await life.desk.ledger.head(), BACKSTOP)
    document = await model.document(life.handle.id)
    assert document is not None
    assert [entry["event"] for entry in document["entries"]] == await life.told()
    assert [entry["signed"] for entry in document["entries"] if entry["actor"] == "femi.ade"] == [True]


@pytest.mark.slow
async def test_what_we_knew_at_a_time_is_what_was_recorded_by_then(life: Life) -> None:
    before = datetime.now(UTC)
    await life.awaiting_approval(proposal(life.reference))
    during = (await life.events())[-1].recorded_at
    await life.do(c.Withdraw, "pia.berg", reason="no longer needed")
    assert await as_of(life, LedgerAsOf(known_at=before)) is None
    known = await as_of(life, LedgerAsOf(known_at=during))
    assert known is not None
    assert known.stage is Stage.APPROVAL
    assert await as_of(life, LedgerAsOf()) == await life.state()


@pytest.mark.slow
async def test_what_was_true_differs_from_what_was_known_where_word_came_late(life: Life) -> None:
    tranche = await life.released(proposal(life.reference))
    said = tranche.order.released_at
    heard = datetime.now(UTC)
    await life.bank_says(tranche, BankStatus.SETTLED, said_at=said)
    await life.until_tranche(TrancheState.SETTLED)
    stream = StreamId.attempt(life.reference, 1, 1)
    true = await documents_as_of(life.desk.ledger, PARTNERSHIPS, LedgerAsOf(true_at=heard), stream)
    known = await documents_as_of(life.desk.ledger, PARTNERSHIPS, LedgerAsOf(known_at=heard), stream)
    assert true[stream]["state"]["status"] == "SETTLED"
    assert known.get(stream, {"state": {"status": None}})["state"]["status"] in {"INSTRUCTED", None}


@pytest.mark.slow
async def test_as_of_a_position_is_the_ledger_up_to_there(life: Life) -> None:
    await life.approved(proposal(life.reference))
    events = await life.events()
    for place, recorded in enumerate(events, 1):
        known = await as_of(life, LedgerAsOf(position=recorded.position))
        assert known is not None
        assert known.version == place


@pytest.mark.slow
async def test_a_read_model_that_is_folded_anew_is_the_same_to_the_byte(life: Life) -> None:
    await life.signed(proposal(life.reference))
    for projection in (PARTNERSHIPS, TIMELINE):
        await ReadModel(life.desk.ledger, projection.name).wait_for(await life.desk.ledger.head(), BACKSTOP)
    before, after = await stored(life), 0
    for projection in (PARTNERSHIPS, TIMELINE):
        after = await Projector(life.desk.ledger, projection, judge_of(life.desk.ledger)).rebuild()
    assert after >= (await life.events())[-1].position
    assert await stored(life) == before


async def stored(life: Life) -> list[tuple[str, str, str]]:
    """The documents of the partnership's streams, as the database holds them."""
    query = "SELECT name, stream_id, document::text FROM read_model.documents WHERE partnership_id = $1 ORDER BY 1, 2"
    return [tuple(row) for row in await life.desk.pool.fetch(query, life.reference)]


@pytest.mark.slow
async def test_a_moment_before_everything_shows_nothing(life: Life) -> None:
    await life.awaiting_approval(proposal(life.reference))
    long_ago = datetime.now(UTC) - timedelta(days=365)
    assert await as_of(life, LedgerAsOf(true_at=long_ago)) is None
