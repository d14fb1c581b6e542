"""A gift that bounces: in parts, before its money moved on, and paid once more: each promise is covered once (R15)."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.counter.exceptions import resolve
from accord.counter.payment_files import export
from accord.counter.resolutions import PaymentReference
from accord.presentation.faults import Refused
from domain.partnership import commands as c
from domain.partnership.refund.refunds import RefundDirection
from domain.partnership.stages import Stage
from domain.payment.bank_answers import ExceptionKind, Resolution
from ledger import clock
from tests.accord.counter.files import OTHER, PAYER, booked, exceptions_of, handed_over, imports, reasons, told_now
from tests.accord.counter.stated.in_words import bai2
from tests.accord.counter.test_money_back import BUDGET, THIRD, agreed, available, released
from tests.accord.to_the_bank.test_gifts_taken_back import CAME, gift, takes_back
from tests.activities.funding import done
from tests.builders import money
from tests.paying import REFERENCE, caught_up, identifier
from tests.payments.orders import remittance
from tests.scribe import Scribe
from tests.treasury import change, fund, unrestricted

__all__ = ["gift"]
SECOND = "FD-2026-ELSE"


async def goes_back(gift: Scribe, amount: str, reference: str) -> None:
    """The bank takes a part of the gift back, under a reference of its own."""
    text = remittance(f"Back: {OTHER}")
    back = booked("", amount, direction="DBIT", reference=reference, reversal="true", details=text)
    await imports(gift.desk, told_now(back, message=f"BANK-{reference}"))


async def resolved(gift: Scribe, kind: Resolution = Resolution.OURS, naming: str = "") -> None:
    """Two people say what the debit was, of which the bank's line bears a reference."""
    (exception,) = [one for one in await exceptions_of(gift.desk) if naming in one.content]
    for actor in ("femi.ade", "dora.kim"):
        await resolve(gift.desk, exception, kind, PaymentReference(), "as the donor's bank wrote", actor)


async def recorded(gift: Scribe, amount: str = "300.00", reference: str = CAME) -> None:
    """Somebody records that a sum went back to the donor."""
    said = {"money": money(amount), "booked_on": clock.today(), "bank_reference": reference, "reason": "taken back"}
    await done(await caught_up(gift), c.RecordRefund, "femi.ade", direction=RefundDirection.TO_DONOR, **said)


async def pays_again(gift: Scribe) -> tuple[ExceptionKind, ...]:
    """The donor pays once more. Return why that is for a person, if it is."""
    again = booked("", "300.00", direction="CRDT", details=remittance(f"Gift for {OTHER}"), reference="GIFT-0008")
    answer = await imports(gift.desk, told_now(again, message="ONCE-MORE"))
    return tuple(fault.kind for fault in answer.for_a_person)


# It went, whatever is recorded of it


async def test_what_went_back_by_two_peoples_word_stays_away_without_a_record(gift: Scribe) -> None:
    """Given a grant of a gift that the bank took, when two say that it went back, then no grant leaves or is kept."""
    grant = await agreed(gift.desk, REFERENCE, "300.00")
    await released(grant)
    await takes_back(gift.desk)
    await resolved(gift)
    if (await caught_up(gift)).state.hold is not None:
        await done(gift, c.LiftHold, "femi.ade", reason="nothing is open any more")
    assert await available(gift.desk) == -300
    made = await export(gift.desk, PAYER)
    assert (made.files, BUDGET in reasons(made)[0][2]) == ((), True)
    other = await agreed(gift.desk, THIRD, "1.00", refused=True)
    assert not (await other.reread()).is_approved


@pytest.mark.slow
async def test_one_person_brings_nothing_back_that_the_bank_took(gift: Scribe) -> None:
    """Given a debit that two resolved beside its refund, when one takes the refund back, then the money stays away."""
    await takes_back(gift.desk)
    await recorded(gift)
    await resolved(gift)
    assert await available(gift.desk) == 0
    await done(await caught_up(gift), c.WithdrawRefund, "femi.ade", bank_reference=CAME, reason="mistyped")
    assert await available(gift.desk) == 0
    await recorded(gift)
    await done(gift, c.ConfirmRefund, "dora.kim", bank_reference=CAME, reason="on the statement")
    assert (await available(gift.desk), (await gift.reread()).kept_on_record) == (0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Resolution.BANK_ERROR, Resolution.TOLD_BEFORE])
async def test_what_the_bank_did_not_take_is_there(gift: Scribe, tmp_path: Path, kind: Resolution) -> None:
    await takes_back(gift.desk)
    await resolved(gift, kind)
    grant = await agreed(gift.desk, REFERENCE, "300.00")
    await released(grant)
    assert (await handed_over(gift.desk, tmp_path)).payment_count == 1


# In parts


@pytest.mark.slow
@pytest.mark.parametrize("first", ["BK-1", "BK-2"])
async def test_a_refund_of_one_part_is_not_taken_for_the_other(gift: Scribe, first: str) -> None:
    """Given two parts of which one is on record, then the fund lacks both, whichever is resolved first, and after."""
    await goes_back(gift, "100.00", "BK-1")
    await goes_back(gift, "50.00", "BK-2")
    assert await available(gift.desk) == 150
    await recorded(gift, "100.00", "BK-1")
    assert await available(gift.desk) == 150
    for reference in (first, "BK-2" if first == "BK-1" else "BK-1"):
        await resolved(gift, naming=reference)
        assert await available(gift.desk) == 150
    await recorded(gift, "50.00", "BK-2")
    assert (await available(gift.desk), (await gift.reread()).kept_on_record) == (150, 150)


