"""A gift that the bank takes back pays nothing any more, from the moment in which that is imported (R15, R38)."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.counter.exceptions import resolve
from accord.counter.payment_files import export
from accord.counter.resolutions import PaymentReference
from domain.partnership import commands as c
from domain.partnership.refund.refunds import RefundDirection
from domain.partnership.stages import Stage
from domain.payment.bank_answers import ExceptionKind, Resolution
from ledger import clock
from tests import paying
from tests.accord.counter.files import OTHER, PAYER, booked, exceptions_of, handed_over, imports, reasons, told_now
from tests.accord.counter.stated.test_heard_once import lines, stated
from tests.accord.counter.test_booked_beside import rejects
from tests.accord.counter.test_money_back import BUDGET, agreed, available, released
from tests.activities.funding import do, done
from tests.builders import funds_in, money, party, proposal
from tests.paying import REFERENCE, caught_up
from tests.payments.orders import RETURNED, remittance
from tests.scribe import Scribe
from tests.treasury import unrestricted

DONOR = party("Northern Light Foundation", ein="001000009")
CAME = "GIFT-0007"


@pytest.fixture
async def gift(furnished: Desk) -> Scribe:
    """A gift of 300 that came in, and that is all that its fund has."""
    await unrestricted(furnished, BUDGET)
    made = proposal(OTHER, funds_in=funds_in("300.00", into=BUDGET, donor=DONOR), partner=DONOR)
    scribe = await paying.agreed(furnished, made, None)
    note = remittance(f"Gift for {OTHER}")
    await imports(furnished, told_now(booked("", "300.00", direction="CRDT", details=note, reference=CAME)))
    assert (await scribe.reread()).received == 300
    return scribe


async def takes_back(desk: Desk, **entry: str) -> ExceptionKind:
    """The bank books the gift back. Return the reason why that is for a person."""
    words = {"reference": CAME, "reversal": "true", **entry}
    answer = await imports(desk, told_now(booked("", "300.00", direction="DBIT", **words), message="BACK"))
    (fault,) = answer.for_a_person
    return fault.kind


async def test_what_came_in_and_stays_pays(gift: Scribe, tmp_path: Path) -> None:
    grant = await agreed(gift.desk, REFERENCE, "300.00")
    await released(grant)
    assert (await handed_over(gift.desk, tmp_path)).payment_count == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({}, id="by its reference"),
        pytest.param({"reference": "OTHER-1", "details": remittance(f"Back: {OTHER}")}, id="by its text"),
        pytest.param({"reversal": "", "details": RETURNED}, id="as a return of it"),
        pytest.param({"reversal": ""}, id="by its reference, not marked"),
    ],
)
async def test_nothing_leaves_of_a_gift_that_the_bank_takes_back(gift: Scribe, entry: dict[str, str]) -> None:
    """Given a grant of its fund that was released, when the gift is booked back, then the grant does not leave."""
    grant = await agreed(gift.desk, REFERENCE, "300.00")
    await released(grant)
    assert await takes_back(gift.desk, **entry) is ExceptionKind.UNREADABLE
    (exception,) = await exceptions_of(gift.desk)
    assert exception.partnership == OTHER
    state = await gift.reread()
    assert state.contradictions == (exception.exception_id,)
    assert state.hold is not None or state.stage is Stage.CLOSED
    made = await export(gift.desk, PAYER)
    assert made.files == ()
    (reason,) = reasons(made)
    assert BUDGET in reason[2]


@pytest.mark.slow
async def test_no_second_attempt_leaves_of_a_gift_that_was_taken_back_under_the_first(
    gift: Scribe, tmp_path: Path
) -> None:
    """Given a payment at the bank, when its gift is booked back and the bank rejects it, then it is not paid again."""
    grant = await agreed(gift.desk, REFERENCE, "300.00")
    await released(grant)
    await handed_over(gift.desk, tmp_path)
    await takes_back(gift.desk)
    await rejects(grant, 1, "REJECTED")
    answer = await do(grant, c.Release, PAYER, tranche=1, attempt=2)
    assert answer.refusal is not None
    assert "covers 0.00 of the 300.00 that would be paid of it" in answer.refusal.reason


@pytest.mark.slow
async def test_its_fund_lacks_it_at_once_and_has_it_again_once_it_was_the_banks_mistake(gift: Scribe) -> None:
    """Given a gift of 300 in a fund of 300, when the bank takes it back, then nobody is promised it."""
    assert await available(gift.desk) == 300
    await takes_back(gift.desk)
    assert await available(gift.desk) == 0
    again = told_now(booked("", "300.00", direction="DBIT", reference=CAME, reversal="true"), message="AGAIN")
    assert (await imports(gift.desk, again)).for_a_person == ()
    assert await available(gift.desk) == 0
    assert not (await (await agreed(gift.desk, REFERENCE, "300.00", refused=True)).reread()).is_approved
    (exception,) = await exceptions_of(gift.desk)
    for actor in ("femi.ade", "dora.kim"):
        await resolve(gift.desk, exception, Resolution.BANK_ERROR, PaymentReference(), "booked on again", actor)
    assert await available(gift.desk) == 300


@pytest.mark.slow
@pytest.mark.parametrize("first", ["053", "054"])
async def test_a_statement_tells_it_too_and_once(gift: Scribe, first: str) -> None:
    """Given a notification and a statement of the debit, then whichever comes first lowers the fund, and once."""
    back = booked("", "100.00", direction="DBIT", reference=CAME, reversal="true")
    came = booked("", "300.00", direction="CRDT", details=remittance(f"Gift for {OTHER}"), reference=CAME)
    files = [stated(came, back, closing="5200.00"), told_now(back, message="BACK")]
    for content in files if first == "053" else files[::-1]:
        await imports(gift.desk, content)
        assert await available(gift.desk) == 200
    (exception,) = await exceptions_of(gift.desk)
    assert exception.partnership == OTHER
    assert [(one.kind, one.name) for one in await lines(gift.desk)] == [("OPEN", exception.name), ("GIFT", "")]
    for actor in ("femi.ade", "dora.kim"):
        await resolve(gift.desk, exception, Resolution.OURS, PaymentReference(), "the donor's bank erred", actor)
    assert [one.kind for one in await lines(gift.desk)] == ["GIFT_TAKEN_BACK", "GIFT"]


@pytest.mark.slow
async def test_what_was_paid_back_to_the_donor_since_is_that_money_and_counts_once(gift: Scribe) -> None:
    await takes_back(gift.desk)
    paid_back = {"money": money("300.00"), "booked_on": clock.today(), "bank_reference": CAME, "reason": "taken back"}
    await done(await caught_up(gift), c.RecordRefund, "femi.ade", direction=RefundDirection.TO_DONOR, **paid_back)
    assert await available(gift.desk) == 0
    (exception,) = await exceptions_of(gift.desk)
    for actor in ("femi.ade", "dora.kim"):
        await resolve(gift.desk, exception, Resolution.OURS, PaymentReference(), "the refund on record", actor)
    assert await available(gift.desk) == 0
    assert [taken.is_gone for taken in (await gift.reread()).taken_back] == [True]


@pytest.mark.slow
async def test_a_gift_that_is_over_pays_nothing_either(gift: Scribe) -> None:
    closed = await caught_up(gift)
    for condition in closed.state.open_conditions():
        await done(closed, c.Satisfy, "vera.lind", condition=condition, note="on file")
    assert (await gift.reread()).stage is Stage.CLOSED
    grant = await agreed(gift.desk, REFERENCE, "300.00")
    await released(grant)
    await takes_back(gift.desk)
    assert (await export(gift.desk, PAYER)).files == ()


@pytest.mark.slow
async def test_once_people_say_that_it_was_the_banks_mistake_its_money_pays_again(gift: Scribe, tmp_path: Path) -> None:
    grant = await agreed(gift.desk, REFERENCE, "300.00")
    await released(grant)
    await takes_back(gift.desk)
    (exception,) = await exceptions_of(gift.desk)
    for actor in ("femi.ade", "dora.kim"):
        await resolve(gift.desk, exception, Resolution.BANK_ERROR, PaymentReference(), "booked on again", actor)
    if (await caught_up(gift)).state.hold is not None:
        assert (await do(gift, c.LiftHold, "femi.ade", reason="the bank booked it on again")).refusal is None
    assert (await handed_over(gift.desk, tmp_path)).payment_count == 1
