"""Words on a partnership that decide nothing: a comment, and the name of its keeper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from domain.directory.tiers import Role
from domain.errors import (
    DomainError,
    IllegalTransition,
    NotAuthorised,
    SeparationOfDuties,
    StaleDecision,
    UnknownPerson,
)
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.stages import Stage
from domain.payment.tranche.status import TrancheOutcome
from tests.builders import authority, funds_out
from tests.domain.partnership.specification import (
    Story,
    active,
    amend,
    approve,
    ask,
    assess,
    assign,
    came_to,
    comment,
    declare,
    decline,
    given,
    hold,
    in_agreement,
    in_approval,
    in_eligibility,
    lift,
    propose,
    release,
    reminded,
    revise,
    shown,
    signed_on,
    terminate,
    verify,
    withdraw,
)

ANA, ADA = "ana.silva", "ada.every"
WITHOUT_A_REPORT = funds_out(final_report=False)
OPEN: dict[str, Callable[[], Story]] = {
    "returned to its proposer": lambda: in_approval().given(ask()),
    "in due diligence": lambda: given(propose()),
    "in eligibility": in_eligibility,
    "in approval": in_approval,
    "in approval, half approved": lambda: in_approval().given(approve("femi.ade")),
    "in approval, reminded": lambda: reminded(in_approval()),
    "in approval, on hold": lambda: in_approval().given(hold()),
    "in agreement": in_agreement,
    "active": active,
    "active, on hold": lambda: active().given(hold()),
    "with a payment at the bank": lambda: active().given(release(), *came_to(TrancheOutcome.REJECTED), release()),
}
ENDED: dict[str, Callable[[], Story]] = {
    "closed": lambda: active(funds_out=WITHOUT_A_REPORT).given(release(), *came_to(TrancheOutcome.SETTLED)),
    "declined": lambda: in_approval().given(decline()),
    "withdrawn": lambda: in_approval().given(withdraw()),
    "terminated": lambda: active().given(terminate()),
}
ANYWHERE = {**OPEN, **ENDED}


@pytest.mark.parametrize("where", ANYWHERE)
def test_a_comment_changes_nothing_but_the_number_of_events(where: str) -> None:
    """No stage, approval, deadline, hold or term, not what was opened last, and not who acted last."""
    story = ANYWHERE[where]()
    after = story.when(comment()).then(e.CommentMade)
    assert after == story.partnership.model_copy(update={"version": story.partnership.version + 1})
    assert after.terms == story.partnership.terms


@pytest.mark.parametrize("where", ANYWHERE)
def test_an_assignment_changes_nothing_but_who_looks_after_it(where: str) -> None:
    story = ANYWHERE[where]()
    after = story.when(assign(ANA)).then(e.PartnershipAssigned)
    assert after == story.partnership.model_copy(update={"version": story.partnership.version + 1, "assigned": ANA})
    assert after.terms == story.partnership.terms


def test_what_was_said_and_who_said_it_is_on_record() -> None:
    said = active().when(comment("paul.nkosi", "Their bank is closed in August")).said
    assert [(one.actor, one.text) for one in said] == [("paul.nkosi", "Their bank is closed in August")]


@pytest.mark.parametrize("text", ["", "no", "x" * 2001, "a bell \a"])
def test_a_comment_is_a_text_for_others_to_read(text: str) -> None:
    with pytest.raises(ValidationError):
        comment(text=text)


def test_the_same_may_be_said_twice() -> None:
    story = active().given(comment(), comment("vera.lind"))
    assert story.when(comment()).then(e.CommentMade).version == story.partnership.version + 1


# What was shown before


@pytest.mark.parametrize("remark", [comment(), assign()], ids=["a comment", "an assignment"])
def test_a_decision_on_what_was_shown_before_a_remark_still_counts(remark: c.StaffRequest) -> None:
    """Given an approval signed on what was shown, when somebody remarks something meanwhile, then it counts."""
    story = in_approval()
    approval = signed_on(shown(story.partnership), approve(ANA))
    assert story.given(remark).when(approval).then(e.ApprovalGiven).approvals[0].actor == ANA


@pytest.mark.parametrize("remark", [comment(), assign()], ids=["a comment", "an assignment"])
def test_beside_a_remark_what_opens_another_question_makes_a_decision_stale_as_ever(remark: c.StaffRequest) -> None:
    story = in_approval()
    approval = signed_on(shown(story.partnership), approve(ANA))
    story.given(remark, hold(), lift()).when(approval).refused(StaleDecision, "look again")


@pytest.mark.parametrize("remark", [comment(), assign()], ids=["a comment", "an assignment"])
def test_a_remark_on_what_was_shown_before_an_approval_counts(remark: c.StaffRequest) -> None:
    story = in_approval()
    signed = signed_on(shown(story.partnership), remark)
    assert story.given(approve("femi.ade")).when(signed).refusal is None


@pytest.mark.parametrize("remark", [comment(), assign()], ids=["a comment", "an assignment"])
def test_a_refusal_names_who_acted_last_and_not_who_spoke_since(remark: c.StaffRequest) -> None:
    story = in_approval().given(decline("dora.kim"), remark)
    story.when(approve(ANA)).refused(IllegalTransition, "DECLINED", "dora.kim declined it")


# Who looks after it


def test_somebody_is_assigned_another_in_their_stead_and_then_nobody() -> None:
    story = in_approval()
    assert story.partnership.assigned is None
    story = story.given(assign(ANA))
    assert story.partnership.assigned == ANA
    story = story.given(assign("femi.ade", "vera.lind"))
    assert story.partnership.assigned == "femi.ade"
    assert story.when(assign(None)).then(e.PartnershipAssigned).assigned is None


def test_whoever_looks_after_it_may_give_it_away_and_take_it() -> None:
    story = in_approval().given(assign("pia.berg", "pia.berg"))
    assert story.when(assign(ANA, "pia.berg")).then(e.PartnershipAssigned).assigned == ANA


def test_who_looks_after_it_already_is_not_assigned_again() -> None:
    in_approval().given(assign(ANA)).when(assign(ANA, "femi.ade")).refused(
        IllegalTransition, "ana.silva looks after P-2026-0042 already"
    )


def test_where_nobody_looks_after_it_it_is_not_taken_from_anybody() -> None:
    in_approval().when(assign(None)).refused(IllegalTransition, "nobody looks after P-2026-0042 already")
    in_approval().given(assign(ANA), assign(None)).when(assign(None)).refused(IllegalTransition, "nobody looks after")


def test_somebody_unknown_to_the_directory_is_not_assigned() -> None:
    who = authority("pia.berg").model_copy(update={"unknown_people": ("ana.sliva",)})
    in_approval().when(assign("ana.sliva"), who).refused(UnknownPerson, "ana.sliva is not in the staff directory")


def test_an_auditor_comments_and_assigns_nobody() -> None:
    story = in_approval().given(comment("otto.audit"))
    story.when(assign(ANA, "otto.audit")).refused(NotAuthorised, "otto.audit may not assign", "holds AUDITOR")


def test_to_look_after_it_gives_no_role() -> None:
    story = in_approval().given(assign("paul.nkosi"))
    story.when(approve("paul.nkosi")).refused(NotAuthorised, "paul.nkosi", "PROGRAMME_APPROVER")


def test_to_look_after_it_takes_no_role_and_is_no_part_in_it() -> None:
    """Whoever looks after it, said who does, or commented, approves it as anybody else in their role."""
    story = in_approval().given(assign(ADA, ADA), comment(ADA))
    assert story.when(approve(ADA)).then(e.ApprovalGiven).missing_approvals == (Role.FINANCE_APPROVER,)
    story = active().given(assign("paul.nkosi", "paul.nkosi"), comment("paul.nkosi"))
    assert story.when(release()).then(e.TrancheReleased)


STAYS: dict[str, tuple[c.AnyCommand, ...]] = {
    "a return, a revision and what follows": (ask(), revise(), verify(), assess()),
    "an amendment": (amend(title="Digital skills, amended"),),
    "a hold and its end": (hold(), lift()),
    "a decline": (decline(),),
    "another's interest": (declare("femi.ade"),),
}


@pytest.mark.parametrize("what", STAYS)
def test_who_looks_after_it_stays_the_same_after(what: str) -> None:
    assert in_approval().given(assign(ANA)).given(*STAYS[what]).partnership.assigned == ANA


# Interests


def test_whoever_has_an_interest_in_it_does_not_look_after_it() -> None:
    story = in_approval().given(declare(ANA))
    story.when(assign(ANA)).refused(SeparationOfDuties, "ana.silva has a declared interest", "is recused")
    assert story.when(assign("femi.ade")).then(e.PartnershipAssigned).assigned == "femi.ade"


def test_nor_do_they_where_the_proposal_names_the_interest() -> None:
    story = in_approval(interests=[{"person": ADA, "what": "Her spouse is on the board"}])
    story.when(assign(ADA)).refused(SeparationOfDuties, "ada.every has a declared interest")


@pytest.mark.parametrize("where", OPEN)
@pytest.mark.parametrize("by", [ANA, "vera.lind"], ids=["themselves", "another"])
def test_an_interest_that_is_declared_takes_it_from_whoever_looks_after_it(where: str, by: str) -> None:
    story = OPEN[where]().given(assign(ANA))
    after = story.when(declare(ANA, by)).then(e.InterestDeclared)
    assert (after.assigned, after.recused) == (None, {ANA})
    Story(after).when(assign(ANA)).refused(SeparationOfDuties, "is recused")


def test_an_interest_that_names_nobody_who_looks_after_it_gives_it_to_nobody() -> None:
    assert in_approval().when(declare(ANA)).then(e.InterestDeclared).assigned is None


# Where nothing is decided, nothing stands in the way


REMARKS = {"a comment": comment(ADA), "an assignment": assign(ANA, ADA), "an assignment to nobody": assign(None, ADA)}


@pytest.mark.parametrize("remark", REMARKS)
@pytest.mark.parametrize("story", [in_approval, in_agreement, active], ids=["approval", "agreement", "active"])
def test_a_hold_stops_no_remark(story: Callable[[], Story], remark: str) -> None:
    held = story().given(assign("femi.ade"), hold())
    assert held.when(REMARKS[remark]).refusal is None
    assert held.given(REMARKS[remark]).partnership.hold == held.partnership.hold


@pytest.mark.parametrize("remark", REMARKS)
@pytest.mark.parametrize("where", ENDED)
def test_after_the_end_things_are_said_and_nothing_is_revived(where: str, remark: str) -> None:
    before = ENDED[where]().given(assign("femi.ade")).partnership
    after = Story(before).given(REMARKS[remark]).partnership
    assert (after.stage, after.ended_on, after.deadline) == (before.stage, before.ended_on, None)


def test_who_is_recused_still_comments() -> None:
    story = in_approval().given(declare(ADA), assess())
    after = story.when(comment(ADA)).then(e.CommentMade)
    assert (after.recused, after.stage, after.approvals) == ({ADA}, Stage.APPROVAL, ())


def test_who_is_recused_decides_nothing_by_a_comment() -> None:
    """Given a recused approver who commented, when they approve, then they are refused as before."""
    story = in_approval().given(declare(ADA), assess(), comment(ADA, "I know their treasurer well"))
    refusal = story.when(approve(ADA)).refusal
    assert isinstance(refusal, SeparationOfDuties)
    assert isinstance(refusal, DomainError)
    assert story.when(approve(ANA)).then(e.ApprovalGiven)


def test_who_is_recused_may_name_another_to_look_after_it() -> None:
    """It decides nothing: so whoever has it and has an interest in it hands it on."""
    story = in_approval().given(assign(ADA), declare(ADA), assess())
    assert story.when(assign(ANA, ADA)).then(e.PartnershipAssigned).assigned == ANA


def test_an_interest_that_a_revision_names_takes_it_too() -> None:
    story = in_approval().given(assign("pia.berg"), ask())
    revised = revise(interests=[{"person": "pia.berg", "what": "Her spouse is on the board"}])
    after = story.when(revised).then(e.ProposalRevised)
    assert (after.recused, after.assigned) == ({"pia.berg"}, None)
