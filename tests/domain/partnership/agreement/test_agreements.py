"""Several payees and donors under one agreement: each a life of its own, approved together and under one paper (R1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.errors import IllegalTransition, PaymentRefused
from domain.fault import Fault
from domain.partnership import events as e
from domain.partnership.agreement.agreements import door_fault, payment_fault, same_agreement, signing_fault
from domain.partnership.approval.together import approved_sum
from domain.partnership.circumstances import Circumstances
from domain.partnership.state import Partnership
from domain.proposal import Proposal
from domain.values import Money
from tests.builders import DIGEST, NOON, STAFF, authority, funds_out, money, party, proposal
from tests.domain.partnership.specification import (
    REFERENCE,
    Story,
    active,
    approved,
    given,
    hold,
    in_agreement,
    in_approval,
    lift,
    propose,
    release,
    sign,
    terminate,
    withdraw,
)

MEMBER = "P-2026-0043"
OTHER_PAYEE = {"payee": party("Village Circle", ein="001000009"), "purpose": "Other words"}


def member(reference: str = MEMBER, **more: Any) -> Proposal:
    made = proposal(reference, **{"under": REFERENCE, "funds_out": funds_out("700.00", **OTHER_PAYEE), **more})
    return Proposal.model_validate(made)


def with_lead(fault: str, actor: str) -> Any:
    return Circumstances(authority=authority(actor, STAFF[actor]), not_under=Fault(fault))


def test_a_partnership_stands_under_its_leads_agreement_and_beside_those_that_do() -> None:
    lead, other = Proposal.model_validate(proposal(REFERENCE)), member(reference="P-2026-0044")
    assert same_agreement(lead, member())
    assert same_agreement(other, member())
    assert not same_agreement(lead, member(under="P-2026-0001"))


def test_a_partnership_leads_itself_without_saying_so() -> None:
    with pytest.raises(ValueError, match="it names the partnership itself"):
        member(reference=REFERENCE)


@pytest.mark.parametrize(
    ("lead", "fault"),
    [
        (Partnership(partnership_id=REFERENCE), "was never proposed"),
        (in_approval(under="P-2026-0001").partnership, "stands under the agreement of P-2026-0001; name that one"),
        (in_approval().given(withdraw()).partnership, "is WITHDRAWN; nothing is added to it"),
        (in_approval().partnership, ""),
        (active().partnership, ""),
    ],
    ids=["none", "a member", "ended", "open", "agreed"],
)
def test_at_the_door_the_lead_is_an_open_partnership_that_leads(lead: Partnership, fault: str) -> None:
    assert fault in str(door_fault(lead, REFERENCE))
    assert bool(door_fault(lead, REFERENCE)) is bool(fault)


@pytest.mark.parametrize(
    ("lead", "document", "fault"),
    [
        (in_agreement().partnership, None, "which is signed first"),
        (active().partnership, "ef" * 32, "give the same document"),
        (active().partnership, active().partnership.agreement_sha256, ""),
        (active().given(terminate()).partnership, active().partnership.agreement_sha256, "has ended"),
    ],
    ids=["not signed", "another paper", "the same paper", "terminated"],
)
def test_an_agreement_is_signed_under_the_leads_and_on_the_same_paper(
    lead: Partnership, document: str | None, fault: str
) -> None:
    assert fault in str(signing_fault(lead, document))
    assert bool(signing_fault(lead, document)) is bool(fault)


def whole(story: Story) -> Story:
    return story.given(hold().model_copy(update={"whole_agreement": True}))


@pytest.mark.parametrize(
    ("lead", "fault"),
    [
        (active(), ""),
        (active().given(hold()), ""),
        (whole(active()), "everything under the agreement of"),
        (whole(active()).given(lift()), ""),
        (whole(active().given(hold())), "everything under the agreement of"),
        (active().given(terminate()), "has ended"),
        (in_agreement(), "is not signed"),
    ],
    ids=["active", "its own hold", "held whole", "lifted", "widened", "terminated", "not signed"],
)
def test_nothing_is_paid_under_an_agreement_that_ended_or_is_held_as_a_whole(lead: Story, fault: str) -> None:
    assert fault in str(payment_fault(lead.partnership))
    assert bool(payment_fault(lead.partnership)) is bool(fault)


def test_what_the_lead_has_against_it_is_refused_at_each_step() -> None:
    story = given().when(propose(), with_lead("under: no", "pia.berg"))
    assert story.refusal is None  # it leads itself, so nobody was asked
    given().when(propose(under=MEMBER), with_lead("under: no", "pia.berg")).refused(IllegalTransition, "under: no")
    in_agreement().when(sign(), with_lead("signed first", "dora.kim")).refused(IllegalTransition, "signed first")
    active().when(release(), with_lead("has ended", "paul.nkosi")).refused(PaymentRefused, "has ended")


def test_a_member_holds_only_itself() -> None:
    held = active(under=MEMBER)
    held.when(hold().model_copy(update={"whole_agreement": True})).refused(IllegalTransition, "hold that one")


def test_parts_of_one_agreement_count_together_however_long_ago() -> None:
    """R33: a payee that differs and a purpose that differs do not split what is one agreement."""
    lead = approved(in_approval(funds_out=funds_out("1000.00"))).partnership
    for later in (timedelta(days=1), timedelta(days=800)):
        counted = approved_sum(lead, member(), NOON + later)
        assert counted is not None
        assert (counted.money, counted.same_payee) == (Money.model_validate(money("1000.00")), False)
        assert "(the same agreement)" in counted.told
    assert approved_sum(lead, member(under="P-2026-0001"), NOON) is None


def test_the_paper_of_the_agreement_is_kept_as_its_digest() -> None:
    signed = in_agreement().when(sign().model_copy(update={"document_sha256": DIGEST}))
    assert signed.then(e.AgreementSigned).agreement_sha256 == DIGEST
