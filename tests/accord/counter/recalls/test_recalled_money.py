"""The money of a recalled payment is promised and paid once, however late, partial or repeated the bank's word is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.counter.bank_import import Import
from accord.counter.exceptions import resolve
from accord.counter.resolutions import PaymentReference
from domain.funds.fund import Claim
from domain.partnership import commands as c
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import ExceptionKind, Resolution
from domain.payment.recalls import RecallAnswer
from tests import paying
from tests.accord.counter.files import PAYER, booked, exceptions_of, handed_over, imports, told_now
from tests.accord.counter.recalls.test_hearing import asked
from tests.accord.counter.test_money_back import BUDGET, THIRD, agreed, available, back, paid, released
from tests.activities.funding import do, done
from tests.builders import money
from tests.paying import REFERENCE, caught_up
from tests.payments.answers.recalls.messages import coming, payment, resolution
from tests.scribe import Scribe
from tests.treasury import fund, unrestricted

pytestmark = pytest.mark.slow


@pytest.fixture
async def here(furnished: Desk, tmp_path: Path) -> Scribe:
    """A grant of 300 of a budget of 300 that was paid."""
    await unrestricted(furnished, BUDGET, "300.00")
    scribe = await agreed(furnished, REFERENCE, "300.00")
    await paid(scribe, tmp_path / "first")
    return scribe


def answered(scribe: Scribe, status: str, case: str, message: str = "RESOLVED-1", money_back: str = "") -> bytes:
    """The bank's answer to a recall of the first attempt, under the number of its case."""
    in_part = status == "PECR"  # which is said of the whole message
    told = payment(paying.identifier(scribe), "" if in_part else status)
    told = told.replace("<OrgnlGrpInf><OrgnlMsgId>OURS-1</OrgnlMsgId></OrgnlGrpInf>", "")
    made = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    fields = {"confirmation": status if in_part else "", "related": coming(money_back) if money_back else ""}
    return resolution(told, case=case, message=message, made=made, **fields).encode()


async def came_back(
    scribe: Scribe,
    amount: str = "300.00",
    reference: str = "RET-1",
    attempt: int = 1,
    actor: str = "dora.kim",
) -> Import:
    """The bank books a return, and another than the payer brings its file in."""
    file = told_now(back(scribe, amount, reference, attempt), message=f"BACK-{reference}")
    return await imports(scribe.desk, file, f"{reference}.xml", actor)


async def is_resolved(scribe: Scribe, kind: Resolution = Resolution.BELONGS_TO, attempt: int = 1) -> None:
    (exception,) = await exceptions_of(scribe.desk)
    for actor in ("femi.ade", "dora.kim"):
        await resolve(scribe.desk, exception, kind, PaymentReference(REFERENCE, 1, attempt), "by the bank", actor)


async def kept(scribe: Scribe) -> Claim:
    return (await fund(scribe.desk, BUDGET)).claim(scribe.reference)._replace(until=None)


async def lifted(scribe: Scribe) -> None:
    while (await caught_up(scribe)).state.holds:
        await done(scribe, c.LiftHold, "femi.ade", reason="the bank's word is clear")


async def two_agree(scribe: Scribe, rest: str) -> None:
    for actor in ("femi.ade", "dora.kim"):
        await done(scribe, c.AgreeRest, actor, tranche=1, remainder=money(rest), reason="it is to be paid")


async def test_what_a_recall_granted_in_part_brings_back_is_kept_and_paid_again_alone(
    here: Scribe, tmp_path: Path
) -> None:
    """Given a recall that is granted but for fees, when 280 of 300 come back, then 280 are kept, and paid again."""
    case = await asked(here)
    told = await imports(here.desk, answered(here, "PECR", case, money_back="280.00"), "answer.xml")
    assert [one.answer.answer for one in told.recall_answers] == [RecallAnswer.IN_PART]
    assert await kept(here) == Claim(spent=300)
    found = await came_back(here, "280.00", actor=PAYER)
    assert [one.kind for one in found.for_a_person] == [ExceptionKind.PARTIAL_RETURN]
    assert (await kept(here), await available(here.desk)) == (Claim(spent=300), 0)
    await is_resolved(here)
    assert ((await here.reread()).recalls, await kept(here)) == ((), Claim(committed=280, spent=20))
    await lifted(here)
    await two_agree(here, "280.00")
    await released(here, 2)
    assert await kept(here) == Claim(committed=280, spent=20)
    assert (await handed_over(here.desk, tmp_path / "second")).payment_count == 1
    again = booked(paying.identifier(here, 1, 2), "280.00", reference="OUT-2")
    await imports(here.desk, told_now(again, message="OUT-2"))
    assert (await kept(here), await available(here.desk)) == (Claim(spent=300), 0)


