"""The state of a partnership: always the fold of its events (see `evolution`)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from pydantic import Field, model_validator

from domain.directory.personal import Person, people_in
from domain.directory.tiers import Role, missing
from domain.grants import FundShare, Interest
from domain.parties import AccountReference, Party, PartyKind
from domain.partnership.diversion.responsibility import Responsibility
from domain.partnership.hold.holds import Hold, Holds
from domain.partnership.people.taking_part import Part
from domain.partnership.proposal.amendment import Sums
from domain.partnership.proposal.updates import as_checked, updates_to_check
from domain.partnership.refund.refunds import Place, Refund, came_from_grantee, confirmed, went_out_again
from domain.partnership.report.reports import Reporting
from domain.partnership.stages import ENDED, Stage
from domain.partnership.waiting.deadlines import Deadline
from domain.policy.canonical import order_of
from domain.policy.conditions import CONDITIONS, ConditionId, Gate
from domain.policy.earlier import FirstLook, Later
from domain.policy.findings import Assessment, Outcome
from domain.policy.programmes import blocked
from domain.policy.waiting import is_bound
from domain.proposal import Direction, Funding, Proposal
from domain.screening.evidence import StatusEvidence, Verification
from domain.signing import Terms, content_digest
from domain.values import Moment, Money, StaffId, Value, is_empty, is_false, is_none, is_zero

ChangedFields = dict[str, object]
"""Fields of a partnership that an event changes, with their new values."""


_BEFORE_APPROVAL: Final = frozenset(
    {Stage.PROPOSED, Stage.DUE_DILIGENCE, Stage.ELIGIBILITY, Stage.DECLINED, Stage.WITHDRAWN}
)


class TrancheState(StrEnum):
    """The state of a planned payment, seen from the partnership."""

    PLANNED = "PLANNED"
    RELEASED = "RELEASED"
    """It was released but not handed over yet, so it can be cancelled."""
    HANDED_OVER = "HANDED_OVER"
    """Its file was handed over to the bank, and only the bank's answer ends the attempt."""
    SETTLED = "SETTLED"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"
    WITHHELD = "WITHHELD"
    CANCELLED = "CANCELLED"


IN_FLIGHT: Final = frozenset({TrancheState.RELEASED, TrancheState.HANDED_OVER})
"""The states of a payment that was released and has not ended."""


class TrancheProgress(Value):
    """A planned payment and its state. `attempt` is 0 before the first release."""

    number: int
    money: Money
    state: TrancheState = TrancheState.PLANNED
    attempt: int = 0
    returned: Decimal = Field(default=Decimal(0), exclude_if=is_zero)
    """The part of a settled payment that came back, as two people confirmed."""
    due_on: date | None = None
    """The day before which it is not paid."""

    @property
    def next_attempt(self) -> int:
        """The number of the attempt that the next release begins."""
        return self.attempt + 1


class Approval(Value):
    """A valid approval, with the sums for which it was given."""

    actor: str
    role: Role
    on_behalf_of: str = ""
    sums: Sums = Sums()


def least_of(approvals: tuple[Approval, ...], actor: str = "") -> Approval:
    """Return the approval to renew: the actor's own, or else that of the smallest sum, of finance if it approved."""
    finance = [one for one in approvals if one.role is Role.FINANCE_APPROVER] or approvals
    own = [one for one in finance if one.actor == actor] or finance
    return min(own, key=lambda one: one.sums.money.amount if one.sums.money is not None else Decimal(0))


class Cleared(Value):
    """A question of a later look that a verifier cleared."""

    question: str
    actor: str
    beside: bool = Field(default=False, exclude_if=is_false)
    """True if it was asked of a leg beside the money out."""


class Told(Value):
    """An obligation that was told of: it was reminded of, or is overdue and is told of again on a later day."""

    obligation: str
    due: Moment | None = None
    """When it is told of again; None while it is only reminded of."""


