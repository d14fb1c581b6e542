"""The fields of a partnership's state, and what each says by itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from pydantic import Field, model_validator

from domain.directory.personal import Person
from domain.directory.tiers import Role
from domain.grants import FundShare, Interest
from domain.parties import AccountReference, Party
from domain.partnership.diversion.responsibility import Responsibility
from domain.partnership.hold.holds import Hold, Holds
from domain.partnership.letter.issued import Contribution, IssuedLetter
from domain.partnership.proposal.telephones import KnownTelephone
from domain.partnership.refund.refunds import Refund, TakenBack
from domain.partnership.report.reports import Reporting
from domain.partnership.stages import ENDED, Stage
from domain.partnership.standing.overpayment import Overpayment
from domain.partnership.standing.parts import Act, AnsweredQuestion, Approval, Cleared, Reminder, TrancheProgress
from domain.partnership.submission.invitations import Invitation, JudgedSubmission
from domain.partnership.waiting.deadlines import Deadline
from domain.payment.recalls import Recall
from domain.policy.conditions import ConditionId
from domain.policy.earlier import FirstLook, Later
from domain.policy.findings import Assessment
from domain.proposal import Direction, Funding, Proposal
from domain.screening.conversion import Conversion
from domain.screening.evidence import Verification
from domain.values import Moment, StaffId, Value, is_empty, is_none, is_zero


class PartnershipFields(Value):
    """The fields of a partnership, and what each says by itself. Version 0 has no proposal yet."""

    partnership_id: str
    stage: Stage = Stage.PROPOSED
    version: int = 0
    proposal: Proposal | None = None
    funding: Funding | None = None
    proposers: tuple[str, ...] = ()
    """Everybody who proposed or revised it. None of them may approve or pay."""
    question: str = ""
    """The question to the proposer, or the fault that they must cure."""
    answered: tuple[AnsweredQuestion, ...] = Field(default=(), exclude_if=is_empty)
    """The questions of staff that were answered in words, the newest last."""
    returned_for: tuple[str, ...] = ()
    """The rules for whose failure it went back to its proposer."""
    returned_with: tuple[str, ...] = ()
    """The payees with which it went back once and must not come again."""
    verification: Verification | None = None
    assessment: Assessment | None = None
    verifier: str = ""
    verifier_for: str = ""
    """The person who lent the verifier the role, empty if it is their own."""
    quorum_completed_at: Moment | None = None
    """The time at which a quorum was completed last. It stays when approvals fall."""
    quorum: tuple[Role, ...] | None = None
    """The roles that must approve by the organisation's tiers, or None if the tiers could not be looked up."""
    conversion: Conversion | None = Field(default=None, exclude_if=is_none)
    """The base currency and the rates by which the quorum was found last, or None if nothing was converted."""
    approvals: tuple[Approval, ...] = ()
    interests: tuple[Interest, ...] = ()
    """The declared interests of staff. A person with an interest is recused."""
    met: tuple[ConditionId, ...] = ()
    filed: tuple[tuple[ConditionId, str], ...] = ()
    """The conditions whose papers are on file, each with the person who filed them."""
    asked_since: tuple[str, ...] = ()
    """The questions that the newest recheck of the registers asks and nobody cleared: nothing is paid before."""
    asked_beside: tuple[str, ...] = ()
    """The same of legs beside the money out, which stop no payment."""
    vouched: Party | None = Field(default=None, exclude_if=is_none)
    """The payee as due diligence began with it: a number and a legal name that were told since are checked first."""
    updated: int = Field(default=0, exclude_if=is_zero)
    """The version of the newest update of a party that nobody has been screened by yet, or 0 if there is none."""
    updated_version: int = Field(default=0, exclude_if=is_zero)
    """The version of the newest update since a tranche was released. Those who approved are told of it (rules 4.4)."""
    cleared_since: tuple[Cleared, ...] = ()
    """The questions of rechecks that were cleared."""
    found_since: tuple[ConditionId, ...] = ()
    """Conditions that a recheck of the registers added: nothing is paid before they are met."""
    while_asked: tuple[tuple[ConditionId, str], ...] = Field(default=(), exclude_if=is_empty)
    """Of these, what an open question would leave, with its key: it falls with the question if nobody clears that."""
    later: tuple[Later, ...] = ()
    """The questions of a newer edition of the rule book on an earlier approval, each with its day."""
    first_looks: tuple[FirstLook, ...] = ()
    """The first look under each newer edition since the assessment, the newest last."""
    responsibility: Responsibility = Responsibility()
    deadline: Deadline | None = None
    opened: int = 0
    """The version at which the open question was opened: a decision on an older view is stale."""
    account: AccountReference | None = None
    account_verifier: str = ""
    payable_from: Moment | None = None
    account_fault: str = ""
    """The bank's objection to the account, for which nothing is paid to it, or ''."""
    account_fault_at: Moment | None = None
    signatory: str = ""
    tranches: tuple[TrancheProgress, ...] = ()
    overpayment: Overpayment | None = Field(default=None, exclude_if=is_none)
    """The word on what was paid beyond the plan, as long as something is."""
    recalls: tuple[Recall, ...] = Field(default=(), exclude_if=is_empty)
    """The recalls that are open: the bank has not refused them, and nothing was booked that ends them."""
    closed_recalls: tuple[Recall, ...] = Field(default=(), exclude_if=is_empty)
    """The recalls that the bank refused, or whose payment came back or never left."""
    payers: tuple[str, ...] = ()
    """Everybody who released a payment. None of them has another part in it (R31)."""
    shares: tuple[FundShare, ...] = ()
    """The part of the money out that each fund pays, once everybody approved."""
    received: Decimal = Decimal(0)
    unthanked_on: date | None = Field(default=None, exclude_if=is_none)
    """The day of the first contribution that no acknowledgment was sent for."""
    received_on: date | None = None
    """The day of the first receipt."""
    contributions: tuple[Contribution, ...] = Field(default=(), exclude_if=is_empty)
    """The contributions that want an acknowledgement each."""
    letters: tuple[IssuedLetter, ...] = Field(default=(), exclude_if=is_empty)
    """The letters that were issued, the newest last."""
    invitations: tuple[Invitation, ...] = Field(default=(), exclude_if=is_empty)
    """The invitations of the grantee's contacts to forms, the newest last."""
    judged_submissions: tuple[JudgedSubmission, ...] = Field(default=(), exclude_if=is_empty)
    """What was handed in by link and taken over or returned, the newest last."""
    telephones: tuple[KnownTelephone, ...] = Field(default=(), exclude_if=is_empty)
    """The contacts' numbers in the proposal, and what vouches for each."""
    reporting: Reporting = Reporting()
    refunds: tuple[Refund, ...] = ()
    agreed_on: date | None = None
    """The day on which the agreement was recorded first."""
    agreement_sha256: str | None = None
    """The digest of the agreement that was signed last, if it was filed."""
    ended_on: date | None = None
    moved_last: date | None = None
    """The day on which the newest movement of money was recorded, by the bank's word or a person's."""
    asked_on: tuple[tuple[ConditionId, date], ...] = ()
    """The day on which each condition was set first."""
    matched: bool = False
    """True if a party was confirmed to be on a sanctions list: that is reported, however the case ends."""
    listed: str | None = None
    """The newest look's word on a party on a sanctions list, for which no hold is lifted, or None."""
    told: tuple[Reminder, ...] = ()
    diverted_on: date | None = None
    """The day on which a diversion was recorded last."""
    named: tuple[Person, ...] = ()
    """The people named by an earlier version of the proposal, since recorded texts may still name them."""
    holds: Holds = ()
    """Every hold that stands, in the order in which they were placed: nothing is paid while any does."""
    ended_legs: tuple[Direction, ...] = ()
    """The legs that ended alone, since the agreement."""
    contradictions: tuple[UUID, ...] = ()
    """The ids of open exceptions in which our own money is at stake."""
    taken_back: tuple[TakenBack, ...] = Field(default=(), exclude_if=is_empty)
    """The sums of the gift that the bank took back, as long as people have not said what they were."""
    late_returns: tuple[UUID, ...] = Field(default=(), exclude_if=is_empty)
    """The ids of open exceptions by which a payment came back after the end: two people say first whether it did."""
    resolved: tuple[UUID, ...] = ()
    """The ids of resolved exceptions, so that nothing counts twice."""
    why: str = ""
    last_act: Act | None = None
    since: Moment | None = None
    """The time at which it came to its present state, and began its present wait."""
    assigned: StaffId | None = None
    """The person who looks after it, or None for nobody in particular."""

    @model_validator(mode="before")
    @classmethod
    def _with_one_hold(cls, fields: Any) -> Any:
        """Read the state as a run of release 0.2.0 handed it on: with one hold at most, and no number of it."""
        if not isinstance(fields, dict) or "hold" not in fields:
            return fields
        other_fields = {field: value for field, value in fields.items() if field != "hold"}
        standing = {field: value for field, value in (fields["hold"] or {}).items() if field != "before"}
        return {**other_fields, "holds": (standing,) if standing else ()}

    @property
    def proposed(self) -> Proposal:
        """The proposal.

        Raises:
            ValueError: Nothing was proposed yet.
        """
        if self.proposal is None:
            raise ValueError(f"{self.partnership_id} has no proposal yet")
        return self.proposal

    @property
    def ended(self) -> bool:
        """True if the partnership has ended."""
        return self.stage in ENDED

    @property
    def is_agreed(self) -> bool:
        """True if everybody has approved it and it has not ended: then an amendment is judged before it is in force."""
        return self.stage in {Stage.AGREEMENT, Stage.ACTIVE}

    @property
    def is_lasting(self) -> bool:
        """True if it was agreed, so that duties remain after its end."""
        return self.agreed_on is not None

    @property
    def elevated(self) -> bool:
        """True if the risk is elevated: a verifier had to clear a referral before the case could go on."""
        return bool(self.verifier)

    @property
    def escalated(self) -> bool:
        """True if a deadline passed, so that a director may act in place of the people who did not act in time."""
        return self.deadline is not None and self.deadline.escalated

    @property
    def is_to_cure(self) -> bool:
        """True if the rules sent it back to its proposer, who must cure the failure. False if a person asks."""
        return bool(self.returned_for) and self.question == self.why

    @property
    def is_asked(self) -> bool:
        """True if a person asks its proposer something, which is answered in words. False if the rules sent it back."""
        return bool(self.question) and not self.is_to_cure

    def is_answered_by(self, actor: str, answer: str | None) -> bool:
        """True if a person proposed it, nothing is asked, and an answer, if one is given, is the last one on record."""
        last_answers = [answered.answer for answered in self.answered[-1:]]
        return actor in self.proposers and not self.question and (answer is None or [answer.strip()] == last_answers)

    @property
    def paid_party(self) -> str:
        """The payee's name or, where no money goes out, the partner's."""
        out = self.proposed.funds_out
        return out.payee.name if out is not None else self.proposed.partner.name

    @property
    def rests_on_registers(self) -> bool:
        """True if decisions rest on a verification, so that a change of the registers makes a recheck necessary."""
        without_verification = self.stage in {Stage.PROPOSED, Stage.DUE_DILIGENCE} or self.verification is None
        return not (self.ended or without_verification)

    def is_judged_on(self, verification: Verification, before: Self) -> bool:
        """True if the rule book's word on what was seen holds: nothing else that it is asked about changed.

        `before`: the partnership as it was when the rule book was asked.
        """
        earlier_facts, now = (
            (partnership.proposal, partnership.funding, partnership.interests) for partnership in (before, self)
        )
        return now == earlier_facts and self.verification == verification and self.assessment is None

    @property
    def hold(self) -> Hold | None:
        """The first of the holds that stand, or None."""
        return self.holds[0] if self.holds else None

    @property
    def repeated(self) -> Holds:
        """The holds that repeat one of the partnership that leads the agreement, and fall with it."""
        return tuple(hold for hold in self.holds if hold.lead)

    @property
    def hold_codes(self) -> tuple[str, ...]:
        """The holders and scopes of its holds, without reasons, each once."""
        return tuple(sorted({hold.code for hold in self.holds}))

    def stops(self, leg: Direction) -> bool:
        """True if a hold stands on a leg, or on one that it depends on."""
        return bool(self.holds_on(leg))

    def holds_on(self, leg: Direction) -> Holds:
        """Return the holds that stand on a leg, or on one that it depends on."""
        on_gift = leg is Direction.FUNDS_OUT and self.proposed.needs(Direction.FUNDS_IN)
        legs = (leg, Direction.FUNDS_IN) if on_gift else (leg,)
        return tuple(hold for hold in self.holds if any(map(hold.covers, legs)))

    @property
    def has_paid(self) -> bool:
        """True if a payment was ever released, whatever its outcome."""
        return any(tranche.attempt for tranche in self.tranches)

    def moved_on(self, leg: Direction) -> bool:
        """True if money ever moved on a leg, or might have."""
        return {Direction.FUNDS_OUT: self.has_paid, Direction.FUNDS_IN: bool(self.received)}.get(leg, False)

    def tranche(self, number: int) -> TrancheProgress | None:
        """Return a tranche by its number, or None."""
        return next((tranche for tranche in self.tranches if tranche.number == number), None)

    def next_attempt(self, number: int) -> int:
        """Return the number of the attempt that a release of a tranche begins: signed, it allows that one alone."""
        tranche = self.tranche(number)
        return tranche.next_attempt if tranche is not None else 1

    def told_again_on(self, obligation: str) -> Moment | None:
        """Return the time at which an overdue obligation is told of again, or None while it is not overdue."""
        return next((reminder.due for reminder in self.told if reminder.obligation == obligation), None)
