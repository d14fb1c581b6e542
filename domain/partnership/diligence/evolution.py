"""Evolve a partnership by what was found of it, and by what answered the rule book."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, assert_never

from domain.partnership.acts import day_of
from domain.partnership.approval.evolution import stage_of
from domain.partnership.diligence import events as e
from domain.partnership.diligence.cures import listed_in, names_a_listed_party
from domain.partnership.diligence.events import DiligenceEvent
from domain.partnership.diversion.responsibility import checklist_conditions
from domain.partnership.stages import Stage
from domain.partnership.state import ChangedFields, Cleared, Partnership
from domain.policy.canonical import order_of
from domain.policy.conditions import NAMED, ConditionId
from domain.policy.earlier import FirstLook
from domain.policy.findings import Assessment, Outcome
from domain.proposal import Direction
from domain.screening.matches import NAMESAKES


def diligence_changed(partnership: Partnership, event: DiligenceEvent) -> ChangedFields:
    """Return the fields after the registers or the rule book spoke, or were answered."""
    match event:
        case e.DueDiligenceCompleted(verification=verification):
            return {"stage": Stage.ELIGIBILITY, "verification": verification}
        case e.EligibilityAssessed():
            return _assessed(partnership, event)
        case e.RegistersRechecked():
            return _rechecked(partnership, event)
        case e.QuestionsCleared(questions=questions, actor=actor):
            return _questions_cleared(partnership, questions, actor)
        case e.ConditionMet(condition=condition, actor=actor):
            return _on_file(partnership, condition, actor)


NOTHING_ASKED: Final[ChangedFields] = {
    "asked_since": (),
    "asked_beside": (),
    "cleared_since": (),
    "while_asked": (),
    "later": (),
    "first_looks": (),
}


def _assessed(partnership: Partnership, event: e.EligibilityAssessed) -> ChangedFields:
    assessment = event.assessment
    responsibility = partnership.responsibility.model_copy(
        update={"required": checklist_conditions(assessment.conditions)}
    )
    common: ChangedFields = {
        "assessment": assessment,
        "quorum": event.quorum,
        "conversion": partnership.verification.conversion if partnership.verification is not None else None,
        "responsibility": responsibility,
        "found_since": (),
        "matched": partnership.matched or names_a_listed_party(assessment),
        "listed": listed_in(assessment),
        **NOTHING_ASKED,
    }
    match assessment.outcome:
        case Outcome.PASS | Outcome.CONDITION:
            after = partnership.model_copy(update={"quorum": event.quorum})
            return {**common, "stage": Stage.APPROVAL if event.quorum is None else stage_of(after)}
        case Outcome.REFER | Outcome.FAIL:
            return {**common, "why": assessment.deciding}
        case _:
            assert_never(assessment.outcome)


def _rechecked(partnership: Partnership, event: e.RegistersRechecked) -> ChangedFields:
    """Return the fields after a recheck. The conditions that it adds are required from then on."""
    later = {later_question.asked for later_question in event.later}
    questions = () if partnership.stage is Stage.ELIGIBILITY else open_questions(event.assessment, partnership)
    questions = tuple(question for question in questions if question not in later)
    pays = partnership.proposed.funds_out is not None
    paying = open_questions(event.assessment, partnership, Direction.FUNDS_OUT) if pays and questions else questions
    has_match, listing = partnership.matched or names_a_listed_party(event.assessment), listed_in(event.assessment)
    changes: ChangedFields = {
        "verification": event.verification,
        "asked_since": tuple(question for question in paying if question in questions),
        "asked_beside": tuple(question for question in questions if question not in paying),
        "matched": has_match,
        "updated": 0,
        "later": event.later,
        "met": _named_now(partnership, event.assessment),
        "listed": listing,
        **_anew(partnership),
        "first_looks": _first_looks(partnership, event),
    }
    return changes if partnership.stage is Stage.ELIGIBILITY else {**changes, **_conditions_after(partnership, event)}


def _named_now(partnership: Partnership, assessment: Assessment) -> tuple[ConditionId, ...]:
    """Return the conditions met after a look.

    A person it had asked for is named and screened once the look does not ask any more.
    """
    ids = tuple(condition_id for condition_id in partnership.met if condition_id not in NAMED)
    return (
        *ids,
        *(
            condition
            for condition in partnership.conditions
            if condition in NAMED and condition not in assessment.conditions
        ),
    )


def _anew(partnership: Partnership) -> ChangedFields:
    """Return the fields with which the rule book is applied again, if eligibility is still open."""
    if partnership.stage is not Stage.ELIGIBILITY:
        return {}
    return {"assessment": None, "deadline": None, "why": ""}


def _first_looks(partnership: Partnership, event: e.RegistersRechecked) -> tuple[FirstLook, ...]:
    """Return the first look under each newer edition, with this one if it is."""
    edition, looks = event.assessment.rule_book, partnership.first_looks
    newer = order_of(edition) > order_of(partnership.seen_under)
    return (*looks, FirstLook(edition=edition, on=day_of(event))) if newer else looks


def _conditions_after(partnership: Partnership, event: e.RegistersRechecked) -> ChangedFields:
    """Return the fields of conditions after a recheck: what it adds is required, also if later ones do not find it.

    But for what a question alone carried that is asked no more, and that nobody cleared: it would have held once
    somebody had (rules 4.2).
    """
    assessment, later = event.assessment, {later_question.asked for later_question in event.later}
    ids = {condition for condition, _ in partnership.while_asked}
    fallen = ids - {*assessment.conditions}
    base = partnership.model_copy(update={"found_since": _less(partnership.found_since, fallen)})
    since = tuple(
        condition for condition in assessment.conditions if condition not in base.conditions and condition not in later
    )
    condition_ids = (*_less(partnership.responsibility.required, fallen), *checklist_conditions(since))
    keys_by_condition = assessment.conditions_once_cleared(partnership.cleared_referrals)
    return {
        "found_since": (*base.found_since, *since),
        "while_asked": tuple(
            (condition_id, key)
            for condition_id, keys in keys_by_condition.items()
            if condition_id in ids.union(since)
            for key in keys
        ),
        "responsibility": partnership.responsibility.model_copy(update={"required": condition_ids}),
    }


def _less(conditions: tuple[ConditionId, ...], fallen: Collection[ConditionId]) -> tuple[ConditionId, ...]:
    return tuple(condition for condition in conditions if condition not in fallen)


def open_questions(assessment: Assessment, partnership: Partnership, leg: Direction | None = None) -> tuple[str, ...]:
    """Return the keys of the referrals on a leg, or on any, that nobody cleared, each once.

    A namesake stops nobody but themselves.
    """
    referrals = (finding for finding in assessment.with_outcome(Outcome.REFER) if finding.rule_id != NAMESAKES)
    questions = dict.fromkeys(key for referral in referrals if leg in {None, referral.leg} for key in referral.keys)
    return tuple(key for key in questions if key not in partnership.cleared_referrals)


def _questions_cleared(partnership: Partnership, questions: tuple[str, ...], actor: str) -> ChangedFields:
    aside = partnership.asked_beside
    clearances = tuple(Cleared(question=question, actor=actor, beside=question in aside) for question in questions)
    remaining_questions = tuple(question for question in partnership.asked_since if question not in questions)
    beside = tuple(question for question in partnership.asked_beside if question not in questions)
    since = (*partnership.cleared_since, *clearances)
    ids = {condition for condition, key in partnership.while_asked if key in questions}
    waiting = tuple(pair for pair in partnership.while_asked if pair[0] not in ids)
    return {"cleared_since": since, "asked_since": remaining_questions, "asked_beside": beside, "while_asked": waiting}


def _on_file(partnership: Partnership, condition: ConditionId, actor: str) -> ChangedFields:
    """Return the fields once the papers of a condition are on file.

    A condition that was for a later day is required now.
    """
    responsibility, since = partnership.responsibility, partnership.found_since
    if condition in partnership.conditions_later:
        responsibility = responsibility.model_copy(
            update={"required": (*responsibility.required, *checklist_conditions((condition,)))}
        )
        since = (*since, condition)
    return {
        "met": (*partnership.met, condition),
        "filed": (*partnership.filed, (condition, actor)),
        "found_since": since,
        **(_acknowledged_elsewhere(partnership) if condition is ConditionId.ACKNOWLEDGMENT else {}),
        "responsibility": responsibility.with_met(condition),
    }


def _acknowledged_elsewhere(partnership: Partnership) -> ChangedFields:
    """Return the fields once the acknowledgements of all contributions so far are on file."""
    contributions = tuple(
        contribution if contribution.is_thanked else contribution.model_copy(update={"on_file": True})
        for contribution in partnership.contributions
    )
    return {"unthanked_on": None, "contributions": contributions}
