"""The procedure: the commands of staff in a partnership, with the stages, roles and events of each.

This table decides what is refused, whose signature an event needs, and what a receipt says. The separation of duties is
in `duties`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

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


class Words(NamedTuple):
    """An event in words: `receipt` for its actor, and `deed` for others, to follow the actor's name."""

    receipt: str
    deed: str


class Step(NamedTuple):
    """The rules for one command of staff."""

    stages: frozenset[Stage]
    """The stages in which the command is allowed."""
    roles: frozenset[Role]
    """The roles that may give the command: one is enough. For an approval, the quorum says which one is needed."""
    records: Mapping[type[e.Event], Words]
    """The events that record it, each in words."""
    part: Part | None = None
    """The part that it gives its actor, where that excludes others (see `duties`)."""
    stopped_by_hold: bool = False
    """True if a hold stops the command. Questions, declines, filing and reports are allowed under a hold."""
    decides: bool = False
    """True if people with an interest in the partnership may not give it (R32)."""


def _in(*stages: Stage) -> frozenset[Stage]:
    return frozenset(stages)


def _by(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


PROCEDURE: Final[dict[type[c.StaffCommand], Step]] = {
    c.Propose: Step(
        _in(Stage.PROPOSED), _by(Role.PROPOSER),
        {e.PartnershipProposed: Words("proposed", "proposed it"),
         e.ProposalRevised: Words("proposed again, revised", "revised it")},
        Part.PROPOSED,
    ),
    c.Amend: Step(
        _in(Stage.APPROVAL, Stage.AGREEMENT, Stage.ACTIVE), _by(Role.PROPOSER),
        {e.ProposalAmended: Words("amended", "amended it")},
        Part.PROPOSED, stopped_by_hold=True,
    ),
    c.Approve: Step(
        _in(Stage.ELIGIBILITY, Stage.APPROVAL, Stage.ACTIVE), DECIDERS,
        {e.ReferralCleared: Words("the referral is cleared", "cleared the referral"),
         e.ApprovalGiven: Words("approved", "approved it")},
        Part.APPROVED, stopped_by_hold=True, decides=True,
    ),
    c.ClearQuestions: Step(
        _in(Stage.APPROVAL, Stage.AGREEMENT, Stage.ACTIVE), _by(Role.VERIFIER),
        {e.QuestionsCleared: Words("the questions are cleared", "cleared what the registers asked")},
        Part.CLEARED, decides=True,
    ),
    c.Decline: Step(
        _in(Stage.ELIGIBILITY, Stage.APPROVAL), DECIDERS,
        {e.PartnershipDeclined: Words("declined", "declined it")},
        decides=True,
    ),
    c.ReturnForInformation: Step(
        _in(Stage.ELIGIBILITY, Stage.APPROVAL), DECIDERS,
        {e.InformationRequested: Words("returned to its proposer", "asked for information")},
    ),
    c.ExtendDeadline: Step(
        _in(Stage.PROPOSED, Stage.ELIGIBILITY, Stage.APPROVAL, Stage.AGREEMENT), DECIDERS,
        {e.DeadlineExtended: Words("the time begins anew", "gave more time")},
        stopped_by_hold=True, decides=True,
    ),
    c.Withdraw: Step(
        OPEN, _by(Role.PROPOSER),
        {e.PartnershipWithdrawn: Words("withdrawn", "withdrew it")},
    ),
    c.SignAgreement: Step(
        _in(Stage.AGREEMENT, Stage.ACTIVE), _by(Role.DIRECTOR),
        {e.AgreementSigned: Words("the agreement is signed", "recorded the signed agreement")},
        Part.SIGNED, stopped_by_hold=True, decides=True,
    ),
    c.Release: Step(
        _in(Stage.ACTIVE), _by(Role.PAYER),
        {e.TrancheReleased: Words("the tranche is released", "released a tranche")},
        Part.RELEASED, stopped_by_hold=True, decides=True,
    ),
    c.CancelPayment: Step(
        GOING_ON, _by(Role.PAYER, Role.FINANCE_APPROVER, Role.VERIFIER, Role.DIRECTOR),
        {e.PaymentCancelled: Words("the payment is cancelled", "cancelled a payment")},
    ),
    c.Report: Step(
        SINCE_AGREED, _by(Role.PROPOSER, Role.VERIFIER),
        {e.ReportReceived: Words("the report is recorded", "recorded a report")},
        Part.REPORTED,
    ),
    c.AcceptReport: Step(
        SINCE_AGREED, DECIDERS,
        {e.ReportAccepted: Words("the report is accepted", "accepted a report")},
        Part.ACCEPTED, decides=True,
    ),
    c.ReturnReport: Step(
        SINCE_AGREED, DECIDERS,
        {e.ReportReturned: Words("the report is returned", "returned a report")},
        Part.ACCEPTED, decides=True,
    ),
    c.RecordRefund: Step(
        frozenset(Stage), _by(Role.FINANCE_APPROVER, Role.PAYER),
        {e.RefundRecorded: Words("the refund is recorded", "recorded a refund")},
        decides=True,
    ),
    c.ConfirmRefund: Step(
        frozenset(Stage), _by(Role.FINANCE_APPROVER, Role.DIRECTOR),
        {e.RefundConfirmed: Words("the refund is confirmed", "confirmed a refund")},
        decides=True,
    ),
    c.WithdrawRefund: Step(
        frozenset(Stage), _by(Role.FINANCE_APPROVER, Role.PAYER, Role.DIRECTOR),
        {e.RefundWithdrawn: Words("the refund is taken back", "took a refund back")},
        decides=True,
    ),
    c.Satisfy: Step(
        FILING, _by(Role.VERIFIER, Role.FINANCE_APPROVER),
        {e.ConditionMet: Words("on file", "put a condition's papers on file")},
        Part.FILED, decides=True,
    ),
    c.PlaceHold: Step(
        GOING_ON, _by(Role.VERIFIER, Role.FINANCE_APPROVER, Role.PAYER, Role.DIRECTOR),
        {e.HoldPlaced: Words("on hold", "placed a hold")},
    ),
    c.LiftHold: Step(
        GOING_ON, _by(Role.FINANCE_APPROVER, Role.DIRECTOR),
        {e.HoldLifted: Words("the hold is lifted", "lifted a hold")},
        Part.LIFTED, decides=True,
    ),
    c.EndLeg: Step(
        _in(Stage.ELIGIBILITY, Stage.APPROVAL, Stage.AGREEMENT, Stage.ACTIVE), DECIDERS,
        {e.LegEnded: Words("the leg is ended; the others go on", "ended a leg")},
        decides=True,
    ),
    c.Reopen: Step(
        _in(Stage.CLOSED), _by(Role.DIRECTOR),
        {e.PartnershipReopened: Words("it is open again, and what came back may be paid again", "reopened it")},
        decides=True,
    ),
    c.Terminate: Step(
        UNTIL_GIVEN_UP, _by(Role.DIRECTOR),
        {e.PartnershipTerminated: Words("terminated", "terminated it")},
        decides=True,
    ),
    c.DeclareInterest: Step(
        GOING_ON, _by(*Role),
        {e.InterestDeclared: Words("the interest is declared", "declared an interest")},
    ),
    c.Comment: Step(
        frozenset(Stage), _by(*Role),
        {e.CommentMade: Words("the comment is on record", "commented")},
    ),
    c.Assign: Step(
        frozenset(Stage), _by(*Role) - {Role.AUDITOR},
        {e.PartnershipAssigned: Words("who looks after it is on record", "said who looks after it")},
    ),
    c.ReportSubrecipients: Step(
        _in(Stage.ACTIVE), _by(Role.PROPOSER, Role.VERIFIER),
        {e.SubrecipientsReported: Words("the sub-recipients are recorded", "reported the sub-recipients")},
    ),
    c.ReportDiversion: Step(
        SINCE_AGREED, _by(*Role),
        {e.DiversionReported: Words("the diversion is recorded", "reported a diversion")},
    ),
    c.RecordAssurance: Step(
        SINCE_AGREED, _by(Role.VERIFIER, Role.FINANCE_APPROVER, Role.DIRECTOR),
        {e.AssuranceRecorded: Words("the assurances are recorded", "recorded the assurances")},
        decides=True,
    ),
}  # fmt: skip

ACTS: Final[dict[type[e.Event], str]] = {
    event: str(command.model_fields["kind"].default) for command, step in PROCEDURE.items() for event in step.records
}
"""By class of event: the kind of command that it records, which its signed statement must name as the act."""

PARTS: Final[dict[type[e.Event], Part]] = {
    e.PartnershipProposed: Part.PROPOSED,
    e.ProposalRevised: Part.PROPOSED,
    e.ProposalAmended: Part.PROPOSED,
    e.ReferralCleared: Part.CLEARED,
    e.QuestionsCleared: Part.CLEARED,
    e.ApprovalGiven: Part.APPROVED,
    e.AgreementSigned: Part.SIGNED,
    e.TrancheReleased: Part.RELEASED,
    e.ConditionMet: Part.FILED,
    e.ReportReceived: Part.REPORTED,
    e.ReportAccepted: Part.ACCEPTED,
    e.ReportReturned: Part.ACCEPTED,
}
"""The part in a partnership that each event gives its actor."""

REMARKS: Final = (e.CommentMade, e.PartnershipAssigned)
"""The events that decide nothing and say nothing of where a partnership stands."""

WORDS: Final[dict[str, Words]] = {
    str(event.model_fields["event_type"].default): words
    for step in PROCEDURE.values()
    for event, words in step.records.items()
} | {"ReturnedForCure": Words("sent back to its proposer", "sent it back to its proposer")}
"""The words for each event of staff, and for what the rules send back, by its type."""


def event_of_command(command: c.StaffRequest) -> e.Event:
    """Return the event of a command that leads to exactly one, with the fields that both have in common."""
    [kind] = PROCEDURE[type(command)].records
    kept = kind.model_fields.keys() & type(command).model_fields.keys()
    return kind(**{field: getattr(command, field) for field in kept})
