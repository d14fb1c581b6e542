"""The audit's knowledge of a partnership, by its own reading of the events: every step works on this record.

A payment is checked against this record and not against the state that decided, so that neither proves the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from accord.audit.walk.editions import EditionsSeen
from accord.audit.walk.held import StandingHolds
from domain.directory.directory import Directory
from domain.directory.tiers import HouseRules, Role
from domain.fault import Fault
from domain.grants import FundShare, Interest
from domain.parties import AccountReference, Party
from domain.partnership import events as e
from domain.partnership.diversion.responsibility import Responsibility
from domain.partnership.proposal.sums import Sums
from domain.partnership.refund.refunds import Refund
from domain.partnership.report.reports import Reporting
from domain.partnership.waiting.deadlines import Wait
from domain.payment.bank_answers import BankAnswer
from domain.policy.conditions import ConditionId
from domain.policy.findings import Assessment
from domain.proposal import Direction, Funding, FundsOut, Proposal
from domain.screening.conversion import Conversion
from domain.screening.evidence import Verification
from domain.signatures.signing import Terms, content_digest
from domain.values import Moment, Money


class Attempt(NamedTuple):
    """One attempt to pay one tranche."""

    tranche: int
    attempt: int


class Released(NamedTuple):
    """A release, and the reason why it was not permitted at that position, or None if it was permitted."""

    event: e.TrancheReleased
    fault: Fault | None


class StandingApproval(NamedTuple):
    """An approval that is still valid, with the sums that were approved."""

    actor: str
    role: Role
    on_behalf_of: str
    sums: Sums

    @property
    def amount(self) -> Decimal:
        """The approved sum, or zero if no money moves."""
        return self.sums.money.amount if self.sums.money is not None else Decimal(0)


@dataclass
class Walk:
    """The audit's knowledge of a partnership after the events seen so far."""

    proposal: Proposal | None = None
    gave_community: bool = False
    """True once a proposal or an amendment gave the community in codes."""
    vouched: Party | None = None
    """The payee as it stood when the case began, or began anew. Any later news must be checked first."""
    updated: bool = False
    """True if somebody was told anew of, and no look at the registers has been recorded since."""
    succession_fault: Fault | None = None
    """The reason why the payee's succession does not agree with earlier payments, or None if it does."""
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
    """The newest look's objection to a payment beside the rules: to the payee's bank."""
    editions: EditionsSeen = field(default_factory=EditionsSeen)
    """The questions of newer editions of the rule book on an approval under an earlier one."""
    found_since: tuple[ConditionId, ...] = ()
    """Conditions that a later recheck of the registers added."""
    while_asked: dict[ConditionId, tuple[str, ...]] = field(default_factory=dict)
    """Of these, what open questions alone would leave, with their keys: it falls with them if nobody clears one."""
    doubted: set[str] = field(default_factory=set)
    """People with decisions disregarded for a compromised key and not yet recorded as withdrawn by the partnership."""
    look_fault: Fault | None = None
    """The same as `rule_book_fault`, but for the newest recheck of the registers."""
    rule_book_fault: Fault | None = None
    """The reason why the recorded assessment does not follow from the recorded evidence, empty if it does."""
    proposers: set[str] = field(default_factory=set)
    verifier: str = ""
    verifier_for: str = ""
    quorum: tuple[Role, ...] = ()
    """The roles that the newest approval says must approve: more than the sum's own tier where sums count together."""
    judged_themselves: str = ""
    """The person who cleared a referral that asked whether they stand behind a party, or ''."""
    approvals: list[StandingApproval] = field(default_factory=list)
    account: AccountReference | None = None
    payable_from: Moment | None = None
    account_fault: Fault | None = None
    """The bank's objection to the account since it was agreed on."""
    faulty: AccountReference | None = None
    """The account that the bank last called wrong."""
    faulted_at: Moment | None = None
    """The time at which the bank last called an account of the payee wrong. An earlier call-back proves nothing."""
    signatory: str = ""
    agreements: dict[str, str] = field(default_factory=dict)
    """The agreements that were issued as letters, each with its issuer."""
    agreement_issuer: str = ""
    """The issuer of the agreement that was signed, or '' if it was made elsewhere."""
    recused: set[str] = field(default_factory=set)
    met: set[ConditionId] = field(default_factory=set)
    responsibility: Responsibility = field(default_factory=Responsibility)
    """The state of expenditure responsibility: diversions, and reports that are due."""
    assured_in_full: bool = False
    """True if the newest assurances are a director's, with precautions, as another diversion asks for."""
    reporting: Reporting = field(default_factory=Reporting)
    """The planned reports, and those that were received and judged."""
    held: StandingHolds = field(default_factory=StandingHolds)
    """The holds that stand."""
    broken_off: bool = False
    """True if it ended otherwise than by being fulfilled."""
    was_signed: bool = False
    """True once an agreement was signed."""
    shares: tuple[FundShare, ...] = ()
    """The part of the money out that each fund pays."""
    shares_fault: Fault | None = None
    """The reason why these parts are not those that were approved, empty if they are."""
    ever_shared: frozenset[str] = frozenset()
    """Every fund that was ever said to pay."""
    refunds: tuple[Refund, ...] = ()
    """The refunds, each with the second person who signed it."""
    ended_legs: set[Direction] = field(default_factory=set)
    """The legs that ended alone since the agreement."""
    released: dict[Attempt, Released] = field(default_factory=dict)
    cancelled: set[Attempt] = field(default_factory=set)
    recalls: set[Attempt] = field(default_factory=set)
    """The attempts whose recall is open."""
    rests: dict[Attempt, dict[str, Money]] = field(default_factory=dict)
    """By the newest attempt of a tranche then: who agreed that its rest is paid, and the rest as each signed it."""
    refusals: dict[Attempt, e.RecallHeard] = field(default_factory=dict)
    """The attempts whose recall a bank's file is said to have refused. The file must still be read."""
    waivers: dict[Attempt, dict[str, Money]] = field(default_factory=dict)
    """The same of who gave the rest up, until a second one did."""
    given_up: dict[int, Decimal] = field(default_factory=dict)
    """By tranche: the part of it that two gave up, and that nobody pays any more."""
    handed_over: dict[Attempt, list[str]] = field(default_factory=dict)
    """The message ids of the files in which each attempt was handed over."""
    contradicted: set[UUID] = field(default_factory=set)
    """The ids of exceptions in which our own money is at stake. Only signed acts prove that one is resolved."""
    booked_twice: set[Attempt] = field(default_factory=set)
    """Attempts that the bank booked twice. Only people can say which of the two bookings a return belongs to."""
    booked_beside: dict[UUID, Attempt] = field(default_factory=dict)
    """The same of bookings that did not count when they were told, by their answers, until one is resolved to count."""
    resolved: dict[Attempt, list[BankAnswer]] = field(default_factory=dict)
    """Answers on each attempt that people are said to have resolved. Their signatures must still be verified."""
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
    """The person who decided first with each key, by the key's id."""
    two_with_one_key: Fault | None = None
    """The two people who decided with one key, empty if nobody did."""
    commands: set[UUID] = field(default_factory=set)
    """The command ids of the signed decisions seen so far. None of them counts twice."""
    version: int = 0
    """The version of the newest event."""
    now: Moment | None = None
    """The time of the newest event, on the ledger's clock. The time in a decision is only its signer's claim."""
    directory: Directory = field(default_factory=Directory)
    """The directory as it was at the newest event."""
    rules: HouseRules | None = None
    """The rules, with the approval tiers, in force at the newest assessment, clearance, approval or amendment."""
    conversion: Conversion | None = None
    """The base currency and the rates that the newest of these events, or an agreement since, says it counted by."""
    converted_at: Moment | None = None
    """The time of that event, on the ledger's clock."""

    @property
    def out(self) -> FundsOut | None:
        """The leg on which money goes out, or None if none does."""
        return self.proposal.funds_out if self.proposal else None

    @property
    def approvers(self) -> set[str]:
        """The people whose approvals are valid, and those who lent them their roles."""
        return {name for approval in self.approvals for name in (approval.actor, approval.on_behalf_of)} - {""}

    @property
    def clearers(self) -> set[str]:
        """The people whose clearances of later looks count."""
        return set(self.cleared_since.values())

    @property
    def cleared(self) -> tuple[str, ...]:
        """The keys of the referred findings, if a verifier cleared them, or else ()."""
        return (*(self.referred if self.verifier else ()), *self.cleared_since)

    @property
    def in_question(self) -> frozenset[str]:
        """The people whose names somebody behind a party bears, and who are not recused."""
        namesakes = self.verification.screening.namesakes if self.verification else ()
        cleared_questions = self.cleared
        open_namesakes = (namesake for namesake in namesakes if namesake.question not in cleared_questions)
        return frozenset(namesake.staff_id for namesake in open_namesakes) - self.recused

    @property
    def edition(self) -> str:
        """The edition of the assessment, which is among the terms that approvers sign."""
        return self.assessed.rule_book if self.assessed else ""

    @property
    def is_older(self) -> bool:
        """True if it was proposed before edition 2026.4, which sees more changes and pays no tenth more.

        Since then every proposal gives its community in codes, which its proposer signs. An assessment names its own
        edition and proves nothing; an amendment that leaves the community out makes it no older.
        """
        return not self.gave_community

    @property
    def conditions(self) -> tuple[ConditionId, ...]:
        """The conditions of the assessment, and those that later looks added."""
        return (*(self.assessed.conditions if self.assessed else ()), *self.found_since)

    @property
    def terms(self) -> Terms | None:
        """The terms that a person who decides now must have been shown, or None if there is no proposal."""
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
    def covered(self) -> Decimal:
        """The sum that may be paid: the smallest that finance approved or, without finance, anybody."""
        finance = [approval.amount for approval in self.approvals if approval.role is Role.FINANCE_APPROVER]
        return min(finance or [approval.amount for approval in self.approvals], default=Decimal(0))

    def agreed_remainder(self, attempt: Attempt) -> Money | None:
        """Return the rest that two people agreed to pay after an attempt, or None."""
        return self._said_by_two(self.rests.get(attempt, {}))

    def waived_remainder(self, attempt: Attempt) -> Money | None:
        """Return the rest that two people gave up after an attempt, or None."""
        return self._said_by_two(self.waivers.get(attempt, {}))

    def _said_by_two(self, words: dict[str, Money]) -> Money | None:
        remainders = [remainder for person, remainder in words.items() if person not in self.recused]
        # Others may have agreed since, once a part came back and the rest was another sum.
        return next((remainder for remainder in reversed(remainders) if remainders.count(remainder) > 1), None)

    def newest_attempt(self, tranche: int) -> Attempt:
        """Return the newest attempt of a tranche that was released."""
        numbers = [attempt.attempt for attempt in self.released if attempt.tranche == tranche]
        return Attempt(tranche, max(numbers, default=0))

    def sum_of(self, attempt: Attempt) -> Money | None:
        """Return the sum that an attempt may pay: the tranche's, or the rest of it that two people agreed to pay."""
        plans = self.out.tranches if self.out else ()
        planned_sum = next((plan.money for plan in plans if plan.number == attempt.tranche), None)
        if planned_sum is not None and (given_up := self.given_up.get(attempt.tranche)):
            planned_sum = Money(amount=max(Decimal(0), planned_sum.amount - given_up), currency=planned_sum.currency)
        return self.agreed_remainder(Attempt(attempt.tranche, attempt.attempt - 1)) or planned_sum

    @property
    def released_in_all(self) -> Decimal:
        """The sum of the tranches of which an attempt was released and not cancelled."""
        tranche_numbers = {attempt.tranche for attempt in self.released if attempt not in self.cancelled}
        plans = self.out.tranches if self.out else ()
        return sum((plan.money.amount for plan in plans if plan.number in tranche_numbers), Decimal(0))

    @property
    def stops_payment(self) -> bool:
        """True if a hold stands that is not on a leg alone on which the money out does not depend."""
        return bool(self.on_hold)

    @property
    def on_hold(self) -> str | None:
        """The holds of the money out, each author with the reason in words, or None."""
        needed = self.proposal is not None and self.proposal.needs(Direction.FUNDS_IN)
        return self.held.on({None, Direction.FUNDS_OUT, Direction.FUNDS_IN if needed else None})
