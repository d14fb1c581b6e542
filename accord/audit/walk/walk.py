"""Fold a partnership's events for the audit, as far as a payment depends on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from accord.audit.bank.refunds import refunds_after
from accord.audit.walk.editions import EditionsSeen
from accord.audit.walk.held import Held
from accord.audit.walk.shares import parts_fault
from accord.audit.walk.waiting import answers, is_in_full, period_fault, shows_it, waits_for_barrier
from domain.directory.directory import Directory
from domain.directory.tiers import HouseRules, Role, missing, most_of
from domain.grants import FundShare, Interest, Regrant, gift_of_fund
from domain.identity import ACCORD
from domain.parties import AccountReference, Party
from domain.partnership import events as e
from domain.partnership.money.refunds import Refund
from domain.partnership.money.responsibility import Responsibility, checklist_conditions
from domain.partnership.people.taking_part import Part
from domain.partnership.reporting.reports import FiledReport, Reporting, ReportState
from domain.partnership.terms.amendment import ANEW, SEEN_LATER, UPDATES, Change, Sums, changes_between, falls, sums_of
from domain.partnership.terms.updates import NAME_ASKED, as_checked, new_papers, updates_to_check
from domain.partnership.waiting.deadlines import ALLOWANCES, Wait, after_business_days
from domain.payment.bank_answers import HOLDS, BankAnswer, BankStatus, ExceptionKind, account_fault_in
from domain.payment.tranche import TrancheOutcome
from domain.policy.conditions import CONDITIONS, NAMED, ConditionId, Gate
from domain.policy.earlier import asked_first
from domain.policy.findings import Assessment, Finding, Outcome, outcome_of
from domain.policy.rulebook import EDITIONS, RULE_BOOK, adverse_in, against_payment, findings_under
from domain.policy.waiting import BINDS_SINCE, is_bound
from domain.proposal import Direction, Funding, Proposal
from domain.screening.evidence import ApprovedSum, StatusEvidence, Verification
from domain.signing import Terms, content_digest
from domain.values import Moment, Money

ENDS = (e.PartnershipDeclined, e.PartnershipWithdrawn, e.PartnershipTerminated, e.PartnershipClosed)


_BARRIER: Final = ConditionId.BARRIER_MET
_AGAINST_US: Final = (BankStatus.REJECTED, BankStatus.RETURNED)

MAY_LIFT: Final = frozenset({Role.FINANCE_APPROVER, Role.DIRECTOR})
"""The roles whose holders lift a hold."""
CLOCK_SLACK: Final = timedelta(days=1)
"""Tolerance for a deadline: it runs from when a decision was signed, but is checked here from when it was recorded."""


class Attempt(NamedTuple):
    """One attempt to pay one tranche."""

    tranche: int
    attempt: int


class Released(NamedTuple):
    """A release, and the reason why it was not permitted at that position; empty if it was permitted."""

    event: e.TrancheReleased
    fault: str


class StandingApproval(NamedTuple):
    """An approval that is still valid, with the sums that were approved."""

    actor: str
    role: Role
    on_behalf_of: str
    sums: Sums

    @property
    def amount(self) -> Decimal:
        """The approved sum; zero if no money moves."""
        return self.sums.money.amount if self.sums.money is not None else Decimal(0)


@dataclass
class Walk:
    """The state of a partnership after the events seen so far."""

    proposal: Proposal | None = None
    gave_community: bool = False
    """True once a proposal or an amendment gave the community in codes."""
    vouched: Party | None = None
    """The payee as it stood when the case began, or began anew; what was told since must be checked first."""
    updated: bool = False
    """True if somebody was told anew of, and no look at the registers has been recorded since."""
    succession_fault: str = ""
    """The reason why the payee's succession does not agree with what was paid before; empty if it does."""
    debtor: str = ""
    """The funder's own account according to the directory when the proposal or its newest amendment was recorded."""
    funding: Funding | None = None
    interests: tuple[Interest, ...] = ()
    verification: Verification | None = None
    assessed: Assessment | None = None
    referred: tuple[str, ...] = ()
    """The keys of what the rule book refers, as its edition gives them of the recorded evidence."""
    cleared_since: dict[str, str] = field(default_factory=dict)
    """The questions of later looks that were cleared, each with who cleared it."""
    looked: Assessment | None = None
    """The newest assessment of a later look, with the findings that its edition gives."""
    beside: str = ""
    """What the newest look says against a payment beside the rules: of the payee's bank."""
    editions: EditionsSeen = field(default_factory=EditionsSeen)
    """What newer editions of the rule book ask of what was approved under an earlier one."""
    found_since: tuple[ConditionId, ...] = ()
    """Conditions that a later recheck of the registers added."""
    while_asked: dict[ConditionId, tuple[str, ...]] = field(default_factory=dict)
    """Of these, what open questions alone would leave, with their keys: it falls with them if nobody clears one."""
    doubted: set[str] = field(default_factory=set)
    """People with decisions disregarded for a compromised key and not yet recorded as withdrawn by the partnership."""
    look_fault: str = ""
    """The same as `rule_book_fault`, but for the newest recheck of the registers."""
    rule_book_fault: str = ""
    """The reason why the recorded assessment does not follow from the recorded evidence; empty if it does."""
    proposers: set[str] = field(default_factory=set)
    verifier: str = ""
    verifier_for: str = ""
    quorum: tuple[Role, ...] = ()
    """The roles that the newest approval says must approve: more than the sum's own tier where sums count together."""
    judged_themselves: str = ""
    """Who cleared a referral that asked whether they stand behind a party; empty if nobody did."""
    approvals: list[StandingApproval] = field(default_factory=list)
    account: AccountReference | None = None
    payable_from: Moment | None = None
    account_fault: str = ""
    """What the bank said against the account since it was agreed on."""
    faulty: AccountReference | None = None
    """The account that the bank last called wrong."""
    faulted_at: Moment | None = None
    """When the bank last called an account of the payee wrong; a call-back before that proves nothing of it."""
    signatory: str = ""
    recused: set[str] = field(default_factory=set)
    met: set[ConditionId] = field(default_factory=set)
    responsibility: Responsibility = field(default_factory=Responsibility)
    """The state of expenditure responsibility: diversions, and reports that are due."""
    assured_in_full: bool = False
    """True if the newest assurances are a director's, with precautions, as another diversion asks for."""
    reporting: Reporting = field(default_factory=Reporting)
    """The planned reports, and those that were received and judged."""
    held: Held = field(default_factory=Held)
    """The holds that stand."""
    broken_off: bool = False
    """True if it ended otherwise than by being fulfilled."""
    was_signed: bool = False
    """True once an agreement was signed."""
    shares: tuple[FundShare, ...] = ()
    """The part of the money out that each fund pays."""
    shares_fault: str = ""
    """The reason why these parts are not those that were approved; empty if they are."""
    ever_shared: frozenset[str] = frozenset()
    """Every fund that was ever said to pay."""
    refunds: tuple[Refund, ...] = ()
    """What was paid back, each with the second person who signed it."""
    ended_legs: set[Direction] = field(default_factory=set)
    """The legs that ended alone since the agreement."""
    released: dict[Attempt, Released] = field(default_factory=dict)
    cancelled: set[Attempt] = field(default_factory=set)
    handed_over: dict[Attempt, list[str]] = field(default_factory=dict)
    """The message ids of the files in which each attempt was handed over."""
    contradicted: set[UUID] = field(default_factory=set)
    """The ids of exceptions in which our own money is at stake; only signed acts prove that one is resolved."""
    booked_twice: set[Attempt] = field(default_factory=set)
    """Attempts that the bank booked twice; only people can say which of the two bookings a return belongs to."""
    booked_beside: dict[UUID, Attempt] = field(default_factory=dict)
    """The same of bookings that did not count when they were told, by their answers, until one is resolved to count."""
    resolved: dict[Attempt, list[BankAnswer]] = field(default_factory=dict)
    """Answers on each attempt that people are said to have resolved; their signatures must still be verified."""
    escalated: bool = False
    waits_since: tuple[Wait, Moment | None] | None = None
    """(what the partnership waits for, the time on the ledger's clock at which the wait began)."""
    active: bool = False
    paid: bool = False
    received: bool = False
    """True once money is said to have come in."""
    withheld: set[Attempt] = field(default_factory=set)
    """The attempts that are said to have been withheld or cancelled: nothing left in them unless a file did."""
    ended: bool = False
    signers: dict[str, str] = field(default_factory=dict)
    """Who decided first with each key, by the key's id."""
    two_with_one_key: str = ""
    """The two people who decided with one key; empty if nobody did."""
    commands: set[UUID] = field(default_factory=set)
    """The command ids of the signed decisions seen so far; none of them counts twice."""
    version: int = 0
    """The version of the newest event."""
    now: Moment | None = None
    """When the newest event was recorded, on the ledger's clock; the time in a decision is only its signer's claim."""
    rules: HouseRules | None = None
    """The rules, with the approval tiers, in force at the newest assessment, clearance, approval or amendment."""

    @property
    def money(self) -> Money | None:
        """The proposed sum; None if there is no proposal or it has no money."""
        return self.proposal.money if self.proposal else None

    @property
    def approvers(self) -> set[str]:
        """The people whose approvals are valid, and those who lent them their roles."""
        return {name for one in self.approvals for name in (one.actor, one.on_behalf_of)} - {""}

    @property
    def in_question(self) -> frozenset[str]:
        """The people whose names somebody behind a party bears, and who are not recused."""
        namesakes = self.verification.screening.namesakes if self.verification else ()
        cleared = self.cleared
        asked = (one for one in namesakes if one.question not in cleared)
        return frozenset(one.staff_id for one in asked) - self.recused

    def missing_papers(self, tranche: int) -> list[ConditionId]:
        """Return the conditions for the agreement, or a tranche's payment, whose papers are not on file."""
        asked = dict.fromkeys((*(self.assessed.conditions if self.assessed else ()), *self.found_since))
        before, free = {Gate.AGREEMENT, Gate.PAYMENT}, {*self._not_asked(tranche), *self.editions.not_yet}
        return [one for one in asked if CONDITIONS[one].before in before and one not in free]

    def _not_asked(self, tranche: int) -> set[ConditionId]:
        """Return what is on file, with the barrier where the tranche does not wait for it."""
        bound = self._is_bound or _BARRIER in self.editions.later
        return self.met if waits_for_barrier(self.proposal, bound, tranche) else self.met | {_BARRIER}

    @property
    def _is_bound(self) -> bool:
        """True if an unmet barrier, and a period that is over, stop what was approved (rules 4.11, 4.16)."""
        return self.editions.is_bound(BINDS_SINCE, self.edition)

    @property
    def edition(self) -> str:
        """The edition of the assessment, which is among the terms that approvers sign."""
        return self.assessed.rule_book if self.assessed else ""

    def over(self, tranche: int, today: date) -> str:
        """Return why a tranche would be paid ahead on a day, its period being over; or ''."""
        return period_fault(self.proposal, self.reporting, self._is_bound, tranche, today)

    @property
    def terms(self) -> Terms | None:
        """The terms that a person who decides now must have been shown; None if there is no proposal."""
        if self.proposal is None:
            return None
        out, gift_goes_on = self.proposal.funds_out, Direction.FUNDS_IN not in self.ended_legs
        return Terms(
            amount=self.proposal.money,
            payee=out.payee.name if out else self.proposal.partner.name,
            funder=self.proposal.legs[0].funder,
            purpose_sha256=content_digest({"purpose": out.purpose if out else ""}),
            account_sha256=self.account.sha256 if self.account else None,
            determination_sha256=content_digest(self.proposal.public_interest.model_dump(mode="json")),
            amount_in=self.proposal.funds_in.money if self.proposal.funds_in and out and gift_goes_on else None,
            rule_book=self.edition,
        )

    @property
    def cleared(self) -> tuple[str, ...]:
        """The keys of the referred findings, if a verifier cleared them; otherwise empty."""
        return (*(self.referred if self.verifier else ()), *self.cleared_since)

    @property
    def adverse(self) -> str:
        """The reason why the newest look at the registers forbids a payment; empty if it does not."""
        answered = (*self.cleared, *self.editions.not_yet)
        ruled = adverse_in(self.looked, answered, Direction.FUNDS_OUT) if self.looked else ""
        return "; ".join(filter(None, (ruled, self.beside)))

    def apply(self, event: Any, directory: Directory) -> None:
        """Fold an event into the state."""
        if signature := getattr(event, "signature", None):
            self.commands.add(signature.statement.command_id)
            first = self.signers.setdefault(signature.key_id, event.actor)
            if first != event.actor:
                self.two_with_one_key = f"{first} and {event.actor} decided with one key, {signature.key_id}"
        if isinstance(event, e.ApprovalGiven | e.ReferralCleared | e.ProposalAmended | e.EligibilityAssessed):
            self.rules = directory.rules
        self._see_the_end(event)
        match event:
            case e.PartnershipProposed() | e.ProposalRevised():
                self._begin(event, directory)
                self.interests = tuple(dict.fromkeys((*self.interests, *event.proposal.interests)))
                self.recused |= {interest.person for interest in event.proposal.interests}
            case e.ProposalAmended():
                self._amended(event, directory)
            case e.DueDiligenceCompleted(verification=verification):
                self.verification = verification
            case e.EligibilityAssessed():
                self._assessed(event)
            case e.RegistersRechecked():
                self._rechecked(event)
            case e.AgreementSigned():
                self._agreed(event, directory)
            case e.FundsAllotted(shares=shares):
                out = self.proposal.funds_out if self.proposal else None
                self.shares_fault = parts_fault(out.parts if out else (), self.shares, shares)
                self.ever_shared |= {one.fund for one in shares}
                self.shares = shares
            case e.InterestDeclared(interest=interest):
                self.interests = tuple(dict.fromkeys((*self.interests, interest)))
                self._without(interest.person)
            case e.SubrecipientsReported():
                self._regranted(event)
            case e.ApprovalGiven() | e.ReferralCleared() | e.QuestionsCleared() if self._is_unasked(event):
                pass  # nobody asked them whether they have an interest, so it does not count (R32)
            case _:
                self._see_decision(event, directory)

    def _see_the_end(self, event: Any) -> None:
        """Note an end. What was closed may go on: each payment proves for itself that the one before came back."""
        broken_off = isinstance(event, ENDS) and not isinstance(event, e.PartnershipClosed)
        self.broken_off = self.broken_off or broken_off
        self.ended = self.ended or isinstance(event, ENDS)
        if isinstance(event, e.PartnershipReopened) and event.actor not in self.recused:
            self.ended = self.broken_off

    def disregard(self, event: Any) -> None:
        """Fold a decision made with a compromised key: it does not count, but the account or release in it is kept."""
        self.doubted.add(event.actor)
        match event:
            case e.AgreementSigned(account=account):
                self.account, self.signatory, self.active = account, "", False
            case e.HoldPlaced():  # it only stops what would go on
                self.held.place(event, self.version)
            case e.ReportReceived():  # it keeps its number, by which later ones are judged
                self.reporting = self.reporting.with_received(_report(event), event.corrects)
                self.reporting = self.reporting.with_returned(self.reporting.filed[-1].number, "")
            case e.TrancheReleased(tranche=tranche, attempt=attempt):
                doubted = f"it was released with a key of {event.actor} that others may have used"
                self.released[Attempt(tranche, attempt)] = Released(event, doubted)
                self.paid = True
            case _:
                pass

    def _see_decision(self, event: Any, directory: Directory) -> None:
        match event:
            case e.HoldPlaced() | e.HeldWithLead() | e.HoldLifted() | e.FreedWithLead():
                self._see_hold(event, directory)
            case e.InformationRequested() | e.ReturnedForCure():
                self.approvals = []
            case e.ReferralCleared():
                asked = {*self.in_question} & {event.actor, event.on_behalf_of}
                self.verifier, self.verifier_for = event.actor, event.on_behalf_of
                self.judged_themselves = min(asked, default="")
            case e.ApprovalGiven():
                self.quorum = event.quorum or ()
                self._approve(StandingApproval(event.actor, event.role, event.on_behalf_of, self._sums))
            case e.QuestionsCleared(questions=questions, actor=actor, document_sha256=paper):
                proved = (one for one in questions if paper is not None or not one.startswith(NAME_ASKED))
                self._clear(tuple(proved), actor)
            case e.ConditionMet(condition=condition) if shows_it(event) and condition not in NAMED:
                self.met.add(condition)
                self.responsibility = self.responsibility.with_met(condition)
            case e.DecisionsFell():
                self._fell(event)
            case e.DeadlineSet(deadline=deadline):
                self.escalated, self.waits_since = False, (deadline.wait, self.now)
            case e.DeadlineEscalated(wait=wait) if wait is not Wait.HOLD:
                self.escalated = self._time_has_passed()
            case e.LegEnded(leg=leg, anew=anew):
                self._end_leg(leg, anew)
            case e.DiversionReported(what=what):
                on = event.at.date()
                self.responsibility = self.responsibility.with_diversion(what, on, event.money)
            case e.AssuranceRecorded():
                self._assure(event, directory)
            case e.ReportReceived() | e.ReportAccepted() | e.ReportReturned():
                self._see_report(event)
            case _:
                self._see_payment(event)

    @property
    def stops_payment(self) -> bool:
        """True if a hold stands that is not on a leg alone on which the money out does not depend."""
        return bool(self.on_hold)

    @property
    def on_hold(self) -> str:
        """Who holds the money out and why, in words; empty if nobody does."""
        needed = self.proposal is not None and self.proposal.needs(Direction.FUNDS_IN)
        return self.held.on({None, Direction.FUNDS_OUT, Direction.FUNDS_IN if needed else None})

    def _is_unasked(self, event: e.ApprovalGiven | e.ReferralCleared | e.QuestionsCleared) -> bool:
        """Return whether its signer did not say that they have no interest, since everybody is asked."""
        return not (self.is_older or event.no_interest)

    def _see_hold(
        self, event: e.HoldPlaced | e.HeldWithLead | e.HoldLifted | e.FreedWithLead, directory: Directory
    ) -> None:
        self.escalated = False
        match event:
            case e.HoldPlaced() | e.HeldWithLead():
                self.held.place(event, self.version)
            case e.HoldLifted(actor=actor) if actor not in self.recused and self._may_lift(actor, directory):
                shown = event.signature.statement.shown if event.signature is not None else None
                self.held.lift(event, shown.version if shown is not None else None)
            case e.HoldLifted():
                pass  # it stands, whatever was recorded
            case e.FreedWithLead():
                self.held.fall(event)

    def _assure(self, event: e.AssuranceRecorded, directory: Directory) -> None:
        """Count assurances by somebody who may give them, with what the law asks; others answer nothing."""
        on = self.now.date() if self.now is not None else event.at.date()
        roles = frozenset(one.role for one in directory.capacities(event.actor, on))
        if answers(event, self.responsibility.diversions, roles):
            self.responsibility = self.responsibility.with_assurance(event.answer)
            self.assured_in_full = is_in_full(event, roles)

    def _may_lift(self, actor: str, directory: Directory) -> bool:
        on = self.now.date() if self.now is not None else None
        return on is None or any(one.role in MAY_LIFT for one in directory.capacities(actor, on))

    def _end_leg(self, leg: Direction, anew: bool) -> None:
        """Go on without a leg: before the agreement the rest begins anew, and no approval stands.

        Where the leg cannot be taken away, the system said what it may not say, and the leg is only over.
        """
        if self.proposal is None or self.funding is None or leg not in self.proposal.directions:
            return
        if leg in self.ended_legs:
            return
        apart = len(self.proposal.directions) > 1 and not self.proposal.needs(leg) and not self._moved_on(leg)
        if anew and apart:
            self._begin_with(self.proposal.without(leg), self.funding)
        else:
            self.ended_legs.add(leg)

    def _moved_on(self, leg: Direction) -> bool:
        return {Direction.FUNDS_OUT: self.paid, Direction.FUNDS_IN: self.received}.get(leg, False)

    def _see_report(self, event: e.ReportReceived | e.ReportAccepted | e.ReportReturned) -> None:
        match event:
            case e.ReportReceived():
                self.reporting = self.reporting.with_received(_report(event), event.corrects)
            case e.ReportAccepted(report=number, actor=actor):
                self.reporting = self.reporting.with_accepted(number, actor)
            case e.ReportReturned(report=number, actor=actor):
                self.reporting = self.reporting.with_returned(number, actor)
        self.responsibility = self.responsibility.with_reports(self.reporting)

    def _see_payment(self, event: Any) -> None:
        match event:
            case e.TrancheReleased(tranche=tranche, attempt=attempt):
                self.released[Attempt(tranche, attempt)] = Released(event, release_fault(self, event))
                self.paid = True
            case e.TrancheEnded(outcome=TrancheOutcome.REJECTED | TrancheOutcome.RETURNED, reason=reason):
                self._bank_said(reason)
            case e.TrancheEnded(outcome=TrancheOutcome.WITHHELD, tranche=tranche, attempt=attempt):
                self.withheld.add(Attempt(tranche, attempt))
            case e.FundsReceived():
                self.received = True
            case e.RefundRecorded() | e.RefundConfirmed() | e.RefundWithdrawn():
                self.refunds = refunds_after(self.refunds, event, tuple(self.released))
            case e.TrancheEnded(outcome=TrancheOutcome.SETTLED, at=at, tranche=tranche):
                self.responsibility = self.responsibility.with_payment(at.date())
                self.reporting = self.reporting.with_settled(tranche, at.date())
            case e.PaymentCancelled(tranche=tranche, attempt=attempt):
                self.cancelled.add(Attempt(tranche, attempt))
            case e.TrancheHandedOver(tranche=tranche, attempt=attempt, message_id=message_id):
                self.handed_over.setdefault(Attempt(tranche, attempt), []).append(message_id)
            case e.ContradictionResolved(answer=BankAnswer() as answer):
                self._bank_said(answer.reason if answer.status in _AGAINST_US else "")
                self.resolved.setdefault(Attempt(answer.tranche, answer.attempt), []).append(answer)
                self.booked_beside.pop(answer.answer_id, None)
                if answer.status is BankStatus.SETTLED:
                    self.reporting = self.reporting.with_settled(answer.tranche, event.at.date())
            case e.BankContradicted(exception_id=exception_id, exception=kind, answer=answer) if kind in HOLDS:
                self.contradicted.add(exception_id)
                if kind is ExceptionKind.SECOND_BOOKING and answer is not None:
                    self.booked_twice.add(Attempt(answer.tranche, answer.attempt))
                elif (booking := event.booking) is not None:
                    self.booked_beside[booking.answer_id] = Attempt(booking.tranche, booking.attempt)
            case _:
                pass

    def is_for_people(self, attempt: Attempt) -> bool:
        """Return whether only people can say what of an attempt came back: the bank told more than one booking."""
        return attempt in self.booked_twice or attempt in self.booked_beside.values()

    def _bank_said(self, reason: str) -> None:
        """Remember what the bank says against the payee's account."""
        if fault := account_fault_in(reason):
            self.account_fault, self.faulted_at, self.faulty = fault, self.now, self.account

    def _fell(self, event: e.DecisionsFell) -> None:
        """Drop a person's withdrawn decisions; one that is taken again would otherwise count twice."""
        self.doubted.discard(event.person)
        if Part.APPROVED in event.fell:
            self.approvals = [one for one in self.approvals if one.actor != event.person]
        if Part.CLEARED in event.fell:
            self._uncleared(event.person)
        if Part.CLEARED in event.fell and event.person == self.verifier:
            self.assessed, self.verifier, self.verifier_for, self.active = None, "", "", False

    def _time_has_passed(self) -> bool:
        """Return whether the deadline has passed according to the ledger's clock, whatever an event claims."""
        wait, since = self.waits_since or (None, None)
        if wait is None or since is None or self.now is None:
            return False
        return self.now >= after_business_days(since, ALLOWANCES[wait].days) - CLOCK_SLACK

    def _assessed(self, event: e.EligibilityAssessed) -> None:
        self.assessed, self.verifier, self.verifier_for = event.assessment, "", ""
        self.found_since, self.while_asked = (), {}
        self.looked, self.beside, self.cleared_since = None, "", {}
        self.editions = EditionsSeen(event.assessment.rule_book)
        required = checklist_conditions(event.assessment.conditions)
        self.responsibility = self.responsibility.model_copy(update={"required": required})
        self.rule_book_fault, self.look_fault = self._fault_of(event.assessment), ""
        self.referred = _keys(self._found_under(event.assessment))

    def _rechecked(self, event: e.RegistersRechecked) -> None:
        """Apply a recheck of the registers: new conditions and adverse findings count, whatever the event claims."""
        self.verification, self.updated = event.verification, False
        self.look_fault = self._fault_of(event.assessment)
        self.looked = event.assessment.model_copy(update={"findings": self._found_under(event.assessment)})
        deferred = {*self.editions.later}
        if self.now is not None:
            self.editions.look(self.looked, self._asked_first(self.looked), self.now.date())
        told = (*self.cleared, *(one.asked for one in event.later if not one.holds(event.at.date())))
        self.beside = event.adverse.removeprefix(adverse_in(event.assessment, told)).removeprefix("; ")
        known = (*(self.assessed.conditions if self.assessed else ()), *self.found_since)
        named = {one for one in NAMED.intersection(known) if one not in self.looked.conditions}
        self.met = (self.met - NAMED) | named
        self._find(event.assessment, deferred - self.met)

    def _find(self, found: Assessment, deferred: Collection[str]) -> None:
        """Add a look's conditions, and let fall what it asks no more of what never held without being asked.

        That is what a question alone carried and nobody cleared, and what a newer edition asked for a later day.
        """
        fallen = {one for one in self.found_since if one in self.while_asked or one in deferred} - {*found.conditions}
        self.found_since = tuple(one for one in self.found_since if one not in fallen)
        known = (*(self.assessed.conditions if self.assessed else ()), *self.found_since)
        since = tuple(one for one in found.conditions if one not in known)
        self.found_since = (*self.found_since, *since)
        asked, waited = found.conditions_once_cleared(self.cleared), self.while_asked.keys() | {*since}
        self.while_asked = {one: keys for one, keys in asked.items() if one in waited}
        before = (one for one in self.responsibility.required if one not in fallen)
        required = dict.fromkeys((*before, *self._on_the_checklist()))
        self.responsibility = self.responsibility.model_copy(update={"required": tuple(required)})

    def _clear(self, questions: Iterable[str], actor: str) -> None:
        """Count a clearance of what the newest look asks; what stands beside the rules, or a failure, stays so."""
        answered = {*questions}
        self.cleared_since |= dict.fromkeys(answered, actor)
        self.while_asked = {one: keys for one, keys in self.while_asked.items() if answered.isdisjoint(keys)}

    def _asked_first(self, looked: Assessment) -> tuple[str, ...]:
        """Return what the edition of a look asks first of what was approved before; nothing if nothing was."""
        before, now = EDITIONS.get(self.editions.newest), EDITIONS.get(looked.rule_book)
        if before is None or now is None or not (self._is_agreed and self.editions.is_newer(looked)):
            return ()
        if self.proposal is None or self.funding is None or self.verification is None:
            return ()
        return asked_first(self.proposal, self.funding, self.verification, self.interests, before, now)

    @property
    def _is_agreed(self) -> bool:
        """True if it was signed, or everybody whom the newest approval asks for has approved it."""
        return self.active or (
            bool(self.quorum) and not missing(self.quorum, tuple(one.role for one in self.approvals))
        )

    def _on_the_checklist(self) -> tuple[ConditionId, ...]:
        """Return the conditions of expenditure responsibility that later looks added and that hold payments today."""
        return tuple(
            one for one in checklist_conditions(self.found_since) if one not in self.editions.later or one in self.met
        )

    def _uncleared(self, person: str) -> None:
        """Forget a person's clearances of later looks: their questions are open again."""
        self.cleared_since = {one: who for one, who in self.cleared_since.items() if who != person}

    @property
    def clearers(self) -> set[str]:
        """The people whose clearances of later looks count."""
        return set(self.cleared_since.values())

    def _fault_of(self, recorded: Assessment) -> str:
        """Return the reason why an assessment does not follow from the recorded evidence; empty if it does.

        Assessments are recorded by the system and not signed, so one counts only if its edition reproduces it.
        """
        book = EDITIONS.get(recorded.rule_book)
        if book is None or self.proposal is None or self.funding is None or self.verification is None:
            return "the rule book's answer rests on no evidence in the ledger"
        found = findings_under(self.proposal, self.funding, self.verification, self.interests, book)
        same = (outcome_of(found), _conditions(found)) == (recorded.outcome, set(recorded.conditions))
        if not same:
            return "the rule book says something else of the recorded evidence"
        return "" if _is_about(self.proposal, self.verification) else "the recorded evidence is about somebody else"

    def _found_under(self, recorded: Assessment) -> tuple[Finding, ...]:
        """Return the findings of an assessment as its edition gives them; as recorded if they cannot be computed."""
        book = EDITIONS.get(recorded.rule_book)
        if book is None or self.proposal is None or self.funding is None or self.verification is None:
            return recorded.findings
        return findings_under(self.proposal, self.funding, self.verification, self.interests, book)

    def present_fault(self, tranche: int, support: tuple[ApprovedSum, ...] = ()) -> str:
        """Return why the newest edition forbids a tranche of the present proposal on the newest evidence; or ''.

        `support`: what the ledger knows that the funder gave the payee, beside what the evidence says.

        The recorded assessment names its own edition and was made before lesser amendments, such as of the sum.
        """
        if self.proposal is None or self.funding is None or self.verification is None:
            return ""
        seen = self.verification
        if is_bound(self.edition):
            seen = seen.model_copy(update={"support": tuple(dict.fromkeys((*seen.support, *support)))})
        found = findings_under(self.proposal, self.funding, seen, self.interests, RULE_BOOK)
        whole = Assessment(rule_book=RULE_BOOK.version, facts_sha256="0" * 64, findings=found)
        free = self.editions.not_yet
        met = (*sorted(self._not_asked(tranche)), *(one for one in ConditionId if one in free))
        against = against_payment(whole, (*self.cleared, *free), met)
        return f"the rule book in force says of it now: {against}" if against else ""

    def _begin(self, event: Any, directory: Directory) -> None:
        self.proposers.add(event.actor)
        amends = isinstance(event, e.ProposalAmended)
        left = self._without_the_ended(event.proposal) if amends else event.proposal
        self._begin_with(left, event.funding)
        self.ended_legs = {leg for leg in self.ended_legs if amends and self._moved_on(leg)}
        self._take_what_it_names(directory)

    def _without_the_ended(self, proposal: Proposal) -> Proposal:
        """Return an amended proposal without the legs that ended before money moved on them."""
        gone = [leg for leg in self.ended_legs if not self._moved_on(leg)]
        left = [leg for leg in proposal.directions if leg not in gone]
        needed = any(proposal.needs(leg) for leg in gone)
        return proposal.without(*gone) if gone and left and not needed else proposal

    def _begin_with(self, proposal: Proposal, funding: Funding) -> None:
        """Reset the state for a proposal; after a release, the account is kept, so that a change of it is seen."""
        self.succession_fault = self._fault_of_succession(proposal)
        self.proposal, self.funding = proposal, funding
        self.vouched, self.updated = proposal.funds_out.payee if proposal.funds_out else None, False
        self.assessed, self.verifier, self.verifier_for, self.verification = None, "", "", None
        self.approvals, self.met, self.found_since, self.while_asked = [], set(), (), {}
        self.editions = EditionsSeen()
        self.looked, self.beside, self.cleared_since, self.referred = None, "", {}, ()
        self.quorum, self.judged_themselves = (), ""
        self.responsibility = self.responsibility.model_copy(update={"required": (), "met": ()})
        self.account = self.account if self.paid else None
        self.payable_from = self.payable_from if self.paid else None
        self.signatory, self.active, self.escalated = "", False, False

    def _amended(self, event: e.ProposalAmended, directory: Directory) -> None:
        changes = self._changes(event)
        if not ANEW.isdisjoint(changes):
            return self._begin(event, directory)
        if not UPDATES.isdisjoint(changes):
            self.updated = True
            self.met -= NAMED
        if self.proposal is not None and new_papers(self.proposal, event.proposal):
            self.met.discard(ConditionId.PAPERS_READ)
        now = sums_of(event.proposal)
        standing = (one for one in self.approvals if not falls(one.role, one.sums, changes, now))
        self.approvals = [one for one in standing if event.actor not in {one.actor, one.on_behalf_of}]
        self.proposal, self.funding = event.proposal, event.funding
        self.quorum = event.quorum or ()
        self._take_what_it_names(directory)
        self.proposers.add(event.actor)
        return None

    def _changes(self, event: e.ProposalAmended) -> tuple[Change, ...]:
        """Return what an amendment changes; what began the case anew when it was recorded did, whatever counts now."""
        if self.proposal is None:
            return ()
        own = self._seen(changes_between(self.proposal, event.proposal, self.checked_payee))
        return tuple(dict.fromkeys((*own, *ANEW.intersection(event.changes))))

    def _fault_of_succession(self, proposal: Proposal) -> str:
        """Return the reason why a proposal's succession does not agree with what was released before it; or ''."""
        now = proposal.funds_out.succession if proposal.funds_out else None
        was = self.proposal.funds_out.succession if self.proposal and self.proposal.funds_out else None
        if now is None or now == was:
            return self.succession_fault if now is not None else ""
        paid = self.released_in_all
        return f"its succession says that {now.paid:,} were paid, and {paid:,} were released" if now.paid > paid else ""

    @property
    def checked_payee(self) -> Party | None:
        """The payee without the numbers and the name that nobody has checked; None if no money goes out."""
        out = self.proposal.funds_out if self.proposal else None
        if out is None or self.vouched is None:
            return None
        return as_checked(self.vouched, out.payee, frozenset(self.cleared), self._registered)

    @property
    def to_check(self) -> tuple[str, ...]:
        """What was told anew of the payee and nobody has checked: a number that stood nowhere, a new legal name."""
        out = self.proposal.funds_out if self.proposal else None
        if out is None or self.vouched is None:
            return ()
        asked = updates_to_check(self.vouched, out.payee, self._registered)
        return tuple(one for one in asked if one not in self.cleared)

    @property
    def paid_names(self) -> tuple[str, ...]:
        """The legal names in which the payee's account may be held."""
        return tuple(dict.fromkeys(one.name for one in (self.checked_payee, self.vouched) if one is not None))

    @property
    def _registered(self) -> StatusEvidence | None:
        return self.verification.status if self.verification else None

    @property
    def unscreened(self) -> bool:
        """True if the newest recorded look is not about everybody who is named now."""
        found = self.verification
        return self.updated or (self.proposal is not None and found is not None and not _is_about(self.proposal, found))

    def _approve(self, given: StandingApproval) -> None:
        """Count an approval; where its role has approved already, it renews the one of the smallest sum."""
        others = (one for one in self.approvals if one.role is given.role)
        same = sorted(others, key=lambda one: (one.actor != given.actor, one.amount))
        if len(same) >= max(1, self.quorum.count(given.role)):
            self.approvals.remove(same[0])
        self.approvals.append(given)

    @property
    def covered(self) -> Decimal:
        """The sum that may be paid: the smallest that finance approved or, without finance, anybody."""
        finance = [one.amount for one in self.approvals if one.role is Role.FINANCE_APPROVER]
        return min(finance or [one.amount for one in self.approvals], default=Decimal(0))

    @property
    def released_in_all(self) -> Decimal:
        """The sum of the tranches of which an attempt was released and not cancelled."""
        out = self.proposal.funds_out if self.proposal else None
        gone = {one.tranche for one in self.released if one not in self.cancelled}
        plans = out.tranches if out else ()
        return sum((plan.money.amount for plan in plans if plan.number in gone), Decimal(0))

    def _seen(self, changes: tuple[Change, ...]) -> tuple[Change, ...]:
        """Return the changes that the edition of the assessment knew; approvals stood beside the others."""
        return tuple(one for one in changes if not (self.is_older and one in SEEN_LATER))

    @property
    def is_older(self) -> bool:
        """True if it was proposed before edition 2026.4, which sees more changes and pays no tenth more.

        Since then every proposal gives its community in codes, which its proposer signs. An assessment names its own
        edition and proves nothing; an amendment that leaves the community out makes it no older.
        """
        return not self.gave_community

    @property
    def _sums(self) -> Sums:
        return sums_of(self.proposal) if self.proposal else Sums()

    def _take_what_it_names(self, directory: Directory) -> None:
        planned = self.proposal.reports if self.proposal else ()
        self.reporting = self.reporting.model_copy(update={"planned": planned})
        community = self.proposal.public_interest.community if self.proposal else None
        self.gave_community = self.gave_community or community is not None
        funder = directory.funder(self.proposal.legs[0].funder) if self.proposal else None
        self.debtor = funder.account if funder else ""

    def _regranted(self, event: e.SubrecipientsReported) -> None:
        out = self.proposal.funds_out if self.proposal else None
        if self.proposal is None or out is None:
            return
        known = out.regrant or Regrant(subrecipients=event.subrecipients, payee_selects=True, covenant=False)
        regrant = known.model_copy(update={"subrecipients": event.subrecipients})
        leg = out.model_copy(update={"regrant": regrant})
        self.proposal = self.proposal.model_copy(update={"funds_out": leg})

    def _without(self, person: str) -> None:
        self.recused.add(person)
        self._uncleared(person)
        self.reporting = self.reporting.without(person, judged=True)
        self.responsibility = self.responsibility.with_reports(self.reporting)
        self.approvals = [one for one in self.approvals if person not in {one.actor, one.on_behalf_of}]
        if not self.active or person in {self.verifier, self.verifier_for}:
            self.assessed, self.escalated, self.active = None, False, False
            self.verifier, self.verifier_for = "", ""

    def _agreed(self, event: e.AgreementSigned, directory: Directory) -> None:
        """Record an agreement; a changed account needs finance approval again, and a cooling-off time begins."""
        if self.account is not None and self.account != event.account:
            self.approvals = [one for one in self.approvals if one.role is not Role.FINANCE_APPROVER]
            days = directory.rules.cooling_off_days if directory.rules else 0
            self.payable_from = after_business_days(max(event.at, self.now or event.at), days)
        self.account, self.signatory, self.active, self.escalated = event.account, event.actor, True, False
        self.account_fault, self.was_signed = "", True
        self.quorum = most_of(self.quorum, event.quorum or ())


