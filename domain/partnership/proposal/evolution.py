"""Evolve a partnership by the events of its proposal."""

from __future__ import annotations

from collections.abc import Collection

from domain.edition_names import EditionReference
from domain.grants import TranchePlan
from domain.partnership.approval.evolution import stage_of
from domain.partnership.diligence.cures import ONCE
from domain.partnership.diligence.evolution import NOTHING_ASKED
from domain.partnership.proposal import events as e
from domain.partnership.proposal.amendment import ANEW, UPDATES
from domain.partnership.proposal.events import ProposalEvent
from domain.partnership.proposal.sums import falls, sums_of
from domain.partnership.proposal.telephones import known_after
from domain.partnership.proposal.updates import new_papers
from domain.partnership.report.reports import Reporting
from domain.partnership.stages import Stage
from domain.partnership.state import AnsweredQuestion, Approval, ChangedFields, Partnership, TrancheProgress
from domain.policy.conditions import NAMED, ConditionId
from domain.proposal import Direction, Proposal

_Proposing = e.PartnershipProposed | e.ProposalRevised | e.ProposalAmended


def proposal_changed(partnership: Partnership, event: ProposalEvent) -> ChangedFields:
    """Return the fields after its proposal was submitted, amended or sent back."""
    match event:
        case e.PartnershipProposed() | e.ProposalRevised():
            first = not partnership.telephones and not partnership.is_agreed
            changes = _with_telephones(partnership, event, _submitted(partnership, event), vouched=first)
            return _within(changes, event.template)
        case e.ProposalAmended():
            vouched = event.called is not None and not event.unanswered
            changes = _with_telephones(partnership, event, _amended(partnership, event), vouched=vouched)
            return _within(changes, event.template)
        case e.InformationRequested(question=question):
            return {"stage": Stage.PROPOSED, "question": question, "why": f"asked: {question}", "approvals": ()}
        case e.ReturnedForCure():
            return _returned(partnership, event)
        case e.SubrecipientsReported(subrecipients=subrecipients):
            return {"proposal": partnership.proposed.regranted(subrecipients)}


def _with_telephones(
    partnership: Partnership, event: _Proposing, changes: ChangedFields, *, vouched: bool
) -> ChangedFields:
    """Return changed fields with the numbers of the contacts. Most proposals name none, before and after."""
    if not partnership.telephones and not any(contact.phone for contact in event.proposal.contacts):
        return changes
    telephones = known_after(partnership.telephones, event.proposal, event.actor, event.at, vouched=vouched)
    return {**changes, "telephones": telephones}


def _within(changes: ChangedFields, template: EditionReference | None) -> ChangedFields:
    """Return changed fields with the edition that the budget was made within: what is begun with one stays with it."""
    reporting = changes["reporting"]
    if not isinstance(reporting, Reporting) or reporting.template == template:
        return changes
    return {**changes, "reporting": reporting.model_copy(update={"template": template})}


def _submitted(partnership: Partnership, event: e.PartnershipProposed | e.ProposalRevised) -> ChangedFields:
    recused_people = {interest.person for interest in event.proposal.interests}
    return {
        **from_the_beginning(partnership, event.proposal),
        "funding": event.funding,
        "proposers": tuple(dict.fromkeys((*partnership.proposers, event.actor))),
        "interests": tuple(dict.fromkeys((*partnership.interests, *event.proposal.interests))),
        "ended_legs": (),
        "answered": _answered(partnership, event),
        "assigned": None if partnership.assigned in recused_people else partnership.assigned,
    }


def _answered(
    partnership: Partnership, event: e.PartnershipProposed | e.ProposalRevised
) -> tuple[AnsweredQuestion, ...]:
    """Return the answers in words, the newest last, each beside its question."""
    if not isinstance(event, e.ProposalRevised) or event.answer is None:
        return partnership.answered
    return (
        *partnership.answered,
        AnsweredQuestion(question=partnership.question, answer=event.answer, actor=event.actor),
    )


def _returned(partnership: Partnership, event: e.ReturnedForCure) -> ChangedFields:
    rules = tuple(dict.fromkeys((*partnership.returned_for, *event.rules)))
    back: ChangedFields = {"stage": Stage.PROPOSED, "question": event.what, "approvals": (), "deadline": None}
    stays = (partnership.paid_party,) if not ONCE.isdisjoint(event.rules) else ()
    payees = tuple(dict.fromkeys((*partnership.returned_with, *stays)))
    return {**back, "why": event.what, "returned_for": rules, "returned_with": payees}


