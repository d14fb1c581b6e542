"""Evolve a partnership by what takes people out of it."""

from __future__ import annotations

from typing import Final

from domain.grants import Interest
from domain.partnership.approval.evolution import stage_of
from domain.partnership.interest import events as e
from domain.partnership.interest.events import InterestEvent
from domain.partnership.people.taking_part import Part
from domain.partnership.report.evolution import with_reporting
from domain.partnership.stages import Stage
from domain.partnership.state import ChangedFields, Partnership


def interests_changed(partnership: Partnership, event: InterestEvent) -> ChangedFields:
    """Return the fields after a person was recused, or their decisions fell."""
    match event:
        case e.InterestDeclared(interest=interest):
            return _recused(partnership, interest)
        case e.DecisionsFell():
            return _fell(partnership, event)


def _recused(partnership: Partnership, interest: Interest) -> ChangedFields:
    """Return the fields after a declared interest: the person's approvals are withdrawn.

    If the person verified the case, or its stage is eligibility to agreement, the rules are applied again.
    """
    person = interest.person
    approvals = tuple(
        approval for approval in partnership.approvals if person not in {approval.actor, approval.on_behalf_of}
    )
    changes: ChangedFields = {
        "interests": tuple(dict.fromkeys((*partnership.interests, interest))),
        "approvals": approvals,
        "assigned": None if partnership.assigned == person else partnership.assigned,
        **_uncleared(partnership, person),
        **_without_agreements(partnership, person),
        **with_reporting(partnership, partnership.reporting.without(person, as_judge=True)),
    }
    without_verifier: ChangedFields = {"verifier": "", "verifier_for": ""}
    is_verifier = person in {partnership.verifier, partnership.verifier_for}
    if is_verifier or partnership.stage in {Stage.ELIGIBILITY, Stage.APPROVAL, Stage.AGREEMENT}:
        return {**changes, **without_verifier, "stage": Stage.ELIGIBILITY, "assessment": None, "deadline": None}
    return changes


def _fell(partnership: Partnership, event: e.DecisionsFell) -> ChangedFields:
    """Return the fields after decisions were withdrawn: they must be taken again, if need be at an earlier stage."""
    fell = frozenset(part for part in event.fell if partnership.has_part(event.person, part))
    changes = {**_without(partnership, event.person, fell), **_without_agreements(partnership, event.person)}
    if Part.CLEARED in fell and partnership.stage in _AFTER_ELIGIBILITY:
        return {**changes, "assessment": None, "stage": Stage.ELIGIBILITY, "deadline": None}
    without_signatory = "signatory" in changes and partnership.stage is Stage.ACTIVE
    if without_signatory or (Part.APPROVED in fell and partnership.stage is Stage.AGREEMENT):
        return {**changes, "stage": stage_of(partnership.model_copy(update=changes)), "deadline": None}
    return changes


def _without(partnership: Partnership, person: str, fell: frozenset[Part]) -> ChangedFields:
    """Return the fields without a person's decisions in these parts."""
    changes: ChangedFields = {}
    if Part.APPROVED in fell:
        changes["approvals"] = tuple(approval for approval in partnership.approvals if approval.actor != person)
    if Part.CLEARED in fell:
        changes |= {"verifier": "", "verifier_for": "", **_uncleared(partnership, person)}
    if Part.CALLED_BACK in fell:
        changes["account_verifier"] = ""
    if not fell.isdisjoint({Part.SIGNED, Part.CALLED_BACK}):
        changes["signatory"] = ""
    if not fell.isdisjoint({Part.REPORTED, Part.ACCEPTED}):
        as_filer, as_judge = Part.REPORTED in fell, Part.ACCEPTED in fell
        changes |= with_reporting(
            partnership, partnership.reporting.without(person, as_filer=as_filer, as_judge=as_judge)
        )
    return {**changes, **_taken_from_file(partnership, person)} if Part.FILED in fell else changes


def _without_agreements(partnership: Partnership, person: str) -> ChangedFields:
    """Return the fields without a person's words on the rest of a tranche, and on an overpayment."""
    tranches = tuple(tranche.without_agreement_of(person) for tranche in partnership.tranches)
    if partnership.overpayment is None:
        return {"tranches": tranches}
    return {"tranches": tranches, "overpayment": partnership.overpayment.without(person)}


def _uncleared(partnership: Partnership, person: str) -> ChangedFields:
    """Return the fields without a person's clearances of later looks: their questions are open again."""
    other_clearances = tuple(clearance for clearance in partnership.cleared_since if clearance.actor != person)
    own_clearances = [clearance for clearance in partnership.cleared_since if clearance.actor == person]
    again = (clearance.question for clearance in own_clearances if not clearance.beside)
    beside = (clearance.question for clearance in own_clearances if clearance.beside)
    return {
        "cleared_since": other_clearances,
        "asked_since": tuple(dict.fromkeys((*partnership.asked_since, *again))),
        "asked_beside": tuple(dict.fromkeys((*partnership.asked_beside, *beside))),
    }


def _taken_from_file(partnership: Partnership, person: str) -> ChangedFields:
    ids = partnership.filed_by(person)
    responsibility = partnership.responsibility
    condition_ids = tuple(condition_id for condition_id in responsibility.met if condition_id not in ids)
    return {
        "met": tuple(condition_id for condition_id in partnership.met if condition_id not in ids),
        "filed": tuple(filing for filing in partnership.filed if filing[1] != person),
        "responsibility": responsibility.model_copy(update={"met": condition_ids}),
    }


_AFTER_ELIGIBILITY: Final = frozenset({Stage.APPROVAL, Stage.AGREEMENT, Stage.ACTIVE})