def _report(event: e.ReportReceived) -> FiledReport:
    """Return a report as it was received; before reports were judged, it counted at once."""
    state, judge = (ReportState.ACCEPTED, ACCORD) if event.accepted_at_once else (ReportState.RECEIVED, "")
    return FiledReport(
        kind=event.report_kind,
        received_on=event.at.date(),
        actor=event.actor,
        planned=event.planned,
        figures=event.figures,
        results=event.results,
        state=state,
        judged_by=judge,
    )


def _keys(found: Iterable[Finding]) -> tuple[str, ...]:
    """Return the keys of what is referred, each once."""
    return tuple(dict.fromkeys(key for one in found if one.outcome is Outcome.REFER for key in one.keys))


def _is_about(proposal: Proposal, found: Verification) -> bool:
    """Return whether evidence is about this proposal: its parties were screened, its payee and its gift looked up."""
    screened, out = set(found.screening.parties), proposal.funds_out
    same_payee = found.status is None or out is None or found.status.ein == out.payee.ein
    parts = out.parts if out is not None else ()
    gifts = {gift for gift in (gift_of_fund(one.fund) for one in parts) if gift is not None}
    same_gifts = {one.gift for one in found.all_gifts} <= gifts
    return same_payee and same_gifts and all(party.name in screened for party in proposal.parties)


def _conditions(found: Iterable[Finding]) -> set[ConditionId]:
    return {condition for finding in found for condition in finding.conditions}


def release_fault(walk: Walk, release: e.TrancheReleased) -> str:
    """Return the reason why a release is not permitted in the state before it; empty if it is."""
    out = walk.proposal.funds_out if walk.proposal else None
    planned = {plan.number: plan.money for plan in out.tranches} if out else {}
    early = walk.payable_from is not None and min(release.at, walk.now or release.at) < walk.payable_from
    faults = {
        "no money goes out in this partnership": out is None,
        "the partnership had ended": walk.ended,
        "it was released while on hold": walk.stops_payment,
        "the money out had ended": Direction.FUNDS_OUT in walk.ended_legs,
        "money was diverted, and no assurance is on record": bool(walk.responsibility.diverted),
        f"the sum is not the {planned.get(release.tranche)} that were approved": (
            planned.get(release.tranche) != release.money
        ),
        "the account changed, and its cooling-off time was not over": early,
        "the payer did not sign which attempt it is": not release.attempt_signed,
    }
    return next((words for words, true in faults.items() if true), "")
