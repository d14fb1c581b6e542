"""The report that a grantee's form asks for, as the act that takes its answers over says it: kind, plan, correction."""

from __future__ import annotations

from typing import Any, Final

from domain.partnership.state import Partnership
from domain.partnership.waiting.owed_reports import reports
from domain.plans import ReportKind

_CORRECTION: Final = "CORRECTION_"
"""The beginning of the subject of a form that corrects a report, before the number of that report."""
_UNPLANNED: Final = {"YEARLY": ReportKind.PROGRESS, "FINAL": ReportKind.FINAL}
"""By subject of a form: the kind of a report that is owed and stands in no plan. The yearly report under expenditure
responsibility tells of the time so far, and the final one is another obligation (26 CFR 53.4945-5(c))."""


def asked_report(partnership: Partnership, about: str) -> dict[str, Any]:
    """Return the fields of the report that a form asks for by its subject.

    Empty of a form about none in particular, or about one that is planned no more.
    """
    reporting, number = partnership.reporting, about.removeprefix(_CORRECTION)
    if about in _UNPLANNED:
        return {"report_kind": _UNPLANNED[about].value}
    if not number.isdecimal():
        return {}
    if number == about:
        plan = reporting.plan(int(number))
        return {} if plan is None else {"report_kind": plan.kind.value, "planned": plan.number}
    corrected = reporting.report(int(number))
    if corrected is None:
        return {}
    fields = {"report_kind": corrected.kind.value, "corrects": corrected.number}
    return fields if corrected.planned is None else {**fields, "planned": corrected.planned}


def report_owed_first(partnership: Partnership) -> dict[str, Any]:
    """Return the fields of the report that is due first or, where none is owed, of one on the time so far."""
    first = min(reports(partnership), key=lambda obligation: obligation.due, default=None)
    owed = asked_report(partnership, first.about.upper()) if first is not None else {}
    return owed or {"report_kind": ReportKind.PROGRESS.value}
