"""Calls: whose money, for whom, until when, and which other editions are asked with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from domain.edition_names import EditionReference
from domain.editions.content import ContentFault, EditionContent, FromText, Parts, Path, json_of
from domain.editions.kinds import EditionKind
from domain.grants import Programme
from domain.parties import PartyKind
from domain.plans import ReportKind
from domain.values import Country, Currency, FunderId, FundId, PositiveAmount, Value, minor_digits

_Amount = Annotated[PositiveAmount, FromText]


class PlannedQuestions(Value):
    """A report that the call asks for, and the questions that it is made of."""

    report_kind: ReportKind
    after_months: Annotated[int, Field(ge=0, le=120)]
    """The months after the start at which it is due."""
    questions: EditionReference


class CallRules(Value):
    """The rules that an application must meet. No rule stands where a field is left out."""

    payee_kinds: tuple[PartyKind, ...] = ()
    countries: tuple[Country, ...] = ()
    least: _Amount | None = None
    most: _Amount | None = None
    open_grants_most: Annotated[int, Field(ge=0, le=99)] | None = None
    """The most grants that an applicant may have open."""
    overdue_reports_bar: bool = False
    """Whether an overdue report keeps an applicant out."""


class CallForApplications(EditionContent):
    """A call for applications."""

    kind: Literal[EditionKind.CALL]
    funder: FunderId
    programme: Programme
    currency: Currency
    funds: Annotated[tuple[FundId, ...], Field(max_length=20)] = ()
    opens_on: date
    closes_on: date | None = None
    """Its last day, or None for a rolling one."""
    invited: bool = False
    """Whether only the invited apply."""
    rules: CallRules = CallRules()
    questions: EditionReference
    budget: EditionReference | None = None
    sheet: EditionReference | None = None
    reports: Annotated[tuple[PlannedQuestions, ...], Field(max_length=20)] = ()
    reviewers_least: Annotated[int, Field(ge=0, le=9)] = 0
    docket: bool = False
    """Whether a board decides on a docket of applications."""

    def references(self) -> Iterator[tuple[Path, EditionKind, EditionReference]]:
        """Yield the other editions that it names, with their places and kinds."""
        yield ("questions",), EditionKind.QUESTIONS, self.questions
        if self.budget is not None:
            yield ("budget",), EditionKind.BUDGET, self.budget
        if self.sheet is not None:
            yield ("sheet",), EditionKind.SHEET, self.sheet
        for number, report in enumerate(self.reports):
            yield ("reports", number, "questions"), EditionKind.QUESTIONS, report.questions

    def own_faults(self) -> Iterator[ContentFault]:
        """Yield the faults of its window and of its sums."""
        if self.closes_on is not None and self.closes_on < self.opens_on:
            yield ContentFault(("closes_on",), f"{self.closes_on} is before it opens; write a later day")
        least, most, digits = self.rules.least, self.rules.most, minor_digits(self.currency)
        if least is not None and most is not None and least > most:
            yield ContentFault(("rules", "most"), f"{most:,} is below the least, {least:,}; exchange them")
        for name, amount in (("least", least), ("most", most)):
            if amount is not None and amount != round(amount, digits):
                yield ContentFault(("rules", name), f"{amount} has more decimals than {self.currency}: {digits}")
        if self.reviewers_least and self.sheet is None:
            yield ContentFault(("sheet",), "reviewers score by a sheet; name one")

    def parts(self) -> Parts:
        """Return its terms in words."""
        terms = self.model_dump(mode="json", exclude={"kind", "name", "edition", "languages", "words"})
        return {"": {name.replace("_", " "): json_of(term) for name, term in terms.items()}}
