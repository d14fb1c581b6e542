"""Evolve a partnership by its events. No event is refused: it has happened."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from typing import Any, Final, assert_never

from domain.directory.disregarded import Disregarded
from domain.directory.tiers import Role
from domain.grants import Interest, TranchePlan
from domain.identity import ACCORD
from domain.partnership import events as e
from domain.partnership.diligence.cures import ONCE, listed_in, names_a_listed_party
from domain.partnership.diversion.responsibility import checklist_conditions
from domain.partnership.hold.holds import Hold, Holds, next_told, own_reason, without
from domain.partnership.payment.evolution import (
    attempt_begun,
    contradiction_resolved,
    day_of,
    refund_recorded,
    to_acknowledge,
    tranche_ended,
    tranche_moved,
)
from domain.partnership.people.taking_part import Part
from domain.partnership.procedure import REMARKS, WORDS
from domain.partnership.proposal.amendment import ANEW, UPDATES, falls, sums_of
from domain.partnership.proposal.updates import new_papers
from domain.partnership.refund.refunds import confirmed_by
from domain.partnership.refund.refunds import without as without_refund
from domain.partnership.report.evolution import reports_changed, with_reporting
from domain.partnership.report.reports import Reporting
from domain.partnership.stages import Stage
from domain.partnership.state import (
    Act,
    Approval,
    ChangedFields,
    Cleared,
    Partnership,
    Told,
    TrancheProgress,
    TrancheState,
    least_of,
)
from domain.partnership.waiting.deadlines import Wait
from domain.payment.bank_answers import HOLDS, ExceptionKind
from domain.policy.canonical import order_of
from domain.policy.conditions import NAMED, ConditionId
from domain.policy.earlier import FirstLook
from domain.policy.findings import Assessment, Outcome
from domain.proposal import Direction, Proposal
from domain.screening.evidence import NAMESAKES

OPENING: Final = ("stage", "holds", "proposal", "account", "interests")
"""The fields whose change opens a new question: decisions on an older view are stale from then on."""


_STANDS_STILL: Final = frozenset({"version", "deadline", "verification", "assigned", "named"})
"""The fields that change while a partnership stays where it stands: looks at registers, remarks."""

_REMIND: Final = (e.DeadlineSet, e.DeciderReminded, e.DeadlineEscalated)
"""The events that tell people again what they know."""


def evolve(partnership: Partnership, event: e.Event | Disregarded) -> Partnership:
    """Return the partnership after an event."""
    if isinstance(event, Disregarded):
        return partnership.model_copy(update={"version": partnership.version + 1})
    changed = {**_change(partnership, event), "version": partnership.version + 1}
    if changed.get("proposal", partnership.proposal) != partnership.proposal:
        changed["named"] = partnership.people
    if any(field in changed and changed[field] != getattr(partnership, field) for field in OPENING):
        changed["opened"] = partnership.version + 1
    if not isinstance(event, _REMIND) and _moves(partnership, changed):
        changed["since"] = event.at
    if act := _act(event):
        changed["last_act"] = act
    after = partnership.model_copy(update=changed)
    return after.model_copy(update=_first_days(partnership, after, event))


def _moves(partnership: Partnership, changed: ChangedFields) -> bool:
    return any(changed[field] != getattr(partnership, field) for field in changed.keys() - _STANDS_STILL)


def _first_days(before: Partnership, after: Partnership, event: e.Event) -> ChangedFields:
    """Return the fields that remember when a quorum was complete, and when a condition was set first."""
    changed: ChangedFields = {}
    if after.is_approved and not before.is_approved:
        changed["quorum_completed_at"] = event.at
    if after.ended and not before.ended:
        changed["ended_on"] = day_of(event)
    known = dict(after.asked_on)
    if isinstance(event, _MOVES_MONEY):
        changed["moved_last"] = day_of(event)
    if new := [one for one in after.conditions if one not in known]:
        changed["asked_on"] = (*after.asked_on, *((one, day_of(event)) for one in new))
    return changed


_MOVES_MONEY: Final = (e.TrancheEnded, e.FundsReceived, e.ContradictionResolved, e.RefundRecorded)


def fold(partnership_id: str, history: tuple[e.Event | Disregarded, ...]) -> Partnership:
    """Return the partnership after all events of its history."""
    return reduce(evolve, history, Partnership(partnership_id=partnership_id))


def _change(partnership: Partnership, event: e.Event) -> ChangedFields:  # noqa: C901 - one whole match: each event once
    match event:
        case e.PartnershipProposed() | e.ProposalRevised():
            return _submitted(partnership, event)
        case e.DueDiligenceCompleted(verification=verification):
            return {"stage": Stage.ELIGIBILITY, "verification": verification}
        case e.EligibilityAssessed():
            return _assessed(partnership, event)
        case e.RegistersRechecked():
            return _rechecked(partnership, event)
        case e.ReferralCleared():
            return _cleared(partnership, event)
        case e.InformationRequested(question=question):
            return {"stage": Stage.PROPOSED, "question": question, "why": f"asked: {question}", "approvals": ()}
        case e.ApprovalGiven():
            return _approved(partnership, event)
        case e.FundsAllotted(shares=shares):
            return {"shares": shares}
        case e.DeadlineExtended():
            return {"deadline": None}
        case e.DeadlineSet() | e.DeciderReminded() | e.DeadlineEscalated():
            return _waited(partnership, event)
        case e.AgreementSigned():
            return _signed(partnership, event)
        case e.FundsReceived(money=money):
            on = partnership.received_on or day_of(event)
            came: ChangedFields = {"received": partnership.received + money.amount, "received_on": on}
            return {**came, **to_acknowledge(partnership, money, day_of(event))}
        case e.HoldPlaced():
            reason = own_reason(partnership.holds, event.actor, event.reason)
            return _held(partnership, event, actor=event.actor, reason=reason, whole_agreement=event.whole_agreement)
        case e.HeldWithLead(reason=reason, lead=lead):
            return _held(partnership, event, actor=ACCORD, reason=reason, lead=lead)
        case e.LegEnded(leg=leg, anew=anew):
            return _leg_ended(partnership, leg, anew)
        case e.HoldLifted(holds=numbers):
            return {"holds": without(partnership.holds, numbers)}
        case e.FreedWithLead(holds=numbers):
            return {"holds": tuple(one for one in partnership.holds if not (one.lead and one.number in numbers))}
        case e.CommentMade():
            return {}
        case e.PartnershipAssigned(to=person):
            return {"assigned": person}
        case e.InterestDeclared(interest=interest):
            return _recused(partnership, interest)
        case e.ProposalAmended():
            return _amended(partnership, event)
        case e.ReturnedForCure(what=what, rules=rules):
            gone = tuple(dict.fromkeys((*partnership.returned_for, *rules)))
            back: ChangedFields = {"stage": Stage.PROPOSED, "question": what, "approvals": (), "deadline": None}
            stays = (partnership.paid_party,) if not ONCE.isdisjoint(rules) else ()
            payees = tuple(dict.fromkeys((*partnership.returned_with, *stays)))
            return {**back, "why": what, "returned_for": gone, "returned_with": payees}
        case e.QuestionsCleared(questions=questions, actor=actor):
            aside = partnership.asked_beside
            cleared = tuple(Cleared(question=one, actor=actor, beside=one in aside) for one in questions)
            left = tuple(one for one in partnership.asked_since if one not in questions)
            beside = tuple(one for one in partnership.asked_beside if one not in questions)
            since = (*partnership.cleared_since, *cleared)
            held = {condition for condition, key in partnership.while_asked if key in questions}
            waiting = tuple(one for one in partnership.while_asked if one[0] not in held)
            return {"cleared_since": since, "asked_since": left, "asked_beside": beside, "while_asked": waiting}
        case e.SubrecipientsReported(subrecipients=subrecipients):
            return {"proposal": partnership.proposed.regranted(subrecipients)}
        case e.DecisionsFell():
            return _fell(partnership, event)
        case e.TrancheReleased(tranche=number, attempt=attempt, actor=actor):
            payers = tuple(dict.fromkeys((*partnership.payers, actor)))
            return {"tranches": attempt_begun(partnership, number, attempt), "payers": payers, "updated_version": 0}
        case e.PaymentCancelled(tranche=number, attempt=attempt):
            return tranche_moved(partnership, number, TrancheState.CANCELLED, attempt)
        case e.TrancheHandedOver(tranche=number, attempt=attempt):
            return tranche_moved(partnership, number, TrancheState.HANDED_OVER, attempt)
        case e.TrancheNeverSent(tranche=number, attempt=attempt):
            return tranche_moved(partnership, number, TrancheState.RELEASED, attempt)
        case e.TrancheEnded():
            return tranche_ended(partnership, event)
        case e.BankContradicted(exception_id=exception_id, exception=kind) if kind in HOLDS:
            return {"contradictions": (*partnership.contradictions, exception_id)}
        case e.BankContradicted(exception_id=exception_id, exception=ExceptionKind.LATE_RETURN):
            return {"late_returns": (*partnership.late_returns, exception_id)}
        case e.BankContradicted():
            return {}
        case e.ContradictionResolved():
            return contradiction_resolved(partnership, event)
        case e.ConditionMet(condition=condition, actor=actor):
            return _on_file(partnership, condition, actor)
        case e.ReportReceived() | e.ReportAccepted() | e.ReportReturned():
            return reports_changed(partnership, event)
        case e.RefundRecorded():
            return refund_recorded(partnership, event)
        case e.RefundConfirmed(bank_reference=reference, detail=detail, actor=actor):
            return {"refunds": confirmed_by(partnership.refunds, reference, detail, actor)}
        case e.RefundWithdrawn(bank_reference=reference, detail=detail):
            return {"refunds": without_refund(partnership.refunds, reference, detail)}
        case e.DiversionReported(what=what):
            diverted = partnership.responsibility.with_diversion(what, day_of(event), event.money)
            return {"responsibility": diverted, "diverted_on": day_of(event)}
        case e.AssuranceRecorded():
            return {"responsibility": partnership.responsibility.with_assurance(event.answer)}
        case e.PartnershipDeclined(reason=reason):
            return {"stage": Stage.DECLINED, "why": reason, "deadline": None}
        case e.PartnershipWithdrawn(reason=reason):
            return {"stage": Stage.WITHDRAWN, "why": reason, "deadline": None}
        case e.PartnershipTerminated(reason=reason):
            return {"stage": Stage.TERMINATED, "why": reason, "deadline": None}
        case e.PartnershipReopened():
            return {"stage": Stage.ACTIVE, "why": "", "deadline": None, "ended_on": None}
        case e.PartnershipClosed():
            return {"stage": Stage.CLOSED, "why": "everything agreed was done", "deadline": None}
        case e.CommandRefused(matched=matched):
            return {"matched": partnership.matched or matched}
        case _:
            assert_never(event)


def _leg_ended(partnership: Partnership, leg: Direction, anew: bool) -> ChangedFields:
    """Return the fields after a leg ended. One that cannot be taken away, whatever an event says, is only marked."""
    proposal = partnership.proposal
    if proposal is None or leg not in proposal.directions or leg in partnership.ended_legs:
        return {}
    if anew and len(proposal.directions) > 1 and not proposal.needs(leg) and not partnership.moved_on(leg):
        return _from_the_beginning(partnership, proposal.without(leg))
    unused = leg is Direction.FUNDS_OUT and not partnership.has_paid
    reporting = partnership.reporting.model_copy(update={"planned": ()}) if unused else partnership.reporting
    return {"ended_legs": (*partnership.ended_legs, leg), "reporting": reporting}


def _held(partnership: Partnership, event: e.HoldPlaced | e.HeldWithLead, **said: Any) -> ChangedFields:
    """Return the fields after a hold was placed beside those that stand."""
    placed = Hold(number=partnership.version + 1, at=event.at, leg=event.leg, **said)
    return {"holds": (*partnership.holds, placed), "deadline": None}


def _plans(proposal: Proposal, known: tuple[TrancheProgress, ...] = ()) -> tuple[TrancheProgress, ...]:
    """Return the tranches of a proposal; those that were released already stay as they are."""
    moved = {one.number: one for one in known if one.attempt}
    plans = proposal.funds_out.tranches if proposal.funds_out else ()
    return tuple(moved.get(plan.number) or _planned(plan) for plan in plans)


def _planned(plan: TranchePlan) -> TrancheProgress:
    return TrancheProgress(number=plan.number, money=plan.money, due_on=plan.due_on)


def _reporting(partnership: Partnership, proposal: Proposal) -> Reporting:
    return partnership.reporting.model_copy(update={"planned": proposal.reports})


def _submitted(partnership: Partnership, event: e.PartnershipProposed | e.ProposalRevised) -> ChangedFields:
    recused = {one.person for one in event.proposal.interests}
    return {
        **_from_the_beginning(partnership, event.proposal),
        "funding": event.funding,
        "proposers": tuple(dict.fromkeys((*partnership.proposers, event.actor))),
        "interests": tuple(dict.fromkeys((*partnership.interests, *event.proposal.interests))),
        "ended_legs": (),
        "assigned": None if partnership.assigned in recused else partnership.assigned,
    }


_NOTHING_ASKED: Final[ChangedFields] = {
    "asked_since": (),
    "asked_beside": (),
    "cleared_since": (),
    "while_asked": (),
    "later": (),
    "first_looks": (),
}


def _from_the_beginning(partnership: Partnership, proposal: Proposal) -> ChangedFields:
    """Return the fields after a restart at due diligence: earlier decisions do not count (R13), but payments do."""
    kept = partnership.responsibility.model_copy(update={"required": (), "met": ()})
    moved = partnership.has_paid
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
        "approvals": (),
        "met": (),
        "filed": (),
        "found_since": (),
        **_NOTHING_ASKED,
        "responsibility": kept,
        "deadline": None,
        "account": partnership.account if moved else None,
        "account_verifier": partnership.account_verifier if moved else "",
        "payable_from": partnership.payable_from if moved else None,
        "signatory": "",
        "tranches": _plans(proposal, partnership.tranches),
        "reporting": _reporting(partnership, proposal),
    }


def _assessed(partnership: Partnership, event: e.EligibilityAssessed) -> ChangedFields:
    found = event.assessment
    responsibility = partnership.responsibility.model_copy(update={"required": checklist_conditions(found.conditions)})
    common: ChangedFields = {
        "assessment": found,
        "quorum": event.quorum,
        "responsibility": responsibility,
        "found_since": (),
        "matched": partnership.matched or names_a_listed_party(found),
        "listed": listed_in(found),
        **_NOTHING_ASKED,
    }
    match found.outcome:
        case Outcome.PASS | Outcome.CONDITION:
            known = partnership.model_copy(update={"quorum": event.quorum})
            return {**common, "stage": Stage.APPROVAL if event.quorum is None else _stage_of(known)}
        case Outcome.REFER | Outcome.FAIL:
            return {**common, "why": found.deciding}
        case _:
            assert_never(found.outcome)


def _rechecked(partnership: Partnership, event: e.RegistersRechecked) -> ChangedFields:
    """Return the fields after a recheck; the conditions that it adds are required from then on."""
    later = {one.asked for one in event.later}
    asked = () if partnership.stage is Stage.ELIGIBILITY else open_questions(event.assessment, partnership)
    asked = tuple(one for one in asked if one not in later)
    pays = partnership.proposed.funds_out is not None
    paying = open_questions(event.assessment, partnership, Direction.FUNDS_OUT) if pays and asked else asked
    matched = partnership.matched or names_a_listed_party(event.assessment)
    changed: ChangedFields = {
        "verification": event.verification,
        "asked_since": tuple(one for one in paying if one in asked),
        "asked_beside": tuple(one for one in asked if one not in paying),
        "matched": matched,
        "updated": 0,
        "later": event.later,
        "first_looks": _first_looks(partnership, event),
        "met": _named_now(partnership, event.assessment),
        "listed": listed_in(event.assessment),
        **_anew(partnership),
    }
    return changed if partnership.stage is Stage.ELIGIBILITY else {**changed, **_conditions_after(partnership, event)}


def _conditions_after(partnership: Partnership, event: e.RegistersRechecked) -> ChangedFields:
    """Return the fields of conditions after a recheck: what it adds is required, also if later ones do not find it.

    But for what a question alone carried that is asked no more, and that nobody cleared: it would have held once
    somebody had (rules 4.2).
    """
    found, later = event.assessment, {one.asked for one in event.later}
    waited = {condition for condition, _ in partnership.while_asked}
    fallen = waited - {*found.conditions}
    kept = partnership.model_copy(update={"found_since": _less(partnership.found_since, fallen)})
    since = tuple(one for one in found.conditions if one not in kept.conditions and one not in later)
    required = (*_less(partnership.responsibility.required, fallen), *checklist_conditions(since))
    asked = found.conditions_once_cleared(partnership.cleared_referrals)
    return {
        "found_since": (*kept.found_since, *since),
        "while_asked": tuple((one, key) for one, keys in asked.items() if one in waited.union(since) for key in keys),
        "responsibility": partnership.responsibility.model_copy(update={"required": required}),
    }


def _less(conditions: tuple[ConditionId, ...], fallen: Collection[ConditionId]) -> tuple[ConditionId, ...]:
    return tuple(one for one in conditions if one not in fallen)


def open_questions(assessment: Assessment, partnership: Partnership, leg: Direction | None = None) -> tuple[str, ...]:
    """Return the keys of the referrals on a leg, or on any, that nobody cleared, each once.

    A namesake stops nobody but themselves.
    """
    referrals = (one for one in assessment.with_outcome(Outcome.REFER) if one.rule_id != NAMESAKES)
    asked = dict.fromkeys(key for one in referrals if leg in {None, one.leg} for key in one.keys)
    return tuple(key for key in asked if key not in partnership.cleared_referrals)


def _on_file(partnership: Partnership, condition: ConditionId, actor: str) -> ChangedFields:
    """Return the fields once the papers of a condition are on file; one that was for a later day is required now."""
    known, since = partnership.responsibility, partnership.found_since
    if condition in partnership.conditions_later:
        known = known.model_copy(update={"required": (*known.required, *checklist_conditions((condition,)))})
        since = (*since, condition)
    return {
        "met": (*partnership.met, condition),
        "filed": (*partnership.filed, (condition, actor)),
        "found_since": since,
        "unthanked_on": None if condition is ConditionId.ACKNOWLEDGMENT else partnership.unthanked_on,
        "responsibility": known.with_met(condition),
    }


def _first_looks(partnership: Partnership, event: e.RegistersRechecked) -> tuple[FirstLook, ...]:
    """Return the first look under each newer edition, with this one if it is."""
    edition, known = event.assessment.rule_book, partnership.first_looks
    newer = order_of(edition) > order_of(partnership.seen_under)
    return (*known, FirstLook(edition=edition, on=day_of(event))) if newer else known


def _anew(partnership: Partnership) -> ChangedFields:
    """Return the fields with which the rule book is applied again, if eligibility is still open."""
    if partnership.stage is not Stage.ELIGIBILITY:
        return {}
    return {"assessment": None, "deadline": None, "why": ""}


def _cleared(partnership: Partnership, event: e.ReferralCleared) -> ChangedFields:
    who = {"verifier": event.actor, "verifier_for": event.on_behalf_of, "quorum": event.quorum or partnership.quorum}
    return {**who, "why": "", "stage": _stage_of(partnership.model_copy(update=who))}


def _stage_of(partnership: Partnership) -> Stage:
    """Return the stage of an eligible partnership: approval, or agreement once all have approved."""
    return Stage.APPROVAL if partnership.missing_approvals else Stage.AGREEMENT


def _approved(partnership: Partnership, event: e.ApprovalGiven) -> ChangedFields:
    sums = sums_of(partnership.proposed)
    given = Approval(actor=event.actor, role=event.role, on_behalf_of=event.on_behalf_of, sums=sums)
    quorum = event.quorum if event.quorum is not None else partnership.quorum
    before = partnership.approvals
    if partnership.to_renew == (event.role,):
        renewed = least_of(before, event.actor)
        before = tuple(one for one in before if one is not renewed)
    changed: ChangedFields = {"approvals": (*before, given), "quorum": quorum}
    after = partnership.model_copy(update=changed)
    if partnership.stage is Stage.APPROVAL and not after.missing_approvals:
        return {**changed, "stage": Stage.AGREEMENT}
    return changed


def _waited(partnership: Partnership, event: e.DeadlineSet | e.DeciderReminded | e.DeadlineEscalated) -> ChangedFields:
    match event:
        case e.DeadlineSet(deadline=deadline):
            return {"deadline": deadline}
        case e.DeciderReminded(wait=Wait.OBLIGATION, obligation=key):
            return {"told": (*partnership.told, Told(obligation=key))}
        case e.DeadlineEscalated(wait=Wait.OBLIGATION, obligation=key, due=due):
            others = tuple(one for one in partnership.told if one.obligation != key)
            return {"told": (*others, Told(obligation=key, due=due))}
        case e.DeciderReminded(wait=Wait.HOLD):
            return {"holds": _told_of(partnership, reminded=True)}
        case e.DeadlineEscalated(wait=Wait.HOLD, due=due):
            return {"holds": _told_of(partnership, reminded=True, due=due)}
        case e.DeciderReminded(ends_at=ends_at) if ends_at is not None:
            change: ChangedFields = {"asked": True, "due": ends_at}
        case e.DeciderReminded():
            change = {"reminded": True}
        case e.DeadlineEscalated(due=due):
            change = {"escalated": True, "due": due}
    return {"deadline": partnership.deadline and partnership.deadline.model_copy(update=change)}


def _told_of(partnership: Partnership, **told: object) -> Holds:
    """Return the holds after their clock told of the one whose day came next."""
    due = next_told(partnership.holds)
    return tuple(one.model_copy(update=told) if one is due else one for one in partnership.holds)


def _signed(partnership: Partnership, event: e.AgreementSigned) -> ChangedFields:
    """Return the fields after an agreement; a changed account withdraws the approval by finance (R34, R40)."""
    changed = partnership.account is not None and partnership.account != event.account
    kept = tuple(one for one in partnership.approvals if one.role is not _FINANCE)
    return {
        "stage": Stage.ACTIVE,
        "account": event.account,
        "account_verifier": event.account_verifier,
        "payable_from": event.payable_from,
        "account_fault": "",
        "account_fault_at": None,
        "signatory": event.actor,
        "agreed_on": partnership.agreed_on or day_of(event),
        "agreement_sha256": event.document_sha256,
        "deadline": None,
        "approvals": kept if changed else partnership.approvals,
        "quorum": event.quorum or partnership.quorum,
    }


def _recused(partnership: Partnership, interest: Interest) -> ChangedFields:
    """Return the fields after a declared interest: the person's approvals are withdrawn.

    If the person verified the case, or its stage is eligibility to agreement, the rules are applied again.
    """
    person = interest.person
    kept = tuple(one for one in partnership.approvals if person not in {one.actor, one.on_behalf_of})
    changed: ChangedFields = {
        "interests": tuple(dict.fromkeys((*partnership.interests, interest))),
        "approvals": kept,
        "assigned": None if partnership.assigned == person else partnership.assigned,
        **_uncleared(partnership, person),
        **with_reporting(partnership, partnership.reporting.without(person, judged=True)),
    }
    unverified: ChangedFields = {"verifier": "", "verifier_for": ""}
    verified = person in {partnership.verifier, partnership.verifier_for}
    if verified or partnership.stage in {Stage.ELIGIBILITY, Stage.APPROVAL, Stage.AGREEMENT}:
        return {**changed, **unverified, "stage": Stage.ELIGIBILITY, "assessment": None, "deadline": None}
    return changed


def _uncleared(partnership: Partnership, person: str) -> ChangedFields:
    """Return the fields without a person's clearances of later looks: their questions are open again."""
    kept = tuple(one for one in partnership.cleared_since if one.actor != person)
    gone = [one for one in partnership.cleared_since if one.actor == person]
    again = (one.question for one in gone if not one.beside)
    beside = (one.question for one in gone if one.beside)
    return {
        "cleared_since": kept,
        "asked_since": tuple(dict.fromkeys((*partnership.asked_since, *again))),
        "asked_beside": tuple(dict.fromkeys((*partnership.asked_beside, *beside))),
    }


