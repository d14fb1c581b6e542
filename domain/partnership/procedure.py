"""The procedure: the commands of staff in a partnership, with the names, stages, roles and events of each.

This table decides what is refused, whose signature an event needs, and what a receipt says. With the fields of each
command (`commands`) it makes the shell's options, the pages' forms and the JSON Schema. The separation of duties is
in `duties`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.people.taking_part import Part
from domain.partnership.stages import Stage

OPEN: Final = frozenset({Stage.PROPOSED, Stage.DUE_DILIGENCE, Stage.ELIGIBILITY, Stage.APPROVAL, Stage.AGREEMENT})
"""The stages before the agreement is signed."""

GOING_ON: Final = OPEN | {Stage.ACTIVE}

UNTIL_GIVEN_UP: Final = GOING_ON | {Stage.CLOSED}
"""The stages in which it is ended: once it is closed, to give up what came back since."""

SINCE_AGREED: Final = frozenset({Stage.ACTIVE, Stage.CLOSED, Stage.TERMINATED})
"""The stages in which duties under the agreement exist. Duties outlive its end."""


FILING: Final = frozenset(Stage) - {Stage.PROPOSED, Stage.DUE_DILIGENCE}
"""The stages in which papers are filed: some are owed after the end, even of what was declined."""

DECIDERS: Final = frozenset({Role.VERIFIER, Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER, Role.DIRECTOR})


class EventWords(NamedTuple):
    """An event in words: `receipt` for its actor, and `deed` for others, to follow the actor's name."""

    receipt: str
    deed: str


class Step(NamedTuple):
    """One command of staff: its names, who may give it and when, the events that record it, and an example."""

    name: str
    """Its name in a shell, such as 'accept-report'."""
    title: str
    """Its name on a page, as an act of the reader: 'Accept a report'."""
    stages: frozenset[Stage]
    """The stages in which the command is allowed."""
    roles: frozenset[Role]
    """The roles that may give the command: one is enough. For an approval, the quorum says which one is needed."""
    records: Mapping[type[e.Event], EventWords]
    """The events that record it, each in words."""
    part: Part | None = None
    """The part that it gives its actor, where that excludes others (see `duties`)."""
    stopped_by_hold: bool = False
    """True if a hold stops the command. Questions, declines, filing and reports are allowed under a hold."""
    decides: bool = False
    """True if people with an interest in the partnership may not give it (R32)."""
    example: Mapping[str, Any] = MappingProxyType({})
    """An invented content of the command; empty if it takes more than a line."""


def _in(*stages: Stage) -> frozenset[Stage]:
    return frozenset(stages)


