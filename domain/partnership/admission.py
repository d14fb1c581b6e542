"""Checks of a command against the state alone: stage, hold, separation of duties, and the tranche's state.

The update validator runs only these, so a command that cannot succeed costs nothing and leaves no trace.
"""

from __future__ import annotations

from datetime import UTC
from typing import assert_never

from domain.errors import IllegalTransition, SeparationOfDuties
from domain.parties import birth_date_fault
from domain.partnership import commands as c
from domain.partnership.agreement.admission import admit_agreement
from domain.partnership.approval.admission import admit_approval
from domain.partnership.diligence.admission import admit_clearance, admit_paper
from domain.partnership.diversion.admission import admit_assurance, admit_diversion
from domain.partnership.ending.admission import admit_leg_end, admit_refusal, admit_reopening, admit_termination
from domain.partnership.hold.admission import admit_hold, admit_lift
from domain.partnership.hold.holds import in_words
from domain.partnership.interest.admission import admit_interest
from domain.partnership.payment.admission import admit_cancellation, admit_release
from domain.partnership.people.duties import require_free_for
from domain.partnership.procedure import PROCEDURE
from domain.partnership.proposal.admission import (
    admit_amendment,
    admit_proposal,
    admit_subrecipients,
    goes_on_under_hold,
)
from domain.partnership.refund.admission import admit_confirmation, admit_refund, admit_withdrawal
from domain.partnership.remark.admission import admit_assignment
from domain.partnership.report.admission import admit_acceptance, admit_report, require_received
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.partnership.waiting.admission import admit_extension
from domain.proposal import Direction


def admit(partnership: Partnership, command: c.StaffRequest) -> None:  # noqa: C901 - one whole match
    """Raise a DomainError if the partnership's state does not allow the command."""
    _admit_any(partnership, command)
    match command:
        case c.Propose():
            admit_proposal(partnership, command)
        case c.Amend():
            admit_amendment(partnership, command)
        case c.ReportSubrecipients():
            admit_subrecipients(partnership)
        case c.Approve():
            admit_approval(partnership, command)
        case c.Satisfy():
            admit_paper(partnership, command)
        case c.ClearQuestions():
            admit_clearance(partnership, command)
        case c.SignAgreement():
            admit_agreement(partnership, command)
        case c.CancelPayment():
            admit_cancellation(partnership, command)
        case c.Release():
            admit_release(partnership, command)
        case c.WithdrawRefund():
            admit_withdrawal(partnership, command)
        case c.ConfirmRefund():
            admit_confirmation(partnership, command)
        case c.RecordRefund():
            admit_refund(partnership, command)
        case c.AcceptReport():
            admit_acceptance(partnership, command)
        case c.ReturnReport(report=number):
            require_received(partnership, number)
        case c.Report():
            admit_report(partnership, command)
        case c.ReportDiversion():
            admit_diversion(partnership)
        case c.RecordAssurance():
            admit_assurance(partnership)
        case c.LiftHold():
            admit_lift(partnership, command)
        case c.PlaceHold():
            admit_hold(partnership, command)
        case c.EndLeg(leg=leg):
            admit_leg_end(partnership, leg)
        case c.Terminate():
            admit_termination(partnership, command)
        case c.Reopen():
            admit_reopening(partnership, command)
        case c.Decline() | c.Withdraw():
            admit_refusal(partnership)
        case c.ExtendDeadline():
            admit_extension(partnership)
        case c.DeclareInterest(interest=interest):
            admit_interest(partnership, interest)
        case c.Assign(to=person):
            admit_assignment(partnership, person)
        case c.ReturnForInformation() | c.Comment():
            pass  # whatever the state, in the stages of the procedure
        case _:
            assert_never(command)
    require_free_for(partnership, command)


def _admit_any(partnership: Partnership, command: c.StaffRequest) -> None:
    """Refuse a command that no family allows: by its stage, under a hold, by an actor who is recused."""
    step = PROCEDURE[type(command)]
    _admit_stage(partnership, command)
    if step.stopped_by_hold:
        _admit_under_hold(partnership, command)
    if command.actor in partnership.recused and step.decides:
        raise SeparationOfDuties(
            f"{command.actor} has a declared interest in {partnership.partnership_id} and is recused"
        )
    if command.actor in partnership.in_question and step.decides:
        raise SeparationOfDuties(
            f"{command.actor} may be the person whom {partnership.partnership_id} names; a verifier, who is another "
            "person, says whether it is they"
        )
    _admit_births(command)


def _admit_stage(partnership: Partnership, command: c.StaffRequest) -> None:
    if partnership.proposal is None and not isinstance(command, c.Propose):
        raise IllegalTransition(f"cannot {command.verb}: {partnership.partnership_id} was never proposed")
    if partnership.stage in PROCEDURE[type(command)].stages or _answers_a_diversion(partnership, command):
        return
    if isinstance(command, c.Release) and (back := partnership.came_back_since):
        raise IllegalTransition(
            f"cannot release: {partnership.partnership_id} is CLOSED, and tranche {back[0].number} came back since; a "
            f"director opens it again to pay it once more: `accord reopen {partnership.partnership_id}`"
        )
    act = partnership.last_act
    first = f"; {act.actor} {act.what} at {act.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if act else ""
    raise IllegalTransition(f"cannot {command.verb}: {partnership.partnership_id} is {partnership.stage.value}{first}")


def _answers_a_diversion(partnership: Partnership, command: c.StaffRequest) -> bool:
    """True if a command answers a diversion, which is done also where what was paid in begins anew."""
    return isinstance(command, c.RecordAssurance) and bool(partnership.responsibility.diverted)


def _admit_under_hold(partnership: Partnership, command: c.StaffRequest) -> None:
    """Refuse a command that a hold stops.

    A payment goes on beside a hold on another leg, and another account may be named.
    """
    if not partnership.holds or _changes_the_account(partnership, command):
        return
    if isinstance(command, c.Amend) and goes_on_under_hold(partnership, command.proposal):
        return
    if isinstance(command, c.Release) and not partnership.stops(Direction.FUNDS_OUT):
        return
    lift = "lift the hold first" if len(partnership.holds) == 1 else "lift each of them first"
    raise IllegalTransition(
        f"cannot {command.verb}: {partnership.partnership_id} is on hold ({in_words(partnership.holds)}); {lift}"
    )


def _changes_the_account(partnership: Partnership, command: c.StaffRequest) -> bool:
    """True if a command names another account while nothing is paid, which is what the hold is for (R40)."""
    if not isinstance(command, c.SignAgreement) or partnership.stage is not Stage.ACTIVE:
        return False
    return command.account != partnership.account or bool(partnership.account_fault)


def _admit_births(command: c.StaffRequest) -> None:
    match command:
        case c.Propose() | c.Amend():
            parties = command.proposal.parties
        case c.ReportSubrecipients():
            parties = tuple(
                behind for subrecipient in command.subrecipients for behind in subrecipient.party.with_principals
            )
        case _:
            return
    if wrong := birth_date_fault(parties, command.at.date()):
        raise IllegalTransition(f"{wrong}; write `born` as YYYY-MM-DD, or leave it out where nobody knows it")