def _amended(partnership: Partnership, event: e.ProposalAmended) -> ChangedFields:
    common: ChangedFields = {
        "funding": event.funding,
        "proposers": tuple(dict.fromkeys((*partnership.proposers, event.actor))),
    }
    if not ANEW.isdisjoint(event.changes):
        left = _without_the_ended(partnership, event.proposal)
        return {**_from_the_beginning(partnership, left), **common, "ended_legs": _still_ended(partnership)}
    approvals = _standing(partnership, event)
    changed: ChangedFields = {
        **common,
        "proposal": event.proposal,
        "approvals": approvals,
        "quorum": event.quorum,
        "tranches": _plans(event.proposal, partnership.tranches),
        "reporting": _reporting(partnership, event.proposal),
        **_updated(partnership, event),
    }
    if partnership.stage is Stage.ACTIVE:
        return changed
    return {**changed, "stage": _stage_of(partnership.model_copy(update=changed)), "deadline": None}


def _updated(partnership: Partnership, event: e.ProposalAmended) -> ChangedFields:
    """Return the fields after a party was told anew: everybody is screened again, and a new paper is read."""
    if UPDATES.isdisjoint(event.changes):
        return {}
    papers = {ConditionId.PAPERS_READ} if new_papers(partnership.proposed, event.proposal) else set()
    version = partnership.version + 1
    return {"updated": version, "updated_version": version, **_unmet(partnership, NAMED | papers)}


