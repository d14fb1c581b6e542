"""One booking back counts once, whoever tells it: as a return or as a refund, in whichever partnership (R42)."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.counter.exceptions import resolve
from accord.counter.resolutions import PaymentReference
from accord.presentation.faults import Refused
from activities.partnerships import Partnerships
from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.refund.refunds import RefundDirection
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import BankStatus, ExceptionKind, Resolution
from domain.payment.bookings import reference_key
from domain.proposal import Proposal
from ledger import clock
from payments.accounts import reference_of
from tests import paying
from tests.accord.counter.files import OTHER, booked, exceptions_of, handed_over, imports, told_now
from tests.activities.funding import carried_out, do, done, signed
from tests.builders import funds_out, money, party, proposal
from tests.paying import REFERENCE, caught_up
from tests.payments.orders import RIVERBEND, detail, entry_of
from tests.scribe import Scribe
from tests.treasury import fund, unrestricted

RETURNED = "<RtrInf><Rsn><Cd>MS03</Cd></Rsn></RtrInf>"
THIRD = "P-2026-0044"
BUDGET = "FD-2026-BACK"
BACK = "RET-0077"
"""The bank's reference of the one booking that comes back."""


def grant(reference: str, *amounts: str, reported: bool = True) -> Proposal:
    """A grant that the budget pays. It goes on until its final report, if one is asked for."""
    payee = party(RIVERBEND.holder)
    out = funds_out(*amounts, payee=payee, funds=[{"fund": BUDGET}], final_report=reported)
    return proposal(reference, funds_out=out, partner=payee)


async def agreed(desk: Desk, reference: str, *amounts: str, reported: bool = True, refused: bool = False) -> Scribe:
    """A grant as people decide it: the registers are asked, the fund keeps it or refuses, and it is signed."""
    scribe = await paying.verified_and_assessed(desk, grant(reference, *amounts, reported=reported))
    given = {"no_interest": True, "role": Role.PROGRAMME_APPROVER, "reason": "good work"}
    await scribe.says(e.ApprovalGiven, "ana.silva", **given)
    for actor in ("femi.ade", "dora.kim"):
        if (await caught_up(scribe)).state.missing_approvals:
            answer = await do(scribe, c.Approve, actor, no_interest=True, reason="within the budget")
            assert (answer.refusal is not None) is refused, answer.refusal
    if refused:
        return scribe
    account = reference_of(RIVERBEND)
    await done(scribe, c.SignAgreement, "dora.kim", signed_on=clock.today(), account=account)
    return scribe


async def released(scribe: Scribe, attempt: int = 1, tranche: int = 1) -> None:
    await done(scribe, c.Release, "paul.nkosi", tranche=tranche, attempt=attempt)
    await paying.instruct(scribe, tranche, attempt)


async def paid(scribe: Scribe, folder: Path, attempt: int = 1) -> None:
    """The next payment leaves in a file, and the bank books it."""
    await released(scribe, attempt)
    await handed_over(scribe.desk, folder)
    name = f"OUT-{scribe.reference}-{attempt}"
    entry = booked(paying.identifier(scribe, 1, attempt), "300.00", reference=name)
    await imports(scribe.desk, told_now(entry, message=name))
    assert (await scribe.reread()).tranches[0].state is TrancheState.SETTLED


@pytest.fixture
async def here(furnished: Desk, tmp_path: Path) -> Scribe:
    """A grant of 300 of a budget of 300 that was paid."""
    await unrestricted(furnished, BUDGET, "300.00")
    scribe = await agreed(furnished, REFERENCE, "300.00")
    await paid(scribe, tmp_path)
    return scribe


@pytest.fixture
async def two(furnished: Desk, tmp_path: Path) -> tuple[Scribe, Scribe]:
    """Two grants of 300 each of a budget of 600 that were paid."""
    await unrestricted(furnished, BUDGET, "600.00")
    grants = [await agreed(furnished, one, "300.00") for one in (REFERENCE, OTHER)]
    for one in grants:
        await paid(one, tmp_path)
    return grants[0], grants[1]


async def paid_beside(desk: Desk, folder: Path) -> Scribe:
    """A third grant, of other money, that was paid."""
    payee = party(RIVERBEND.holder)
    scribe = await paying.released(desk, THIRD, "300.00", partner=payee)
    await handed_over(desk, folder)
    entry = booked(paying.identifier(scribe), "300.00", reference="OUT-BESIDE")
    await imports(desk, told_now(entry, message="BESIDE"))
    return await caught_up(scribe)


def said(amount: str = "300.00", reference: str = BACK, **more: Any) -> dict[str, Any]:
    content = {"direction": RefundDirection.FROM_GRANTEE, "money": money(amount), "booked_on": clock.today()}
    return {**content, "bank_reference": reference, "reason": "paid back", **more}


