"""The rules of procedure, told as stories: people, acts, times, and consequences by themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from domain.directory.tiers import Role
from domain.errors import (
    AlreadyProposed,
    IllegalTransition,
    Incomplete,
    NotAuthorised,
    NotSigned,
    PaymentRefused,
    SeparationOfDuties,
    UnknownFunder,
)
from domain.fault import Fault
from domain.identity import ACCORD
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.circumstances import Authority
from domain.partnership.evolution import fold
from domain.partnership.letter.kinds import LetterKind
from domain.partnership.people.taking_part import Part
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.partnership.waiting.deadlines import Wait
from domain.payment.bank_answers import HOLDS, BankStatus, ExceptionKind, Resolution
from domain.payment.tranche.status import TrancheOutcome
from domain.plans import ReportKind
from domain.policy.conditions import ConditionId
from domain.policy.findings import Outcome
from tests.builders import NOON, STAFF, authority, funds_in, funds_out, party
from tests.domain.partnership.payment.short import booked_short
from tests.domain.partnership.specification import (
    ANSWER,
    CONTACTS,
    FILE,
    NON_MONETARY,
    OTHER_ACCOUNT,
    REFERENCE,
    Story,
    accept,
    accounted,
    accounted_for,
    acting,
    active,
    agree_rest,
    amend,
    answer,
    answer_recall,
    approve,
    approved,
    ask,
    assess,
    assign,
    assure,
    came_to,
    cancel,
    clear,
    comment,
    confirm_refund,
    contradict,
    deadline,
    declare,
    decline,
    divert,
    end_invitation,
    end_leg,
    ended,
    extend,
    fall,
    give_up_rest,
    given,
    hand_over,
    hold,
    in_agreement,
    in_approval,
    in_eligibility,
    invite,
    issue,
    lent,
    lift,
    never_sent,
    paid_twice,
    propose,
    recall,
    receipt,
    recheck,
    refund,
    refuse,
    release,
    reminded,
    reopen,
    report,
    report_subrecipients,
    resolve,
    return_submission,
    revise,
    satisfy,
    send_back,
    shown,
    sign,
    signed_on,
    terminate,
    verify,
    waive_recovery,
    withdraw,
    withdraw_refund,
)

SETTLED, REJECTED = TrancheOutcome.SETTLED, TrancheOutcome.REJECTED
RETURNED, WITHHELD = TrancheOutcome.RETURNED, TrancheOutcome.WITHHELD
CANCELLED = TrancheOutcome.CANCELLED
FAILED = [REJECTED, RETURNED, WITHHELD, CANCELLED]
LATE = [verify(), assess(), deadline(), receipt(), ended(RETURNED), refuse()]


def named(value: object) -> str:
    return type(value).__name__


def tried(outcome: TrancheOutcome, *amounts: str, **content: object) -> Story:
    """A tranche was released once and ended. A return comes after settlement, and any hold that followed is lifted."""
    story = active(funds_out=funds_out(*amounts or ("1000.00", "500.00")), **content).given(release(1))
    story = story.given(*came_to(outcome))
    return story.given(lift()) if story.partnership.hold else story


STORIES: dict[Stage, Callable[..., Story]] = {
    Stage.PROPOSED: lambda **more: in_eligibility(**more).given(ask()),
    Stage.DUE_DILIGENCE: lambda **more: given(propose(**more)),
    Stage.ELIGIBILITY: in_eligibility,
    Stage.APPROVAL: in_approval,
    Stage.AGREEMENT: in_agreement,
    Stage.ACTIVE: lambda **more: tried(REJECTED, **more),
    Stage.CLOSED: lambda **more: active(funds_out=funds_out(final_report=False), **more).given(
        release(), *came_to(SETTLED)
    ),
    Stage.DECLINED: lambda **more: in_approval(**more).given(decline()),
    Stage.WITHDRAWN: lambda **more: in_approval(**more).given(withdraw()),
    Stage.TERMINATED: lambda **more: tried(SETTLED, **more).given(terminate()),
}

P, D, E, A, S, L, C, T = (
    Stage.PROPOSED,
    Stage.DUE_DILIGENCE,
    Stage.ELIGIBILITY,
    Stage.APPROVAL,
    Stage.AGREEMENT,
    Stage.ACTIVE,
    Stage.CLOSED,
    Stage.TERMINATED,
)
COMMANDS: dict[type[c.StaffCommand], tuple[c.StaffRequest, set[Stage]]] = {
    c.Propose: (revise("ada.every"), {P}),
    c.Approve: (approve("ada.every"), {E, A, L}),
    c.Decline: (decline("ada.every"), {E, A}),
    c.ReturnForInformation: (ask("ada.every"), {E, A}),
    c.ClearQuestions: (clear(actor="ada.every"), {A, S, L}),
    c.ExtendDeadline: (extend("ada.every"), {P, E, A, S}),
    c.Withdraw: (withdraw("ada.every"), {P, D, E, A, S}),
    c.SignAgreement: (sign("ada.every"), {S, L}),
    c.Release: (release(1, "ada.every"), {L}),
    c.CancelPayment: (cancel(1, "ada.every", attempt=2), {L}),
    c.RecallPayment: (recall("ada.every"), {L, C, T}),
    c.AnswerRecall: (answer_recall(actor="ada.every"), {L, C, T}),
    c.AgreeRest: (agree_rest(actor="ada.every"), {L}),
    c.GiveUpRest: (give_up_rest(actor="ada.every"), {L}),
    c.WaiveRecovery: (waive_recovery(actor="ada.every"), {L, C, T}),
    c.Report: (report("ada.every", ReportKind.PROGRESS), {L, C, T}),
    c.AcceptReport: (accept(1, "ada.every"), {L, C, T}),
    c.ReturnReport: (send_back(1, "ada.every"), {L, C, T}),
    c.RecordRefund: (refund(actor="ada.every"), {L, C, T}),
    c.ConfirmRefund: (confirm_refund(actor="ada.every"), {L, C, T}),
    c.WithdrawRefund: (withdraw_refund(actor="ada.every"), {L, C, T}),
    c.PlaceHold: (hold("ada.every"), {P, D, E, A, S, L}),
    c.LiftHold: (lift("ada.every"), {P, D, E, A, S, L}),
    c.Terminate: (terminate("ada.every"), {S, L, C}),
    c.Reopen: (reopen("ada.every"), {C}),
    c.EndLeg: (end_leg(actor="ada.every"), {E, A, S, L}),
    c.Satisfy: (satisfy(ConditionId.CONFLICT_MINUTES, "ada.every"), {E, A, S, L}),
    c.DeclareInterest: (declare("cyd.every", "ada.every"), {P, D, E, A, S, L}),
    c.Amend: (amend("ada.every", title="Digital skills, amended"), {A, S, L}),
    c.ReportSubrecipients: (report_subrecipients(party(), actor="ada.every"), {L}),
    c.ReportDiversion: (divert("ada.every"), {L, C, T}),
    c.RecordAssurance: (assure("ada.every"), {L, C, T}),
    c.Comment: (comment("ada.every"), set(Stage)),
    c.IssueLetter: (issue(LetterKind.SUMMARY, "ada.every"), set(Stage)),
    c.InviteGrantee: (invite("ada.every"), set(Stage)),
    c.EndInvitation: (end_invitation("ada.every"), set(Stage)),
    c.ReturnSubmission: (return_submission("ada.every"), set(Stage)),
    c.Assign: (assign("cyd.every", "ada.every"), set(Stage)),
}
LEGS = {"funds_out": funds_out(), "funds_in": funds_in()}
INTERESTED = {"interests": [{"person": "nils.olsen", "what": "His brother teaches there"}]}


def at_stage(stage: Stage, kind: type[c.StaffCommand], holder: str = "vera.lind") -> Story:
    """A story in which the command can make sense: a hold to lift, papers to file, an approval that fell."""
    before: dict[type[c.StaffCommand], c.AnyCommand] = {
        c.LiftHold: hold(holder),
        c.RecordAssurance: divert("otto.audit"),
        c.ClearQuestions: recheck(Outcome.REFER),
        c.Approve: declare("femi.ade"),
        c.CancelPayment: release(1),
        c.AcceptReport: report(kind=ReportKind.PROGRESS),
        c.ReturnReport: report(kind=ReportKind.PROGRESS),
        c.EndInvitation: invite(),
    }
    if kind in RECALLS and stage in COMMANDS[kind][1]:
        story = tried(SETTLED) if stage is L else STORIES[stage]()
        return story.given(recall()) if kind is c.AnswerRecall else story
    if kind in {c.AgreeRest, c.GiveUpRest} and stage is L:
        return active().given(release(1), *booked_short("750.00"))
    if kind is c.WaiveRecovery and stage in COMMANDS[kind][1]:
        return OVERPAID[stage]()
    if kind is c.RecordRefund and stage is L:
        return tried(SETTLED)
    if kind in {c.ConfirmRefund, c.WithdrawRefund} and stage in COMMANDS[kind][1]:
        return (tried(SETTLED) if stage is L else STORIES[stage]()).given(refund(actor="paul.nkosi"))
    if kind in {c.Terminate, c.Reopen} and stage is C:
        return given_back_after_the_close()
    if kind is c.EndLeg and stage in COMMANDS[kind][1]:
        return (active if stage is L else STORIES[stage])(**LEGS)
    if kind in {c.InviteGrantee, c.EndInvitation}:
        story = STORIES[stage](contacts=CONTACTS)
        return story.given(before[kind]) if kind in before else story
    story = STORIES[stage](**(INTERESTED if kind is c.Satisfy and stage in COMMANDS[kind][1] else {}))
    if kind is c.Approve and stage is not L:
        return story
    if kind is c.ExtendDeadline and stage in COMMANDS[kind][1]:
        return reminded(story)
    return story.given(before[kind]) if kind in before and stage in COMMANDS[kind][1] else story


OVERPAID: dict[Stage, Callable[[], Story]] = {
    L: paid_twice,
    C: lambda: paid_twice(funds_out=funds_out(final_report=False)),
    T: lambda: paid_twice().given(terminate()),
}


def given_back_after_the_close() -> Story:
    """The only payment came back after the close, as two people confirmed."""
    said = answer(BankStatus.RETURNED)
    counted = resolve(resolution=Resolution.BELONGS_TO, counts=said)
    return STORIES[C]().given(contradict(ExceptionKind.LATE_RETURN, said=said), counted)


RECALLS = (c.RecallPayment, c.AnswerRecall)
REFUNDS = (c.RecordRefund, c.ConfirmRefund, c.WithdrawRefund)
"""What money that moved says, at whatever stage the partnership is by then."""


@pytest.mark.parametrize("stage", Stage)
def test_every_story_ends_in_the_stage_it_is_told_for(stage: Stage) -> None:
    assert STORIES[stage]().partnership.stage is stage


@pytest.mark.parametrize(
    ("stage", "kind"), [(stage, kind) for kind, (_, legal) in COMMANDS.items() for stage in Stage if stage in legal]
)
def test_what_is_legal_in_a_stage_is_done(stage: Stage, kind: type[c.StaffCommand]) -> None:
    story = at_stage(stage, kind).when(COMMANDS[kind][0])
    assert story.refusal is None
    assert [said for said in story.said if getattr(said, "actor", ACCORD) != ACCORD] == [story.said[0]]
    assert story.said[0].actor == "ada.every"


@pytest.mark.parametrize(
    ("stage", "kind"),
    [
        (stage, kind)
        for kind, (_, legal) in COMMANDS.items()
        for stage in Stage
        if stage not in legal and not (kind is c.CancelPayment and stage in {P, D, E, A, S}) and kind not in REFUNDS
    ],
)
def test_what_is_illegal_in_a_stage_is_refused_and_names_the_stage(stage: Stage, kind: type[c.StaffCommand]) -> None:
    at_stage(stage, kind).when(COMMANDS[kind][0]).refused(IllegalTransition, REFERENCE, stage.value)


@pytest.mark.parametrize("kind", REFUNDS)
@pytest.mark.parametrize("stage", [P, D, E, A, S, Stage.DECLINED, Stage.WITHDRAWN])
def test_what_no_money_moved_for_is_no_refund_at_any_stage(stage: Stage, kind: type[c.StaffCommand]) -> None:
    STORIES[stage]().when(COMMANDS[kind][0]).refused(PaymentRefused)


@pytest.mark.parametrize("kind", [kind for kind in COMMANDS if kind is not c.Propose])
def test_before_a_proposal_only_a_proposal_is_heard(kind: type[c.StaffCommand]) -> None:
    given().when(COMMANDS[kind][0]).refused(IllegalTransition, "was never proposed")


ROLES = {
    c.Propose: {"pia.berg"},
    c.Decline: {"vera.lind", "ana.silva", "femi.ade", "dora.kim"},
    c.ReturnForInformation: {"vera.lind", "ana.silva", "femi.ade", "dora.kim"},
    c.ExtendDeadline: {"vera.lind", "ana.silva", "femi.ade", "dora.kim"},
    c.Withdraw: {"pia.berg"},
    c.EndLeg: {"vera.lind", "ana.silva", "femi.ade", "dora.kim"},
    c.ClearQuestions: {"vera.lind"},
    c.SignAgreement: {"dora.kim"},
    c.Release: {"paul.nkosi"},
    c.CancelPayment: {"paul.nkosi", "femi.ade", "vera.lind", "dora.kim"},
    c.RecallPayment: {"paul.nkosi", "femi.ade", "dora.kim"},
    c.AnswerRecall: {"paul.nkosi", "femi.ade", "dora.kim"},
    c.AgreeRest: {"paul.nkosi", "femi.ade", "dora.kim"},
    c.GiveUpRest: {"paul.nkosi", "femi.ade", "dora.kim"},
    c.WaiveRecovery: {"femi.ade", "dora.kim"},
    c.Report: {"pia.berg", "vera.lind"},
    c.AcceptReport: {"vera.lind", "ana.silva", "femi.ade", "dora.kim"},
    c.ReturnReport: {"vera.lind", "ana.silva", "femi.ade", "dora.kim"},
    c.RecordRefund: {"paul.nkosi", "femi.ade"},
    c.ConfirmRefund: {"femi.ade", "dora.kim"},
    c.WithdrawRefund: {"paul.nkosi", "femi.ade", "dora.kim"},
    c.PlaceHold: {"vera.lind", "femi.ade", "paul.nkosi", "dora.kim"},
    c.LiftHold: {"femi.ade", "dora.kim"},
    c.Terminate: {"dora.kim"},
    c.Reopen: {"dora.kim"},
    c.Satisfy: {"vera.lind", "femi.ade"},
    c.DeclareInterest: {"vera.lind", "dora.kim", "otto.audit"},
    c.Amend: {"pia.berg"},
    c.ReportSubrecipients: {"pia.berg", "vera.lind"},
    c.ReportDiversion: set(STAFF),
    c.RecordAssurance: {"vera.lind", "femi.ade", "dora.kim"},
    c.Comment: set(STAFF),
    c.IssueLetter: {"pia.berg", "vera.lind", "ana.silva", "femi.ade", "dora.kim"},
    c.InviteGrantee: {"pia.berg", "vera.lind", "ana.silva", "femi.ade", "dora.kim"},
    c.EndInvitation: {"pia.berg", "vera.lind", "ana.silva", "femi.ade", "dora.kim"},
    c.ReturnSubmission: {"pia.berg", "vera.lind", "ana.silva", "femi.ade", "dora.kim"},
    c.Assign: set(STAFF) - {"otto.audit"},
}
MAY = [(kind, person) for kind, people in ROLES.items() for person in sorted(people)]
MAY_NOT = [(kind, person) for kind, people in ROLES.items() for person in STAFF if person not in people]
WHERE = {kind: sorted(legal, key=list(Stage).index)[0] for kind, (_, legal) in COMMANDS.items()}


def asked_by(kind: type[c.StaffCommand], person: str) -> Story:
    story = active() if kind is c.Release else at_stage(WHERE[kind], kind, holder="ada.every")
    return story.when(COMMANDS[kind][0].model_copy(update={"actor": person}))


@pytest.mark.parametrize(("kind", "person"), MAY)
def test_who_holds_the_role_may(kind: type[c.StaffCommand], person: str) -> None:
    assert asked_by(kind, person).refusal is None


@pytest.mark.parametrize(("kind", "person"), MAY_NOT)
def test_who_does_not_hold_the_role_may_not(kind: type[c.StaffCommand], person: str) -> None:
    refusal = asked_by(kind, person).refusal
    assert isinstance(refusal, NotAuthorised | SeparationOfDuties)


@pytest.mark.parametrize("kind", COMMANDS)
def test_who_is_not_in_the_directory_may_do_nothing(kind: type[c.StaffCommand]) -> None:
    asked_by(kind, "nobody.known").refused(NotSigned, "nobody.known")


@pytest.mark.parametrize("kind", COMMANDS)
def test_what_is_not_signed_is_not_done(kind: type[c.StaffCommand]) -> None:
    command = COMMANDS[kind][0]
    story = at_stage(WHERE[kind], kind)
    story.when_exactly(command, authority(command.actor, *Role)).refused(NotSigned, "ada.every did not sign")


@pytest.mark.parametrize("kind", COMMANDS)
def test_what_the_directory_does_not_prove_is_not_done_and_says_why(kind: type[c.StaffCommand]) -> None:
    who = Authority(refusal=Fault("the signature is not hers"), capacities=authority("ada.every", *Role).capacities)
    at_stage(WHERE[kind], kind).when(COMMANDS[kind][0], who).refused(NotSigned, "the signature is not hers")


@pytest.mark.parametrize("kind", [kind for kind in COMMANDS if kind is not c.Approve])
def test_a_role_that_was_lent_is_as_good_as_ones_own(kind: type[c.StaffCommand]) -> None:
    command = COMMANDS[kind][0]
    who = authority("ada.every", Role.AUDITOR)
    capacities = tuple(lent(role, "lena.away") for role in Role)
    story = at_stage(WHERE[kind], kind).when(command, who.model_copy(update={"capacities": capacities}))
    assert story.refusal is None


@pytest.mark.parametrize("kind", [kind for kind in COMMANDS if kind is not c.Approve])
def test_who_may_act_in_no_role_may_do_nothing(kind: type[c.StaffCommand]) -> None:
    who = authority("ada.every", *Role).model_copy(update={"capacities": ()})
    at_stage(WHERE[kind], kind).when(COMMANDS[kind][0], who).refused(NotAuthorised, "holds no role")


def test_an_auditor_is_told_which_roles_it_needs_and_which_she_holds() -> None:
    in_approval().when(decline("otto.audit")).refused(NotAuthorised, "may not decline", "DIRECTOR", "holds AUDITOR")


@pytest.mark.parametrize("person", ["pia.berg", "ana.silva", "femi.ade", "dora.kim", "paul.nkosi", "otto.audit"])
def test_only_a_verifier_clears_a_referral(person: str) -> None:
    refusal = in_eligibility().when(approve(person)).refusal
    assert isinstance(refusal, NotAuthorised | SeparationOfDuties)


@pytest.mark.parametrize("person", ["vera.lind", "dora.kim", "paul.nkosi", "otto.audit"])
def test_only_approvers_approve(person: str) -> None:
    in_approval().when(approve(person)).refused(NotAuthorised, person, "PROGRAMME_APPROVER")


def test_a_proposal_begins_due_diligence() -> None:
    after = given().when(propose()).then(e.PartnershipProposed)
    assert (after.stage, after.proposers, after.version) == (Stage.DUE_DILIGENCE, ("pia.berg",), 1)


def test_a_proposal_under_another_reference_is_refused() -> None:
    given().when(propose(reference="P-2026-0043")).refused(IllegalTransition, "P-2026-0043")


def test_a_proposal_that_names_an_unknown_funder_is_refused() -> None:
    who = authority("pia.berg").model_copy(update={"unknown_funders": ("NOBODY",)})
    given().when(propose(), who).refused(UnknownFunder, "no funder NOBODY")


def test_a_proposal_is_recorded_with_what_the_directory_said_of_its_funders_then() -> None:
    after = given().when(propose()).then(e.PartnershipProposed)
    assert after.funding == authority("pia.berg").funding


def test_a_second_proposal_under_the_same_reference_is_refused() -> None:
    refusal = given(propose()).when(propose("ada.every")).refusal
    assert isinstance(refusal, IllegalTransition | AlreadyProposed)


@pytest.mark.parametrize("outcome", [Outcome.PASS, Outcome.CONDITION])
def test_what_the_rule_book_allows_goes_to_approval_for_ten_business_days(outcome: Outcome) -> None:
    story = given(propose(), verify()).when(assess(Outcome.PASS, outcome))
    after = story.then(e.EligibilityAssessed, e.DeadlineSet)
    assert (after.stage, after.deadline.due) == (Stage.APPROVAL, NOON + timedelta(days=15))


def test_what_the_rule_book_fails_goes_back_to_its_proposer_with_a_day() -> None:
    story = given(propose(), verify()).when(assess(Outcome.PASS, Outcome.FAIL, Outcome.REFER))
    after = story.then(e.EligibilityAssessed, e.ReturnedForCure, e.DeadlineSet)
    assert (after.stage, after.question) == (Stage.PROPOSED, "finding 2 (RULE-2)")
    assert after.deadline is not None
    assert (after.deadline.wait, after.returned_for) == (Wait.ANSWER, ("RULE-2",))


def test_what_the_rule_book_refers_waits_for_a_verifier() -> None:
    story = in_eligibility(Outcome.REFER)
    assert story.partnership.why == "finding 1 (RULE-1)"
    assert story.when(approve("vera.lind")).then(e.ReferralCleared, e.DeadlineSet).stage is Stage.APPROVAL


def test_what_a_verifier_cleared_is_remembered_rule_by_rule() -> None:
    after = in_eligibility(Outcome.REFER, Outcome.PASS, Outcome.REFER).when(approve("vera.lind")).partnership
    assert after.cleared_referrals == ("RULE-1: finding 1", "RULE-3: finding 3")


def test_nothing_can_be_cleared_before_the_rule_book_has_spoken() -> None:
    given(propose(), verify()).when(approve("vera.lind")).refused(IllegalTransition)


def test_money_needs_two_approvals_by_two_people() -> None:
    after = in_approval().given(approve("ana.silva")).partnership
    assert (after.stage, after.missing_approvals) == (Stage.APPROVAL, (Role.FINANCE_APPROVER,))
    story = in_approval().given(approve("ana.silva")).when(approve("femi.ade"))
    assert story.then(e.ApprovalGiven, e.DeadlineSet).stage is Stage.AGREEMENT


@pytest.mark.parametrize("order", [("ana.silva", "femi.ade"), ("femi.ade", "ana.silva")])
def test_the_order_of_approvals_does_not_matter(order: tuple[str, str]) -> None:
    after = in_approval().given(*map(approve, order)).partnership
    assert after.stage is Stage.AGREEMENT
    assert after.deadline.wait is Wait.AGREEMENT


def test_money_that_comes_in_needs_two_approvals_as_well() -> None:
    assert in_approval(funds_in=funds_in()).given(approve("ana.silva")).partnership.stage is Stage.APPROVAL


def test_without_money_one_approval_by_the_programme_is_enough() -> None:
    assert in_approval(**NON_MONETARY).given(approve("ana.silva")).partnership.stage is Stage.AGREEMENT


def test_without_money_finance_is_not_asked() -> None:
    in_approval(**NON_MONETARY).when(approve("femi.ade")).refused(NotAuthorised, "PROGRAMME_APPROVER")


def test_who_holds_every_role_gives_only_one_approval() -> None:
    story = in_approval().given(approve("ada.every"))
    story.when(approve("ada.every")).refused(SeparationOfDuties, "already approved", "another person")
    assert story.when(approve("ben.every")).then(e.ApprovalGiven, e.DeadlineSet).stage is Stage.AGREEMENT


def test_two_holders_of_one_role_do_not_approve_in_it_twice() -> None:
    who = authority("cyd.every", Role.PROGRAMME_APPROVER)
    in_approval().given(approve("ana.silva")).when(approve("cyd.every"), who).refused(NotAuthorised, "FINANCE_APPROVER")


def test_who_proposed_may_not_approve() -> None:
    given(propose("ada.every"), verify(), assess()).when(approve("ada.every")).refused(
        SeparationOfDuties, "ada.every proposed"
    )


def test_who_proposed_may_not_clear_the_referral() -> None:
    given(propose("ada.every"), verify(), assess(Outcome.REFER)).when(approve("ada.every")).refused(
        SeparationOfDuties, "ada.every proposed"
    )


def test_who_cleared_the_referral_may_not_approve() -> None:
    in_eligibility().given(approve("ada.every")).when(approve("ada.every")).refused(
        SeparationOfDuties, "cleared the referral"
    )


def paid_by(person: str, *story: c.AnyCommand) -> Story:
    return given(*story, sign("dora.kim")).when(release(1, person))


@pytest.mark.parametrize("person", ["ada.every", "ben.every", "cyd.every", "vera.lind"])
def test_who_proposed_verified_or_approved_may_not_pay(person: str) -> None:
    story = (
        propose("ada.every"),
        verify(),
        assess(Outcome.REFER),
        approve("vera.lind"),
        approve("ben.every"),
        approve("cyd.every"),
        approve("dora.kim"),
    )
    paid_by(person, *story).refused(SeparationOfDuties, person, "may not pay")


def test_who_first_proposed_may_not_approve_what_another_revised() -> None:
    story = given(propose("ada.every"), verify(), assess(), ask("vera.lind"), revise("ben.every"), verify(), assess())
    story.when(approve("ada.every")).refused(SeparationOfDuties, "ada.every")


def test_who_first_proposed_may_not_pay_what_another_revised() -> None:
    revised = (propose("ada.every"), verify(), assess(), ask("vera.lind"), revise("ben.every"), verify(), assess())
    paid_by("ada.every", *revised, approve("ana.silva"), approve("femi.ade")).refused(SeparationOfDuties, "ada.every")


@pytest.mark.parametrize("story", [in_eligibility, in_approval])
def test_a_return_sends_the_question_to_the_proposer(story: Callable[[], Story]) -> None:
    after = story().when(ask()).then(e.InformationRequested, e.DeadlineSet)
    assert (after.stage, after.question, after.deadline.wait) == (Stage.PROPOSED, "Which villages?", Wait.ANSWER)


def test_a_return_lets_approvals_fall() -> None:
    after = in_approval().given(approve("ana.silva")).when(ask("femi.ade")).then(e.InformationRequested, e.DeadlineSet)
    assert after.approvals == ()


def test_a_resubmission_begins_due_diligence_again_with_a_clean_sheet() -> None:
    story = in_eligibility().given(approve("vera.lind"), approve("ana.silva"), deadline(), ask("femi.ade"))
    after = story.when(revise(title="Digital skills, revised")).then(e.ProposalRevised)
    assert (after.stage, after.question, after.proposed.title) == (Stage.DUE_DILIGENCE, "", "Digital skills, revised")
    assert (after.verification, after.assessment, after.verifier, after.approvals) == (None, None, "", ())
    assert not after.escalated


def test_an_answer_is_kept_beside_its_question_for_who_decides() -> None:
    story = in_approval().given(ask(), revise(), verify(), assess(), ask("femi.ade"))
    [event] = story.when(propose(answer="By the county's own count")).said
    assert isinstance(event, e.ProposalRevised)
    assert event.answer == "By the county's own count"
    known = story.given(propose(answer="By the county's own count")).partnership
    assert [(one.question, one.answer, one.actor) for one in known.answered] == [
        ("Which villages?", ANSWER, "pia.berg"), ("Which villages?", "By the county's own count", "pia.berg"),
    ]  # fmt: skip


def test_a_question_that_a_person_asked_is_not_left_unanswered() -> None:
    in_approval().given(ask()).when(propose()).refused(Incomplete, "Which villages?", "--answer")


def test_what_the_rules_sent_back_is_mended_and_not_answered() -> None:
    sent_back = given(propose(), verify(), assess(Outcome.FAIL))
    assert sent_back.partnership.is_to_cure
    sent_back.when(revise()).refused(IllegalTransition, "nobody asks")
    assert sent_back.when(propose()).then(e.ProposalRevised).answered == ()


@pytest.mark.parametrize("story", [given, lambda: in_approval().given(ask(), revise(), verify(), assess())])
def test_an_answer_is_refused_where_nobody_asked(story: Callable[[], Story]) -> None:
    story().when(revise()).refused(IllegalTransition)


def test_an_answer_of_before_is_none_and_keeps_its_bytes() -> None:
    assert "answer" not in propose().content()
    assert "answered" not in in_approval().given(ask()).partnership.model_dump()


def test_who_approved_before_a_return_approves_again_after_it() -> None:
    story = in_approval().given(approve("ana.silva"), ask("femi.ade"), revise(), verify(), assess())
    assert story.when(approve("ana.silva")).then(e.ApprovalGiven).missing_approvals == (Role.FINANCE_APPROVER,)


def test_a_return_can_be_withdrawn_instead_of_answered() -> None:
    assert in_eligibility().given(ask()).when(withdraw()).then(e.PartnershipWithdrawn).stage is Stage.WITHDRAWN


def test_an_open_decision_escalates_at_its_deadline_for_five_business_days() -> None:
    after = in_approval().when(deadline()).then(e.DeadlineEscalated)
    assert (after.escalated, after.deadline.due) == (True, NOON + timedelta(days=22))


def test_a_director_approves_only_after_escalation() -> None:
    in_approval().when(approve("dora.kim")).refused(NotAuthorised, "dora.kim")
    after = in_approval().given(deadline()).when(approve("dora.kim")).then(e.ApprovalGiven)
    assert after.missing_approvals == (Role.FINANCE_APPROVER,)


def test_a_director_stands_in_for_one_approver_and_not_for_two() -> None:
    story = in_approval().given(deadline(), approve("dora.kim"))
    story.when(approve("dora.kim")).refused(SeparationOfDuties, "already approved")
    assert story.when(approve("femi.ade")).then(e.ApprovalGiven, e.DeadlineSet).stage is Stage.AGREEMENT


def test_after_escalation_the_approvers_may_still_approve() -> None:
    story = in_approval().given(deadline(), approve("femi.ade")).when(approve("ana.silva"))
    assert story.then(e.ApprovalGiven, e.DeadlineSet).stage is Stage.AGREEMENT


def test_after_escalation_nobody_but_a_director_or_an_approver_may() -> None:
    in_approval().given(deadline()).when(approve("vera.lind")).refused(NotAuthorised)


def test_what_is_not_decided_after_escalation_lapses() -> None:
    asked = in_approval().given(deadline(), deadline(17))
    after = asked.when(deadline(22)).then(e.PartnershipDeclined)
    assert (after.stage, after.why, after.deadline) == (Stage.DECLINED, "lapsed: no approval in time", None)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.APPROVAL])
def test_a_deadline_that_passes_after_the_decision_says_nothing(stage: Stage) -> None:
    STORIES[stage]().when(deadline()).then()


def test_an_agreement_where_money_goes_out_names_the_account() -> None:
    in_agreement().when(sign(account=None)).refused(PaymentRefused, "must name the payee's account")
    after = in_agreement().when(sign()).then(e.AgreementSigned)
    assert (after.stage, after.signatory) == (Stage.ACTIVE, "dora.kim")


@pytest.mark.parametrize("legs", [{"funds_in": funds_in()}, NON_MONETARY])
def test_an_agreement_where_no_money_goes_out_names_no_account(legs: dict[str, object]) -> None:
    in_agreement(**legs).when(sign()).refused(PaymentRefused, "names no account")
    assert in_agreement(**legs).when(sign(account=None)).then(e.AgreementSigned).account is None


def test_an_agreement_is_not_signed_again_while_nothing_failed() -> None:
    active().when(sign()).refused(IllegalTransition, "signed already")


@pytest.mark.parametrize("outcome", FAILED)
def test_after_a_payment_failed_the_agreement_is_signed_again_with_another_account(outcome: TrancheOutcome) -> None:
    after = tried(outcome).when(sign(account=OTHER_ACCOUNT)).then(e.AgreementSigned)
    assert (after.account, after.stage) == (OTHER_ACCOUNT, Stage.ACTIVE)


def test_the_account_does_not_change_while_a_payment_is_on_its_way() -> None:
    tried(REJECTED).given(release(2)).when(sign()).refused(PaymentRefused, "on its way")


def test_a_release_is_the_first_attempt_over_the_planned_amount() -> None:
    story = active(funds_out=funds_out("300.00", "700.00")).when(release(2))
    after = story.then(e.TrancheReleased)
    assert (story.said[0].attempt, str(story.said[0].money)) == (1, "USD 700.00")
    assert [tranche.state for tranche in after.tranches] == [TrancheState.PLANNED, TrancheState.RELEASED]


@pytest.mark.parametrize("legs", [NON_MONETARY, {"funds_in": funds_in()}])
@pytest.mark.parametrize("tranche", [1, 2, 99])
def test_where_no_money_goes_out_no_payment_is_ever_possible(legs: dict[str, object], tranche: int) -> None:
    active(**legs).when(release(tranche, "ada.every")).refused(PaymentRefused, "no payment is possible")


def test_a_tranche_that_was_not_planned_is_not_paid() -> None:
    active().when(release(2)).refused(PaymentRefused, "no tranche 2", "there are 1")


def test_a_tranche_on_its_way_is_not_released_again() -> None:
    active().given(release()).when(release()).refused(PaymentRefused, "released already", "never paid twice")


def test_a_settled_tranche_is_not_released_again() -> None:
    tried(SETTLED).when(release()).refused(PaymentRefused, "settled already", "never paid twice")


@pytest.mark.parametrize("outcome", FAILED)
def test_after_evidence_that_nothing_was_paid_a_tranche_is_released_as_another_attempt(outcome: TrancheOutcome) -> None:
    story = tried(outcome).when(release())
    story.then(e.TrancheReleased)
    assert story.said[0].attempt == 2


@pytest.mark.parametrize("outcome", FAILED)
def test_late_word_of_an_older_attempt_does_not_free_a_tranche_on_its_way(outcome: TrancheOutcome) -> None:
    story = tried(REJECTED).given(release()).when(ended(outcome, attempt=1))
    story = story.given(lift()) if story.partnership.hold else story
    story.when(release()).refused(PaymentRefused, "never paid twice")


@pytest.mark.parametrize("outcome", [REJECTED, WITHHELD])
def test_a_settled_attempt_is_not_freed_by_word_that_it_was_never_paid(outcome: TrancheOutcome) -> None:
    story = tried(SETTLED).when(ended(outcome))
    story = story.given(lift()) if story.partnership.hold else story
    story.when(release()).refused(PaymentRefused, "never paid twice")


@pytest.mark.parametrize("outcome", [SETTLED, REJECTED])
def test_a_payment_that_settled_or_was_rejected_places_no_hold(outcome: TrancheOutcome) -> None:
    after = active().given(release(), hand_over()).when(ended(outcome)).then(e.TrancheEnded)
    assert (after.hold, after.tranches[0].state.value) == (None, outcome.value)


@pytest.mark.parametrize("outcome", [RETURNED, WITHHELD])
def test_a_payment_that_came_back_or_was_withheld_places_a_hold_by_itself(outcome: TrancheOutcome) -> None:
    before = came_to(outcome)[:-1]
    after = active().given(release(), *before).when(ended(outcome)).then(e.TrancheEnded, e.HoldPlaced)
    assert (after.hold.actor, after.tranches[0].state.value) == ("accord", outcome.value)
    assert "MS03 reason not given" in after.hold.reason


def test_for_a_payment_that_comes_back_during_a_hold_another_is_placed() -> None:
    story = active().given(release(), *came_to(SETTLED), hold())
    after = story.when(ended(RETURNED)).then(e.TrancheEnded, e.HoldPlaced)
    assert [one.actor for one in after.holds] == ["vera.lind", "accord"]
    assert after.holds[1].reason.startswith("tranche 1 was returned")


@pytest.mark.parametrize(
    ("story", "command"),
    [
        (in_eligibility, approve("vera.lind")),
        (in_approval, approve("ana.silva")),
        (in_approval, amend(title="Digital skills, amended")),
        (in_agreement, sign()),
    ],
)
def test_a_hold_stops_approvals_and_signatures(story: Callable[[], Story], command: c.StaffRequest) -> None:
    story().given(hold()).when(command).refused(IllegalTransition, "on hold", "vera.lind", "A newspaper report", "lift")


def test_a_hold_stops_payments() -> None:
    active().given(hold()).when(release()).refused(IllegalTransition, "cannot release", "on hold")


@pytest.mark.parametrize("command", [decline(), ask(), withdraw()])
def test_a_hold_does_not_stop_talking(command: c.StaffRequest) -> None:
    assert in_approval().given(hold()).when(command).refusal is None


@pytest.mark.parametrize(
    "command",
    [report(kind=ReportKind.PROGRESS), terminate(), report_subrecipients(party()), divert(), declare("ana.silva")],
)
def test_a_hold_does_not_stop_a_report_or_the_end(command: c.StaffRequest) -> None:
    assert tried(SETTLED).given(hold()).when(command).refusal is None


def test_the_very_same_hold_is_placed_once() -> None:
    active().given(hold()).when(hold()).refused(IllegalTransition, "stands already", "vera.lind")


def test_where_there_is_no_hold_none_is_lifted() -> None:
    active().when(lift()).refused(IllegalTransition, "is not on hold")


def test_who_placed_the_hold_does_not_lift_it() -> None:
    active().given(hold("femi.ade")).when(lift("femi.ade")).refused(SeparationOfDuties, "another person must lift it")


def test_a_hold_that_a_rule_placed_is_lifted_by_one_person() -> None:
    after = active().given(release(), *came_to(RETURNED)).when(lift()).then(e.HoldLifted)
    assert after.hold is None


def test_a_hold_does_not_change_the_stage() -> None:
    assert in_approval().given(hold()).partnership.stage is Stage.APPROVAL


def test_a_hold_outlives_a_return_and_a_resubmission() -> None:
    assert in_approval().given(hold(), ask(), revise()).partnership.hold.actor == "vera.lind"


def test_money_out_closes_after_the_last_tranche_and_the_report() -> None:
    story = active(funds_out=funds_out("1.00", "2.00")).given(release(1), *came_to(SETTLED), release(2), hand_over(2))
    assert story.when(ended(SETTLED, tranche=2)).then(e.TrancheEnded).stage is Stage.ACTIVE
    story = story.given(ended(SETTLED, tranche=2), report(figures=accounted("3.00")))
    after = story.when(accept()).then(e.ReportAccepted, e.PartnershipClosed)
    assert (after.stage, after.why) == (Stage.CLOSED, "everything agreed was done")


def test_a_final_report_before_the_last_payment_does_not_close_and_is_not_accepted_yet() -> None:
    story = tried(SETTLED, "600.00", "400.00").given(report(figures=accounted("600.00")))
    story.when(accept()).refused(IllegalTransition, "payments are still to come")
    story = story.given(release(2), hand_over(2)).when(ended(SETTLED, tranche=2))
    assert story.then(e.TrancheEnded).stage is Stage.ACTIVE


def test_money_out_that_needs_no_report_closes_with_the_last_payment() -> None:
    story = active(funds_out=funds_out(final_report=False)).given(release(), hand_over()).when(ended(SETTLED))
    assert story.then(e.TrancheEnded, e.PartnershipClosed).stage is Stage.CLOSED


def test_money_in_closes_when_all_of_it_came() -> None:
    story = active(funds_in=funds_in("5000.00"))
    assert story.when(receipt("4999.99")).then(e.FundsReceived).stage is Stage.ACTIVE
    after = story.given(receipt("4999.99")).when(receipt("0.01")).then(e.FundsReceived, e.PartnershipClosed)
    assert after.stage is Stage.CLOSED


def test_money_both_ways_closes_when_both_are_done() -> None:
    story = active(funds_out=funds_out(), funds_in=funds_in()).given(release(), *came_to(SETTLED), *accounted_for())
    assert story.partnership.stage is Stage.ACTIVE
    assert story.when(receipt()).then(e.FundsReceived, e.PartnershipClosed).stage is Stage.CLOSED


def test_a_partnership_without_money_closes_with_its_report() -> None:
    story = active(**NON_MONETARY).given(report(figures=None))
    assert story.when(accept()).then(e.ReportAccepted, e.PartnershipClosed).stage is Stage.CLOSED


def test_money_out_with_joint_work_needs_the_report_of_the_joint_work() -> None:
    story = active(funds_out=funds_out(final_report=False), **NON_MONETARY).given(release(), *came_to(SETTLED))
    assert story.given(report()).partnership.stage is Stage.ACTIVE
    assert story.given(report()).when(accept()).then(e.ReportAccepted, e.PartnershipClosed).stage is Stage.CLOSED


def test_a_report_is_taken_once() -> None:
    story = tried(SETTLED, "1000.00").given(report())
    story.when(report()).refused(IllegalTransition, "has its final report already")


def test_a_hold_keeps_a_finished_partnership_open_until_it_is_lifted() -> None:
    story = tried(SETTLED, "1000.00").given(hold())
    assert story.given(report()).when(accept()).then(e.ReportAccepted).stage is Stage.ACTIVE
    assert story.given(*accounted_for()).when(lift()).then(e.HoldLifted, e.PartnershipClosed).stage is Stage.CLOSED


@pytest.mark.parametrize("story", [in_approval, active, in_agreement])
def test_money_that_nobody_expects_is_kept_on_record_and_not_counted(story: Callable[[], Story]) -> None:
    after = story().when(receipt()).then(e.CommandRefused)
    assert after.received == 0


def test_money_in_another_currency_is_not_counted() -> None:
    assert active(funds_in=funds_in()).when(receipt(currency="EUR")).then(e.CommandRefused).received == 0


def test_money_that_comes_before_the_proposal_is_refused_in_words() -> None:
    story = given().when(receipt())
    assert story.refusal is not None or [type(said) for said in story.said] == [e.CommandRefused]


def test_nothing_is_terminated_while_a_payment_is_on_its_way() -> None:
    active().given(release()).when(terminate()).refused(
        PaymentRefused, "a payment was released", f"accord payments cancel {REFERENCE}"
    )
    active().given(release(), hand_over()).when(terminate()).refused(PaymentRefused, "at the bank", "wait")
    after = active().given(release(), *came_to(REJECTED)).when(terminate()).then(e.PartnershipTerminated)
    assert after.stage is Stage.TERMINATED


@pytest.mark.parametrize(
    ("stage", "first"),
    [
        (Stage.DECLINED, "ana.silva declined it"),
        (Stage.WITHDRAWN, "pia.berg withdrew it"),
        (Stage.TERMINATED, "dora.kim terminated it"),
        (Stage.AGREEMENT, "femi.ade approved it"),
        (Stage.CLOSED, "paul.nkosi released a tranche"),
    ],
)
def test_who_comes_too_late_is_told_who_was_first_and_when(stage: Stage, first: str) -> None:
    STORIES[stage]().when(approve("ada.every")).refused(IllegalTransition, first, "2026-11-02 12:00 UTC")


def test_who_comes_after_the_rule_book_is_told_that_it_was_accord() -> None:
    story = given(propose(), verify(), assess(Outcome.FAIL))
    story.when(approve("ana.silva")).refused(IllegalTransition, "accord sent it back to its proposer")


def test_the_moment_in_a_refusal_is_in_utc_wherever_the_first_person_sat() -> None:
    kampala = NOON.astimezone(timezone(timedelta(hours=3)))
    story = in_approval().given(decline().model_copy(update={"at": kampala}))
    story.when(approve("ada.every")).refused(IllegalTransition, "2026-11-02 12:00 UTC")


@pytest.mark.parametrize("stage", Stage)
def test_a_refused_command_changes_nothing_but_the_version(stage: Stage) -> None:
    before = STORIES[stage]().partnership
    after = STORIES[stage]().when(refuse()).then(e.CommandRefused)
    assert after == before.model_copy(update={"version": before.version + 1})


def test_a_refused_command_does_not_stand_in_the_way_of_the_proposal() -> None:
    given().when(refuse()).when(propose()).then(e.PartnershipProposed)


@pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.DECLINED, Stage.WITHDRAWN, Stage.TERMINATED])
@pytest.mark.parametrize("late", LATE, ids=named)
def test_what_the_workflow_reports_too_late_does_not_revive_the_ended(stage: Stage, late: c.AnyCommand) -> None:
    assert STORIES[stage]().when(late).partnership.stage is stage


@pytest.mark.parametrize("late", [verify(), assess()], ids=named)
@pytest.mark.parametrize("stage", [Stage.PROPOSED, Stage.AGREEMENT, Stage.ACTIVE])
def test_due_diligence_reported_too_late_does_not_turn_back_the_clock(stage: Stage, late: c.AnyCommand) -> None:
    assert STORIES[stage]().when(late).partnership.stage is stage


def test_events_carry_the_moment_of_the_command_and_not_of_the_machine() -> None:
    later: datetime = NOON + timedelta(days=3)
    story = in_approval().when(approve("ana.silva").model_copy(update={"at": later}))
    assert [said.at for said in story.said] == [later]


def test_the_state_is_the_fold_of_the_history() -> None:
    story = tried(RETURNED).given(release(), hand_over(attempt=2), ended(SETTLED, attempt=2))
    assert fold(REFERENCE, story.history) == story.partnership


def test_a_company_may_be_a_partner_where_no_money_goes_to_it() -> None:
    company = party("Northern Light Telecom Ltd", kind="PRIVATE_COMPANY", ein=None)
    assert active(partner=company, **NON_MONETARY).partnership.stage is Stage.ACTIVE


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"kind": "pay"}, "propose"),
        ({}, "kind"),
        ("not json", "Invalid JSON"),
        ({"kind": "approve", "actor": "Ana"}, "actor"),
        ({"kind": "release", "tranche": 0}, "tranche"),
    ],
)
def test_what_is_not_a_command_is_answered_in_one_line(payload: object, words: str) -> None:
    said = c.parse_staff_request(payload)
    assert isinstance(said, str)
    assert words in said
    assert "\n" not in said


@pytest.mark.parametrize("kind", COMMANDS)
def test_a_command_is_read_back_from_its_own_json(kind: type[c.StaffCommand]) -> None:
    command = COMMANDS[kind][0]
    assert c.parse_staff_request(command.model_dump_json()) == command
    assert c.parse_staff_request(command.model_dump(mode="json")) == command


@pytest.mark.parametrize("reported", LATE, ids=named)
def test_what_only_the_workflow_may_report_is_not_taken_from_outside(reported: c.AnyCommand) -> None:
    assert isinstance(c.parse_staff_request(reported.model_dump(mode="json")), str)


# Until the hand-over a payment is ours; after it, the bank's.

FLOWN: dict[str, Callable[[], Story]] = {
    "released": lambda: active().given(release()),
    "never arrived": lambda: active().given(release(), hand_over(), never_sent()),
    "on hold": lambda: active().given(release(), hold()),
    "with its finance approval fallen": lambda: active().given(release(), declare("femi.ade")),
    "back in eligibility": lambda: in_eligibility().given(
        approve("vera.lind"), *map(approve, ("ana.silva", "femi.ade", "dora.kim")), sign("eve.every"), release(),
        declare("vera.lind"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("story", FLOWN.values(), ids=FLOWN)
def test_what_is_in_our_hands_is_cancelled_wherever_the_case_stands(story: Callable[[], Story]) -> None:
    said = story().when(cancel(1, "paul.nkosi"))
    assert said.said[0].reason == "The invoice was withdrawn"
    tranche = said.partnership.tranches[0]
    assert (tranche.state, tranche.attempt, said.partnership.in_flight) == (TrancheState.CANCELLED, 1, False)


def test_a_cancelled_tranche_is_released_anew_as_another_attempt_and_the_sum_counts_once() -> None:
    story = active().given(release(), cancel())
    assert story.partnership.paid_or_in_flight == 0
    again = story.when(release(attempt=2)).then(e.TrancheReleased)
    assert (again.tranches[0].attempt, str(again.paid_or_in_flight)) == (2, "1000.00")


@pytest.mark.parametrize(
    ("story", "attempt", "words"),
    [
        (active, 1, "nothing of it waits"),
        (lambda: active().given(release(), cancel()), 1, "CANCELLED"),
        (lambda: active().given(release(), cancel(), release()), 1, "attempt 2"),
        (lambda: active().given(release()), 2, "attempt 1"),
        (lambda: active().given(release(), *came_to(SETTLED)), 1, "SETTLED"),
        (lambda: active().given(release(), ended(WITHHELD)), 1, "WITHHELD"),
    ],
)
def test_what_does_not_wait_is_not_cancelled(story: Callable[[], Story], attempt: int, words: str) -> None:
    story().when(cancel(1, attempt=attempt)).refused(PaymentRefused, words)


def test_a_tranche_that_was_not_planned_is_not_cancelled() -> None:
    active().when(cancel(2)).refused(PaymentRefused, "no tranche 2")


def test_after_the_hand_over_only_the_banks_word_ends_a_payment_and_the_refusal_says_so() -> None:
    story = active().given(release(), hand_over())
    story.when(cancel()).refused(PaymentRefused, "handed over to the bank", "only the bank's word", "recall")


def test_a_cancellation_and_a_hand_over_race_and_the_second_is_refused() -> None:
    active().given(release(), cancel()).when(hand_over()).refused(PaymentRefused, "not RELEASED", "CANCELLED")


@pytest.mark.parametrize(
    ("story", "attempt"),
    [
        (active, 1),
        (lambda: active().given(release()), 2),
        (lambda: active().given(release(), hand_over()), 1),
        (lambda: active().given(release(), *came_to(SETTLED)), 1),
        (lambda: active().given(release(), ended(WITHHELD)), 1),
    ],
)
def test_only_what_waits_is_handed_over_and_only_once(story: Callable[[], Story], attempt: int) -> None:
    story().when(hand_over(attempt=attempt)).refused(PaymentRefused, "is not RELEASED")


def test_a_hand_over_is_recorded_with_its_file() -> None:
    story = active().given(release()).when(hand_over())
    after = story.then(e.TrancheHandedOver)
    assert (story.said[0].message_id, after.at_the_bank) == (FILE, True)


@pytest.mark.parametrize("before", [(), (release(),), (release(), cancel()), (release(), hand_over(), ended(SETTLED))])
def test_what_was_not_handed_over_or_ended_cannot_turn_out_never_to_have_arrived(
    before: tuple[c.AnyCommand, ...],
) -> None:
    active().given(*before).when(never_sent()).refused(PaymentRefused, "is not HANDED_OVER")


def test_what_never_arrived_waits_again_as_the_same_attempt() -> None:
    story = active().given(release(), hand_over())
    after = story.when(never_sent()).then(e.TrancheNeverSent)
    assert (after.tranches[0].state, after.tranches[0].attempt) == (TrancheState.RELEASED, 1)
    story.given(never_sent()).when(release()).refused(PaymentRefused, "never paid twice")


@pytest.mark.parametrize("outcome", [SETTLED, REJECTED, RETURNED])
def test_the_bank_cannot_end_what_it_never_had(outcome: TrancheOutcome) -> None:
    after = active().given(release()).when(ended(outcome)).then(e.CommandRefused)
    assert after.tranches[0].state is TrancheState.RELEASED


@pytest.mark.parametrize("outcome", [WITHHELD, CANCELLED])
def test_what_was_handed_over_is_not_withheld_or_cancelled_by_a_workflow(outcome: TrancheOutcome) -> None:
    after = active().given(release(), hand_over()).when(ended(outcome)).then(e.CommandRefused)
    assert after.tranches[0].state is TrancheState.HANDED_OVER


@pytest.mark.parametrize("outcome", [SETTLED, REJECTED, RETURNED, WITHHELD, CANCELLED])
def test_an_outcome_that_is_known_is_not_recorded_twice(outcome: TrancheOutcome) -> None:
    active().given(release(), *came_to(outcome)).when(ended(outcome)).then()


def test_word_of_the_booking_after_the_return_says_nothing_new() -> None:
    active().given(release(), *came_to(RETURNED)).when(ended(SETTLED)).then()


def test_a_payer_signs_which_attempt_it_is() -> None:
    story = active().given(release(), *came_to(REJECTED))
    story.when(release(attempt=1)).refused(PaymentRefused, "attempt 1 was signed, the next is 2", "look again")
    story.when(release(attempt=3)).refused(PaymentRefused, "attempt 3 was signed, the next is 2")
    assert story.when(release(attempt=2)).then(e.TrancheReleased)
    assert story.when(release(attempt=2)).said[0].attempt_signed


def test_a_release_of_before_there_were_signed_attempts_is_recorded_as_that() -> None:
    story = active()
    unsaid = release().model_copy(update={"signature": None})
    signed = signed_on(shown(story.partnership), unsaid)
    assert not story.when_exactly(signed, authority("paul.nkosi")).said[0].attempt_signed


# What the bank says and cannot be believed by itself


@pytest.mark.parametrize("kind", ExceptionKind)
def test_a_contradiction_is_kept_and_holds_where_our_money_is_at_stake(kind: ExceptionKind) -> None:
    after = active().given(release(), hand_over()).when(contradict(kind)).partnership
    assert (after.hold is not None, bool(after.contradictions)) == (kind in HOLDS, kind in HOLDS)


@pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.DECLINED, Stage.WITHDRAWN, Stage.TERMINATED])
def test_a_contradiction_after_the_end_is_kept_and_revives_nothing(stage: Stage) -> None:
    after = STORIES[stage]().when(contradict()).then(e.BankContradicted)
    assert (after.stage, after.hold) == (stage, None)


def test_a_hold_is_not_lifted_before_every_contradiction_is_resolved() -> None:
    story = active().given(release(), hand_over(), contradict(name="EX-1"), contradict(name="EX-2"))
    story.when(lift()).refused(IllegalTransition, "2 of the bank's answers", "accord payments exceptions")
    story.given(resolve("EX-2")).when(lift()).refused(IllegalTransition, "1 of the bank's answers")
    assert story.given(resolve("EX-2"), resolve("EX-1")).when(lift()).then(e.HoldLifted).hold is None


def test_resolving_lifts_no_hold_by_itself() -> None:
    after = active().given(release(), hand_over(), contradict()).when(resolve()).then(e.ContradictionResolved)
    assert (after.hold is not None, after.contradictions) == (True, ())


COUNTED: dict[str, tuple[BankStatus, str, TrancheState, str]] = {
    "a rejection frees the tranche": (BankStatus.REJECTED, "1000.00", TrancheState.REJECTED, "0"),
    "a return frees the tranche": (BankStatus.RETURNED, "1000.00", TrancheState.RETURNED, "0"),
    "a booking settles it": (BankStatus.SETTLED, "1000.00", TrancheState.SETTLED, "1000.00"),
    "a partial return lowers what left": (BankStatus.RETURNED, "400.00", TrancheState.SETTLED, "600.00"),
}


@pytest.mark.parametrize("what", COUNTED)
def test_what_people_confirmed_counts_as_the_bank_said_it(what: str) -> None:
    status, amount, state, gone = COUNTED[what]
    before = (release(), hand_over(), *((ended(SETTLED),) if status is BankStatus.RETURNED else ()))
    story = active(funds_out=funds_out("1000.00", "500.00")).given(*before, contradict())
    after = story.when(resolve(resolution=Resolution.BELONGS_TO, counts=answer(status, amount))).partnership
    assert (after.tranches[0].state, str(after.paid_or_in_flight)) == (state, gone)


def test_partial_returns_add_up_and_the_last_of_them_frees_the_tranche() -> None:
    story = active(funds_out=funds_out("1000.00", "500.00")).given(release(), *came_to(SETTLED))
    for name, amount in (("EX-1", "400.00"), ("EX-2", "350.00")):
        said = answer(BankStatus.RETURNED, amount, name=name)
        story = story.given(contradict(name=name), resolve(name, Resolution.BELONGS_TO, said))
    assert str(story.partnership.paid_or_in_flight) == "250.00"
    last = answer(BankStatus.RETURNED, "250.00", name="EX-3")
    after = story.given(contradict(name="EX-3"), resolve("EX-3", Resolution.BELONGS_TO, last)).partnership
    assert (after.tranches[0].state, str(after.paid_or_in_flight)) == (TrancheState.RETURNED, "0")


def test_a_freed_tranche_that_is_paid_again_counts_in_full() -> None:
    """The return of the first attempt is not taken off the second."""
    story = active().given(release(), *came_to(SETTLED), contradict(name="EX-1"), contradict(name="EX-2"))
    for name, amount in (("EX-1", "400.00"), ("EX-2", "600.00")):
        story = story.given(resolve(name, Resolution.BELONGS_TO, answer(BankStatus.RETURNED, amount, name=name)))
    again = story.given(lift(), release(attempt=2))
    assert str(again.partnership.paid_or_in_flight) == "1000.00"


def test_word_of_an_older_attempt_moves_nothing_of_the_one_that_is_out() -> None:
    """Two people say that a rejection of attempt 1 counts, while attempt 2 is at the bank: it is not freed by that."""
    story = active().given(release(), *came_to(REJECTED), release(), hand_over(attempt=2), contradict())
    after = story.when(resolve(resolution=Resolution.BELONGS_TO, counts=answer(BankStatus.REJECTED))).partnership
    assert (after.tranches[0].state, after.tranches[0].attempt) == (TrancheState.HANDED_OVER, 2)


@pytest.mark.parametrize("before", [(), (release(),), (release(), cancel(attempt=2))])
def test_a_booking_of_an_earlier_attempt_leaves_nothing_to_pay_anew(before: tuple[c.AnyCommand, ...]) -> None:
    story = active().given(release(), *came_to(REJECTED), *before, contradict())
    booked = resolve(resolution=Resolution.BELONGS_TO, counts=answer(BankStatus.SETTLED))
    after = story.given(booked, lift())
    assert after.partnership.tranches[0].state is TrancheState.SETTLED
    after.when(release()).refused(PaymentRefused, "never paid twice")


def test_money_that_people_say_belongs_here_counts_as_received() -> None:
    story = active(funds_in=funds_in("5000.00"), funds_out=funds_out()).given(receipt("1000.00"), contradict())
    said = answer(BankStatus.RECEIVED, "500.00", tranche=0, attempt=0)
    assert str(story.when(resolve(resolution=Resolution.BELONGS_TO, counts=said)).partnership.received) == "1500.00"


def test_one_exception_is_resolved_once_and_counts_once() -> None:
    story = active(funds_in=funds_in("5000.00"), funds_out=funds_out()).given(contradict())
    said = answer(BankStatus.RECEIVED, "500.00", tranche=0, attempt=0)
    once = story.given(resolve(resolution=Resolution.BELONGS_TO, counts=said))
    assert str(once.when(resolve(resolution=Resolution.BELONGS_TO, counts=said)).then().received) == "500.00"


# What was decided with a key that others may have used


def test_an_approval_falls_and_is_given_anew_where_the_case_stands() -> None:
    story = in_agreement().when(fall("femi.ade", Part.APPROVED))
    after = story.then(e.DecisionsFell, e.DeadlineSet)
    assert (after.stage, after.missing_approvals) == (Stage.APPROVAL, (Role.FINANCE_APPROVER,))
    again = in_agreement().given(fall("femi.ade", Part.APPROVED))
    assert again.when(approve("femi.ade")).partnership.stage is Stage.AGREEMENT


def test_an_approval_that_falls_after_the_agreement_stops_payments_until_it_is_given_anew() -> None:
    story = active().given(fall("femi.ade", Part.APPROVED))
    story.when(release()).refused(PaymentRefused, "FINANCE_APPROVER must approve")
    assert story.given(approve("femi.ade")).when(release()).then(e.TrancheReleased)


def test_an_agreement_that_falls_is_signed_anew() -> None:
    story = active().given(fall("dora.kim", Part.SIGNED))
    assert (story.partnership.stage, story.partnership.signatory) == (Stage.AGREEMENT, "")
    assert story.when(sign("eve.every")).then(e.AgreementSigned).stage is Stage.ACTIVE


def test_who_approved_and_signed_leaves_a_case_that_waits_for_the_approval_first() -> None:
    story = in_eligibility().given(
        approve("vera.lind"), *map(approve, ("ana.silva", "femi.ade", "dora.kim")), sign("dora.kim")
    )
    after = story.when(fall("dora.kim", Part.APPROVED, Part.SIGNED)).partnership
    assert (after.stage, after.missing_approvals, after.signatory) == (Stage.APPROVAL, (Role.DIRECTOR,), "")


def test_a_clearance_that_falls_brings_the_rule_book_back() -> None:
    story = in_eligibility().given(approve("vera.lind"), approve("ana.silva"))
    after = story.when(fall("vera.lind", Part.CLEARED)).partnership
    assert (after.stage, after.assessment, after.verifier) == (Stage.ELIGIBILITY, None, "")


def test_papers_that_fall_are_put_on_file_anew_and_nobody_elses_with_them() -> None:
    papers = (ConditionId.PRE_GRANT_INQUIRY, ConditionId.WRITTEN_COMMITMENT)
    story = approved(given(propose(), verify(), assess(conditions=papers)))
    story = story.given(satisfy(papers[0], "vera.lind"), satisfy(papers[1], "femi.ade"), sign())
    fallen = story.given(fall("femi.ade", Part.FILED))
    assert fallen.partnership.open_conditions() == (papers[1],)
    fallen.when(release()).refused(IllegalTransition, "WRITTEN_COMMITMENT")
    assert fallen.given(satisfy(papers[1], "vera.lind")).when(release()).then(e.TrancheReleased)


@pytest.mark.parametrize("part", [Part.PROPOSED, Part.RELEASED, Part.OTHER])
def test_what_cannot_be_decided_anew_holds_the_case(part: Part) -> None:
    person = {Part.PROPOSED: "pia.berg", Part.RELEASED: "paul.nkosi", Part.OTHER: "otto.audit"}[part]
    after = active().given(release()).when(fall(person, part)).then(e.DecisionsFell, e.HoldPlaced)
    assert person in after.hold.reason


@pytest.mark.parametrize("part", [part for part in Part if part is not Part.OTHER])
@pytest.mark.parametrize("stage", Stage)
def test_what_a_person_has_no_part_in_does_not_fall_and_moves_no_stage(stage: Stage, part: Part) -> None:
    """An agreement of before the case began anew falls with its time: nothing jumps over what was not decided yet."""
    before = STORIES[stage]().partnership
    after = STORIES[stage]().when(fall("nils.olsen", part)).partnership
    assert after == before.model_copy(update={"version": before.version + (not before.ended)})


def test_a_signature_of_before_a_recusal_carries_nothing_past_the_rule_book() -> None:
    story = FLOWN["back in eligibility"]()
    after = story.when(fall("eve.every", Part.SIGNED)).partnership
    assert (after.stage, after.signatory) == (Stage.ELIGIBILITY, "")


def test_a_clearance_that_falls_while_a_question_is_open_answers_no_question() -> None:
    story = in_eligibility().given(approve("vera.lind"), ask("femi.ade"))
    after = story.when(fall("vera.lind", Part.CLEARED)).partnership
    assert (after.stage, after.question, after.verifier) == (Stage.PROPOSED, "Which villages?", "")


def test_a_role_that_was_lent_by_who_lost_a_key_leaves_the_borrowers_approval_standing() -> None:
    who = acting("bo.borrower", lent(Role.FINANCE_APPROVER, "femi.ade"))
    story = in_approval().given(approve("ana.silva")).given(approve("bo.borrower"), by=who)
    assert story.when(fall("femi.ade", Part.APPROVED)).then(e.DecisionsFell).stage is Stage.AGREEMENT


# Conditions that a later look at the registers sets

LATER = ConditionId.WRITTEN_COMMITMENT


@pytest.mark.parametrize("story", [in_approval, in_agreement, active])
def test_a_condition_that_a_later_look_sets_is_asked_for_from_then_on(story: Callable[..., Story]) -> None:
    after = story().given(recheck(Outcome.CONDITION, LATER)).partnership
    assert (after.found_since, after.open_conditions()) == ((LATER,), (LATER,))
    assert after.hold is None
    assert after.responsibility.required == (LATER,)


def test_a_later_condition_stops_a_release_until_it_is_met_and_satisfy_knows_it() -> None:
    story = active().given(recheck(Outcome.CONDITION, LATER))
    story.when(release()).refused(IllegalTransition, "not on file yet: WRITTEN_COMMITMENT", "accord satisfy")
    assert story.given(satisfy(LATER, "vera.lind")).when(release()).then(e.TrancheReleased)


def test_a_later_condition_before_the_agreement_stops_the_agreement() -> None:
    inquiry = ConditionId.PRE_GRANT_INQUIRY
    story = in_agreement().given(recheck(Outcome.CONDITION, inquiry))
    story.when(sign()).refused(IllegalTransition, "PRE_GRANT_INQUIRY")
    assert story.given(satisfy(inquiry, "vera.lind")).when(sign()).then(e.AgreementSigned)


def test_what_a_later_look_finds_again_is_asked_for_once() -> None:
    story = approved(given(propose(), verify(), assess(conditions=(LATER,))))
    after = story.given(recheck(Outcome.CONDITION, LATER), recheck(Outcome.CONDITION, LATER)).partnership
    assert (after.found_since, after.conditions) == ((), (LATER,))
    met = active().given(recheck(Outcome.CONDITION, LATER), satisfy(LATER), recheck(Outcome.CONDITION, LATER))
    assert met.partnership.open_conditions() == ()


def test_a_condition_that_a_later_look_no_longer_finds_stays_asked_for() -> None:
    story = active().given(recheck(Outcome.CONDITION, LATER), recheck(Outcome.PASS))
    assert story.partnership.open_conditions() == (LATER,)


ASKED, SET, GONE = recheck(Outcome.REFER, LATER), recheck(Outcome.CONDITION, LATER), recheck(Outcome.PASS)


@pytest.mark.parametrize("looks", [(ASKED,), (ASKED, ASKED)], ids=["asked once", "asked twice"])
@pytest.mark.parametrize("story", [in_approval, in_agreement, active])
def test_what_a_question_would_leave_is_asked_for_with_it_and_falls_with_it(
    story: Callable[..., Story], looks: tuple[c.RecordRecheck, ...]
) -> None:
    """It holds once a person cleared the question (rules 4.2). Nobody did, and the facts ask it no more."""
    told = story().given(*looks)
    assert (told.partnership.open_conditions(), told.partnership.responsibility.required) == ((LATER,), (LATER,))
    after = told.given(GONE).partnership
    assert (after.open_conditions(), after.responsibility.required) == ((), ())


@pytest.mark.parametrize(
    "told",
    [
        pytest.param((ASKED, clear()), id="a verifier cleared it"),
        pytest.param((ASKED, clear(), ASKED), id="and a later look found it again"),
        pytest.param((ASKED, SET), id="a later look set it without a question"),
        pytest.param((SET, ASKED), id="an earlier look had"),
    ],
)
def test_what_holds_without_a_question_stays_once_the_question_is_gone(told: tuple[c.AnyCommand, ...]) -> None:
    after = active().given(*told, GONE).partnership
    assert (after.open_conditions(), after.responsibility.required) == ((LATER,), (LATER,))


def test_when_the_case_begins_anew_the_rule_book_alone_says_what_is_asked_for() -> None:
    story = in_approval().given(recheck(Outcome.CONDITION, LATER), ask(), revise(), verify(), assess())
    assert (story.partnership.found_since, story.partnership.open_conditions()) == ((), ())


def test_a_booking_that_people_confirmed_starts_the_year_of_reports_as_any_other() -> None:
    story = active().given(release(), hand_over(), contradict(ExceptionKind.OTHER_CONTENT))
    after = story.given(resolve(resolution=Resolution.BELONGS_TO, counts=answer(BankStatus.SETTLED))).partnership
    assert after.responsibility.paid_on == NOON.date()
