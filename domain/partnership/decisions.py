"""Decide a command: return the events that follow from it, given the state and the circumstances."""

from __future__ import annotations

from typing import assert_never

from domain.errors import NotSigned
from domain.fault import Fault
from domain.partnership import commands as c
from domain.partnership.admission import admit, require_current_view
from domain.partnership.agreement.decisions import sign
from domain.partnership.approval.decisions import approve
from domain.partnership.circumstances import Circumstances
from domain.partnership.consequences import with_consequences
from domain.partnership.diligence.admission import require_fresh_registers
from domain.partnership.diligence.decisions import assessed, rechecked, require_verifier, verified
from domain.partnership.diversion.decisions import held_for_diversion, require_answered
from domain.partnership.ending.decisions import leg_ended
from domain.partnership.events import Events
from domain.partnership.hold.decisions import require_none_of_the_lead
from domain.partnership.interest.decisions import decisions_fell, require_own_interest
from domain.partnership.payment.decisions import decide_payment, release
from domain.partnership.people.authorising import require_known_people, require_role, without_barred_lenders
from domain.partnership.procedure import PROCEDURE, event_of_command
from domain.partnership.proposal.decisions import amend, held_for_companies, propose
from domain.partnership.refund.decisions import require_refundable
from domain.partnership.remark.decisions import refused
from domain.partnership.state import Partnership
from domain.partnership.waiting.decisions import deadline_passed, require_director


def decide(partnership: Partnership, command: c.AnyCommand, circumstances: Circumstances) -> Events:
    """Return the events that a command leads to.

    Events that follow by themselves are included: an approval that completes the quorum, a decline by the rule book,
    the close after the last payment. The caller records all of them in one append, or none.

    Raises:
        DomainError: The command is refused; the message says why.
    """
    if isinstance(command, c.StaffCommand):
        events = _decided_by_people(partnership, command, circumstances)
    else:
        events = _decided_by_itself(partnership, command, circumstances)
    return with_consequences(partnership, events)


def _decided_by_people(partnership: Partnership, command: c.StaffRequest, circumstances: Circumstances) -> Events:
    """Return the events of a command of staff, once it is signed, admitted, of the current view and within a role."""
    if circumstances.authority.member is None:
        nobody = Fault(f"nobody proved to be {command.actor!r}; see `accord staff list`")
        raise NotSigned(str(circumstances.authority.refusal or nobody))
    if command.signature is None:
        raise NotSigned(f"{command.actor} did not sign the decision; make a key with `accord staff enrol`")
    admit(partnership, command)
    require_current_view(partnership, command)
    require_fresh_registers(partnership, command)
    if isinstance(command, c.Approve):
        return (approve(partnership, command, circumstances),)
    held = without_barred_lenders(partnership, command, circumstances.authority)
    require_role(command, PROCEDURE[type(command)].roles, held)
    return _events_of(partnership, command, circumstances)


def _events_of(partnership: Partnership, command: c.StaffRequest, circumstances: Circumstances) -> Events:  # noqa: C901 - one whole match
    """Return the events of a command of staff: one of its own, or one that keeps its fields, and what follows."""
    follows: Events = ()
    match command:
        case c.Propose():
            return (propose(partnership, command, circumstances),)
        case c.Amend():
            return (amend(partnership, command, circumstances),)
        case c.Approve():
            return (approve(partnership, command, circumstances),)
        case c.SignAgreement():
            return (sign(partnership, command, circumstances),)
        case c.Release():
            return (release(partnership, command, circumstances),)
        case c.EndLeg():
            return (leg_ended(partnership, command, circumstances),)
        case c.ReportSubrecipients():
            follows = held_for_companies(partnership, command)
        case c.ReportDiversion():
            follows = held_for_diversion(partnership, command)
        case c.RecordAssurance():
            require_answered(partnership, command, circumstances)
        case c.RecordRefund() | c.ConfirmRefund():
            require_refundable(partnership, command, circumstances)
        case c.Satisfy():
            require_verifier(command, circumstances)
        case c.LiftHold():
            require_none_of_the_lead(partnership, command, circumstances.held_by_lead)
        case c.ExtendDeadline():
            require_director(partnership, command, circumstances)
        case c.DeclareInterest():
            require_own_interest(command, circumstances.authority)
        case c.Assign():
            require_known_people(circumstances.authority)
        case c.ClearQuestions() | c.CancelPayment() | c.WithdrawRefund() | c.Report() | c.AcceptReport():
            pass
        case c.ReturnReport() | c.PlaceHold() | c.Decline() | c.Withdraw() | c.Reopen() | c.Terminate():
            pass
        case c.ReturnForInformation() | c.Comment():
            pass
        case _:
            assert_never(command)
    return (event_of_command(command), *follows)


def _decided_by_itself(
    partnership: Partnership, command: c.WorkflowCommand | c.CounterCommand, circumstances: Circumstances
) -> Events:
    """Return the events of a command of the workflow itself, or of the bank's counter."""
    match command:
        case c.RecordVerification():
            return verified(partnership, command)
        case c.RecordAssessment():
            return assessed(partnership, command)
        case c.RecordRecheck():
            return rechecked(partnership, command, circumstances)
        case c.PassDeadline():
            return deadline_passed(partnership, command)
        case c.RecordFallen():
            return decisions_fell(partnership, command)
        case c.Refuse():
            return refused(command)
        case _:
            return decide_payment(partnership, command)