async def refund(scribe: Scribe, amount: str = "300.00", reference: str = BACK, **more: Any) -> str:
    """Record a refund. Return the reason of its refusal, or ''."""
    answer = await do(scribe, c.RecordRefund, "femi.ade", **said(amount, reference, **more))
    return answer.refusal.reason if answer.refusal else ""


async def confirm(scribe: Scribe, reference: str = BACK, **more: Any) -> None:
    await done(scribe, c.ConfirmRefund, "dora.kim", bank_reference=reference, reason="on the statement", **more)


def back(scribe: Scribe, amount: str = "300.00", reference: str = BACK, attempt: int = 1) -> str:
    """An entry by which a payment comes back through the bank."""
    names = paying.identifier(scribe, 1, attempt)
    return booked(names, amount, direction="CRDT", details=RETURNED, reference=reference)


def unnamed(amount: str = "300.00", reference: str = BACK, note: str = "") -> str:
    """An entry of money that came in and names no payment."""
    written = f"<RmtInf><Ustrd>{note}</Ustrd></RmtInf>" if note else ""
    return booked("", amount, direction="CRDT", details=written, reference=reference)


async def available(desk: Desk) -> Decimal:
    return (await fund(desk, BUDGET)).available(clock.now())


async def open_exception(desk: Desk) -> Any:
    (one,) = await exceptions_of(desk)
    return one


# In two partnerships


async def test_one_booking_is_no_refund_in_two_partnerships(two: tuple[Scribe, Scribe], tmp_path: Path) -> None:
    """Given a booking that counts in one, when it is recorded in another, then it is refused and frees no cent."""
    one, other = two
    assert await refund(one) == ""
    await confirm(one)
    told = await refund(other, reference="ret 77")  # the same, as somebody else writes it
    assert "counts already, USD 300.00 as a refund in P-2026-0042" in told
    assert "(--detail)" in told
    assert await available(one.desk) == 300
    third = await agreed(one.desk, THIRD, "300.00")
    await released(third)
    await handed_over(one.desk, tmp_path)
    fourth = await agreed(one.desk, "P-2026-0045", "300.00", refused=True)
    assert not (await fourth.reread()).is_approved
    assert await available(one.desk) == 0


@pytest.mark.slow
async def test_two_who_record_one_booking_at_once_count_it_once(two: tuple[Scribe, Scribe]) -> None:
    """Given two processes, when both record it at the same moment, then one of them is refused."""
    asked = [signed(await caught_up(one), c.RecordRefund, "femi.ade", **said()) for one in two]
    answers = await asyncio.gather(
        *(carried_out(Partnerships(one.desk.pool), ask) for one, ask in zip(two, asked, strict=True))
    )
    refusals = [one.refusal.reason for one in answers if one.refusal is not None]
    assert len(refusals) == 1
    assert "counts already" in refusals[0]


@pytest.mark.slow
async def test_it_is_no_refund_twice_in_one_partnership(here: Scribe) -> None:
    assert await refund(here, "100.00") == ""
    assert "on record already and counts once" in await refund(here, "100.00", "ret-77")


@pytest.mark.slow
async def test_two_payments_of_one_booking_count_each_in_its_partnership(two: tuple[Scribe, Scribe]) -> None:
    one, other = two
    assert await refund(one, "100.00", detail="TX-1") == ""
    assert "counts already" in await refund(other, "100.00")
    assert "counts already" in await refund(other, "100.00", detail="tx01")
    assert await refund(other, "100.00", detail="TX-2") == ""


@pytest.mark.slow
async def test_a_booking_of_another_account_is_another_booking_if_the_account_is_named(
    two: tuple[Scribe, Scribe],
) -> None:
    one, other = two
    directory = await one.desk.directory()
    isoc, foundation = (known.account for known in directory.funders[:2])
    assert "no account of a funder of ours" in await refund(one, account="BA-NOBODYSACCOUNT")
    assert await refund(one, account=isoc) == ""
    assert "counts already" in await refund(other)
    assert await refund(other, account=foundation) == ""


# A refund, and then the bank's return


