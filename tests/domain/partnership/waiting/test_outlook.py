"""At every moment everybody can see who must act, on what and by when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.procedure import PROCEDURE
from domain.partnership.waiting.deadlines import Wait
from domain.partnership.waiting.outlook import outlook
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.conditions import ConditionId
from domain.policy.findings import Outcome
from tests.builders import NOON, funds_in, funds_out
from tests.domain.partnership.specification import (
    NON_MONETARY,
    Story,
    accounted_for,
    active,
    approve,
    ask,
    assess,
    came_to,
    cancel,
    contradict,
    deadline,
    declare,
    decline,
    divert,
    given,
    hand_over,
    hold,
    in_agreement,
    in_approval,
    in_eligibility,
    never_sent,
    propose,
    receipt,
    recheck,
    release,
    terminate,
    verify,
    withdraw,
)

R = Role
PAID = (release(), *came_to(TrancheOutcome.SETTLED))

WHO = {
    "not proposed yet": (given(), (R.PROPOSER,), "propose"),
    "due diligence": (given(propose()), (), "due diligence runs by itself"),
    "the rule book is asked": (given(propose(), verify()), (), ""),
    "referred": (in_eligibility(), (R.VERIFIER,), "look at the referral: finding 1 (RULE-1)"),
    "asked": (in_eligibility().given(ask()), (R.PROPOSER,), "answer the question: Which villages?"),
    "to approve": (
        in_approval(),
        (R.PROGRAMME_APPROVER, R.FINANCE_APPROVER),
        "approval by programme approver and finance approver",
    ),
    "half approved": (
        in_approval().given(approve("ana.silva")),
        (R.FINANCE_APPROVER,),
        "approval by finance approver",
    ),
    "to approve without money": (
        in_approval(**NON_MONETARY),
        (R.PROGRAMME_APPROVER,),
        "approval by programme approver",
    ),
    "escalated": (
        in_approval().given(approve("ana.silva"), deadline()),
        (R.FINANCE_APPROVER, R.DIRECTOR),
        "approval by finance approver",
    ),
    "cleared, so a director must look too": (
        in_eligibility().given(approve("vera.lind")),
        (R.PROGRAMME_APPROVER, R.FINANCE_APPROVER, R.DIRECTOR),
        "approval by programme approver and finance approver and director",
    ),
    "nobody cleared in time": (
        in_eligibility().given(deadline(7, Wait.CLEARANCE)),
        (R.VERIFIER, R.DIRECTOR),
        "look at the referral",
    ),
    "papers before the agreement": (
        in_agreement((ConditionId.PRE_GRANT_INQUIRY,)),
        (R.VERIFIER, R.FINANCE_APPROVER),
        "file the pre-grant inquiry: identity, history, management, practices (PRE_GRANT_INQUIRY)",
    ),
    "papers before a payment": (
        active((ConditionId.SEPARATE_FUND,)),
        (R.VERIFIER, R.FINANCE_APPROVER),
        "a separate fund (SEPARATE_FUND)",
    ),
    "papers before the close": (
        active().given(*PAID, declare("otto.audit")),
        (R.VERIFIER, R.FINANCE_APPROVER),
        "(CONFLICT_MINUTES)",
    ),
    "an approval fell": (
        active().given(declare("femi.ade")),
        (R.FINANCE_APPROVER,),
        "approval again by finance approver",
    ),
    "an interest is known, so the rule book looks again": (
        in_agreement().given(declare("femi.ade")),
        (),
        "the rule book is applied by itself",
    ),
    "diverted": (
        active().given(divert()),
        (R.VERIFIER, R.FINANCE_APPROVER, R.DIRECTOR),
        "recover what was diverted, and record the assurances; then the hold is lifted: A car was bought",
    ),
    "to sign": (in_agreement(), (R.DIRECTOR,), "sign the agreement"),
    "to pay": (active(), (R.PAYER,), "release tranche 1"),
    "released": (active().given(release()), (R.PAYER,), "make the payment file and hand it over"),
    "released, and then an approval fell": (
        active().given(release(), declare("femi.ade")),
        (R.FINANCE_APPROVER,),
        "approval again by finance approver",
    ),
    "at the bank": (
        active().given(release(), hand_over()),
        (),
        "the bank's answer to the payment that was handed over",
    ),
    "never arrived": (
        active().given(release(), hand_over(), never_sent()),
        (R.PAYER,),
        "make the payment file and hand it over",
    ),
    "cancelled": (active().given(release(), cancel()), (R.PAYER,), "release tranche 1"),
    "the bank contradicts itself": (
        active().given(release(), hand_over(), contradict()),
        (R.FINANCE_APPROVER, R.PAYER),
        "resolve what the bank said: accord payments exceptions",
    ),
    "a new condition": (
        active().given(recheck(Outcome.CONDITION, ConditionId.WRITTEN_COMMITMENT)),
        (R.VERIFIER, R.FINANCE_APPROVER),
        "file the written commitment, signed by an officer, director or trustee of the grantee (WRITTEN_COMMITMENT)",
    ),
    "to pay the next": (
        active(funds_out=funds_out("1.00", "2.00")).given(*PAID),
        (R.PAYER,),
        "release tranche 2",
    ),
    "rejected": (
        active().given(release(), *came_to(TrancheOutcome.REJECTED)),
        (R.PAYER,),
        "release tranche 1",
    ),
    "money to come": (active(funds_in=funds_in()), (), "the donor's money: USD 5,000.00"),
    "some money came": (
        active(funds_in=funds_in()).given(receipt("1.00")),
        (),
        "the donor's money: USD 5,000.00",
    ),
    "to report": (active().given(*PAID), (R.PROPOSER, R.VERIFIER), "the final report"),
    "to report without money": (active(**NON_MONETARY), (R.PROPOSER, R.VERIFIER), "the final report"),
    "on hold": (
        active().given(hold()),
        (R.DIRECTOR, R.FINANCE_APPROVER),
        "lift the hold: by vera.lind: A newspaper report",
    ),
    "returned": (
        active().given(release(), *came_to(TrancheOutcome.RETURNED)),
        (R.DIRECTOR, R.FINANCE_APPROVER),
        "lift the hold: by accord: tranche 1 was returned: MS03 reason not given",
    ),
    "closed": (active().given(*PAID, *accounted_for()), (), "nothing; it is closed"),
    "declined": (in_approval().given(decline()), (), "nothing; it is declined"),
    "withdrawn": (in_approval().given(withdraw()), (), "nothing; it is withdrawn"),
    "terminated": (in_agreement().given(terminate()), (), "nothing; it is terminated"),
    "ended on hold": (in_approval().given(hold(), decline()), (), "nothing; it is declined"),
}


@pytest.mark.parametrize("moment", WHO)
def test_who_must_act_and_on_what(moment: str) -> None:
    story, roles, step = WHO[moment]
    seen = outlook(story.partnership)
    assert seen.awaiting == roles
    assert step in seen.next_step


@pytest.mark.parametrize(
    ("story", "days"),
    [
        (in_approval(), 15),
        (in_approval().given(deadline(10)), 15),
        (in_approval().given(deadline()), 22),
        (in_eligibility(), 7),
        (in_eligibility().given(approve("vera.lind")), 15),
        (in_eligibility().given(ask()), 22),
        (in_agreement(), 30),
    ],
)
def test_an_open_decision_says_by_when(story: Story, days: int) -> None:
    assert outlook(story.partnership).due == NOON + timedelta(days=days)


@pytest.mark.parametrize(
    "story",
    [
        given(),
        given(propose()),
        given(propose(), verify()),
        active(),
        in_approval().given(decline()),
    ],
)
def test_where_nothing_has_a_deadline_none_is_shown(story: Story) -> None:
    assert outlook(story.partnership).due is None


@pytest.mark.parametrize("story", [in_approval(), in_agreement(), active()])
def test_a_hold_has_its_own_day_ten_business_days_on(story: Story) -> None:
    assert outlook(story.given(hold()).partnership).due == NOON + timedelta(days=15)


def test_what_is_assessed_as_passing_waits_for_no_verifier() -> None:
    assert Role.VERIFIER not in outlook(given(propose(), verify(), assess()).partnership).awaiting


# The command that the shell shows works at the stage where it is shown.

KINDS: dict[str, type[c.StaffCommand]] = {"assure": c.RecordAssurance} | {
    kind.model_fields["kind"].default.replace("_", "-"): kind for kind in PROCEDURE
}
"""Commands of staff, by the shell's word for each."""


@pytest.mark.parametrize("name", WHO)
def test_the_command_that_is_shown_works_at_that_stage(name: str) -> None:
    story, awaiting, _ = WHO[name]
    command = outlook(story.partnership).command
    assert bool(command) is bool(awaiting)
    if not command or command.startswith("accord payments"):
        return
    kind = KINDS[command.split()[1]]
    assert story.partnership.stage in PROCEDURE[kind].stages
    assert kind is c.Propose or story.partnership.partnership_id in command
    assert not PROCEDURE[kind].roles.isdisjoint(awaiting)


def test_the_command_names_what_is_missing() -> None:
    papers = outlook(active((ConditionId.SEPARATE_FUND,)).partnership).command
    assert "--condition SEPARATE_FUND" in papers
    assert "--tranche 1" in outlook(active().partnership).command
    assert outlook(in_agreement().partnership).command.endswith("--account BA-...")
    assert outlook(active().given(hold()).partnership).command.startswith("accord lift ")
