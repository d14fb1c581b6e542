"""Decide on findings: the first look, the rule book's word, and each later look."""

from __future__ import annotations

from typing import assert_never

from domain.directory.tiers import most_of
from domain.errors import IllegalTransition
from domain.identity import ACCORD
from domain.partnership import events as e
from domain.partnership.circumstances import Circumstances
from domain.partnership.diligence import commands as c
from domain.partnership.diligence.cures import failing, failing_alone, is_curable, told
from domain.partnership.diligence.earlier import later_after, not_yet
from domain.partnership.ending.decisions import legs_ended
from domain.partnership.events import Events
from domain.partnership.hold.decisions import held_by_lead, hold_by_rule, told_already
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.policy.rulebook import adverse_findings, adverse_in, adverse_legs, adverse_words
from domain.proposal import Direction


def decide_diligence(partnership: Partnership, command: c.DiligenceRecord, circumstances: Circumstances) -> Events:
    """Return the events of a look at the registers, or of the rule book's word."""
    match command:
        case c.RecordVerification():
            return _verified(partnership, command)
        case c.RecordAssessment():
            return _assessed(partnership, command)
        case c.RecordRecheck():
            return (*_rechecked(partnership, command), *_repeated_holds(partnership, command, circumstances))
        case _:
            assert_never(command)


def _verified(partnership: Partnership, command: c.RecordVerification) -> Events:
    """Return the event that due diligence is complete."""
    _require_stage(partnership, partnership.stage is Stage.DUE_DILIGENCE, "verify")
    return (e.DueDiligenceCompleted(at=command.at, verification=command.verification),)


def _assessed(partnership: Partnership, command: c.RecordAssessment) -> Events:
    """Return the rule book's word, with the quorum. Sums that counted together still do."""
    open_question = partnership.stage is Stage.ELIGIBILITY and partnership.assessment is None
    _require_stage(partnership, open_question, "assess")
    quorum = command.quorum
    if quorum is not None and partnership.quorum is not None and partnership.approvals:
        quorum = most_of(quorum, partnership.quorum)
    return (e.EligibilityAssessed(at=command.at, assessment=command.assessment, quorum=quorum),)


def _repeated_holds(partnership: Partnership, command: c.RecordRecheck, circumstances: Circumstances) -> Events:
    """Return what the lead's holds are by now: they count once the partnership is agreed on."""
    in_force = partnership.is_agreed and not partnership.ended
    return held_by_lead(partnership, command.at, circumstances.held_by_lead if in_force else None)


def _rechecked(partnership: Partnership, command: c.RecordRecheck) -> Events:
    """Return the recheck, with a hold if it is adverse.

    At the eligibility stage the rule book decides anew instead.
    """
    if not partnership.rests_on_registers or 0 < command.seen < partnership.updated:
        return ()  # of whom was told anew meanwhile, another look says more
    later = later_after(partnership, command.verification, command.assessment, command.at.date())
    answered_questions = (
        *partnership.cleared_referrals,
        *(later_question.asked for later_question in not_yet(later, command.at.date())),
    )
    fault = adverse_in(command.assessment, answered_questions)
    adverse = "; ".join(str(against) for against in (fault, command.bank) if against)
    event = e.RegistersRechecked(
        at=command.at, verification=command.verification, assessment=command.assessment, adverse=adverse, later=later
    )
    legs = {*adverse_legs(command.assessment, answered_questions)} - {*partnership.ended_legs}
    legs |= {Direction.FUNDS_OUT} if command.bank else set()
    if not legs or partnership.stage is Stage.ELIGIBILITY:
        return (event,)
    leg = legs.pop() if len(legs) == 1 else None
    against = adverse_findings(command.assessment, partnership.cleared_referrals)
    words = adverse_words(finding for finding in against if not told_already(partnership, finding.reason, leg))
    bank = command.bank if not told_already(partnership, command.bank, leg) else ""
    new = "; ".join(filter(None, (words, bank)))
    events = hold_by_rule(partnership, command.at, f"the registers were asked again: {new}", leg) if new else ()
    return (event, *events)


def _require_stage(partnership: Partnership, right: bool, act: str) -> None:
    if not right:
        raise IllegalTransition(f"cannot {act}: {partnership.partnership_id} is {partnership.stage.value}")


def refused_by_rule(partnership: Partnership, event: e.EligibilityAssessed) -> Events:
    """Return the consequences of a failure: back to the proposer if it can be cured, else a decline (rules 3.8).

    If a payment was released already, a hold, so that people decide.
    """
    assessment = event.assessment
    alone = failing_alone(assessment, partnership)
    if partnership.has_paid or any(map(partnership.moved_on, alone)):
        return hold_by_rule(partnership, event.at, assessment.deciding, alone[0] if len(alone) == 1 else None)
    if is_curable(assessment, partnership.paid_party, partnership.returned_with):
        return (e.ReturnedForCure(at=event.at, what=told(assessment, alone), rules=failing(assessment)),)
    if alone:
        return legs_ended(alone, event.at, assessment.deciding)
    return (e.PartnershipDeclined(at=event.at, actor=ACCORD, reason=assessment.deciding),)