@pytest.mark.slow
async def test_a_part_that_was_a_mistake_of_the_banks_takes_no_refund_of_the_other_with_it(gift: Scribe) -> None:
    await goes_back(gift, "100.00", "BK-1")
    await goes_back(gift, "50.00", "BK-2")
    await recorded(gift, "100.00", "BK-1")
    await resolved(gift, naming="BK-1")
    await resolved(gift, Resolution.BANK_ERROR, naming="BK-2")
    assert await available(gift.desk) == 200


@pytest.mark.slow
async def test_a_refund_on_record_before_the_bank_told_its_debit_is_that_money_once_people_say_so(gift: Scribe) -> None:
    await recorded(gift, "100.00", "BK-1")
    assert await available(gift.desk) == 200
    await goes_back(gift, "100.00", "BK-1")
    assert await available(gift.desk) == 100, "until people say that it is the one on record"
    await resolved(gift)
    assert await available(gift.desk) == 200


@pytest.mark.slow
async def test_a_debit_that_bai2_tells_too_lowers_the_fund_no_further(gift: Scribe) -> None:
    await takes_back(gift.desk)
    told = f"16,495,30000,Z,{CAME},,BACK: {OTHER}/"
    await imports(gift.desk, bai2(told, closing="470000"), "day.bai")
    assert (await available(gift.desk), len(await exceptions_of(gift.desk))) == (0, 1)


# The donor pays again


@pytest.mark.slow
@pytest.mark.parametrize("order", ["first", "between", "last"])
async def test_a_gift_that_is_paid_again_covers_one_promise(gift: Scribe, tmp_path: Path, order: str) -> None:
    """Given a gift that bounced and was paid again, before or after people settled it, then it pays one grant."""
    await takes_back(gift.desk)
    if order == "first":
        assert await pays_again(gift) == ()
    await recorded(gift)
    if order == "between":
        assert await pays_again(gift) == ()
    await resolved(gift)
    if order == "last":
        assert await pays_again(gift) == ()
    assert await available(gift.desk) == 300
    if (await caught_up(gift)).state.hold is not None:
        await done(gift, c.LiftHold, "femi.ade", reason="nothing is open any more")
    await released(await agreed(gift.desk, REFERENCE, "300.00"))
    assert (await handed_over(gift.desk, tmp_path)).payment_count == 1
    assert not (await (await agreed(gift.desk, THIRD, "1.00", refused=True)).reread()).is_approved


@pytest.mark.slow
async def test_what_is_paid_again_after_the_gift_is_over_waits_for_a_person(gift: Scribe) -> None:
    """Given a gift that is closed and bounced, when the donor pays again, then no fund has it by itself."""
    closed = await caught_up(gift)
    for condition in closed.state.open_conditions():
        await done(closed, c.Satisfy, "vera.lind", condition=condition, note="on file")
    assert (await gift.reread()).stage is Stage.CLOSED
    await takes_back(gift.desk)
    assert await pays_again(gift) == (ExceptionKind.UNEXPECTED_RECEIPT,)
    assert await available(gift.desk) == 0


# What moved on


@pytest.mark.slow
async def test_a_fund_owes_what_moved_on_before_its_gift_bounced(gift: Scribe) -> None:
    """Given 200 of a gift that moved to another fund, when all of it bounces, then the first fund is below zero."""
    await unrestricted(gift.desk, SECOND)
    await change(gift.desk, BUDGET, {"kind": "transfer", "to": SECOND, "amount": "200.00"})
    await takes_back(gift.desk)
    left = [(await fund(gift.desk, one)).available(clock.now()) for one in (BUDGET, SECOND)]
    assert left == [-200, 200]
    assert not (await (await agreed(gift.desk, REFERENCE, "1.00", refused=True)).reread()).is_approved
    assert await pays_again(gift) == ()
    await recorded(gift)
    left = [(await fund(gift.desk, one)).available(clock.now()) for one in (BUDGET, SECOND)]
    assert left == [100, 200]


@pytest.mark.slow
async def test_no_money_moves_on_of_a_gift_that_bounced(gift: Scribe) -> None:
    await unrestricted(gift.desk, SECOND)
    await takes_back(gift.desk)
    wanted = {"kind": "transfer", "to": SECOND, "amount": "0.01"}
    with pytest.raises(Refused, match=f"{BUDGET} has 0"):
        await change(gift.desk, BUDGET, wanted)


@pytest.mark.slow
async def test_what_was_paid_of_a_gift_that_bounced_is_missing_until_it_is_paid_again(
    gift: Scribe, tmp_path: Path
) -> None:
    """Given a gift of which a grant of 200 was paid, when it bounces, then the fund lacks 200, and then covers 100."""
    grant = await agreed(gift.desk, REFERENCE, "200.00")
    await released(grant)
    await handed_over(gift.desk, tmp_path)
    await imports(gift.desk, told_now(booked(identifier(grant), "200.00", reference="OUT-1"), message="OUT"))
    await takes_back(gift.desk)
    assert await available(gift.desk) == -200
    assert await pays_again(gift) == ()
    assert await available(gift.desk) == 100
    await recorded(gift)
    await resolved(gift)
    assert await available(gift.desk) == 100
