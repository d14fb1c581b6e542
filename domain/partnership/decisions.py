"""Decide a command: return the events that follow from it, given the state and the circumstances."""

from __future__ import annotations

from typing import Final, cast

from domain.errors import NotSigned
from domain.fault import Fault
from domain.partnership import commands as c
from domain.partnership.acts import by_class
from domain.partnership.admission import admit
from domain.partnership.agreement.decisions import sign_agreement
from domain.partnership.approval.decisions import approve
from domain.partnership.circumstances import Circumstances
from domain.partnership.consequences import with_consequences
from domain.partnership.diligence.decisions import decide_diligence
from domain.partnership.diligence.freshness import require_fresh_registers
from domain.partnership.diversion.decisions import decide_diversion
from domain.partnership.ending.decisions import end_leg
from domain.partnership.events import Events
from domain.partnership.hold.decisions import lift
from domain.partnership.interest.decisions import withdraw_decisions
from domain.partnership.letter.decisions import issue_letter
from domain.partnership.payment.decisions import decide_payment, release
from domain.partnership.payment.recalling import decide_recall
from domain.partnership.people.authorising import require_role
from domain.partnership.procedure import event_of_command
from domain.partnership.proposal.decisions import decide_proposal
from domain.partnership.refund.decisions import decide_refund
from domain.partnership.remark.decisions import refuse
from domain.partnership.shown import require_current_view
from domain.partnership.state import Partnership
from domain.partnership.submission.decisions import require_no_repeat, require_sealed, return_submission
from domain.partnership.submission.taking_over import TakingOver
from domain.partnership.waiting.decisions import pass_deadline


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
    require_fresh_registers(partnership, command, circumstances)
    require_role(partnership, command, circumstances)


def require_decidable(partnership: Partnership, command: c.StaffRequest, circumstances: Circumstances) -> None:
    """Raise the DomainError for which a command would be refused, were it signed on what stands now."""
    if circumstances.authority.member is None:
        raise NotSigned(str(circumstances.authority.refusal))
    admit(partnership, command)
    require_fresh_registers(partnership, command, circumstances)
    require_role(partnership, command, circumstances)
    _events_of(partnership, command, circumstances)


DECISIONS: Final = by_class(
    (c.ProposalRequest, decide_proposal),
    (c.DiligenceRecord, decide_diligence),
    (c.Approve, approve),
    (c.SignAgreement, sign_agreement),
    (c.Release, release),
    (c.RecallRequest, decide_recall),
    (c.CounterCommand, decide_payment),
    (c.RecordRefund | c.ConfirmRefund, decide_refund),
    (c.DiversionRequest, decide_diversion),
    (c.LiftHold, lift),
    (c.RecordFallen, withdraw_decisions),
    (c.EndLeg, end_leg),
    (c.PassDeadline, pass_deadline),
    (c.Refuse, refuse),
    (c.IssueLetter, issue_letter),
    (c.ReturnSubmission, return_submission),
)
"""By class of command: its family's decision. Any other is recorded as it is said; a test sees that it can be."""


def _events_of(partnership: Partnership, command: c.AnyCommand, circumstances: Circumstances) -> Events:
    """Return the events of a command: as its family decides, or the one that keeps its fields."""
    if isinstance(command, TakingOver) and command.submission is not None:
        require_sealed(circumstances)
    elif isinstance(command, c.Report):
        require_no_repeat(circumstances)
    decision = DECISIONS.get(type(command))
    if decision is not None:
        return decision(partnership, command, circumstances)
    return (event_of_command(cast(c.StaffRequest, command)),)
