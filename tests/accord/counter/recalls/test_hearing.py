"""A bank's answer to a recall is recorded once, in its case, and what nobody asked for is for a person."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.counter.payment_files import export
from accord.counter.recalls.asking import recall_file
from accord.presentation.faults import Refused
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import ExceptionKind
from domain.payment.recalls import RecallAnswer
from domain.streams import StreamId
from tests import paying
from tests.accord.counter.files import PAYER, booked, exceptions_of, handed_over, imports, recorded, told_now
from tests.accord.counter.test_money_back import BUDGET, agreed, released
from tests.activities.funding import done
from tests.builders import money
from tests.paying import REFERENCE
from tests.payments.answers.recalls.messages import payment, resolution
from tests.payments.orders import detail, entry_of
from tests.scribe import Scribe
from tests.treasury import unrestricted

RETURNED = "<RtrInf><Rsn><Cd>FOCR</Cd></Rsn></RtrInf>"


@pytest.fixture
async def here(furnished: Desk, tmp_path: Path) -> Scribe:
    """A grant of 300 that was handed over, and booked."""
    await unrestricted(furnished, BUDGET, "300.00")
    scribe = await agreed(furnished, REFERENCE, "300.00")
    await released(scribe)
    await handed_over(furnished, tmp_path)
    await imports(furnished, told_now(booked(paying.identifier(scribe, 1), "300.00", reference="OUT-1")))
    await scribe.reread()
    return scribe


async def asked(scribe: Scribe) -> str:
    """Somebody asks for the payment back; the case that the bank is told."""
    await done(scribe, c.RecallPayment, PAYER, tranche=1, attempt=1, reason="a wrong account")
    return (await recall_file(scribe.desk, REFERENCE, 1)).case.name


def answered(scribe: Scribe, status: str, case: str = "", message: str = "RESOLVED-1") -> bytes:
    paid = payment(paying.identifier(scribe, 1), status).replace(
        "<OrgnlGrpInf><OrgnlMsgId>OURS-1</OrgnlMsgId></OrgnlGrpInf>", ""
    )
    made = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return resolution(paid, case=case, message=message, made=made).encode()


async def test_an_answer_is_recorded_in_its_case_once_and_the_return_closes_it(here: Scribe) -> None:
    case = await asked(here)
    first = await imports(here.desk, answered(here, "ACCR", case))
    ((told,),) = (first.recall_answers,)
    assert (told.answer.answer, told.partnership_id) == (RecallAnswer.GRANTED, REFERENCE)
    again = await imports(here.desk, answered(here, "ACCR", case, "RESOLVED-2"), "again.xml")
    assert (again.recall_answers, again.known, again.for_a_person) == ((), 1, ())
    (recall,) = (await here.reread()).recalls
    assert (recall.granted, recall.due > datetime.now(UTC).date()) == (True, True)
    back = entry_of(
        detail(paying.identifier(here, 1), "300.00", more=RETURNED), amount="300.00", direction="CRDT",
        booked=f"<Dt>{datetime.now(UTC).date()}</Dt>", reference="IN-1",
    )  # fmt: skip
    await imports(here.desk, told_now(back, message="BANK-2"), "back.xml")
    partnership = await here.reread()
    assert (partnership.recalls, partnership.tranches[0].state) == ((), TrancheState.RETURNED)
    assert "FOCR" in [event.reason for event in await ended(here)][-1]


async def ended(scribe: Scribe) -> list[e.TrancheEnded]:
    history = await scribe.desk.history(REFERENCE)
    return [one.event for one in history if isinstance(one.event, e.TrancheEnded)]


@pytest.mark.slow
async def test_an_answer_without_a_recall_is_for_a_person_and_holds(here: Scribe) -> None:
    for status, message in (("ACCR", "ONE"), ("RJCR", "TWO")):
        result = await imports(here.desk, answered(here, status, message=message), f"{message}.xml")
        assert [one.kind for one in result.for_a_person] == [ExceptionKind.CONTRADICTION]
    again = await imports(here.desk, answered(here, "ACCR", message="ONE"), "again.xml")
    assert (again.for_a_person, again.known) == ((), 1)
    assert (await here.reread()).holds
    assert len(await exceptions_of(here.desk)) == 2


@pytest.mark.slow
async def test_one_place_of_a_message_that_says_two_things_is_for_a_person(here: Scribe) -> None:
    case = await asked(here)
    await imports(here.desk, answered(here, "PDCR", case))
    other = await imports(here.desk, answered(here, "ACCR", case), "other.xml")
    assert [one.kind for one in other.for_a_person] == [ExceptionKind.IDENTITY_USED_AGAIN]
    assert "RecallHeard" in await recorded(here.desk, StreamId.partnership(REFERENCE))


@pytest.mark.slow
async def test_the_request_is_the_same_whenever_it_is_made_and_needs_an_open_case(here: Scribe) -> None:
    with pytest.raises(Refused, match="no recall of tranche 1"):
        await recall_file(here.desk, REFERENCE, 1)
    await asked(here)
    first, second = [await recall_file(here.desk, REFERENCE, 1) for _ in range(2)]
    assert first == second
    assert paying.identifier(here, 1).encode() in first.content


@pytest.mark.slow
async def test_a_refusal_that_the_payer_alone_imported_frees_no_next_attempt(furnished: Desk, tmp_path: Path) -> None:
    await unrestricted(furnished, BUDGET, "300.00")
    scribe = await agreed(furnished, REFERENCE, "300.00")
    await released(scribe)
    await handed_over(furnished, tmp_path)
    short = told_now(booked(paying.identifier(scribe, 1), "250.00", reference="OUT-1"))
    await imports(furnished, short, actor="femi.ade")
    await scribe.reread()
    refusal = answered(scribe, "RJCR", await asked(scribe))
    await imports(furnished, refusal, "answer.xml", PAYER)
    for actor in ("femi.ade", "dora.kim"):
        await done(scribe, c.AgreeRest, actor, tranche=1, remainder=money("50.00"), reason="the bank sent a part alone")
    await released(scribe, attempt=2)
    waiting = await export(furnished, PAYER)
    assert (waiting.files, "is refused by no file" in str(waiting.waiting[0].reason)) == ((), True)
    await imports(furnished, refusal, "answer.xml", "femi.ade")
    assert len((await export(furnished, PAYER)).files) == 1
