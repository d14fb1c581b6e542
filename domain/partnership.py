"""What a partnership is: its state, always the fold of its events."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from typing import Final, assert_never

from domain import events as e
from domain.evidence import Verification
from domain.parties import AccountReference
from domain.people import Role
from domain.policy.findings import Assessment, Outcome
from domain.proposal import Funding, Proposal
from domain.tranche import TrancheOutcome
from domain.values import Moment, Money, Value

APPROVAL_TIME: Final = timedelta(days=14)
"""Time to decide before a director may step in."""

ESCALATION_TIME: Final = timedelta(days=7)
"""Further time before an undecided proposal lapses."""


class Stage(StrEnum):
    """Where a partnership is in its life. A hold lies over a stage and does not change it."""

    PROPOSED = "PROPOSED"
    DUE_DILIGENCE = "DUE_DILIGENCE"
    ELIGIBILITY = "ELIGIBILITY"
    APPROVAL = "APPROVAL"
    AGREEMENT = "AGREEMENT"
    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    TERMINATED = "TERMINATED"


ENDED: Final = frozenset({Stage.CLOSED, Stage.DECLINED, Stage.WITHDRAWN, Stage.TERMINATED})


class TrancheState(StrEnum):
    """Where a planned payment stands, seen from the partnership."""

    PLANNED = "PLANNED"
    RELEASED = "RELEASED"
    SETTLED = "SETTLED"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"
    WITHHELD = "WITHHELD"


class TrancheProgress(Value):
    """A planned payment and what became of it. `attempt` is 0 before the first release."""

    number: int
    money: Money
    state: TrancheState = TrancheState.PLANNED
    attempt: int = 0


class Approval(Value):
    """An approval that stands."""

    actor: str
    role: Role


class Act(Value):
    """The last thing a person or a rule did, so that a refusal can say who was first."""

    actor: str
    what: str
    at: Moment


class Hold(Value):
    """A hold in force."""

    actor: str
    reason: str


class Partnership(Value):
    """The state of a partnership. Version 0 has no proposal yet."""

    partnership_id: str
    stage: Stage = Stage.PROPOSED
    version: int = 0
    proposal: Proposal | None = None
    funding: Funding | None = None
    proposers: tuple[str, ...] = ()
    """Everybody who proposed or revised it; none of them may approve or pay."""
    question: str = ""
    verification: Verification | None = None
    assessment: Assessment | None = None
    verifier: str = ""
    approvals: tuple[Approval, ...] = ()
    approval_due: Moment | None = None
    escalated: bool = False
    account: AccountReference | None = None
    signatory: str = ""
    tranches: tuple[TrancheProgress, ...] = ()
    received: Decimal = Decimal(0)
    reported: bool = False
    hold: Hold | None = None
    why: str = ""
    last_act: Act | None = None

    @property
    def ended(self) -> bool:
        """Whether the life is over."""
        return self.stage in ENDED

    @property
    def proposed(self) -> Proposal:
        """The proposal; only asked for once there is one."""
        if self.proposal is None:
            raise ValueError(f"{self.partnership_id} has no proposal yet")
        return self.proposal

    @property
    def required_approvals(self) -> tuple[Role, ...]:
        """The roles that must approve: programme always, finance wherever money moves."""
        money = self.proposed.money is not None
        return (Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER) if money else (Role.PROGRAMME_APPROVER,)

    @property
    def missing_approvals(self) -> tuple[Role, ...]:
        """The roles that have not approved yet."""
        given = {approval.role for approval in self.approvals}
        return tuple(role for role in self.required_approvals if role not in given)

    @property
    def in_flight(self) -> bool:
        """Whether a payment is on its way."""
        return any(tranche.state is TrancheState.RELEASED for tranche in self.tranches)

    @property
    def cleared_referrals(self) -> tuple[str, ...]:
        """The referrals that a verifier cleared."""
        if self.assessment is None or not self.verifier:
            return ()
        return tuple(dict.fromkeys(finding.key for finding in self.assessment.with_outcome(Outcome.REFER)))

    @property
    def fulfilled(self) -> bool:
        """Whether everything agreed was done: all paid, all received, reported where a report is due."""
        proposal = self.proposed
        paid = all(tranche.state is TrancheState.SETTLED for tranche in self.tranches)
        received = proposal.funds_in is None or self.received >= proposal.funds_in.money.amount
        report_due = proposal.funds_out is None or proposal.funds_out.final_report
        return paid and received and (self.reported or not self._report_is_due(report_due))

    def _report_is_due(self, on_money_out: bool) -> bool:
        proposal = self.proposed
        return proposal.non_monetary is not None or (proposal.funds_out is not None and on_money_out)

    def tranche(self, number: int) -> TrancheProgress | None:
        """Return a tranche by its number, or None."""
        return next((tranche for tranche in self.tranches if tranche.number == number), None)


def evolve(partnership: Partnership, event: e.Event) -> Partnership:
    """Return the partnership after an event. Never refuses: what happened, happened."""
    changed = {**_change(partnership, event), "version": partnership.version + 1}
    if act := _act(event):
        changed["last_act"] = act
    return partnership.model_copy(update=changed)


def fold(partnership_id: str, history: tuple[e.Event, ...]) -> Partnership:
    """Return the partnership that a history makes."""
    return reduce(evolve, history, Partnership(partnership_id=partnership_id))


def _change(partnership: Partnership, event: e.Event) -> dict[str, object]:
    match event:
        case e.PartnershipProposed() | e.ProposalRevised():
            return _submitted(partnership, event)
        case e.DueDiligenceCompleted(verification=verification):
            return {"stage": Stage.ELIGIBILITY, "verification": verification}
        case e.EligibilityAssessed():
            return _assessed(event)
        case e.ReferralCleared(actor=actor, at=at):
            return {"stage": Stage.APPROVAL, "verifier": actor, "approval_due": at + APPROVAL_TIME, "why": ""}
        case e.InformationRequested(question=question):
            fallen = {"approvals": (), "approval_due": None}
            return {"stage": Stage.PROPOSED, "question": question, "why": f"asked: {question}", **fallen}
        case e.ApprovalGiven():
            return _approved(partnership, event)
        case e.ApprovalEscalated(at=at):
            return {"escalated": True, "approval_due": at + ESCALATION_TIME}
        case e.AgreementSigned(account=account, actor=actor):
            return {"stage": Stage.ACTIVE, "account": account, "signatory": actor}
        case _:
            return _later_change(partnership, event)


def _later_change(partnership: Partnership, event: e.Event) -> dict[str, object]:
    match event:
        case e.TrancheReleased(tranche=number, attempt=attempt):
            return _tranche_moved(partnership, number, TrancheState.RELEASED, attempt)
        case e.TrancheEnded(tranche=number, attempt=attempt, outcome=outcome):
            return _tranche_moved(partnership, number, _STATE_AFTER[outcome], attempt)
        case e.FundsReceived(money=money):
            return {"received": partnership.received + money.amount}
        case e.ReportReceived():
            return {"reported": True}
        case e.HoldPlaced(actor=actor, reason=reason):
            return {"hold": Hold(actor=actor, reason=reason), "approval_due": None}
        case e.HoldLifted(at=at):
            due = at + APPROVAL_TIME if partnership.stage is Stage.APPROVAL else None
            return {"hold": None, "approval_due": due}
        case _:
            return _end(event)


def _end(event: e.Event) -> dict[str, object]:
    match event:
        case e.PartnershipDeclined(reason=reason):
            return {"stage": Stage.DECLINED, "why": reason, "approval_due": None}
        case e.PartnershipWithdrawn(reason=reason):
            return {"stage": Stage.WITHDRAWN, "why": reason, "approval_due": None}
        case e.PartnershipTerminated(reason=reason):
            return {"stage": Stage.TERMINATED, "why": reason}
        case e.PartnershipClosed():
            return {"stage": Stage.CLOSED, "why": "everything agreed was done"}
        case e.CommandRefused():
            return {}
        case _:
            raise AssertionError(f"no meaning for {type(event).__name__}")


_STATE_AFTER: Final = {
    TrancheOutcome.SETTLED: TrancheState.SETTLED,
    TrancheOutcome.REJECTED: TrancheState.REJECTED,
    TrancheOutcome.RETURNED: TrancheState.RETURNED,
    TrancheOutcome.WITHHELD: TrancheState.WITHHELD,
}


def _submitted(partnership: Partnership, event: e.PartnershipProposed | e.ProposalRevised) -> dict[str, object]:
    plans = event.proposal.funds_out.tranches if event.proposal.funds_out else ()
    return {
        "stage": Stage.DUE_DILIGENCE,
        "proposal": event.proposal,
        "funding": event.funding,
        "proposers": tuple(dict.fromkeys((*partnership.proposers, event.actor))),
        "question": "",
        "why": "",
        "verification": None,
        "assessment": None,
        "verifier": "",
        "approvals": (),
        "escalated": False,
        "tranches": tuple(TrancheProgress(number=plan.number, money=plan.money) for plan in plans),
    }


def _assessed(event: e.EligibilityAssessed) -> dict[str, object]:
    match event.assessment.outcome:
        case Outcome.PASS | Outcome.CONDITION:
            return {"stage": Stage.APPROVAL, "assessment": event.assessment, "approval_due": event.at + APPROVAL_TIME}
        case Outcome.REFER | Outcome.FAIL:
            return {"assessment": event.assessment, "why": event.assessment.deciding}
        case _:
            assert_never(event.assessment.outcome)


def _approved(partnership: Partnership, event: e.ApprovalGiven) -> dict[str, object]:
    approvals = (*partnership.approvals, Approval(actor=event.actor, role=event.role))
    complete = set(partnership.missing_approvals) == {event.role}
    return {"approvals": approvals, **({"stage": Stage.AGREEMENT, "approval_due": None} if complete else {})}


def _tranche_moved(partnership: Partnership, number: int, state: TrancheState, attempt: int) -> dict[str, object]:
    moved = (
        tranche.model_copy(update={"state": state, "attempt": attempt}) if tranche.number == number else tranche
        for tranche in partnership.tranches
    )
    return {"tranches": tuple(moved)}


_DEEDS: Final = {
    e.PartnershipProposed: "proposed it",
    e.ProposalRevised: "revised it",
    e.ReferralCleared: "cleared the referral",
    e.InformationRequested: "asked for information",
    e.ApprovalGiven: "approved it",
    e.AgreementSigned: "recorded the signed agreement",
    e.TrancheReleased: "released a tranche",
    e.ReportReceived: "recorded the report",
    e.HoldPlaced: "placed a hold",
    e.HoldLifted: "lifted the hold",
    e.PartnershipDeclined: "declined it",
    e.PartnershipWithdrawn: "withdrew it",
    e.PartnershipTerminated: "terminated it",
}


def _act(event: e.Event) -> Act | None:
    deed = _DEEDS.get(type(event))
    return None if deed is None else Act(actor=getattr(event, "actor", e.ACCORD), what=deed, at=event.at)
