"""Plans of a proposal: whom it serves, its period, the reports that are due, what is to be achieved, whom to ask."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from domain.fault import Fault
from domain.grants import Community, ObjectiveCode
from domain.parties import Name
from domain.telephones import Telephone
from domain.values import CommunityName, OneLine, Printable, Sentence, Since, Value, is_empty, is_none, unless_erased

TrancheNumber = Annotated[int, Field(ge=1, le=99)]

SectorCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
"""A purpose code of the OECD's Development Assistance Committee, such as 22040 (information and communication)."""

Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]{1,64}@[^@\s]{1,189}\.[^@\s]{2,63}$", max_length=254)]


class Period(Value):
    """The time in which the work is done, both days included."""

    starts: date
    ends: date

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.ends < self.starts:
            raise ValueError(f"it ends on {self.ends}, before it starts on {self.starts}")
        return self


class ReportKind(StrEnum):
    """A kind of report of the grantee."""

    PROGRESS = "PROGRESS"
    """The deeds and achievements so far. Under expenditure responsibility, the yearly report is one."""
    FINANCIAL = "FINANCIAL"
    """The spending so far."""
    FINAL = "FINAL"
    """The last one: what was achieved, and where all the money went."""


class PlannedReport(Value):
    """A report that the grantee owes: by a day, or a number of days after a tranche has settled (rules 3.9)."""

    number: TrancheNumber
    kind: ReportKind
    due_on: date | None = None
    days_after: Annotated[int, Field(ge=1, le=1_826)] | None = Field(
        default=None, description="Days after the settlement of the tranche `after_tranche`"
    )
    after_tranche: TrancheNumber | None = None
    holds: tuple[TrancheNumber, ...] = Field(
        default=(), description="The tranches that are paid only after this report was accepted"
    )

    @model_validator(mode="after")
    def _has_one_day(self) -> Self:
        after = (self.days_after is None, self.after_tranche is None)
        if after not in {(True, True), (False, False)} or (self.due_on is None) == (self.days_after is None):
            raise ValueError(
                f"report {self.number}: give due_on, or else both days_after and after_tranche, and not both ways"
            )
        if self.after_tranche is not None and any(hold <= self.after_tranche for hold in self.holds):
            raise ValueError(
                f"report {self.number} is due after tranche {self.after_tranche} and cannot hold tranche "
                f"{min(self.holds)}; let it hold a later one"
            )
        return self


def plan_fault(
    reports: tuple[PlannedReport, ...], tranches: dict[int, date | None], period: Period | None, has_final: bool
) -> Fault | None:
    """Return the first fault of a plan of reports, or None. `tranches`: each planned tranche with its planned day."""
    if [report.number for report in reports] != list(range(1, len(reports) + 1)):
        return Fault("reports: number them 1, 2, 3 ... in order")
    if [report.kind for report in reports[:-1]].count(ReportKind.FINAL):
        return Fault("reports: the FINAL one is the last; put it at the end")
    if not has_final and any(report.kind is ReportKind.FINAL for report in reports):
        return Fault("reports: a FINAL one is planned, and funds_out.final_report is false; set it to true")
    for report in reports:
        if unknown := [at for at in (report.after_tranche, *report.holds) if at is not None and at not in tranches]:
            return Fault(f"reports: report {report.number} names tranche {unknown[0]}, which is not planned")
        if period is not None and report.due_on is not None and report.due_on < period.starts:
            return Fault(
                f"reports: report {report.number} is due on {report.due_on}, before the period starts on "
                f"{period.starts}"
            )
        early = [
            at for at in report.holds if (day := tranches[at]) is not None and report.due_on and day < report.due_on
        ]
        if early:
            return Fault(
                f"reports: tranche {early[0]} is planned before {report.due_on}, when report {report.number} is due"
            )
    return None


class Indicator(Value):
    """A measure by which reports say what was achieved."""

    number: TrancheNumber
    what: Sentence
    unit: Annotated[str, StringConstraints(min_length=1, max_length=40), Printable, OneLine] | None = None
    baseline: Annotated[Decimal, Field(max_digits=18)] | None = None
    target: Annotated[Decimal, Field(max_digits=18)] | None = None


class MailLanguage(StrEnum):
    """A language in which mail is written."""

    EN = "en"
    ES = "es"
    FR = "fr"


class Contact(Value):
    """A person to ask about the partnership. Name, address and number are encrypted in the ledger, as of principals."""

    name: Name
    email: Annotated[Email | None, BeforeValidator(unless_erased)] = None
    role: Annotated[str, StringConstraints(min_length=2, max_length=80), Printable, OneLine] | None = Field(
        default=None, exclude_if=is_none
    )
    organization: Name = Field(description="The party that they speak for")
    language: MailLanguage | None = Field(
        default=None, description="The language in which mail to them is written", exclude_if=is_none
    )
    phone: Annotated[Telephone | None, BeforeValidator(unless_erased)] = Field(
        default=None,
        description="Their telephone number with its country: call-backs and changes of contacts are made on it",
        exclude_if=is_none,
    )


class Result(Value):
    """The achievement of one indicator, as a report says it."""

    indicator: TrancheNumber
    achieved: Annotated[Decimal, Field(max_digits=18)] | None = None
    words: Sentence | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.achieved is None and self.words is None:
            raise ValueError(f"indicator {self.indicator}: give a number, or say it in words")
        return self


class PublicInterest(Value):
    """The public interest that the partnership serves, and the community that benefits (R4, R6)."""

    mission_objective: Sentence = Field(description="The objective of the funder's mission that this advances")
    community_served: CommunityName = Field(description="The community that benefits, named: who and where")
    statement: Sentence = Field(description="How the project serves that community rather than the parties")
    objective: Annotated[ObjectiveCode | None, Since("2026.4")] = Field(
        default=None, description="The objective, by its code in the organisation's list", exclude_if=is_none
    )
    community: Annotated[Community | None, Since("2026.4")] = Field(
        default=None, description="The community in codes: kind, places, number", exclude_if=is_none
    )
    indicators: Annotated[tuple[Indicator, ...], Since("2026.4")] = Field(
        default=(), description="By what reports say what was achieved", exclude_if=is_empty
    )
    sector: Annotated[SectorCode | None, Since("2026.4")] = Field(
        default=None, description="The purpose code of the OECD's DAC", exclude_if=is_none
    )

    @model_validator(mode="after")
    def _indicators_are_numbered(self) -> Self:
        if [indicator.number for indicator in self.indicators] != list(range(1, len(self.indicators) + 1)):
            raise ValueError("indicators must be numbered 1, 2, 3 ... in order")
        return self