async def test_what_came_back_in_part_is_promised_to_another_only_once_two_gave_it_up(here: Scribe) -> None:
    """Given 280 that came back, then no other grant has them before two say that nobody pays them again."""
    await came_back(here, "280.00", actor=PAYER)
    await is_resolved(here)
    await lifted(here)
    other = await agreed(here.desk, THIRD, "280.00", refused=True)
    assert not (await other.reread()).is_approved
    for actor in ("femi.ade", "dora.kim"):
        await done(here, c.GiveUpRest, actor, tranche=1, remainder=money("280.00"), reason="they need it no more")
    assert (await kept(here), await available(here.desk)) == (Claim(spent=20), 280)
    answer = await do(other, c.Approve, "femi.ade", no_interest=True, reason="within the budget")
    assert answer.refusal is None
    assert await available(here.desk) == 0


@pytest.mark.parametrize("status", ["ACCR", "RJCR", "PECR"])
async def test_an_answer_after_the_return_was_booked_changes_no_money(
    here: Scribe, tmp_path: Path, status: str
) -> None:
    """Given a recalled payment that came back and is paid again, when the bank answers then, then it is once paid."""
    case = await asked(here)
    await came_back(here)
    assert (await here.reread()).tranches[0].state is TrancheState.RETURNED
    await imports(here.desk, answered(here, status, case), "answer.xml")
    await lifted(here)
    await paid(here, tmp_path / "second", attempt=2)
    late = await imports(here.desk, answered(here, status, case, "RESOLVED-2"), "late.xml")
    assert late.for_a_person == ()
    state = await here.reread()
    assert (state.recalls, state.spent, await kept(here)) == ((), 300, Claim(spent=300))
    assert await available(here.desk) == 0


async def test_the_answer_to_the_first_attempts_recall_is_not_that_of_the_second(here: Scribe, tmp_path: Path) -> None:
    """Given two recalled attempts, when the bank grants the first again, then the second waits for its own answer."""
    first = await asked(here)
    await came_back(here)
    await lifted(here)
    await paid(here, tmp_path / "second", attempt=2)
    await done(here, c.RecallPayment, PAYER, tranche=1, attempt=2, reason="a wrong account again")
    await imports(here.desk, answered(here, "ACCR", first), "first.xml")
    (recall,) = (await here.reread()).recalls
    assert (recall.attempt, recall.answer) == (2, None)
    refused = await do(here, c.Release, PAYER, tranche=1, attempt=3)
    assert refused.refusal is not None
    again = await came_back(here, reference="RET-9")
    assert (await here.reread()).tranches[0].state is TrancheState.SETTLED
    assert [one.kind for one in again.for_a_person] != []
    assert await kept(here) == Claim(spent=300)


async def test_a_short_payment_that_is_recalled_and_comes_back_is_whole_again(furnished: Desk, tmp_path: Path) -> None:
    """Given 250 of 300 that were booked and recalled, when 250 come back, then 300 are kept, and 300 paid once."""
    await unrestricted(furnished, BUDGET, "300.00")
    here = await agreed(furnished, REFERENCE, "300.00")
    await released(here)
    await handed_over(furnished, tmp_path / "first")
    await imports(furnished, told_now(booked(paying.identifier(here), "250.00", reference="OUT-1")), actor="femi.ade")
    assert await kept(here) == Claim(committed=50, spent=250)
    await asked(here)
    assert (await came_back(here, "250.00")).for_a_person == ()
    assert ((await here.reread()).recalls, await kept(here)) == ((), Claim(committed=300))
    await lifted(here)
    await two_agree(here, "300.00")
    await released(here, 2)
    await handed_over(furnished, tmp_path / "second")
    assert (await kept(here), await available(furnished)) == (Claim(committed=300), 0)
