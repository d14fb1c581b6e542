"""Expenditure responsibility as a state machine: inquiry, commitment, fund, payments under reports, final report.

Source: IRC 4945(h); 26 CFR 53.4945-5(b) to (e); rules 2.6. A diversion or a missing report withholds every payment.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, Final

from pydantic import model_validator

from domain.fault import Fault
from domain.partnership.diversion.diversions import DiversionAnswer, Diversions
from domain.partnership.report.reports import Reporting
from domain.policy.conditions import CONDITIONS, ConditionId
from domain.values import Money, Value


class ResponsibilityStep(StrEnum):
    """A step that expenditure responsibility requires."""

    INQUIRY = "INQUIRY"
    COMMITMENT = "COMMITMENT"
    SEPARATE_FUND = "SEPARATE_FUND"
    REPORTING = "REPORTING"
    """Payments are allowed. A report is due each year while any part is unspent, and a final one."""
    REPORT_OVERDUE = "REPORT_OVERDUE"
    DIVERTED = "DIVERTED"
    DISCHARGED = "DISCHARGED"


CHECKLIST: Final = {
    ConditionId.PRE_GRANT_INQUIRY: ResponsibilityStep.INQUIRY,
    ConditionId.WRITTEN_COMMITMENT: ResponsibilityStep.COMMITMENT,
    ConditionId.SEPARATE_FUND: ResponsibilityStep.SEPARATE_FUND,
}
"""The conditions to be met before the first payment, each with its step, in the order of the steps."""


class Responsibility(Value):
    """The state of a funder's responsibility for a grant."""

    required: tuple[ConditionId, ...] = ()
    """The conditions of the checklist that apply. If the law requires none, only a diversion stops payments."""
    met: tuple[ConditionId, ...] = ()
    paid_on: date | None = None
    """The day of the first payment."""
    reported_on: date | None = None
    """The day of the newest report."""
    discharged: bool = False
    diversions: Diversions = Diversions()

    @model_validator(mode="before")
    @classmethod
    def _with_one_diversion(cls, fields: Any) -> Any:
        """Read the state as a run of an earlier release handed it on: with the words of one diversion, or with none."""
        if not isinstance(fields, dict) or "diverted" not in fields:
            return fields
        other_fields = {field: value for field, value in fields.items() if field != "diverted"}
        if not fields["diverted"]:
            return other_fields
        return {**other_fields, "diversions": Diversions().with_report(fields["diverted"], date.min)}

    @property
    def diverted(self) -> str:
        """The purposes that money was diverted to, empty if none is known or assurances answer all of them."""
        return "; ".join(diversion.what for diversion in self.diversions.open)

    @property
    def report_due(self) -> date | None:
        """The day by which a report is due, a year after the first payment or newest report, or None."""
        since = self.paid_on
        if since is not None and self.reported_on is not None:
            since = max(since, self.reported_on)
        return None if since is None or self.discharged or not self.required else _a_year_after(since)

    def step(self, on: date) -> ResponsibilityStep:
        """Return the step that expenditure responsibility is in on a day."""
        if self.diverted:
            return ResponsibilityStep.DIVERTED
        if self.discharged:
            return ResponsibilityStep.DISCHARGED
        for condition, step in CHECKLIST.items():
            if condition in self.required and condition not in self.met:
                return step
        overdue = self.report_due is not None and on > self.report_due
        return ResponsibilityStep.REPORT_OVERDUE if overdue else ResponsibilityStep.REPORTING

    def stands_against_payment(self, on: date) -> Fault | None:
        """Return the reason why nothing may be paid on a day, or None."""
        match self.step(on):
            case ResponsibilityStep.DIVERTED:
                return Fault(f"money was diverted ({self.diverted}); record the assurances first")
            case ResponsibilityStep.REPORT_OVERDUE:
                return Fault(f"the grantee's report was due on {self.report_due}")
            case ResponsibilityStep.REPORTING | ResponsibilityStep.DISCHARGED:
                return None
            case step:
                condition = next(
                    condition_id
                    for condition_id, responsibility_step in CHECKLIST.items()
                    if responsibility_step is step
                )
                return Fault(f"{CONDITIONS[condition].what} first ({condition.value})")

    def against_grantee(self, reporting: Reporting, on: date) -> Fault | None:
        """Return the reason why nothing is paid to the grantee, under whatever grant, on a day, or None.

        A diversion stands until assurances are on record. An overdue report stands where the funder is responsible for
        the expenditure: all payments to the grantee are withheld until it is furnished (26 CFR 53.4945-5(e)(2)).
        """
        match self.step(on):
            case ResponsibilityStep.DIVERTED:
                return Fault("money was diverted, and no assurances are on record")
            case ResponsibilityStep.REPORT_OVERDUE:
                return Fault(f"its report was due on {self.report_due}")
            case _:
                return reporting.overdue(on) if self.required else None

    def with_met(self, condition: ConditionId) -> Responsibility:
        """Return the state once the papers of a condition are on file."""
        return self.model_copy(update={"met": (*self.met, condition)})

    def with_payment(self, on: date) -> Responsibility:
        """Return the state after a payment settled."""
        return self if self.paid_on is not None else self.model_copy(update={"paid_on": on})

    def with_reports(self, reporting: Reporting) -> Responsibility:
        """Return the state with the reports that count. An accepted final one to us discharges the responsibility."""
        final = reporting.final
        discharged = final is not None and final.other_report is None
        return self.model_copy(update={"reported_on": reporting.furnished_on, "discharged": discharged})

    def with_diversion(self, purpose: str, on: date, money: Money | None = None) -> Responsibility:
        """Return the state after a diversion to the purpose `purpose`."""
        return self.model_copy(update={"diversions": self.diversions.with_report(purpose, on, money)})

    def with_assurance(self, answer: DiversionAnswer) -> Responsibility:
        """Return the state after assurances on every diversion that is open."""
        return self.model_copy(update={"diversions": self.diversions.with_answer(answer)})


def _a_year_after(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28) if leap else day.replace(year=day.year + 1)


def checklist_conditions(conditions: tuple[ConditionId, ...]) -> tuple[ConditionId, ...]:
    """Return the conditions of an assessment that are on the checklist of expenditure responsibility."""
    return tuple(condition for condition in conditions if condition in CHECKLIST)
