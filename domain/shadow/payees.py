"""The payees of another system's approvals and payments: of whom registers are asked, as of which day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

from domain.policy.findings import Assessment, Finding, Outcome
from domain.shadow.export import ExportGrant, ExportPayment
from domain.shadow.judgement import PASSED, ShadowBooks, ShadowJudgement, ask, stop, unknown

PAYEE_RULE: Final = "SHADOW-PAYEE"
"""The name under which a payee is counted whom nobody could judge."""

PAYEE_SOURCE: Final = "requirements R3 and R27: only who is judged is paid"


class PayeeQuestion(NamedTuple):
    """An organisation that would be paid by a funder on a day."""

    organization: str
    """Its key in the export."""
    funder: str
    day: date


class RuleJudgement(NamedTuple):
    """A judgement with its rule and source."""

    rule_id: str
    source: str
    judgement: ShadowJudgement


Assessments = Mapping[PayeeQuestion, Assessment | ShadowJudgement]
"""What the rules say of each payee, or the judgement that nobody could ask."""


def question_on(decision: ExportGrant | ExportPayment, books: ShadowBooks) -> PayeeQuestion | ShadowJudgement:
    """Return the question on the payee of a decision, or the judgement that a fact for it is unknown."""
    is_approval = isinstance(decision, ExportGrant)
    grant = decision if isinstance(decision, ExportGrant) else books.export.grant_by_key.get(decision.grant or "")
    named = grant.organization if grant is not None else None
    key = named if isinstance(decision, ExportGrant) else decision.payee or named
    day = decision.approved_on if isinstance(decision, ExportGrant) else books.paid_on(decision)
    organization = books.export.organization_by_key.get(key or "")
    if organization is None:
        return unknown("organization" if is_approval else "payee")
    if organization.party is None:
        return unknown("name" if organization.name is None else "country")
    if day is None:
        return unknown("approved_on" if is_approval else "paid_on")
    if grant is None or grant.funder is None:
        return unknown("funder")
    return PayeeQuestion(organization.key, grant.funder, day)


def questions_of(books: ShadowBooks, since: date | None = None) -> tuple[PayeeQuestion, ...]:
    """Return every question on payees, each once, the earliest day first. `since`: the first day that is judged."""
    decisions: tuple[ExportGrant | ExportPayment, ...] = (*books.approvals, *books.payments)
    questions = (question_on(decision, books) for decision in decisions)
    asked = dict.fromkeys(
        question
        for question in questions
        if isinstance(question, PayeeQuestion) and (since is None or question.day >= since)
    )
    return tuple(sorted(asked, key=lambda question: (question.day, question.organization, question.funder)))


def on_payee(
    decision: ExportGrant | ExportPayment, books: ShadowBooks, assessments: Assessments
) -> Iterator[RuleJudgement]:
    """Yield the judgement of each rule on the payee of a decision, as of its day."""
    question = question_on(decision, books)
    if isinstance(question, ShadowJudgement):
        yield RuleJudgement(PAYEE_RULE, PAYEE_SOURCE, question)
        return
    assessment = assessments.get(question, unknown("what the registers say"))
    if isinstance(assessment, ShadowJudgement):
        yield RuleJudgement(PAYEE_RULE, PAYEE_SOURCE, assessment)
        return
    for finding in assessment.findings:
        yield RuleJudgement(finding.rule_id, f"{finding.layer.value}: {finding.citation}", _judged(finding))


def _judged(finding: Finding) -> ShadowJudgement:
    """Return a finding as a judgement. A condition is asked about: the export says of no paper that it is on file."""
    evidence = f" [{'; '.join(finding.evidence)}]" if finding.evidence else ""
    match finding.outcome:
        case Outcome.PASS:
            return PASSED
        case Outcome.FAIL:
            return stop(f"{finding.reason}{evidence}")
        case Outcome.REFER:
            return ask(f"{finding.reason}{evidence}")
        case Outcome.CONDITION:
            papers = ", ".join(finding.conditions)
            return ask(f"{finding.reason}; on file first: {papers}{evidence}")
