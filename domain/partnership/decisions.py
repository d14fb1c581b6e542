"""Decide a command: return the events that follow from it, given the state and the circumstances."""

from __future__ import annotations

from typing import assert_never

from domain.errors import NotSigned
from domain.fault import Fault
from domain.partnership import commands as c
from domain.partnership.admission import admit
from domain.partnership.agreement.decisions import sign
from domain.partnership.approval.decisions import approve
from domain.partnership.circumstances import Circumstances
from domain.partnership.consequences import with_consequences
from domain.partnership.diligence.decisions import assessed, rechecked, verified
from domain.partnership.diligence.freshness import require_fresh_registers
from domain.partnership.diversion.decisions import held_for_diversion, require_answered
from domain.partnership.ending.decisions import leg_ended
from domain.partnership.events import Events
from domain.partnership.hold.decisions import require_none_of_the_lead
from domain.partnership.interest.decisions import decisions_fell
from domain.partnership.payment.decisions import decide_payment, release
from domain.partnership.people.authorising import require_role
from domain.partnership.procedure import event_of_command
from domain.partnership.proposal.decisions import amend, held_for_companies, propose
from domain.partnership.refund.decisions import require_refundable
from domain.partnership.remark.decisions import refused
from domain.partnership.shown import require_current_view
from domain.partnership.state import Partnership
from domain.partnership.waiting.decisions import deadline_passed


def decide(partnership: Partnership, command: c.AnyCommand, circumstances: Circumstances) -> Events:
    """Return the events that a command leads to.

    Events that follow by themselves are included: an approval that completes the quorum, a decline by the rule book,
    the close after the last payment. The caller records all of them in one append, or none.

    Raises:
        DomainError: The command is refused; the message says why.
    """
    if isinstance(command, c.StaffCommand):
        _allow(partnership, command, circumstances)
    return with_consequences(partnership, _events_of(partnership, command, circumstances))


def _allow(partnership: Partnership, command: c.StaffRequest, circumstances: Circumstances) -> None:
    """Refuse a command of staff that is not signed, admitted, of the current view, or within a role."""
    if circumstances.authority.member is None:
        fault = Fault(f"nobody proved to be {command.actor!r}; see `accord staff list`")
        raise NotSigned(str(circumstances.authority.refusal or fault))
    if command.signature is None:
        raise NotSigned(f"{command.actor} did not sign the decision; make a key with `accord staff enrol`")
    admit(partnership, command)
    require_current_view(partnership, command)
    require_fresh_registers(partnership, command)
    require_role(partnership, command, circumstances)


def _events_of(partnership: Partnership, command: c.AnyCommand, circumstances: Circumstances) -> Events:  # noqa: C901 - one whole match
    """Return the events of a command: of its own, or one that keeps its fields, with what follows."""
    follows: Events = ()
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
        case c.Release():
            return (release(partnership, command, circumstances),)
        case (
            c.RecordReceipt()
            | c.RecordHandOver()
            | c.RecordNeverSent()
            | c.RecordTrancheOutcome()
            | c.RecordContradiction()
            | c.RecordResolution()
        ):
            return decide_payment(partnership, command)
        case c.Approve():
            return (approve(partnership, command, circumstances),)
        case c.SignAgreement():
            return (sign(partnership, command, circumstances),)
        case c.EndLeg():
            return (leg_ended(partnership, command),)
        case c.Propose():
            return (propose(partnership, command, circumstances),)
        case c.Amend():
            return (amend(partnership, command, circumstances),)
        case c.ReportSubrecipients():
            follows = held_for_companies(partnership, command)
        case c.RecordAssurance():
            require_answered(partnership, command, circumstances)
        case c.ReportDiversion():
            follows = held_for_diversion(partnership, command)
        case c.LiftHold():
            require_none_of_the_lead(partnership, command, circumstances.held_by_lead)
        case c.RecordRefund() | c.ConfirmRefund():
            require_refundable(partnership, command, circumstances)
        case (
            c.ReturnForInformation() | c.Decline() | c.Withdraw() | c.Terminate() | c.Reopen() | c.ExtendDeadline()
            | c.ClearQuestions() | c.Satisfy() | c.CancelPayment() | c.WithdrawRefund() | c.PlaceHold()
            | c.Report() | c.AcceptReport() | c.ReturnReport() | c.DeclareInterest() | c.Assign() | c.Comment()
        ):  # fmt: skip
            pass  # recorded as it is said
        case _:
            assert_never(command)
    return (event_of_command(command), *follows)
