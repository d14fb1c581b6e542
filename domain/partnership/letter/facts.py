"""The facts of each letter: frozen values from a partnership's state, and nothing that was typed into a letter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from pydantic import Field

from domain.directory.tiers import Role
from domain.partnership.letter.kinds import Addressee, LetterKind
from domain.partnership.stages import Stage
from domain.partnership.waiting.owing import ObligationKind
from domain.plans import Period, ReportKind
from domain.policy.findings import Outcome
from domain.signatures.signing import content_digest
from domain.values import Country, Ein, Money, Sha256, Value, is_none


class HouseFacts(Value):
    """The funder in whose name a letter goes."""

    name: str
    ein: Ein | None = None
    lines: tuple[str, ...] = ()
    """Its postal address, line by line."""


class AddresseeFacts(Value):
    """The party to whom a letter goes, by name. No digest in the ledger covers it, so an erasure leaves nothing."""

    part: Addressee
    name: str
    country: Country | None = None
    lines: tuple[str, ...] = ()
    person: str | None = None


class PlannedPayment(Value):
    """A payment of the plan, and what it waits for."""

    number: int
    money: Money
    due_on: date | None = None
    after_report: int | None = None
    """The report that is accepted before it is paid."""


class PlannedReportFacts(Value):
    """A report of the plan, and its day."""

    number: int
    report_kind: ReportKind
    due_on: date | None = None
    days_after: int | None = None
    """The days after a payment, where its day follows from that."""
    after_tranche: int | None = None


class FindingFacts(Value):
    """A finding of the rule book, in words."""

    words: str
    citation: str
    outcome: Outcome
    remedies: tuple[str, ...] = ()
    """What would turn it, the cheapest first."""


class OwedFacts(Value):
    """An act that the addressee owes by a day."""

    owed: ObligationKind
    about: str
    due_on: date
    money: Money | None = None


class LetterFacts(Value):
    """The facts that every letter has."""

    letter: LetterKind
    reference: str
    title: str
    on: date
    """The day that the letter bears."""
    house: HouseFacts
    to: AddresseeFacts
    note: str | None = None
    """What its author adds in a sentence, where its kind takes one."""

    @property
    def sha256(self) -> Sha256:
        """The digest of the facts without names and free text, from which nobody guesses who was erased since.

        The note is signed by itself, and whoever signs was shown the partner as it stands.
        """
        return content_digest(self.model_dump(mode="json", exclude={"to", "note", "partner"}))


class AwardFacts(LetterFacts):
    """The facts of an award."""

    letter: Literal[LetterKind.AWARD, LetterKind.AGREEMENT]
    grant: Money | None
    purpose: str
    objective: str
    community: str
    period: Period | None
    payments: tuple[PlannedPayment, ...]
    reports: tuple[PlannedReportFacts, ...]
    conditions: tuple[str, ...]
    barrier: str | None
    """What must be reached before money is owed (ASU 2018-08)."""


class DeclineFacts(LetterFacts):
    """The facts of a refusal."""

    letter: Literal[LetterKind.DECLINE]
    reason: str
    findings: tuple[FindingFacts, ...]
    path: str | None
    """The cheapest lawful path, if the rules name one."""


class QuestionFacts(LetterFacts):
    """The facts of a letter that asks."""

    letter: Literal[LetterKind.QUESTIONS]
    question: str


class JudgedReportFacts(LetterFacts):
    """The facts of a letter on a report."""

    letter: Literal[LetterKind.REPORT_ACCEPTED, LetterKind.REPORT_RETURNED]
    number: int
    report_kind: ReportKind
    received_on: date
    spent: Money | None
    unspent: Money | None
    not_arrived: Money | None = Field(default=None, exclude_if=is_none)
    """What less arrived than was paid, as the report says."""
    payments: tuple[PlannedPayment, ...]
    """The payments that waited for it."""


class PaymentFacts(LetterFacts):
    """The facts of a payment that was made."""

    letter: Literal[LetterKind.PAYMENT_ADVICE]
    number: int
    money: Money
    arrived: Money | None = Field(default=None, exclude_if=is_none)
    """What arrived of it by the bank's word, where charges were taken on the way."""
    paid_on: date
    remaining: tuple[PlannedPayment, ...]


class ReminderFacts(LetterFacts):
    """The facts of a reminder."""

    letter: Literal[LetterKind.REMINDER]
    owed: tuple[OwedFacts, ...] = Field(min_length=1)


class GiftFacts(LetterFacts):
    """The facts of an acknowledgement. It has no field for the value of property, which the donor finds out."""

    letter: Literal[LetterKind.GIFT_ACKNOWLEDGEMENT]
    number: int | None
    """The number of the contribution, or None for property."""
    money: Money | None
    property: str | None
    """What was given, in words, where it was not money."""
    received_on: date
    returned: bool
    """Whether goods or services were given for it."""
    estimate: Money | None
    """The good-faith estimate of what was given for it."""


class DocketFacts(LetterFacts):
    """The facts for a board, and of a summary."""

    letter: Literal[LetterKind.DOCKET, LetterKind.SUMMARY]
    stage: Stage
    partner: str
    country: Country
    grant: Money | None
    gift: Money | None
    paid: Money | None
    arrived: Money | None = Field(default=None, exclude_if=is_none)
    """What arrived of it by the bank's word, where charges were taken on the way."""
    purpose: str | None
    objective: str
    community: str
    statement: str
    period: Period | None
    payments: tuple[PlannedPayment, ...]
    reports: tuple[PlannedReportFacts, ...]
    findings: tuple[FindingFacts, ...]
    conditions: tuple[str, ...]
    approved: tuple[Role, ...]
    missing: tuple[Role, ...]


AnyLetterFacts = (
    AwardFacts
    | DeclineFacts
    | QuestionFacts
    | JudgedReportFacts
    | PaymentFacts
    | ReminderFacts
    | GiftFacts
    | DocketFacts
)

FACTS: Final[Mapping[LetterKind, type[LetterFacts]]] = MappingProxyType(
    {
        LetterKind.AWARD: AwardFacts,
        LetterKind.AGREEMENT: AwardFacts,
        LetterKind.DECLINE: DeclineFacts,
        LetterKind.QUESTIONS: QuestionFacts,
        LetterKind.REPORT_ACCEPTED: JudgedReportFacts,
        LetterKind.REPORT_RETURNED: JudgedReportFacts,
        LetterKind.PAYMENT_ADVICE: PaymentFacts,
        LetterKind.REMINDER: ReminderFacts,
        LetterKind.GIFT_ACKNOWLEDGEMENT: GiftFacts,
        LetterKind.DOCKET: DocketFacts,
        LetterKind.SUMMARY: DocketFacts,
    }
)
"""The facts of each kind of letter."""
