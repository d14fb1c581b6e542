"""Legs and agreements on the real stack: each leg its own life, several payees under one agreement (R1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.presentation.faults import Refused
from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.payment.bank_answers import BankStatus
from domain.proposal import Direction, Proposal
from tests.builders import DIGEST, funds_in, funds_out, party, proposal, regrant
from tests.governing import hire, let_go
from tests.histories import examine
from tests.lives import Life

NewReference = Callable[[], str]
IN, OUT = Direction.FUNDS_IN, Direction.FUNDS_OUT


async def refused(life: Life, kind: type[c.StaffCommand], actor: str, **content: Any) -> str:
    with pytest.raises(Refused) as refusal:
        await life.do(kind, actor, **content)
    return str(refusal.value)


async def approve(life: Life) -> None:
    await life.until_stage(Stage.APPROVAL)
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await life.do(c.Approve, "femi.ade", no_interest=True, reason="within budget")


def beside(reference: str, **gift: Any) -> Proposal:
    grant = funds_out("600.00", "400.00", final_report=False)
    donor = party("Lakeside School of Networking", ein="001000002")
    return proposal(reference, funds_out=grant, funds_in=funds_in("5000.00", donor=donor, **gift))


@pytest.mark.slow
async def test_a_gift_that_fails_beside_a_grant_ends_alone_and_the_grant_is_paid(life: Life) -> None:
    """Given a gift that buys influence, it goes back. Proposed again so, a director ends it, and the grant goes on."""
    await life.propose(beside(life.reference, influences_priorities=True))
    back = await life.until(lambda known: bool(known.question))
    assert "propose it again without funds_in" in back.question
    grant = beside(life.reference).without(IN)
    await life.propose(grant)
    await approve(life)
    await life.do(c.SignAgreement, "dora.kim", signed_on=date(2026, 11, 2), account=await account_of(life, grant))
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.bank_says(await life.instructed(1), BankStatus.SETTLED)
    paid = await life.until_tranche(TrancheState.SETTLED)
    assert paid.proposed.directions == (OUT,)
    await examine(life)


@pytest.mark.slow
async def test_a_gift_that_never_comes_is_ended_and_the_grant_closes(life: Life) -> None:
    for tranche in (1, 2):
        await (life.paid(beside(life.reference), 1) if tranche == 1 else pay(life, 2))
    assert (await life.state()).stage is Stage.ACTIVE
    await life.do(c.PlaceHold, "vera.lind", reason="the donor is in the press", leg=IN)
    assert "has no leg NON_MONETARY" in await refused(
        life, c.EndLeg, "dora.kim", leg=Direction.NON_MONETARY, reason="none"
    )
    await life.do(c.EndLeg, "dora.kim", leg=IN, reason="the donor withdrew")
    await life.do(c.LiftHold, "femi.ade", reason="nothing is left of it")
    assert (await life.until_stage(Stage.CLOSED)).received == 0
    await examine(life)


@pytest.mark.slow
async def test_before_the_agreement_a_leg_that_ends_leaves_the_rest_to_be_approved_anew(life: Life) -> None:
    await life.awaiting_approval(beside(life.reference))
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await life.do(c.EndLeg, "femi.ade", leg=IN, reason="the donor gives it to another body")
    left = await life.until(lambda known: known.stage is Stage.APPROVAL and not known.approvals)
    assert (left.approvals, left.proposed.directions, left.terms.amount_in) == ((), (OUT,), None)
    await examine(life)


@pytest.mark.slow
async def test_a_payment_goes_on_beside_a_hold_on_the_gift_and_stops_at_one_on_the_grant(life: Life) -> None:
    await life.signed(beside(life.reference))
    await life.do(c.PlaceHold, "vera.lind", reason="the donor is in the press", leg=IN)
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.bank_says(await life.instructed(1), BankStatus.SETTLED)
    await life.until_tranche(TrancheState.SETTLED)
    await life.do(c.PlaceHold, "vera.lind", reason="the payee is in the press too")
    assert "is on hold" in await refused(life, c.Release, "paul.nkosi", tranche=2)
    await examine(life)


# Several payees under one agreement


def member(lead: str, reference: str, name: str = "Lakeside School of Networking", ein: str = "001000002") -> Proposal:
    payee = party(name, ein=ein)
    grant = funds_out("700.00", payee=payee, purpose=f"Its part of {lead}", final_report=False)
    return proposal(reference, under=lead, funds_out=grant, partner=payee)


async def account_of(life: Life, made: Proposal) -> Any:
    assert made.funds_out is not None
    return await life.account(made.funds_out.payee.name)


async def pay(life: Life, tranche: int) -> None:
    await life.do(c.Release, "paul.nkosi", tranche=tranche)
    await life.bank_says(await life.instructed(tranche), BankStatus.SETTLED)
    await life.until_tranche(TrancheState.SETTLED, tranche)


async def signed_lead(life: Life) -> Partnership:
    made = proposal(life.reference, funds_out=funds_out("600.00", "400.00", final_report=False))
    await life.approved(made)
    await life.do(
        c.SignAgreement, "dora.kim", signed_on=date(2026, 11, 2), account=await account_of(life, made),
        document_sha256=DIGEST,
    )  # fmt: skip
    return await life.state()


@pytest.mark.slow
async def test_a_second_payee_is_approved_signed_and_paid_under_the_agreement_of_the_first(
    life: Life, desk: Desk, new_reference: NewReference
) -> None:
    other = Life(desk, new_reference())
    made = member(life.reference, other.reference)
    with pytest.raises(Refused, match="was never proposed"):
        await other.propose(made)
    await life.approved(proposal(life.reference, funds_out=funds_out("600.00", "400.00", final_report=False)))
    await other.propose(made)
    await approve(other)
    content = {"signed_on": date(2026, 11, 2), "account": await account_of(other, made), "document_sha256": DIGEST}
    assert "is signed first" in await refused(other, c.SignAgreement, "dora.kim", **content)
    lead = proposal(life.reference, funds_out=funds_out("600.00", "400.00", final_report=False))
    await life.do(
        c.SignAgreement, "dora.kim", signed_on=date(2026, 11, 2), account=await account_of(life, lead),
        document_sha256=DIGEST,
    )  # fmt: skip
    without = {**content, "document_sha256": None}
    assert "the same document" in await refused(other, c.SignAgreement, "dora.kim", **without)
    await other.do(c.SignAgreement, "dora.kim", **content)
    await pay(other, 1)
    assert (await other.until_stage(Stage.CLOSED)).partnership_id == other.reference
    assert (await life.state()).stage is Stage.ACTIVE  # each has a life of its own
    await examine(other)


@pytest.mark.slow
async def test_once_the_agreement_ends_nothing_more_is_paid_under_it(
    life: Life, desk: Desk, new_reference: NewReference
) -> None:
    await signed_lead(life)
    other = Life(desk, new_reference())
    made = member(life.reference, other.reference)
    await other.propose(made)
    await approve(other)
    content = {"signed_on": date(2026, 11, 2), "account": await account_of(other, made), "document_sha256": DIGEST}
    await other.do(c.SignAgreement, "dora.kim", **content)
    await life.do(c.PlaceHold, "vera.lind", reason="the work stopped", whole_agreement=True)
    held = await other.until(lambda known: known.hold is not None)  # told by signal; the checks look by themselves
    assert held.hold is not None
    assert held.hold.reason.startswith(f"everything under the agreement of {life.reference} is on hold: by vera.lind")
    lead = await life.do(c.PlaceHold, "paul.nkosi", reason="an audit of all of it", whole_agreement=True)
    await other.until(lambda known: "an audit of all of it" in str(known.holds) and len(known.holds) == 1)
    told = "it falls here once it is lifted there"
    assert told in await refused(other, c.LiftHold, "femi.ade", reason="it goes on")
    first, second = (one.number for one in (await life.state()).holds)
    await life.do(c.LiftHold, "femi.ade", reason="it goes on", holds=(first,))
    assert lead.on_hold
    await other.until(lambda known: "the work stopped" not in str(known.holds))
    assert "on hold" in await refused(other, c.Release, "paul.nkosi", tranche=1)
    await life.do(c.LiftHold, "femi.ade", reason="it goes on", holds=(second,))
    await other.until(lambda known: not known.holds)  # a follower's hold falls with its lead's
    await life.do(c.Terminate, "dora.kim", reason="the project ended")
    await other.until(lambda known: known.hold is not None)
    await other.do(c.LiftHold, "femi.ade", reason="lifted by mistake")
    assert "under which it stands, has ended" in await refused(other, c.Release, "paul.nkosi", tranche=1)
    await examine(other)


# People leave, and sub-recipients are replaced


@pytest.mark.slow
async def test_a_director_who_leaves_is_followed_by_another_who_signs(
    life: Life, desk: Desk, new_reference: NewReference
) -> None:
    """Given the only director between approval and agreement, once another is there the life goes on."""
    del new_reference
    leaver, follower = f"dora.{life.reference.lower()}", f"nils.{life.reference.lower()}"
    await hire(desk, leaver, Role.DIRECTOR)
    made = proposal(life.reference)
    await life.approved(made)
    await let_go(desk, leaver)
    content = {"signed_on": date(2026, 11, 2), "account": await account_of(life, made)}
    assert "not in the staff directory" in await refused(life, c.SignAgreement, leaver, **content)
    await hire(desk, follower, Role.DIRECTOR)
    await life.do(c.SignAgreement, follower, **content)
    assert (await life.state()).signatory == follower
    await examine(life)


@pytest.mark.slow
async def test_a_sub_recipient_that_turns_out_a_company_is_replaced_and_the_grant_goes_on(life: Life) -> None:
    """C32: a hold, and the cure that works: another list, without the company."""
    circle = party("Lakeside School of Networking", ein="001000002")
    first = {"party": circle, "purpose": "A reading room"}
    company = {**first, "party": party("Copper Kettle Software LLC", kind="PRIVATE_COMPANY", ein=None)}
    grant = funds_out("600.00", "400.00", regrant=regrant(circle))
    await life.paid(proposal(life.reference, funds_out=grant))
    await life.do(c.ReportSubrecipients, "pia.berg", subrecipients=[company])
    held = await life.until(lambda known: known.hold is not None)
    assert held.hold is not None
    assert "for-profit sub-recipients" in held.hold.reason
    fine = {"reason": "it is fine", "holds": (held.hold.number,)}
    assert "must be replaced or repaid first" in await refused(life, c.LiftHold, "femi.ade", **fine)
    await life.until_quiet()
    await life.do(c.ReportSubrecipients, "pia.berg", subrecipients=[first])
    await life.until_quiet()
    standing = [one.number for one in (await life.state()).holds]
    assert len(standing) == 2, "of the company, and of what the rules asked of it"
    await life.do(c.LiftHold, "femi.ade", reason="the school does it now", holds=standing)
    await pay(life, 2)
    await examine(life)