def _by(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


PROCEDURE: Final[dict[type[c.StaffCommand], Step]] = {
    c.Propose: Step(
        "propose", "Propose",
        _in(Stage.PROPOSED), _by(Role.PROPOSER),
        {e.PartnershipProposed: EventWords("proposed", "proposed it"),
         e.ProposalRevised: EventWords("proposed again, revised", "revised it")},
        Part.PROPOSED,
    ),
    c.Amend: Step(
        "amend", "Change",
        _in(Stage.APPROVAL, Stage.AGREEMENT, Stage.ACTIVE), _by(Role.PROPOSER),
        {e.ProposalAmended: EventWords("amended", "amended it")},
        Part.PROPOSED, stopped_by_hold=True,
    ),
    c.Approve: Step(
        "approve", "Approve",
        _in(Stage.ELIGIBILITY, Stage.APPROVAL, Stage.ACTIVE), DECIDERS,
        {e.ReferralCleared: EventWords("the referral is cleared", "cleared the referral"),
         e.ApprovalGiven: EventWords("approved", "approved it")},
        Part.APPROVED, stopped_by_hold=True, decides=True,
        example={"reason": "fits the programme", "no_interest": True},
    ),
    c.ClearQuestions: Step(
        "clear", "Clear what is asked",
        _in(Stage.APPROVAL, Stage.AGREEMENT, Stage.ACTIVE), _by(Role.VERIFIER),
        {e.QuestionsCleared: EventWords("the questions are cleared", "cleared what the registers asked")},
        Part.CLEARED, decides=True,
        example={"questions": ("named as an officer",), "reason": "it was renamed in March", "no_interest": True},
    ),
    c.Decline: Step(
        "decline", "Decline",
        _in(Stage.ELIGIBILITY, Stage.APPROVAL), DECIDERS,
        {e.PartnershipDeclined: EventWords("declined", "declined it")},
        decides=True,
        example={"reason": "outside the programme"},
    ),
    c.ReturnForInformation: Step(
        "return", "Ask for information",
        _in(Stage.ELIGIBILITY, Stage.APPROVAL), DECIDERS,
        {e.InformationRequested: EventWords("returned to its proposer", "asked for information")},
        example={"question": "Which community is served?"},
    ),
    c.ExtendDeadline: Step(
        "extend", "Extend the deadline",
        _in(Stage.PROPOSED, Stage.ELIGIBILITY, Stage.APPROVAL, Stage.AGREEMENT), DECIDERS,
        {e.DeadlineExtended: EventWords("the time begins anew", "gave more time")},
        stopped_by_hold=True, decides=True,
        example={"reason": "the ministry answers in January"},
    ),
    c.Withdraw: Step(
        "withdraw", "Withdraw",
        OPEN, _by(Role.PROPOSER),
        {e.PartnershipWithdrawn: EventWords("withdrawn", "withdrew it")},
        example={"reason": "the partner found other money"},
    ),
    c.SignAgreement: Step(
        "sign-agreement", "Record the signed agreement",
        _in(Stage.AGREEMENT, Stage.ACTIVE), _by(Role.DIRECTOR),
        {e.AgreementSigned: EventWords("the agreement is signed", "recorded the signed agreement")},
        Part.SIGNED, stopped_by_hold=True, decides=True,
        example={"signed_on": "2027-01-15"},
    ),
    c.Release: Step(
        "release", "Release a payment",
        _in(Stage.ACTIVE), _by(Role.PAYER),
        {e.TrancheReleased: EventWords("the tranche is released", "released a tranche")},
        Part.RELEASED, stopped_by_hold=True, decides=True,
        example={"tranche": 1},
    ),
    c.CancelPayment: Step(
        "payments cancel", "Take a release back",
        GOING_ON, _by(Role.PAYER, Role.FINANCE_APPROVER, Role.VERIFIER, Role.DIRECTOR),
        {e.PaymentCancelled: EventWords("the payment is cancelled", "cancelled a payment")},
        example={"tranche": 1, "attempt": 1, "reason": "the grantee asked to wait"},
    ),
    c.AgreeRest: Step(
        "agree-rest", "Agree to pay the rest",
        _in(Stage.ACTIVE), _by(Role.PAYER, Role.FINANCE_APPROVER, Role.DIRECTOR),
        {e.RestAgreed: EventWords("it is agreed to pay the rest", "agreed to pay the rest of a tranche")},
        stopped_by_hold=True, decides=True,
        example={
            "tranche": 1, "reason": "the bank sent back its part",
            "remainder": {"amount": "2500.00", "currency": "USD"},
        },
    ),
    c.GiveUpRest: Step(
        "give-up-rest", "Give up the rest",
        _in(Stage.ACTIVE), _by(Role.PAYER, Role.FINANCE_APPROVER, Role.DIRECTOR),
        {e.RestGivenUp: EventWords("it is agreed to give up the rest", "gave up the rest of a tranche")},
        stopped_by_hold=True, decides=True,
        example={
            "tranche": 1, "reason": "the grantee needs no more",
            "remainder": {"amount": "2500.00", "currency": "USD"},
        },
    ),
    c.WaiveRecovery: Step(
        "waive-recovery", "Let the grantee keep an overpayment",
        SINCE_AGREED, _by(Role.FINANCE_APPROVER, Role.DIRECTOR),
        {e.RecoveryWaived: EventWords("it is agreed to let the grantee keep it", "waived the recovery of money")},
        decides=True,
        example={
            "reason": "the next grant is smaller by as much", "money": {"amount": "2500.00", "currency": "USD"},
        },
    ),
    c.RecallPayment: Step(
        "payments recall", "Recall a payment",
        SINCE_AGREED, _by(Role.PAYER, Role.FINANCE_APPROVER, Role.DIRECTOR),
        {e.PaymentRecalled: EventWords("the recall is on record", "asked for a payment back")},
        example={"tranche": 1, "attempt": 1, "reason": "it went to an account that was closed"},
    ),
    c.AnswerRecall: Step(
        "payments answer-recall", "Record the answer to a recall",
        SINCE_AGREED, _by(Role.PAYER, Role.FINANCE_APPROVER, Role.DIRECTOR),
        {e.RecallAnswered: EventWords("the bank's answer is on record", "recorded the bank's answer to a recall")},
        example={
            "tranche": 1, "attempt": 1, "answer": "GRANTED", "reason": "their letter of 3 March",
            "document_sha256": "0" * 64,
        },
    ),
    c.Report: Step(
        "report", "Record a report",
        SINCE_AGREED, _by(Role.PROPOSER, Role.VERIFIER),
        {e.ReportReceived: EventWords("the report is recorded", "recorded a report")},
        Part.REPORTED,
        example={"summary": "eleven courses", "report_kind": "PROGRESS"},
    ),
    c.AcceptReport: Step(
        "accept-report", "Accept a report",
        SINCE_AGREED, DECIDERS,
        {e.ReportAccepted: EventWords("the report is accepted", "accepted a report")},
        Part.ACCEPTED, decides=True,
        example={"report": 1, "reason": "agrees with the bank statement"},
    ),
    c.ReturnReport: Step(
        "return-report", "Return a report",
        SINCE_AGREED, DECIDERS,
        {e.ReportReturned: EventWords("the report is returned", "returned a report")},
        Part.ACCEPTED, decides=True,
        example={"report": 1, "reason": "the figures lack the second course"},
    ),
    c.RecordRefund: Step(
        "refund", "Record a refund",
        frozenset(Stage), _by(Role.FINANCE_APPROVER, Role.PAYER),
        {e.RefundRecorded: EventWords("the refund is recorded", "recorded a refund")},
        decides=True,
    ),
    c.ConfirmRefund: Step(
        "confirm-refund", "Confirm a refund",
        frozenset(Stage), _by(Role.FINANCE_APPROVER, Role.DIRECTOR),
        {e.RefundConfirmed: EventWords("the refund is confirmed", "confirmed a refund")},
        decides=True,
        example={"bank_reference": "NTRF-9", "reason": "on the statement"},
    ),
    c.WithdrawRefund: Step(
        "withdraw-refund", "Take a refund back",
        frozenset(Stage), _by(Role.FINANCE_APPROVER, Role.PAYER, Role.DIRECTOR),
        {e.RefundWithdrawn: EventWords("the refund is taken back", "took a refund back")},
        decides=True,
        example={"bank_reference": "NTRF-9", "reason": "1250.00, not 12500"},
    ),
    c.Satisfy: Step(
        "satisfy", "Put papers on file",
        FILING, _by(Role.VERIFIER, Role.FINANCE_APPROVER),
        {e.ConditionMet: EventWords("on file", "put a condition's papers on file")},
        Part.FILED, decides=True,
        example={"condition": "CONTROL_AND_RECORDS", "note": "pack filed"},
    ),
    c.PlaceHold: Step(
        "hold", "Place a hold",
        GOING_ON, _by(Role.VERIFIER, Role.FINANCE_APPROVER, Role.PAYER, Role.DIRECTOR),
        {e.HoldPlaced: EventWords("on hold", "placed a hold")},
        example={"reason": "a newspaper names the donor"},
    ),
    c.LiftHold: Step(
        "lift", "Lift a hold",
        GOING_ON, _by(Role.FINANCE_APPROVER, Role.DIRECTOR),
        {e.HoldLifted: EventWords("the hold is lifted", "lifted a hold")},
        Part.LIFTED, decides=True,
        example={"reason": "the bank confirmed the account"},
    ),
    c.EndLeg: Step(
        "end-leg", "End one leg",
        _in(Stage.ELIGIBILITY, Stage.APPROVAL, Stage.AGREEMENT, Stage.ACTIVE), DECIDERS,
        {e.LegEnded: EventWords("the leg is ended; the others go on", "ended a leg")},
        decides=True,
        example={"leg": "FUNDS_IN", "reason": "the donor withdrew"},
    ),
    c.Reopen: Step(
        "reopen", "Reopen",
        _in(Stage.CLOSED), _by(Role.DIRECTOR),
        {e.PartnershipReopened: EventWords("it is open again, and what came back may be paid again", "reopened it")},
        decides=True,
        example={"reason": "the account is open again"},
    ),
    c.Terminate: Step(
        "terminate", "Terminate",
        UNTIL_GIVEN_UP, _by(Role.DIRECTOR),
        {e.PartnershipTerminated: EventWords("terminated", "terminated it")},
        decides=True,
        example={"reason": "the project ended"},
    ),
    c.DeclareInterest: Step(
        "declare-interest", "Declare an interest",
        GOING_ON, _by(*Role),
        {e.InterestDeclared: EventWords("the interest is declared", "declared an interest")},
        example={"interest": {"person": "ana.silva", "what": "my spouse is on the grantee's board"}},
    ),
    c.Comment: Step(
        "comment", "Comment",
        frozenset(Stage), _by(*Role),
        {e.CommentMade: EventWords("the comment is on record", "commented")},
        example={"text": "their auditor writes in March"},
    ),
    c.Assign: Step(
        "assign", "Assign",
        frozenset(Stage), _by(*Role) - {Role.AUDITOR},
        {e.PartnershipAssigned: EventWords("who looks after it is on record", "said who looks after it")},
        example={"to": "ana.silva"},
    ),
    c.ReportSubrecipients: Step(
        "report-subrecipients", "Report whom the payee supports",
        _in(Stage.ACTIVE), _by(Role.PROPOSER, Role.VERIFIER),
        {e.SubrecipientsReported: EventWords("the sub-recipients are recorded", "reported the sub-recipients")},
    ),
    c.ReportDiversion: Step(
        "report-diversion", "Report a diversion",
        SINCE_AGREED, _by(*Role),
        {e.DiversionReported: EventWords("the diversion is recorded", "reported a diversion")},
        example={"what": "a car; the auditor's letter"},
    ),
    c.IssueLetter: Step(
        "letters issue", "Issue a letter", frozenset(Stage), DECIDERS | {Role.PROPOSER},
        {e.LetterIssued: EventWords("the letter is issued", "issued a letter")}, decides=True,
    ),
    c.InviteGrantee: Step(
        "door invite", "Invite the grantee to a form", frozenset(Stage), DECIDERS | {Role.PROPOSER},
        {e.GranteeInvited: EventWords("the grantee is invited", "invited the grantee to a form")},
        example={"form": "REPORT", "contact": 1, "language": "en", "until": "2027-03-01"},
    ),
    c.EndInvitation: Step(
        "door end", "End an invitation", frozenset(Stage), DECIDERS | {Role.PROPOSER},
        {e.InvitationEnded: EventWords("the invitation is ended", "ended an invitation")},
        example={"invitation": 1, "reason": "she left the organisation"},
    ),
    c.ReturnSubmission: Step(
        "door return", "Return what was handed in", frozenset(Stage), DECIDERS | {Role.PROPOSER},
        {e.SubmissionReturned: EventWords("what was handed in is returned", "returned what was handed in")},
        decides=True,
    ),
    c.RecordAssurance: Step(
        "assure", "Record assurances",
        SINCE_AGREED, _by(Role.VERIFIER, Role.FINANCE_APPROVER, Role.DIRECTOR),
        {e.AssuranceRecorded: EventWords("the assurances are recorded", "recorded the assurances")},
        decides=True,
        example={"what": "two now sign"},
    ),
}  # fmt: skip

ACTS: Final[dict[type[e.Event], str]] = {
    event: str(command.model_fields["kind"].default) for command, step in PROCEDURE.items() for event in step.records
}
"""By class of event: the kind of command that it records, which its signed statement must name as the act."""

PARTS: Final[Mapping[type[e.Event], Part]] = {
    event: step.part for step in PROCEDURE.values() for event in step.records if step.part not in {None, Part.LIFTED}
} | {e.ReferralCleared: Part.CLEARED}
"""The part in a partnership that each event gives its actor."""

REMARKS: Final = (e.CommentMade, e.PartnershipAssigned)
"""The events that decide nothing and say nothing of where a partnership stands."""

WORDS: Final[dict[str, EventWords]] = {
    str(event.model_fields["event_type"].default): words
    for step in PROCEDURE.values()
    for event, words in step.records.items()
} | {"ReturnedForCure": EventWords("sent back to its proposer", "sent it back to its proposer")}
"""The words for each event of staff, and for what the rules send back, by its type."""


def event_of_command(command: c.StaffRequest) -> e.Event:
    """Return the event of a command that leads to exactly one, with the fields that both have in common."""
    [kind] = PROCEDURE[type(command)].records
    field_names = kind.model_fields.keys() & type(command).model_fields.keys()
    return kind(**{field: getattr(command, field) for field in field_names})