@pytest.mark.slow
async def test_the_return_of_what_was_refunded_is_for_a_person_and_pays_nothing_twice(
    here: Scribe, tmp_path: Path
) -> None:
    """Given a refund of the booking, when the bank's file tells it as a return, then nothing counts further."""
    assert await refund(here) == ""
    await confirm(here)
    answer = await imports(here.desk, told_now(back(here, reference="RET 77"), message="BACK"))
    assert [one.kind for one in answer.for_a_person] == [ExceptionKind.CONTRADICTION]
    assert "counts already, USD 300.00 as a refund in P-2026-0042" in answer.for_a_person[0].reason
    state = await here.reread()
    assert (state.tranches[0].state, state.spent) == (TrancheState.SETTLED, 0)
    assert await available(here.desk) == 300
    again = await do(here, c.Release, "paul.nkosi", tranche=1, attempt=2)
    assert again.refusal is not None
    exception = await open_exception(here.desk)
    belongs = PaymentReference(REFERENCE, 1, 1)
    # A refund that another person looked at is taken back no more, so nothing but this is offered.
    with pytest.raises(Refused, match=r"resolve it as told-before$"):
        await resolve(here.desk, exception, Resolution.BELONGS_TO, belongs, "the return", "femi.ade")
    await resolve(here.desk, exception, Resolution.TOLD_BEFORE, PaymentReference(), "it is the refund", "femi.ade")
    assert (await here.reread()).spent == 0
    other = await agreed(here.desk, THIRD, "300.00")  # what came back is spent once
    await released(other)
    await handed_over(here.desk, tmp_path)
    assert await available(here.desk) == 0


@pytest.mark.slow
async def test_a_refund_of_what_an_import_counted_is_refused(two: tuple[Scribe, Scribe]) -> None:
    """Given a booking that the bank's file counted, when a person records it as a refund, then it is refused."""
    one, other = two
    await imports(one.desk, told_now(back(one), message="BACK"))
    assert (await one.reread()).tranches[0].state is TrancheState.RETURNED
    assert "counts already, USD 300.00 as a return in P-2026-0042" in await refund(other, "10.00", "ret-0077")


@pytest.mark.slow
async def test_a_refund_taken_back_leaves_the_booking_to_the_banks_return(here: Scribe, tmp_path: Path) -> None:
    assert await refund(here) == ""
    await done(here, c.WithdrawRefund, "femi.ade", bank_reference=BACK, reason="it was a return")
    answer = await imports(here.desk, told_now(back(here), message="BACK"), actor="dora.kim")
    assert [one.status for one in answer.new] == [BankStatus.RETURNED]
    assert await available(here.desk) == 0  # kept for the tranche that is to be paid again
    await done(here, c.LiftHold, "femi.ade", reason="the account was open again")
    await paid(here, tmp_path, attempt=2)
    assert (await here.reread()).spent == 300
    assert "counts already" in await refund(here)


@pytest.mark.slow
async def test_a_return_that_was_for_a_person_counts_once_the_wrong_refund_is_taken_back(here: Scribe) -> None:
    assert await refund(here) == ""
    await imports(here.desk, told_now(back(here), message="BACK"))
    exception, belongs = await open_exception(here.desk), PaymentReference(REFERENCE, 1, 1)
    await done(here, c.WithdrawRefund, "dora.kim", bank_reference=BACK, reason="it was a return")
    for actor in ("femi.ade", "dora.kim"):
        await resolve(here.desk, exception, Resolution.BELONGS_TO, belongs, "it is the return", actor)
    assert (await here.reread()).tranches[0].state is TrancheState.RETURNED
    assert await available(here.desk) == 0


@pytest.mark.slow
@pytest.mark.parametrize("reference", ["", "OTHER-9"])
async def test_more_than_was_paid_does_not_come_back_under_any_reference(here: Scribe, reference: str) -> None:
    """Given a refund of all, when the bank returns all under no or another reference, then a person looks at it."""
    assert await refund(here) == ""
    await confirm(here)
    answer = await imports(here.desk, told_now(back(here, reference=reference), message="BACK"))
    assert [one.kind for one in answer.for_a_person] == [ExceptionKind.CONTRADICTION]
    assert (await here.reread()).tranches[0].state is TrancheState.SETTLED
    assert await available(here.desk) == 300


@pytest.mark.slow
async def test_a_part_returned_and_a_part_refunded_are_both_true(here: Scribe) -> None:
    await imports(here.desk, told_now(back(here, "100.00", "RET-1"), message="PART"))
    exception, belongs = await open_exception(here.desk), PaymentReference(REFERENCE, 1, 1)
    for actor in ("femi.ade", "dora.kim"):
        await resolve(here.desk, exception, Resolution.BELONGS_TO, belongs, "a part came back", actor)
    assert "counts already, USD 100.00 as a return" in await refund(here, "50.00", "RET-1")
    assert await refund(here, "50.00", "NTRF-2") == ""
    await confirm(here, "NTRF-2")
    assert (await here.reread()).spent == 150
    assert await available(here.desk) == 50, "what came back of the payment is kept for it, until two give it up"
    assert "is more than, or other than, the USD 150.00" in await refund(here, "151.00", "NTRF-3")