def from_the_beginning(partnership: Partnership, proposal: Proposal) -> ChangedFields:
    """Return the fields after a restart at due diligence: earlier decisions do not count (R13), but payments do."""
    responsibility = partnership.responsibility.model_copy(update={"required": (), "met": ()})
    has_payment = partnership.has_paid
    return {
        "stage": Stage.DUE_DILIGENCE,
        "proposal": proposal,
        "vouched": proposal.funds_out.payee if proposal.funds_out else None,
        "updated": 0,
        "updated_version": 0,
        "question": "",
        "why": "",
        "verification": None,
        "assessment": None,
        "verifier": "",
        "verifier_for": "",
        "quorum": None,
        "conversion": None,
        "approvals": (),
        "met": (),
        "filed": (),
        "found_since": (),
        **NOTHING_ASKED,
        "responsibility": responsibility,
        "deadline": None,
        "account": partnership.account if has_payment else None,
        "account_verifier": partnership.account_verifier if has_payment else "",
        "payable_from": partnership.payable_from if has_payment else None,
        "signatory": "",
        "tranches": _plans(proposal, partnership.tranches),
        "reporting": _reporting(partnership, proposal),
    }


def _plans(proposal: Proposal, progresses: tuple[TrancheProgress, ...] = ()) -> tuple[TrancheProgress, ...]:
    """Return the tranches of a proposal. Those that were released already stay as they are, unless one was split."""
    progress_by_number = {progress.number: progress for progress in progresses if progress.attempt}
    plans = proposal.funds_out.tranches if proposal.funds_out else ()
    return tuple(_with_plan(progress_by_number.get(plan.number), plan) for plan in plans)


def _with_plan(progress: TrancheProgress | None, plan: TranchePlan) -> TrancheProgress:
    if progress is None:
        return _planned(plan)
    return progress if progress.money == plan.money else progress.with_plan(plan.money, plan.due_on)


def _planned(plan: TranchePlan) -> TrancheProgress:
    return TrancheProgress(number=plan.number, money=plan.money, due_on=plan.due_on)


def _reporting(partnership: Partnership, proposal: Proposal) -> Reporting:
    milestones = proposal.funds_out.milestones if proposal.funds_out is not None else ()
    return partnership.reporting.model_copy(update={"planned": proposal.reports, "milestones": milestones})


def _amended(partnership: Partnership, event: e.ProposalAmended) -> ChangedFields:
    common: ChangedFields = {
        "funding": event.funding,
        "proposers": tuple(dict.fromkeys((*partnership.proposers, event.actor))),
    }
    if not ANEW.isdisjoint(event.changes):
        proposal = _without_the_ended(partnership, event.proposal)
        return {**from_the_beginning(partnership, proposal), **common, "ended_legs": _still_ended(partnership)}
    approvals = _standing(partnership, event)
    changes: ChangedFields = {
        **common,
        "proposal": event.proposal,
        "approvals": approvals,
        "quorum": event.quorum,
        "conversion": event.conversion,
        "tranches": _plans(event.proposal, partnership.tranches),
        "reporting": _reporting(partnership, event.proposal),
        **_updated(partnership, event),
    }
    if partnership.stage is Stage.ACTIVE:
        return changes
    return {**changes, "stage": stage_of(partnership.model_copy(update=changes)), "deadline": None}


def _updated(partnership: Partnership, event: e.ProposalAmended) -> ChangedFields:
    """Return the fields after a party was told anew: everybody is screened again, and a new paper is read."""
    if UPDATES.isdisjoint(event.changes):
        return {}
    papers = {ConditionId.PAPERS_READ} if new_papers(partnership.proposed, event.proposal) else set()
    version = partnership.version + 1
    return {"updated": version, "updated_version": version, **_unmet(partnership, NAMED | papers)}


def _unmet(partnership: Partnership, conditions: Collection[ConditionId]) -> ChangedFields:
    responsibility = partnership.responsibility
    ids = tuple(condition_id for condition_id in responsibility.met if condition_id not in conditions)
    return {
        "met": tuple(condition_id for condition_id in partnership.met if condition_id not in conditions),
        "filed": tuple(filing for filing in partnership.filed if filing[0] not in conditions),
        "responsibility": responsibility.model_copy(update={"met": ids}),
    }


def _still_ended(partnership: Partnership) -> tuple[Direction, ...]:
    """Return the legs that ended and stay in the proposal, since money moved on them."""
    return tuple(leg for leg in partnership.ended_legs if partnership.moved_on(leg))


def _without_the_ended(partnership: Partnership, proposal: Proposal) -> Proposal:
    """Return a proposal without the legs that ended before money moved on them: nobody approves those anew."""
    dropped_legs = [leg for leg in partnership.ended_legs if leg not in _still_ended(partnership)]
    remaining_legs = [leg for leg in proposal.directions if leg not in dropped_legs]
    needed = any(proposal.needs(leg) for leg in dropped_legs)
    return proposal.without(*dropped_legs) if dropped_legs and remaining_legs and not needed else proposal


def _standing(partnership: Partnership, event: e.ProposalAmended) -> tuple[Approval, ...]:
    """Return the approvals that stay valid after an amendment. Those by its author never do."""
    now = sums_of(event.proposal)
    other_approvals = (
        approval for approval in partnership.approvals if event.actor not in {approval.actor, approval.on_behalf_of}
    )
    return tuple(
        approval for approval in other_approvals if not falls(approval.role, approval.sums, event.changes, now)
    )