class Act(Value):
    """An act of a person or a rule. The last one is kept, so that a refusal can name who acted before."""

    actor: str
    what: str
    at: Moment


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
    """What the proposer is asked, or what they must cure."""
    returned_for: tuple[str, ...] = ()
    """The rules for whose failure it went back to its proposer."""
    returned_with: tuple[str, ...] = ()
    """The payees with which it went back once and must not come again."""
    verification: Verification | None = None
    assessment: Assessment | None = None
    verifier: str = ""
    verifier_for: str = ""
    """The person who lent the verifier the role; empty if it is their own."""
    quorum_completed_at: Moment | None = None
    """The time at which a quorum was completed last; it stays when approvals fall."""
    quorum: tuple[Role, ...] | None = None
    """The roles that must approve according to the organisation's tiers; None if the tiers could not be looked up."""
    approvals: tuple[Approval, ...] = ()
    interests: tuple[Interest, ...] = ()
    """The declared interests of staff; a person with an interest is recused."""
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
    """The version of the newest update of a party that nobody has been screened by yet; 0 if there is none."""
    updated_version: int = Field(default=0, exclude_if=is_zero)
    """The version of the newest update since a tranche was released; those who approved are told of it (rules 4.4)."""
    cleared_since: tuple[Cleared, ...] = ()
    """The questions of rechecks that were cleared."""
    found_since: tuple[ConditionId, ...] = ()
    """Conditions that a recheck of the registers added: nothing is paid before they are met."""
    while_asked: tuple[tuple[ConditionId, str], ...] = Field(default=(), exclude_if=is_empty)
    """Of these, what an open question would leave, with its key: it falls with the question if nobody clears that."""
    later: tuple[Later, ...] = ()
    """What a newer edition of the rule book asks of what was approved under an earlier one, each with its day."""
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
    """What the bank said against the account, for which nothing is paid to it; empty if it said nothing."""
    account_fault_at: Moment | None = None
    signatory: str = ""
    tranches: tuple[TrancheProgress, ...] = ()
    payers: tuple[str, ...] = ()
    """Everybody who released a payment; none of them has another part in it (R31)."""
    shares: tuple[FundShare, ...] = ()
    """The part of the money out that each fund pays, once everybody approved."""
    received: Decimal = Decimal(0)
    unthanked_on: date | None = Field(default=None, exclude_if=is_none)
    """The day of the first contribution that no acknowledgment was sent for."""
    received_on: date | None = None
    """The day of the first receipt."""
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
    """What the newest look says of a party on a sanctions list, for which no hold is lifted; None if nothing."""
    told: tuple[Told, ...] = ()
    diverted_on: date | None = None
    """The day on which a diversion was recorded last."""
    named: tuple[Person, ...] = ()
    """People whom an earlier version of the proposal named, since recorded texts may still name them."""
    holds: Holds = ()
    """Every hold that stands, in the order in which they were placed: nothing is paid while any does."""
    ended_legs: tuple[Direction, ...] = ()
    """The legs that ended alone, since the agreement."""
    contradictions: tuple[UUID, ...] = ()
    """The ids of open exceptions in which our own money is at stake."""
    late_returns: tuple[UUID, ...] = Field(default=(), exclude_if=is_empty)
    """The ids of open exceptions by which a payment came back after the end: two people say first whether it did."""
    resolved: tuple[UUID, ...] = ()
    """The ids of resolved exceptions, so that nothing counts twice."""
    why: str = ""
    last_act: Act | None = None
    since: Moment | None = None
    """When it came to where it stands: what it waits for, it waits for since then."""
    assigned: StaffId | None = None
    """Who looks after it; None for nobody in particular."""

    @model_validator(mode="before")
    @classmethod
    def _with_one_hold(cls, said: Any) -> Any:
        """Read the state as a run of release 0.2.0 handed it on: with one hold at most, and no number of it."""
        if not isinstance(said, dict) or "hold" not in said:
            return said
        kept = {field: value for field, value in said.items() if field != "hold"}
        standing = {field: value for field, value in (said["hold"] or {}).items() if field != "before"}
        return {**kept, "holds": (standing,) if standing else ()}

    @property
    def hold(self) -> Hold | None:
        """The first of the holds that stand, or None."""
        return self.holds[0] if self.holds else None

    @property
    def repeated(self) -> Holds:
        """The holds that repeat one of the partnership that leads the agreement, and fall with it."""
        return tuple(one for one in self.holds if one.lead)

    @property
    def hold_codes(self) -> tuple[str, ...]:
        """Who holds what, without reasons, each once."""
        return tuple(sorted({one.code for one in self.holds}))

    @property
    def ended(self) -> bool:
        """True if the partnership has ended."""
        return self.stage in ENDED

    def told_again_on(self, obligation: str) -> Moment | None:
        """Return when an overdue obligation is told of again; None while it is not overdue."""
        return next((one.due for one in self.told if one.obligation == obligation), None)

    @property
    def is_lasting(self) -> bool:
        """True if it was agreed, so that duties remain after its end."""
        return self.agreed_on is not None

    @property
    def rests_on_registers(self) -> bool:
        """True if decisions rest on a verification, so that a change of the registers makes a recheck necessary."""
        unverified = self.stage in {Stage.PROPOSED, Stage.DUE_DILIGENCE} or self.verification is None
        return not (self.ended or unverified)

    def is_judged_on(self, seen: Verification, before: Partnership) -> bool:
        """Return whether the rule book's word on what was seen holds: nothing else that it is asked about changed.

        `before`: the partnership as it was when the rule book was asked.
        """
        asked, now = ((one.proposal, one.funding, one.interests) for one in (before, self))
        return now == asked and self.verification == seen and self.assessment is None

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
    def is_to_cure(self) -> bool:
        """True if the rules sent it back to its proposer, who must cure what fails; False if a person asks."""
        return bool(self.returned_for) and self.question == self.why

    @property
    def paid_party(self) -> str:
        """The payee's name or, where no money goes out, the partner's."""
        out = self.proposed.funds_out
        return out.payee.name if out is not None else self.proposed.partner.name

    @property
    def is_agreed(self) -> bool:
        """True if everybody has approved it and it has not ended: then an amendment is judged before it is in force."""
        return self.stage in {Stage.AGREEMENT, Stage.ACTIVE}

    @property
    def elevated(self) -> bool:
        """True if the risk is elevated: a verifier had to clear a referral before the case could go on."""
        return bool(self.verifier)

    @property
    def required_approvals(self) -> tuple[Role, ...]:
        """The roles that must approve: the quorum or, without one, programme and, if money moves, finance."""
        if self.quorum is not None:
            return self.quorum
        money = self.proposed.money is not None
        return (Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER) if money else (Role.PROGRAMME_APPROVER,)

    @property
    def missing_approvals(self) -> tuple[Role, ...]:
        """The roles that have not approved yet."""
        return missing(self.required_approvals, tuple(approval.role for approval in self.approvals))

    @property
    def covered(self) -> Decimal | None:
        """The sum that may be paid: what finance approved or, without finance, anybody; None without an approval."""
        finance = [one for one in self.approvals if one.role is Role.FINANCE_APPROVER] or self.approvals
        return min((one.sums.money.amount for one in finance if one.sums.money is not None), default=None)

    @property
    def to_renew(self) -> tuple[Role, ...]:
        """The role that must approve the rest, where the sum has grown within the tolerance since it approved (R39)."""
        out = self.proposal.funds_out if self.proposal is not None else None
        if out is None or self.missing_approvals or self.covered is None or out.total.amount <= self.covered:
            return ()
        return (least_of(self.approvals).role,)

    def may_renew(self, person: str) -> bool:
        """Return whether a person may approve the rest beside their own approval: it is in that role, and their one."""
        own = tuple(one.role for one in self.approvals if person in {one.actor, one.on_behalf_of})
        return bool(own) and own == self.to_renew

    @property
    def is_approved(self) -> bool:
        """True if the quorum is complete now."""
        return self.stage not in _BEFORE_APPROVAL and self.proposal is not None and not self.missing_approvals

    @property
    def people(self) -> tuple[Person, ...]:
        """The people whom the partnership's records may name."""
        return tuple(dict.fromkeys((*people_in(self.proposal), *self.named)))

    @property
    def recused(self) -> frozenset[str]:
        """The people who have a declared interest and take no part."""
        return frozenset(interest.person for interest in self.interests)

    @property
    def tainted(self) -> frozenset[str]:
        """The people who signed the agreement or verified its account, and are recused now."""
        return self.recused & {self.signatory, self.account_verifier}

    @property
    def involved(self) -> frozenset[str]:
        """The people whose clearances of matches do not count here: the proposers and the recused."""
        return frozenset({*self.proposers, *self.recused})

    @property
    def in_question(self) -> frozenset[str]:
        """The people whose names somebody behind a party bears, and of whom nobody has said yet whether it is they."""
        namesakes = self.verification.screening.namesakes if self.verification is not None else ()
        asked = (one for one in namesakes if one.question not in self.cleared_referrals)
        return frozenset(one.staff_id for one in asked) - self.recused

    @property
    def escalated(self) -> bool:
        """True if a deadline passed, so that a director may act in place of the people who did not act in time."""
        return self.deadline is not None and self.deadline.escalated

    @property
    def conditions(self) -> tuple[ConditionId, ...]:
        """Every condition that findings or declared interests set."""
        dead = {leg for leg in self.ended_legs if not self.moved_on(leg)}
        findings = self.assessment.findings if self.assessment is not None else ()
        found = (*(one for found in findings if found.leg not in dead for one in found.conditions), *self.found_since)
        minutes = (ConditionId.CONFLICT_MINUTES,) if self.interests else ()
        matched = (ConditionId.SANCTIONS_REPORT,) if self.matched else ()
        return tuple(dict.fromkeys((*found, *minutes, *matched)))

    def open_conditions(self, *gates: Gate) -> tuple[ConditionId, ...]:
        """Return the conditions that must still be met before one of these steps; before any step, if none is given."""
        wanted = frozenset(gates or Gate)
        return tuple(one for one in self.conditions if one not in self.met and CONDITIONS[one].before in wanted)

    def on_file_for(self, tranche: int) -> tuple[ConditionId, ...]:
        """Return the conditions that do not stand before a tranche: they are met, or it does not wait for them."""
        out = self.proposed.funds_out
        asked = is_bound(self.approved_under) or ConditionId.BARRIER_MET in self.conditions_later
        waits = out is not None and out.waits_for_barrier(tranche) and asked
        return self.met if waits else (*self.met, ConditionId.BARRIER_MET)

    @property
    def approved_under(self) -> str:
        """The edition of the rule book that it was assessed under; '' before."""
        return self.assessment.rule_book if self.assessment is not None else ""

    def open_before(self, tranche: int) -> tuple[ConditionId, ...]:
        """Return the conditions that must still be met before a tranche is paid."""
        free = self.on_file_for(tranche)
        return tuple(one for one in self.open_conditions(Gate.AGREEMENT, Gate.PAYMENT) if one not in free)

    def filed_by(self, person: str) -> tuple[ConditionId, ...]:
        """Return the conditions whose papers a person put on file."""
        return tuple(condition for condition, who in self.filed if who == person)

    def has_part(self, person: str, part: Part) -> bool:
        """Return whether a person has a part in the current state; a decision that was replaced gives none."""
        match part:
            case Part.PROPOSED:
                return person in self.proposers
            case Part.CLEARED:
                return person == self.verifier or any(person == one.actor for one in self.cleared_since)
            case Part.APPROVED:
                return any(person == one.actor for one in self.approvals)
            case Part.CALLED_BACK:
                return person == self.account_verifier
            case Part.SIGNED:
                return person == self.signatory
            case Part.RELEASED:
                return person in self.payers
            case Part.FILED:
                return bool(self.filed_by(person))
            case Part.HELD:
                return any(person == one.actor for one in self.holds)
            case Part.REPORTED:
                return any(person == one.actor for one in self.reporting.filed)
            case Part.ACCEPTED:
                return any(person == one.judged_by for one in self.reporting.filed)
            case Part.LIFTED | Part.OTHER:
                return self.proposal is not None

    @property
    def has_paid(self) -> bool:
        """True if a payment was ever released, whatever its outcome."""
        return any(tranche.attempt for tranche in self.tranches)

    @property
    def for_profit_subrecipients(self) -> tuple[str, ...]:
        """The names of the companies among the payee's sub-recipients, which may not be for-profit (C32)."""
        out = self.proposal.funds_out if self.proposal is not None else None
        listed = out.regrant.subrecipients if out is not None and out.regrant is not None else ()
        return tuple(one.party.name for one in listed if one.party.kind is PartyKind.PRIVATE_COMPANY)

    @property
    def paid_or_in_flight(self) -> Decimal:
        """The sum of settled payments, less what came back, and payments in flight."""
        moved = {*IN_FLIGHT, TrancheState.SETTLED}
        gone = (tranche.money.amount - tranche.returned for tranche in self.tranches if tranche.state in moved)
        return sum(gone, Decimal(0))

    @property
    def committed(self) -> Decimal:
        """The committed amount: all tranches or, once the money out has ended, only what was paid or is in flight."""
        over = self.ended or Direction.FUNDS_OUT in self.ended_legs
        return self.paid_or_in_flight if over else sum((one.money.amount for one in self.tranches), Decimal(0))

    @property
    def terms(self) -> Terms:
        """The current terms, to which a decision is bound."""
        proposal, out = self.proposed, self.proposed.funds_out
        purpose, gift_goes_on = out.purpose if out else "", Direction.FUNDS_IN not in self.ended_legs
        return Terms(
            amount=proposal.money,
            payee=out.payee.name if out else proposal.partner.name,
            funder=proposal.legs[0].funder,
            purpose_sha256=content_digest({"purpose": purpose}),
            account_sha256=self.account.sha256 if self.account else None,
            determination_sha256=content_digest(proposal.public_interest.model_dump(mode="json")),
            amount_in=proposal.funds_in.money if proposal.funds_in and out and gift_goes_on else None,
            rule_book=self.approved_under,
        )

    @property
    def in_flight(self) -> bool:
        """True if a payment was released and has not ended."""
        return any(tranche.state in IN_FLIGHT for tranche in self.tranches)

    @property
    def unpaid(self) -> tuple[TrancheProgress, ...]:
        """The planned payments that have not settled; none once the money out has ended alone."""
        over = Direction.FUNDS_OUT in self.ended_legs
        return () if over else tuple(one for one in self.tranches if one.state is not TrancheState.SETTLED)

    @property
    def came_back_since(self) -> tuple[TrancheProgress, ...]:
        """The payments that came back after the close: each is paid again, or given up, by a person's decision."""
        closed = self.stage is Stage.CLOSED
        return tuple(one for one in self.tranches if closed and one.state is TrancheState.RETURNED)

    @property
    def awaits_money(self) -> bool:
        """True if money is still expected from a donor."""
        gift = self.proposed.funds_in
        if gift is None or gift.in_kind is not None or Direction.FUNDS_IN in self.ended_legs:
            return False
        return self.received < gift.money.amount

    @property
    def kept(self) -> Decimal:
        """What came in and was neither paid back to its donor nor moved into a blocked account."""
        return self.received - went_out_again(self.refunds)

    @property
    def donor_is_blocked(self) -> bool:
        """True if the newest look confirms that the donor is on a list that blocks all it has, or is owned by such."""
        gift, found = self.proposal.funds_in if self.proposal is not None else None, self.verification
        return gift is not None and found is not None and bool(blocked(gift.donor, found.screening.matches))

    @property
    def to_block(self) -> Decimal:
        """What came in of a donor that is blocked, and is in no blocked account yet: nobody spends it."""
        return self.kept if self.donor_is_blocked else Decimal(0)

    @property
    def usable(self) -> Decimal:
        """What came in, was not paid back, and may be spent."""
        return self.kept - self.to_block

    @property
    def waits_for_gift(self) -> bool:
        """True if the next tranche waits until more of the partnership's own gift has come in."""
        out = self.proposed.funds_out
        if out is None or not out.waits_for_gift or not self.unpaid:
            return False
        return self.usable < self.paid_or_in_flight + self.unpaid[0].money.amount

    def stops(self, leg: Direction) -> bool:
        """Return whether a hold stands on a leg, or on one that it depends on."""
        on_gift = leg is Direction.FUNDS_OUT and self.proposed.needs(Direction.FUNDS_IN)
        legs = (leg, Direction.FUNDS_IN) if on_gift else (leg,)
        return any(one.covers(at) for one in self.holds for at in legs)

    def moved_on(self, leg: Direction) -> bool:
        """Return whether money ever moved on a leg, or might have."""
        return {Direction.FUNDS_OUT: self.has_paid, Direction.FUNDS_IN: bool(self.received)}.get(leg, False)

    @property
    def at_the_bank(self) -> bool:
        """True if a payment was handed over and has not ended."""
        return any(tranche.state is TrancheState.HANDED_OVER for tranche in self.tranches)

    @property
    def to_clear(self) -> tuple[str, ...]:
        """The questions of a later look that wait for a verifier; at eligibility the rules are applied anew."""
        return self.asked if self.stage in {Stage.APPROVAL, Stage.AGREEMENT, Stage.ACTIVE} else ()

    @property
    def asked(self) -> tuple[str, ...]:
        """Every question that nobody cleared: of the newest recheck, of whatever leg, and of what was told since."""
        return tuple(dict.fromkeys((*self.asked_since, *self.asked_beside, *self.to_check, *self.asked_later)))

    @property
    def to_check(self) -> tuple[str, ...]:
        """What a verifier has still to check of a payee that was told anew (rules 4.4)."""
        out = self.proposal.funds_out if self.proposal is not None else None
        if out is None or self.vouched is None:
            return ()
        cleared = set(self.cleared_referrals)
        return tuple(one for one in updates_to_check(self.vouched, out.payee, self._registered) if one not in cleared)

    @property
    def checked_payee(self) -> Party | None:
        """The payee without what nobody has checked yet; None if no money goes out."""
        out = self.proposal.funds_out if self.proposal is not None else None
        if out is None or self.vouched is None:
            return out.payee if out is not None else None
        return as_checked(self.vouched, out.payee, frozenset(self.cleared_referrals), self._registered)

    @property
    def paid_names(self) -> tuple[str, ...]:
        """The legal names in which the payee's account may be held: its own and, once checked, the one that it bore."""
        known = (self.checked_payee, self.vouched)
        return tuple(dict.fromkeys(one.name for one in known if one is not None))

    @property
    def _registered(self) -> StatusEvidence | None:
        return self.verification.status if self.verification is not None else None

    @property
    def asked_later(self) -> tuple[str, ...]:
        """The questions for a later day that nobody cleared."""
        wanted = (one.asked for one in self.later if one.condition is None)
        return tuple(one for one in wanted if one not in self.cleared_referrals)

    @property
    def conditions_later(self) -> tuple[ConditionId, ...]:
        """The conditions for a later day whose papers are not on file."""
        return tuple(one.condition for one in self.later if one.condition is not None and one.condition not in self.met)

    @property
    def seen_under(self) -> str:
        """The newest edition of the rule book under which it was assessed or looked at; empty before."""
        return self.first_looks[-1].edition if self.first_looks else self.approved_under

    def looks_since(self, edition: str) -> tuple[FirstLook, ...]:
        """Return the first looks under an edition or a newer one; none if it was approved under such a one."""
        newer = order_of(self.approved_under) < order_of(edition)
        return tuple(one for one in self.first_looks if newer and order_of(one.edition) >= order_of(edition))

    def is_bound(self, edition: str, on: date) -> bool:
        """Return whether what an edition asks holds payments on a day: it was approved under it, or time is over."""
        approved = order_of(self.approved_under) >= order_of(edition)
        return approved or any(one.binds(edition, on) for one in self.first_looks)

    @property
    def cleared_referrals(self) -> tuple[str, ...]:
        """The keys of the referrals that a verifier cleared, at first or since."""
        since = tuple(one.question for one in self.cleared_since)
        if self.assessment is None or not self.verifier:
            return since
        first = (key for one in self.assessment.with_outcome(Outcome.REFER) for key in one.keys)
        return tuple(dict.fromkeys((*first, *since)))

    @property
    def fulfilled(self) -> bool:
        """True if everything agreed was done: all paid, all received, reported where a report is due."""
        moved = not self.unpaid and not self.in_flight and not self.awaits_money
        reported = self.reporting.final is not None or not self.owes_a_final_report
        planned = not self.reporting.owed()
        return moved and reported and planned and not self.open_conditions() and not self.unspent_for_sure

    @property
    def owes_a_final_report(self) -> bool:
        """True if the partnership closes only after a final report was accepted."""
        proposal, ended = self.proposed, self.ended_legs
        joint = proposal.non_monetary is not None and Direction.NON_MONETARY not in ended
        unused = Direction.FUNDS_OUT in ended and not self.settled_sum
        return joint or (proposal.funds_out is not None and proposal.funds_out.final_report and not unused)

    @property
    def settled_sum(self) -> Decimal:
        """The sum of the payments that settled, before anything of it came back."""
        settled = (one for one in self.tranches if one.state is TrancheState.SETTLED)
        return sum((one.money.amount for one in settled), Decimal(0))

    @property
    def settled(self) -> dict[Place, Decimal]:
        """What each settled attempt paid, by (tranche, attempt), less what came back of it through the bank."""
        settled = (one for one in self.tranches if one.state is TrancheState.SETTLED)
        return {(one.number, one.attempt): one.money.amount - one.returned for one in settled}

    @property
    def came_back(self) -> Decimal:
        """What came back of the settled payments: through the bank in part, or paid back, as one person says it."""
        return self.settled_sum - sum(self.settled.values(), Decimal(0)) + came_from_grantee(self.refunds, self.settled)

    @property
    def spent(self) -> Decimal:
        """What was paid and did not come back, by the bank's word and by what two people signed."""
        back = came_from_grantee(confirmed(self.refunds), self.settled)
        return max(Decimal(0), sum(self.settled.values(), Decimal(0)) - back)

    @property
    def unspent(self) -> Decimal:
        """What the accepted final report says is unspent, and nobody says that it was paid back."""
        return max(Decimal(0), self._owed_back - self.came_back)

    @property
    def unspent_for_sure(self) -> Decimal:
        """The same, where a refund counts only once a second person has confirmed it."""
        return max(Decimal(0), self._owed_back - (self.settled_sum - self.spent))

    @property
    def _owed_back(self) -> Decimal:
        final = self.reporting.final
        return final.figures.unspent + final.figures.returned if final and final.figures else Decimal(0)

    def next_attempt(self, number: int) -> int:
        """Return which attempt to pay a tranche a release begins: signed, it allows that one alone."""
        tranche = self.tranche(number)
        return tranche.next_attempt if tranche is not None else 1

    def tranche(self, number: int) -> TrancheProgress | None:
        """Return a tranche by its number, or None."""
        return next((tranche for tranche in self.tranches if tranche.number == number), None)
