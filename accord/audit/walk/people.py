"""Read approvals and clearances, and the decisions that count no more: of the recused, and of those who fell."""

from __future__ import annotations

from accord.audit.walk.walk import StandingApproval, Walk
from domain.partnership import events as e
from domain.partnership.people.taking_part import Part
from domain.partnership.proposal.sums import Sums, sums_of
from domain.partnership.proposal.updates import NAME_ASKED


def approve(walk: Walk, event: e.ApprovalGiven) -> None:
    """Count an approval. Where its role has approved already, it renews the one of the smallest sum."""
    if _is_unasked(walk, event):
        return
    walk.quorum = event.quorum or ()
    sums = sums_of(walk.proposal) if walk.proposal else Sums()
    approval = StandingApproval(event.actor, event.role, event.on_behalf_of, sums)
    standing_approvals = (
        standing_approval for standing_approval in walk.approvals if standing_approval.role is approval.role
    )
    role_approvals = sorted(
        standing_approvals,
        key=lambda standing_approval: (standing_approval.actor != approval.actor, standing_approval.amount),
    )
    if len(role_approvals) >= max(1, walk.quorum.count(approval.role)):
        walk.approvals.remove(role_approvals[0])
    walk.approvals.append(approval)


def clear_referral(walk: Walk, event: e.ReferralCleared) -> None:
    """Count a clearance of what the rule book referred, and note whether its signer judged themselves by it."""
    if _is_unasked(walk, event):
        return
    people_in_question = {*walk.in_question} & {event.actor, event.on_behalf_of}
    walk.verifier, walk.verifier_for = event.actor, event.on_behalf_of
    walk.judged_themselves = min(people_in_question, default="")


def clear_questions(walk: Walk, event: e.QuestionsCleared) -> None:
    """Count a clearance of the newest look's questions. An objection beside the rules, or a failure, stays so."""
    if _is_unasked(walk, event):
        return
    answered_questions = {
        question for question in event.questions if event.document_sha256 is not None or not _asks_of_a_name(question)
    }
    walk.cleared_since |= {question: event.actor for question in event.questions if question in answered_questions}
    walk.while_asked = {
        condition_id: keys for condition_id, keys in walk.while_asked.items() if answered_questions.isdisjoint(keys)
    }


def drop_approvals(walk: Walk, _event: e.InformationRequested | e.ReturnedForCure) -> None:
    """Drop all approvals: the proposal went back to its proposer."""
    walk.approvals = []


def declare_interest(walk: Walk, event: e.InterestDeclared) -> None:
    """Recuse a person: nothing that they decided counts."""
    walk.interests = tuple(dict.fromkeys((*walk.interests, event.interest)))
    recuse(walk, event.interest.person)


def recuse(walk: Walk, person: str) -> None:
    """Let nothing count that a person decided: before the agreement, or if they cleared it, it is assessed anew."""
    walk.recused.add(person)
    _forget_clearances(walk, person)
    walk.reporting = walk.reporting.without(person, as_judge=True)
    walk.responsibility = walk.responsibility.with_reports(walk.reporting)
    walk.approvals = [approval for approval in walk.approvals if person not in {approval.actor, approval.on_behalf_of}]
    if not walk.active or person in {walk.verifier, walk.verifier_for}:
        walk.assessed, walk.escalated, walk.active = None, False, False
        walk.verifier, walk.verifier_for = "", ""


def withdraw_decisions(walk: Walk, event: e.DecisionsFell) -> None:
    """Drop a person's withdrawn decisions. A decision that is taken again would otherwise count twice."""
    walk.doubted.discard(event.person)
    for agreements in (*walk.rests.values(), *walk.waivers.values()):
        agreements.pop(event.person, None)
    if Part.APPROVED in event.fell:
        walk.approvals = [approval for approval in walk.approvals if approval.actor != event.person]
    if Part.CLEARED in event.fell:
        _forget_clearances(walk, event.person)
    if Part.CLEARED in event.fell and event.person == walk.verifier:
        walk.assessed, walk.verifier, walk.verifier_for, walk.active = None, "", "", False


def _forget_clearances(walk: Walk, person: str) -> None:
    """Forget a person's clearances of later looks: their questions are open again."""
    walk.cleared_since = {question: actor for question, actor in walk.cleared_since.items() if actor != person}


def _is_unasked(walk: Walk, event: e.ApprovalGiven | e.ReferralCleared | e.QuestionsCleared) -> bool:
    """True if a decision does not count, since its signer never said that they have no interest (R32).

    Before edition 2026.4 nobody was asked.
    """
    return not (walk.is_older or event.no_interest)


def _asks_of_a_name(question: str) -> bool:
    """True if a question is of a new legal name, which a paper alone proves.

    The event holds a question as its key alone, whose first word says what is asked; released events keep their bytes.
    """
    return question.startswith(NAME_ASKED)
