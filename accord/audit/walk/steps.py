"""The walk itself: which step each event takes, so that a payment can be checked by a reading of the audit's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from accord.audit import rates
from accord.audit.walk import (
    agreement,
    deadlines,
    ends,
    lifting,
    looks,
    payments,
    people,
    proposals,
    reports,
    shares,
    waiting,
)
from accord.audit.walk.walk import Walk
from domain.directory.directory import Directory
from domain.fault import Fault
from domain.partnership import events as e

Step = Callable[[Walk, Any], None]

STEPS: Final[Mapping[type[e.PartnershipEvent], Step]] = {
    e.PartnershipProposed: proposals.propose,
    e.ProposalRevised: proposals.propose,
    e.ProposalAmended: proposals.amend,
    e.SubrecipientsReported: proposals.name_subrecipients,
    e.DueDiligenceCompleted: looks.look,
    e.EligibilityAssessed: looks.assess,
    e.RegistersRechecked: looks.look_again,
    e.ReferralCleared: people.clear_referral,
    e.QuestionsCleared: people.clear_questions,
    e.ApprovalGiven: people.approve,
    e.InformationRequested: people.drop_approvals,
    e.ReturnedForCure: people.drop_approvals,
    e.InterestDeclared: people.declare_interest,
    e.DecisionsFell: people.withdraw_decisions,
    e.ConditionMet: waiting.meet,
    e.LetterIssued: agreement.issue,
    e.AgreementSigned: agreement.sign,
    e.FundsAllotted: shares.allot,
    e.DeadlineSet: deadlines.set_deadline,
    e.DeadlineEscalated: deadlines.escalate,
    e.HoldPlaced: lifting.place,
    e.HeldWithLead: lifting.place,
    e.HoldLifted: lifting.lift,
    e.FreedWithLead: lifting.fall,
    e.DiversionReported: reports.report_diversion,
    e.AssuranceRecorded: reports.assure,
    e.ReportReceived: reports.receive,
    e.ReportAccepted: reports.accept,
    e.ReportReturned: reports.return_to_grantee,
    e.TrancheReleased: payments.release,
    e.PaymentCancelled: payments.cancel,
    e.TrancheHandedOver: payments.hand_over,
    e.TrancheEnded: payments.end_attempt,
    e.TranchePaidShort: payments.end_short,
    e.RestAgreed: payments.agree_on_rest,
    e.RestGivenUp: payments.give_up_rest,
    e.PaymentRecalled: payments.recall,
    e.RecallAnswered: payments.recall,
    e.RecallHeard: payments.hear_of_recall,
    e.BankContradicted: payments.contradict,
    e.ContradictionResolved: payments.resolve,
    e.FundsReceived: payments.receive,
    e.RefundRecorded: payments.refund,
    e.RefundConfirmed: payments.refund,
    e.RefundWithdrawn: payments.refund,
    e.LegEnded: ends.end_leg,
    e.PartnershipDeclined: ends.break_off,
    e.PartnershipWithdrawn: ends.break_off,
    e.PartnershipTerminated: ends.break_off,
    e.PartnershipClosed: ends.close,
    e.PartnershipReopened: ends.reopen,
}
"""The step of each event on which a payment depends."""

IN_DOUBT: Final[Mapping[type[e.PartnershipEvent], Step]] = {
    e.AgreementSigned: agreement.sign_in_doubt,
    e.HoldPlaced: lifting.place_in_doubt,
    e.ReportReceived: reports.receive_in_doubt,
    e.TrancheReleased: payments.release_in_doubt,
}
"""The traces of a decision made with a compromised key. Every other leaves none."""

_UNDER_THE_RULES: Final = (e.ApprovalGiven, e.ReferralCleared, e.ProposalAmended, e.EligibilityAssessed)


def apply(walk: Walk, event: Any, directory: Directory) -> None:
    """Fold an event into the state. `directory`: as it was when the event was recorded."""
    walk.directory = directory
    _note_the_key(walk, event)
    if isinstance(event, _UNDER_THE_RULES):
        walk.rules = directory.rules
        rates.take(walk, event)
    if isinstance(event, e.AgreementSigned):
        rates.take_of_agreement(walk, event)
    if step := STEPS.get(type(event)):
        step(walk, event)
    reports.agree_on_budget(walk)


def disregard(walk: Walk, event: Any) -> None:
    """Fold a decision made with a compromised key: it does not count, but the account or release in it is kept."""
    walk.doubted.add(event.actor)
    if step := IN_DOUBT.get(type(event)):
        step(walk, event)


def _note_the_key(walk: Walk, event: Any) -> None:
    if signature := getattr(event, "signature", None):
        walk.commands.add(signature.statement.command_id)
        first = walk.signers.setdefault(signature.key_id, event.actor)
        if first != event.actor:
            walk.two_with_one_key = Fault(f"{first} and {event.actor} decided with one key, {signature.key_id}")