def _unmet(partnership: Partnership, conditions: Collection[ConditionId]) -> ChangedFields:
    responsibility = partnership.responsibility
    left = tuple(one for one in responsibility.met if one not in conditions)
    return {
        "met": tuple(one for one in partnership.met if one not in conditions),
        "filed": tuple(one for one in partnership.filed if one[0] not in conditions),
        "responsibility": responsibility.model_copy(update={"met": left}),
    }


def _named_now(partnership: Partnership, found: Assessment) -> tuple[ConditionId, ...]:
    """Return what is met after a look: who was asked for is named and screened, where the look asks it no more."""
    filed = tuple(one for one in partnership.met if one not in NAMED)
    return (*filed, *(one for one in partnership.conditions if one in NAMED and one not in found.conditions))


def _still_ended(partnership: Partnership) -> tuple[Direction, ...]:
    """Return the legs that ended and stay in the proposal, since money moved on them."""
    return tuple(leg for leg in partnership.ended_legs if partnership.moved_on(leg))


def _without_the_ended(partnership: Partnership, proposal: Proposal) -> Proposal:
    """Return a proposal without the legs that ended before money moved on them: nobody approves those anew."""
    gone = [leg for leg in partnership.ended_legs if leg not in _still_ended(partnership)]
    left = [leg for leg in proposal.directions if leg not in gone]
    needed = any(proposal.needs(leg) for leg in gone)
    return proposal.without(*gone) if gone and left and not needed else proposal


