"""Read the words of registers and lists: the assessment, and each later look at them, with its new questions."""

from __future__ import annotations

from collections.abc import Collection

from accord.audit.walk.editions import EditionsSeen
from accord.audit.walk.evidence import assessment_fault, found_under, referred_keys
from accord.audit.walk.walk import Walk
from domain.directory.tiers import missing
from domain.fault import Fault
from domain.partnership import events as e
from domain.partnership.diversion.responsibility import checklist_conditions
from domain.policy.conditions import NAMED, ConditionId
from domain.policy.earlier import asked_first
from domain.policy.findings import Assessment
from domain.policy.rulebook import EDITIONS, adverse_in
from domain.proposal import Direction


def look(walk: Walk, event: e.DueDiligenceCompleted) -> None:
    """Take the evidence of due diligence."""
    walk.verification = event.verification


def assess(walk: Walk, event: e.EligibilityAssessed) -> None:
    """Take an assessment, and judge it by the evidence. Questions of later looks are asked no more."""
    walk.assessed, walk.verifier, walk.verifier_for = event.assessment, "", ""
    walk.found_since, walk.while_asked = (), {}
    walk.looked, walk.beside, walk.cleared_since = None, "", {}
    walk.editions = EditionsSeen(event.assessment.rule_book)
    ids = checklist_conditions(event.assessment.conditions)
    walk.responsibility = walk.responsibility.model_copy(update={"required": ids})
    walk.rule_book_fault, walk.look_fault = assessment_fault(walk, event.assessment), None
    walk.referred = referred_keys(found_under(walk, event.assessment))


def look_again(walk: Walk, event: e.RegistersRechecked) -> None:
    """Apply a recheck of the registers: new conditions and adverse findings count, whatever the event claims."""
    walk.verification, walk.updated = event.verification, False
    walk.look_fault = assessment_fault(walk, event.assessment)
    walk.looked = event.assessment.model_copy(update={"findings": found_under(walk, event.assessment)})
    deferred_conditions = {*walk.editions.later}
    if walk.now is not None:
        walk.editions.look(walk.looked, _asked_first(walk, walk.looked), walk.now.date())
    walk.beside = _beside_the_rules(walk, event)
    ids = {
        condition_id
        for condition_id in NAMED.intersection(walk.conditions)
        if condition_id not in walk.looked.conditions
    }
    walk.met = (walk.met - NAMED) | ids
    _find(walk, event.assessment, deferred_conditions - walk.met)


def adverse_now(walk: Walk) -> Fault | None:
    """Return the reason why the newest look at the registers forbids a payment, or None if it does not."""
    answered_questions = (*walk.cleared, *walk.editions.not_yet)
    fault = adverse_in(walk.looked, answered_questions, Direction.FUNDS_OUT) if walk.looked else None
    words = "; ".join(str(against) for against in (fault, walk.beside) if against)
    return Fault(words) if words else None


def _beside_the_rules(walk: Walk, event: e.RegistersRechecked) -> str:
    """Return the objections of a look to a payment beside the rules, from the payee's bank, or ''.

    The event holds it in one sentence alone, after what the rules say, and released events keep their bytes. So the
    rules' part is written again and cut off; if it was written otherwise, the whole sentence stands against a payment.
    """
    answered_questions = (
        *walk.cleared,
        *(question.asked for question in event.later if not question.holds(event.at.date())),
    )
    return event.adverse.removeprefix(str(adverse_in(event.assessment, answered_questions) or "")).removeprefix("; ")


def _find(walk: Walk, assessment: Assessment, deferred_conditions: Collection[str]) -> None:
    """Add a look's conditions, and let fall what it asks no more of what never held without being asked.

    That is what a question alone carried and nobody cleared, and what a newer edition asked for a later day.
    """
    fallen = {
        condition_id
        for condition_id in walk.found_since
        if condition_id in walk.while_asked or condition_id in deferred_conditions
    } - {*assessment.conditions}
    walk.found_since = tuple(condition_id for condition_id in walk.found_since if condition_id not in fallen)
    since = tuple(condition for condition in assessment.conditions if condition not in walk.conditions)
    walk.found_since = (*walk.found_since, *since)
    keys_by_condition, ids = assessment.conditions_once_cleared(walk.cleared), walk.while_asked.keys() | {*since}
    walk.while_asked = {condition_id: keys for condition_id, keys in keys_by_condition.items() if condition_id in ids}
    before = (condition_id for condition_id in walk.responsibility.required if condition_id not in fallen)
    required_conditions = dict.fromkeys((*before, *_on_the_checklist(walk)))
    walk.responsibility = walk.responsibility.model_copy(update={"required": tuple(required_conditions)})


def _on_the_checklist(walk: Walk) -> tuple[ConditionId, ...]:
    """Return the conditions of expenditure responsibility that later looks added and that hold payments today."""
    return tuple(
        checklist_condition
        for checklist_condition in checklist_conditions(walk.found_since)
        if checklist_condition not in walk.editions.later or checklist_condition in walk.met
    )


def _asked_first(walk: Walk, assessment: Assessment) -> tuple[str, ...]:
    """Return the questions that a look's edition is the first to ask of an earlier approval, or none without one."""
    before, now = EDITIONS.get(walk.editions.newest), EDITIONS.get(assessment.rule_book)
    if before is None or now is None or not (_is_agreed(walk) and walk.editions.is_newer(assessment)):
        return ()
    if walk.proposal is None or walk.funding is None or walk.verification is None:
        return ()
    return asked_first(walk.proposal, walk.funding, walk.verification, walk.interests, before, now)


def _is_agreed(walk: Walk) -> bool:
    """True if it was signed, or everybody whom the newest approval asks for has approved it."""
    return walk.active or (
        bool(walk.quorum) and not missing(walk.quorum, tuple(approval.role for approval in walk.approvals))
    )
