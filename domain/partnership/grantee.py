"""What a grantee owes under one partnership, for which nothing is paid to it under any other (26 CFR 53.4945-5(e))."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from domain.partnership import commands as c
from domain.partnership.deadlines import Wait
from domain.partnership.reports import Reporting
from domain.partnership.responsibility import Responsibility, ResponsibilityStep
from domain.partnership.state import Partnership


def owed_by_grantee(partnership_id: str, responsibility: Responsibility, reporting: Reporting, on: date) -> str:
    """Return what stands against every payment to the grantee of a partnership on a day; or ''.

    A diversion stands until assurances are on record. An overdue report stands where the funder is responsible for the
    expenditure: section (e)(2) asks that all payments to the grantee are withheld until it is furnished.
    """
    match responsibility.step(on):
        case ResponsibilityStep.DIVERTED:
            return f"money was diverted in {partnership_id}, and no assurances are on record"
        case ResponsibilityStep.REPORT_OVERDUE:
            return f"its report under {partnership_id} was due on {responsibility.report_due}"
        case _ if responsibility.required and (late := reporting.overdue(on)):
            return f"{partnership_id}: {late}"
        case _:
            return ""


def concerns_the_grantee(command: c.AnyCommand, partnership: Partnership) -> bool:
    """Return whether a command may change what stands against the grantee under its other partnerships."""
    match command:
        case c.ReportDiversion() | c.RecordAssurance():
            return True
        case c.PassDeadline(wait=Wait.OBLIGATION) | c.Report() | c.ReturnReport() | c.AcceptReport():
            return bool(partnership.responsibility.required)
        case _:
            return False


def owed_elsewhere(others: Iterable[Partnership], on: date) -> tuple[str, ...]:
    """Return what the grantee owes under other partnerships in which something was paid to it."""
    paid = (one for one in others if one.has_paid)
    found = (owed_by_grantee(one.partnership_id, one.responsibility, one.reporting, on) for one in paid)
    return tuple(reason for reason in found if reason)