@pytest.mark.slow
async def test_after_the_close_it_counts_once_all_the_same(furnished: Desk, tmp_path: Path) -> None:
    await unrestricted(furnished, BUDGET, "300.00")
    here = await agreed(furnished, REFERENCE, "300.00", reported=False)
    await paid(here, tmp_path)
    assert (await here.reread()).stage is Stage.CLOSED
    assert await refund(here) == ""
    await confirm(here)
    answer = await imports(here.desk, told_now(back(here), message="LATE"))
    assert "counts already" in answer.for_a_person[0].reason
    assert (await available(here.desk), (await here.reread()).spent) == (300, 0)


# Money that came in, and no payment is named


@pytest.mark.slow
async def test_a_refund_that_the_bank_tells_as_money_of_nobody_is_told_before(here: Scribe) -> None:
    assert await refund(here) == ""
    await confirm(here)
    await imports(here.desk, told_now(unnamed(), message="IN"))
    exception, belongs = await open_exception(here.desk), PaymentReference(REFERENCE, 1, 1)
    with pytest.raises(Refused, match="counts already"):
        await resolve(here.desk, exception, Resolution.BELONGS_TO, belongs, "the refund", "femi.ade")
    assert await available(here.desk) == 300


@pytest.mark.slow
async def test_each_payment_of_a_batch_counts_once(two: tuple[Scribe, Scribe], tmp_path: Path) -> None:
    """Given a booking of two payments, one of which is a refund on record, then the other is a return of its own."""
    one = two[0]
    assert await refund(one, "300.00", "BATCH-1", detail="TX-1") == ""
    parts = [
        detail(paying.identifier(scribe), "300.00", transaction=f"TX-{number}", more=RETURNED)
        for number, scribe in enumerate(two, start=1)
    ]
    today = f"<Dt>{clock.today()}</Dt>"
    days = {"booked": today, "value": today}
    entry = entry_of(*parts, amount="600.00", direction="CRDT", reference="BATCH-1", **days)
    answer = await imports(one.desk, told_now(entry, message="BATCH"))
    assert [(found.partnership_id, found.status) for found in answer.new] == [(OTHER, BankStatus.RETURNED)]
    assert "counts already" in answer.for_a_person[0].reason
    third = await paid_beside(one.desk, tmp_path)
    assert "counts already" in await refund(third, "1.00", "BATCH-1", detail="2")
    assert "counts already" in await refund(third, "1.00", "TX-2")
    assert await refund(third, "1.00", "BATCH-1", detail="3") == ""


@pytest.mark.slow
async def test_a_refund_and_an_import_at_once_count_it_once(here: Scribe) -> None:
    ask = signed(await caught_up(here), c.RecordRefund, "femi.ade", **said("300.00"))
    told = told_now(back(here), message="BACK")
    recorded, imported = await asyncio.gather(carried_out(Partnerships(here.desk.pool), ask), imports(here.desk, told))
    assert (recorded.refusal is None) is bool(imported.for_a_person)
    assert len(imported.new) + len(imported.for_a_person) == 1
    state = await here.reread()
    assert (state.tranches[0].state is TrancheState.RETURNED) is (recorded.refusal is not None)


# What was recorded before bookings had streams


@pytest.mark.slow
async def test_a_refund_that_claimed_nothing_is_found_all_the_same(
    two: tuple[Scribe, Scribe],
) -> None:
    """Given a refund of an earlier release, then neither another one nor the bank's return counts its booking again."""
    one, other = two
    await (await caught_up(one)).says(e.RefundRecorded, "femi.ade", **said(reference="Ret-0077"), document_sha256=None)
    assert "counts already, USD 300.00 as a refund in P-2026-0042" in await refund(other, reference="RET 77")
    answer = await imports(one.desk, told_now(back(other), message="BACK"))
    assert "counts already, USD 300.00 as a refund in P-2026-0042" in answer.for_a_person[0].reason


@pytest.mark.slow
async def test_what_two_say_of_money_of_nobody_counts_no_refund_of_before_again(two: tuple[Scribe, Scribe]) -> None:
    """Given a refund that claimed nothing, then two cannot count its booking as a return in another partnership."""
    one, other = two
    await (await caught_up(one)).says(e.RefundRecorded, "femi.ade", **said(reference="Ret-0077"), document_sha256=None)
    await imports(one.desk, told_now(unnamed(), message="IN"))
    exception, belongs = await open_exception(one.desk), PaymentReference(OTHER, 1, 1)
    with pytest.raises(Refused, match="as a refund in P-2026-0042"):
        await resolve(one.desk, exception, Resolution.BELONGS_TO, belongs, "it came back", "femi.ade")
    assert (await other.reread()).tranches[0].state is TrancheState.SETTLED


@pytest.mark.parametrize("written", ["NTRF-0023", "ntrf 23", "00ntrf/23", "A-1", "100", "0", "É-05", "№ 12"])
async def test_the_database_reads_a_reference_as_the_domain_does(furnished: Desk, written: str) -> None:
    assert await furnished.pool.fetchval("SELECT payees.reference_key($1)", written) == reference_key(written)