def _standing(partnership: Partnership, event: e.ProposalAmended) -> tuple[Approval, ...]:
    """Return the approvals that stay valid after an amendment; those by whoever made it never do."""
    now = sums_of(event.proposal)
    others = (one for one in partnership.approvals if event.actor not in {one.actor, one.on_behalf_of})
    return tuple(one for one in others if not falls(one.role, one.sums, event.changes, now))


def _fell(partnership: Partnership, event: e.DecisionsFell) -> ChangedFields:
    """Return the fields after decisions were withdrawn: they must be taken again, if need be at an earlier stage."""
    fell = frozenset(part for part in event.fell if partnership.has_part(event.person, part))
    changed = _without(partnership, event.person, fell)
    if Part.CLEARED in fell and partnership.stage in _AFTER_ELIGIBILITY:
        return {**changed, "assessment": None, "stage": Stage.ELIGIBILITY, "deadline": None}
    unsigned = "signatory" in changed and partnership.stage is Stage.ACTIVE
    if unsigned or (Part.APPROVED in fell and partnership.stage is Stage.AGREEMENT):
        return {**changed, "stage": _stage_of(partnership.model_copy(update=changed)), "deadline": None}
    return changed


def _without(partnership: Partnership, person: str, fell: frozenset[Part]) -> ChangedFields:
    """Return the fields without a person's decisions in these parts."""
    changed: ChangedFields = {}
    if Part.APPROVED in fell:
        changed["approvals"] = tuple(one for one in partnership.approvals if one.actor != person)
    if Part.CLEARED in fell:
        changed |= {"verifier": "", "verifier_for": "", **_uncleared(partnership, person)}
    if Part.CALLED_BACK in fell:
        changed["account_verifier"] = ""
    if not fell.isdisjoint({Part.SIGNED, Part.CALLED_BACK}):
        changed["signatory"] = ""
    if not fell.isdisjoint({Part.REPORTED, Part.ACCEPTED}):
        filed, judged = Part.REPORTED in fell, Part.ACCEPTED in fell
        changed |= with_reporting(partnership, partnership.reporting.without(person, filed=filed, judged=judged))
    return {**changed, **_taken_from_file(partnership, person)} if Part.FILED in fell else changed


def _taken_from_file(partnership: Partnership, person: str) -> ChangedFields:
    gone = partnership.filed_by(person)
    responsibility = partnership.responsibility
    left = tuple(one for one in responsibility.met if one not in gone)
    return {
        "met": tuple(one for one in partnership.met if one not in gone),
        "filed": tuple(one for one in partnership.filed if one[1] != person),
        "responsibility": responsibility.model_copy(update={"met": left}),
    }


_AFTER_ELIGIBILITY: Final = frozenset({Stage.APPROVAL, Stage.AGREEMENT, Stage.ACTIVE})

_FINANCE: Final = Role.FINANCE_APPROVER


def _act(event: e.Event) -> Act | None:
    words = None if isinstance(event, REMARKS) else WORDS.get(event.event_type)
    return None if words is None else Act(actor=getattr(event, "actor", ACCORD), what=words.deed, at=event.at)
