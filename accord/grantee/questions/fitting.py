"""Answers that must fit each other, and the grant: lines and their sum, what was paid, and the period.

What does not fit is kept as it was written, shown beside its total, and not handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

from accord.grantee.questions.filled import AnsweredForm, FilledQuestion
from accord.grantee.shown import ShownForm
from accord.grantee.words import AnswerFault, DoorWords
from domain.submissions.kinds import DoorForm

FIGURES = "/figures/"
"""The beginning of a fact of a report's money."""


class ReportedMoney(NamedTuple):
    """The money of a report as far as it is answered, each by its question."""

    lines: FilledQuestion | None
    spent: FilledQuestion | None
    unspent: FilledQuestion | None
    returned: FilledQuestion | None
    not_arrived: FilledQuestion | None

    @property
    def total(self) -> Decimal | None:
        """The sum of the lines, once each is answered."""
        return self.lines.total if self.lines is not None and self.lines.answer and self.lines.fault is None else None


def with_fitting_faults(
    form: AnsweredForm, content: ShownForm, words: DoorWords, said: Callable[[Decimal], str]
) -> AnsweredForm:
    """Return a form with the faults of answers that do not fit. `said`: a sum in words."""
    if form.sheet.kind is not DoorForm.REPORT:
        return form
    faults = {**dict(_faults_of_sums(form, content, said)), **dict(_faults_of_periods(form, content, words))}
    return form._replace(
        pages=tuple(
            (page, tuple(_with_fault(entry, faults.get(entry.question.name)) for entry in questions))
            for page, questions in form.pages
        )
    )


def _with_fault(question: FilledQuestion, fault: AnswerFault | None) -> FilledQuestion:
    if fault is None or question.fault is not None:
        return question
    fields = tuple(field._replace(fault=fault) for field in question.fields) if len(question.fields) == 1 else ()
    return question._replace(fault=fault, fields=fields or question.fields)


def _faults_of_sums(
    form: AnsweredForm, content: ShownForm, said: Callable[[Decimal], str]
) -> Iterator[tuple[str, AnswerFault]]:
    money = ReportedMoney(*(form.question(form.sheet.facts.get(FIGURES + part, "")) for part in ReportedMoney._fields))
    spent, unspent = _amount(money.spent), _amount(money.unspent)
    if money.spent is not None and spent is not None and money.total is not None and spent != money.total:
        facts = {"lines": said(money.total), "spent": said(spent)}
        yield money.spent.question.name, AnswerFault("fault.lines", facts)
    whole_spent = spent if spent is not None else money.total
    if money.unspent is None or unspent is None or whole_spent is None or not content.paid_sum:
        return
    returned = _amount(money.returned)
    returned = returned if returned is not None else Decimal(content.came_back or 0)
    missing = _amount(money.not_arrived) or Decimal(0)
    whole = whole_spent + unspent + returned + missing
    if whole != Decimal(content.paid_sum):
        parts = {"spent": whole_spent, "unspent": unspent, "returned": returned, "missing": missing, "whole": whole}
        facts = {name: said(amount) for name, amount in parts.items()}
        paid, key = said(Decimal(content.paid_sum)), "fault.balance_short" if missing else "fault.balance"
        yield money.unspent.question.name, AnswerFault(key, {**facts, "paid": paid})


def _amount(question: FilledQuestion | None) -> Decimal | None:
    return Decimal(question.answer) if question is not None and question.answer is not None else None


def _faults_of_periods(form: AnsweredForm, content: ShownForm, words: DoorWords) -> Iterator[tuple[str, AnswerFault]]:
    for entry in form.questions:
        if entry.question.format == "period" and entry.answer is not None and len(content.period) > 1:
            first, last = content.period[:2]
            if entry.answer["starts"] < first or entry.answer["ends"] > last:
                facts = {"first": words.day(first), "last": words.day(last)}
                yield entry.question.name, AnswerFault("fault.period", facts)
