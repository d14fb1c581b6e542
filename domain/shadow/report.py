"""The report on a day of another system: each decision that the rules would have stopped or asked about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from pydantic import Field

from domain.kept.report import SignedReport
from domain.screening.sources import RegisterVersion
from domain.shadow.approvals import APPROVAL_RULES
from domain.shadow.export import ExportFile, ExportGrant, ExportPayment, UnknownFact
from domain.shadow.judgement import ShadowBooks, ShadowOutcome
from domain.shadow.payees import Assessments, RuleJudgement, on_payee
from domain.shadow.payments import PAYMENT_RULES
from domain.values import Money, Sha256, Value, is_none


class ShadowedKind(StrEnum):
    """The kind of a decision of another system."""

    APPROVAL = "APPROVAL"
    PAYMENT = "PAYMENT"


class Objection(Value):
    """A decision of another system that a rule would have stopped or asked about."""

    kind: ShadowedKind
    key: str
    place: str
    """The file and row in which it stands."""
    day: date | None = Field(default=None, exclude_if=is_none)
    money: Money | None = Field(default=None, exclude_if=is_none)
    outcome: ShadowOutcome
    rule: str
    source: str
    words: str


class RuleCount(Value):
    """The number of decisions that a rule passed, could not judge, would have asked about and would have stopped."""

    rule: str
    source: str
    passed: int
    unknown: int
    asked: int
    stopped: int


class ShadowReport(SignedReport):
    """The report of a day. The same export, mapping, registers and rules give the same bytes."""

    source: str
    day: date
    since: date | None = Field(default=None, exclude_if=is_none)
    """The day from which on decisions are named. Earlier ones count, and are not judged again."""
    rule_book: str
    mapping_sha256: Sha256
    files: tuple[ExportFile, ...]
    registers: tuple[RegisterVersion, ...]
    """The versions that were asked, of whatever day."""
    approvals: int
    payments: int
    objections: tuple[Objection, ...]
    rules: tuple[RuleCount, ...]
    unknown: tuple[UnknownFact, ...]
    not_asked: tuple[str, ...]
    """The subjects of rules that no export can answer."""

    @property
    def stopped(self) -> int:
        """The number of decisions that some rule would have stopped."""
        return len({(o.kind, o.place) for o in self.objections if o.outcome is ShadowOutcome.STOP})

    @property
    def asked(self) -> int:
        """The number of decisions that no rule would have stopped, and some would have asked about."""
        stopped = {(o.kind, o.place) for o in self.objections if o.outcome is ShadowOutcome.STOP}
        return len({(o.kind, o.place) for o in self.objections} - stopped)


class JudgedDecision(NamedTuple):
    """A decision with the judgement of every rule on it."""

    kind: ShadowedKind
    decision: ExportGrant | ExportPayment
    day: date | None
    judgements: tuple[RuleJudgement, ...]


def judge(books: ShadowBooks, assessments: Assessments, since: date | None = None) -> tuple[JudgedDecision, ...]:
    """Return every approval and payment with its judgements. `since`: the first day whose decisions are judged.

    A decision of an unknown day is always judged: nobody can say that it is an old one.
    """
    decisions = (*_approvals(books, assessments), *_payments(books, assessments))
    return tuple(judged for judged in decisions if since is None or judged.day is None or judged.day >= since)


def _approvals(books: ShadowBooks, assessments: Assessments) -> Iterator[JudgedDecision]:
    for grant in books.approvals:
        by_rows = (RuleJudgement(rule.rule_id, rule.source, rule.judge(grant, books)) for rule in APPROVAL_RULES)
        judgements = (*by_rows, *on_payee(grant, books, assessments))
        yield JudgedDecision(ShadowedKind.APPROVAL, grant, grant.approved_on, judgements)


def _payments(books: ShadowBooks, assessments: Assessments) -> Iterator[JudgedDecision]:
    for payment in books.payments:
        by_rows = (RuleJudgement(rule.rule_id, rule.source, rule.judge(payment, books)) for rule in PAYMENT_RULES)
        judgements = (*by_rows, *on_payee(payment, books, assessments))
        yield JudgedDecision(ShadowedKind.PAYMENT, payment, books.paid_on(payment), judgements)


_NAMED: Final = (ShadowOutcome.STOP, ShadowOutcome.ASK)


def objections_in(decisions: Iterable[JudgedDecision]) -> tuple[Objection, ...]:
    """Return each judgement that is against a decision, those that stop it first."""
    objections = [
        Objection(
            kind=judged.kind,
            key=judged.decision.key,
            place=judged.decision.place,
            day=judged.day,
            money=judged.decision.money,
            outcome=rule.judgement.outcome,
            rule=rule.rule_id,
            source=rule.source,
            words=rule.judgement.words,
        )
        for judged in decisions
        for rule in judged.judgements
        if rule.judgement.outcome in _NAMED
    ]
    return tuple(sorted(objections, key=lambda o: (_NAMED.index(o.outcome), o.kind, o.day or date.max, o.key, o.rule)))


def counts_of(decisions: Iterable[JudgedDecision]) -> tuple[RuleCount, ...]:
    """Return for each rule how many decisions it passed, could not judge, would have asked about and stopped."""
    sources: dict[str, str] = {}
    counts: Counter[tuple[str, ShadowOutcome]] = Counter()
    for judged in decisions:
        for rule in judged.judgements:
            sources.setdefault(rule.rule_id, rule.source)
            counts[rule.rule_id, rule.judgement.outcome] += 1
    return tuple(
        RuleCount(
            rule=rule_id,
            source=sources[rule_id],
            passed=counts[rule_id, ShadowOutcome.PASS],
            unknown=counts[rule_id, ShadowOutcome.UNKNOWN],
            asked=counts[rule_id, ShadowOutcome.ASK],
            stopped=counts[rule_id, ShadowOutcome.STOP],
        )
        for rule_id in sorted(sources)
    )
