"""An interest recuses: her part in it falls, others decide, and the minutes say so (R32, C35)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.directory.tiers import Role
from domain.errors import DomainError, IllegalTransition, NotAuthorised, PaymentRefused, SeparationOfDuties
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.conditions import ConditionId
from domain.policy.findings import Outcome
from domain.screening.evidence import Verification
from domain.screening.matches import Namesake
from tests.builders import authority, funds_out, number, screening, status, verification
from tests.domain.partnership.specification import (
    Story,
    accept,
    acting,
    active,
    amend,
    approve,
    approved,
    ask,
    assess,
    assure,
    at,
    came_to,
    declare,
    decline,
    divert,
    given,
    hold,
    in_agreement,
    in_approval,
    in_eligibility,
    lent,
    lift,
    paid,
    propose,
    recheck,
    release,
    report,
    revise,
    satisfy,
    sign,
    terminate,
    verify,
)

ADA = "ada.every"
HER = declare(ADA)
INTERESTED = {"interests": [{"person": ADA, "what": "Her spouse is on the board"}]}
P, F, D = Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER, Role.DIRECTOR


def approvers(story: Story) -> list[str]:
    return [approval.actor for approval in story.partnership.approvals]


@pytest.mark.parametrize("person", ["pia.berg", "vera.lind", "ana.silva", "femi.ade", "dora.kim", "paul.nkosi"])
def test_everybody_declares_her_own_interest(person: str) -> None:
    now = in_approval().when(declare(person)).then(e.InterestDeclared)
    assert now.recused == {person}


@pytest.mark.parametrize(
    ("actor", "may"),
    [("vera.lind", True), ("dora.kim", True), ("otto.audit", True), ("ana.silva", False), ("paul.nkosi", False)],
)
def test_verifiers_directors_and_auditors_declare_anothers(actor: str, may: bool) -> None:
    story = in_approval().when(declare("femi.ade", actor))
    if may:
        assert story.then(e.InterestDeclared).recused == {"femi.ade"}
    else:
        story.refused(NotAuthorised, actor)


def test_an_interest_is_declared_once_and_another_one_of_hers_is_another() -> None:
    story = in_approval().given(HER, assess())
    story.when(declare(ADA)).refused(IllegalTransition, "declared already")
    assert story.when(declare(ADA, what="She was their treasurer")).then(e.InterestDeclared)


def test_an_interest_named_in_the_proposal_recuses_from_the_start() -> None:
    story = in_approval(**INTERESTED)
    story.when(approve(ADA)).refused(SeparationOfDuties, "declared interest", "recused")


def test_an_interest_outlives_a_revision_that_does_not_name_it() -> None:
    story = in_approval(**INTERESTED).given(ask(), revise(), verify(), assess())
    story.when(approve(ADA)).refused(SeparationOfDuties, "recused")


BEFORE: dict[str, Callable[[], Story]] = {
    "after due diligence": lambda: given(propose(), verify(), assess(Outcome.REFER)),
    "in approval": in_approval,
    "in agreement": in_agreement,
}


@pytest.mark.parametrize("when", BEFORE)
def test_before_the_agreement_the_rule_book_looks_again_with_the_interest_known(when: str) -> None:
    now = BEFORE[when]().when(HER).then(e.InterestDeclared)
    assert (now.stage, now.assessment, now.verifier, now.deadline) == (Stage.ELIGIBILITY, None, "", None)


@pytest.mark.parametrize(
    ("story", "stage"),
    [
        (lambda: in_eligibility().given(ask()), Stage.PROPOSED),
        (lambda: given(propose()), Stage.DUE_DILIGENCE),
        (active, Stage.ACTIVE),
    ],
)
def test_elsewhere_the_stage_stays(story: Callable[[], Story], stage: Stage) -> None:
    assert story().when(HER).then(e.InterestDeclared).stage is stage


def test_before_her_approval_she_does_not_give_it_and_others_do() -> None:
    story = in_approval().given(HER, assess())
    story.when(approve(ADA)).refused(SeparationOfDuties, "recused")
    assert approved(story).partnership.stage is Stage.AGREEMENT


def test_after_her_approval_it_falls_and_the_others_stand() -> None:
    story = in_approval().given(approve(ADA), approve("ben.every"))
    assert story.partnership.stage is Stage.AGREEMENT
    story = story.given(HER, assess())
    assert (approvers(story), story.partnership.stage) == (["ben.every"], Stage.APPROVAL)
    assert story.partnership.missing_approvals == (P,)


def test_another_persons_interest_lets_no_approval_fall() -> None:
    story = in_agreement().given(HER, assess())
    assert (approvers(story), story.partnership.stage) == (["ana.silva", "femi.ade"], Stage.AGREEMENT)


def test_an_approval_given_in_her_stead_falls_as_well() -> None:
    story = in_approval().given(approve("bo.borrower"), by=acting("bo.borrower", lent(F, ADA)))
    assert approvers(story.given(HER)) == []


def test_in_active_her_approval_falls_and_nothing_is_paid_before_another_gave_it() -> None:
    story = active().when(declare("femi.ade"))
    now = story.then(e.InterestDeclared)
    assert (now.stage, now.missing_approvals) == (Stage.ACTIVE, (F,))
    story.when(release()).refused(PaymentRefused, "FINANCE_APPROVER must approve")
    story.when(approve("femi.ade")).refused(SeparationOfDuties, "recused")
    assert story.given(approve(ADA)).when(release()).then(e.TrancheReleased)


def test_what_was_paid_on_her_approval_before_stays_paid() -> None:
    story = active(funds_out=funds_out("1.00", "2.00")).given(release(), *came_to(TrancheOutcome.SETTLED))
    now = story.given(declare("femi.ade")).partnership
    assert (now.tranches, now.responsibility.paid_on) == (
        story.partnership.tranches,
        story.partnership.responsibility.paid_on,
    )


def test_the_referral_that_she_cleared_is_open_again() -> None:
    story = in_eligibility().given(approve("vera.lind"), declare("vera.lind"), assess(Outcome.REFER))
    assert (story.partnership.stage, story.partnership.verifier) == (Stage.ELIGIBILITY, "")
    story.when(approve("vera.lind")).refused(SeparationOfDuties, "recused")
    assert story.when(approve(ADA)).then(e.ReferralCleared, e.DeadlineSet).verifier == ADA


def test_the_risk_stays_raised_when_the_referral_is_cleared_again() -> None:
    story = in_eligibility().given(*map(approve, ("vera.lind", "ana.silva", "femi.ade", "dora.kim")))
    story = story.given(declare("vera.lind"), assess(Outcome.REFER), approve(ADA))
    assert (approvers(story), story.partnership.stage) == (["ana.silva", "femi.ade", "dora.kim"], Stage.AGREEMENT)


FILED = ConditionId.CONFLICT_MINUTES
CASES: dict[str, tuple[Callable[[], Story], c.StaffRequest]] = {
    "approve": (in_approval, approve(ADA)),
    "clear": (in_eligibility, approve(ADA)),
    "decline": (in_approval, decline(ADA)),
    "sign": (in_agreement, sign(ADA)),
    "release": (active, release(1, ADA)),
    "lift": (lambda: active().given(hold()), lift(ADA)),
    "satisfy": (in_approval, satisfy(FILED, ADA)),
    "terminate": (active, terminate(ADA)),
    "record assurances": (lambda: active().given(divert()), assure(ADA)),
}


def recused_in(begun: Callable[[], Story], who: c.StaffRequest) -> Story:
    story = begun().given(who)
    if story.partnership.stage is not Stage.ELIGIBILITY:
        return story
    return story.given(assess(Outcome.REFER if begun is in_eligibility else Outcome.PASS))


@pytest.mark.parametrize("what", CASES)
def test_who_is_recused_decides_nothing(what: str) -> None:
    begun, command = CASES[what]
    recused_in(begun, HER).when(command).refused(SeparationOfDuties, ADA, "recused")


@pytest.mark.parametrize(
    ("begun", "command"),
    [
        (in_approval, hold(ADA)),
        (paid, report(ADA)),
        (active, divert(ADA)),
        (in_approval, declare("ben.every", ADA)),
    ],
)
def test_who_is_recused_may_still_warn_and_report(begun: Callable[[], Story], command: c.StaffRequest) -> None:
    assert recused_in(begun, HER).when(command).refusal is None


THROUGH_ANOTHER: dict[str, tuple[Callable[[], Story], c.StaffRequest, Role]] = {
    "approve": (in_approval, approve("bo.borrower"), F),
    "clear": (in_eligibility, approve("bo.borrower"), Role.VERIFIER),
    "decline": (in_approval, decline("bo.borrower"), F),
    "sign": (in_agreement, sign("bo.borrower"), D),
    "release": (active, release(1, "bo.borrower"), Role.PAYER),
    "lift": (lambda: active().given(hold()), lift("bo.borrower"), F),
    "satisfy": (in_approval, satisfy(FILED, "bo.borrower"), Role.VERIFIER),
}


@pytest.mark.parametrize("what", THROUGH_ANOTHER)
def test_who_is_recused_decides_nothing_through_another_either(what: str) -> None:
    """The role was lent before the interest was known: a delegate's authority is the lender's."""
    begun, command, role = THROUGH_ANOTHER[what]
    who = acting("bo.borrower", lent(role, ADA), account=authority("dora.kim").account)
    refusal = recused_in(begun, HER).when(command, who).refusal
    assert isinstance(refusal, SeparationOfDuties | NotAuthorised)
    assert isinstance(refusal, DomainError)


def test_an_own_role_is_as_good_as_before_beside_one_lent_by_the_recused() -> None:
    story = recused_in(in_approval, HER)
    who = acting("femi.ade", lent(P, ADA), authority("femi.ade").capacities[0])
    assert story.when(approve("femi.ade"), who).said[0].on_behalf_of == ""


def test_quorums_do_not_count_the_recused() -> None:
    story = in_eligibility().given(*map(approve, ("vera.lind", "ana.silva", "femi.ade", "dora.kim")))
    for person in ("ana.silva", "femi.ade"):
        story = story.given(declare(person), assess(Outcome.REFER), approve(ADA))
    assert (approvers(story), story.partnership.missing_approvals) == (["dora.kim"], (P, F))


def test_the_minutes_are_asked_for_before_the_close() -> None:
    story = active().given(HER, release(), *came_to(TrancheOutcome.SETTLED), report(), accept(actor="vera.lind"))
    assert (story.partnership.stage, story.partnership.open_conditions()) == (Stage.ACTIVE, (FILED,))
    assert story.when(satisfy(FILED)).then(e.ConditionMet, e.PartnershipClosed)


def test_a_hold_does_not_stop_a_declaration_and_outlives_it() -> None:
    now = in_approval().given(hold()).when(HER).then(e.InterestDeclared)
    assert (now.hold.actor, now.stage) == ("vera.lind", Stage.ELIGIBILITY)


def test_what_was_amended_since_forgets_no_interest() -> None:
    story = in_approval().given(HER, assess(), amend(title="Digital skills, amended"))
    story.when(approve(ADA)).refused(SeparationOfDuties, "recused")


# Staff whose names stand behind a party (rules 3.10)


def asked_about(*people: str) -> Story:
    """A referral waits for a verifier: the payee names somebody who bears the name of each of these people."""
    namesakes = tuple(map(namesake, people))
    seen = verification(status(), screening().model_copy(update={"namesakes": namesakes}))
    proposed = given(propose())
    found = proposed.given(c.RecordVerification(command_id=number("v"), at=at(1), verification=seen))
    asked = assess(Outcome.REFER)
    about = tuple(one.told for one in namesakes)
    finding = asked.assessment.findings[0].model_copy(update={"rule_id": "INTERESTS-NAMED", "about": about})
    judged = asked.assessment.model_copy(update={"findings": (finding,)})
    return found.given(asked.model_copy(update={"assessment": judged}))


def test_whoever_is_asked_about_does_not_judge_whether_it_is_they() -> None:
    asked_about(ADA).when(approve(ADA)).refused(SeparationOfDuties, "may be the person whom P-2026-0042 names")


def test_nor_does_somebody_in_a_role_that_they_lent() -> None:
    borrowed = acting("ben.every", lent(Role.VERIFIER, ADA))
    asked_about(ADA).when(approve("ben.every"), borrowed).refused(NotAuthorised, ADA)


def test_another_verifier_who_denies_it_lets_them_approve() -> None:
    story = asked_about(ADA).given(approve("vera.lind"))
    assert story.partnership.recused == frozenset()
    assert story.when(approve(ADA)).then(e.ApprovalGiven)


def test_another_verifier_who_confirms_it_recuses_them() -> None:
    story = asked_about(ADA).given(declare(ADA, "vera.lind"), assess(Outcome.REFER))
    assert story.partnership.recused == {ADA}
    story.when(approve(ADA)).refused(SeparationOfDuties, "is recused")


def test_a_proposer_recuses_nobody_by_naming_them() -> None:
    story = Story(Partnership(partnership_id="P-2026-0042"))
    story.when(propose(**INTERESTED), authority("pia.berg")).refused(NotAuthorised, "declared by")


def test_a_namesake_who_appears_later_stops_nobody_but_themselves() -> None:
    story = active()
    seen = verification(status(), screening().model_copy(update={"namesakes": (namesake("paul.nkosi"),)}))
    found = asked_again(seen)
    now = story.when(found).then(e.RegistersRechecked)
    assert now.hold is None
    Story(now).when(release(1, "paul.nkosi")).refused(SeparationOfDuties, "may be the person whom")
    assert Story(now).when(release(1, "ada.every")).then(e.TrancheReleased)


def namesake(staff_id: str) -> Namesake:
    return Namesake(staff_id=staff_id, name="Ada Every", of="Harbour Schools (KE)")


def asked_again(seen: Verification) -> c.RecordRecheck:
    """The registers are asked again, and the rule on namesakes has its question."""
    asked = recheck(Outcome.REFER)
    finding = asked.assessment.findings[0].model_copy(update={"rule_id": "INTERESTS-NAMED"})
    judged = asked.assessment.model_copy(update={"findings": (finding,)})
    return asked.model_copy(update={"verification": seen, "assessment": judged})


@pytest.mark.parametrize("asked", [in_approval, in_eligibility], ids=["approval", "clearance"])
def test_who_approves_or_clears_says_that_they_have_no_interest(asked: Callable[[], Story]) -> None:
    """R32: approvers are asked, and the answer is part of what they sign."""
    silent = approve(ADA).model_copy(update={"no_interest": False})
    asked().when(silent).refused(IllegalTransition, "--no-interest", "accord declare-interest")
    assert approve(ADA).content()["no_interest"] is True
