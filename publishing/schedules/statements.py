"""Statements of expenditure responsibility, a line for each grant (26 CFR 53.4945-5(d)(2))."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from domain.partnership.report.filed import FiledReport
from publishing.cases import GrantCase
from publishing.counting import PublicationTally
from publishing.figures import EventSum, SumPart
from publishing.movements import MovementKind
from publishing.schedules.describing import address_of, described_at, purpose_of
from publishing.schedules.years import FiscalYear
from publishing.spreadsheets import CellValue, PublishedColumn, PublishedTable

_COLUMNS: Final = (
    PublishedColumn("grant", "Partnership"), PublishedColumn("name", "Name of grantee"),
    PublishedColumn("address", "Address of grantee"), PublishedColumn("agreed_on", "Date of grant"),
    PublishedColumn("currency", "Currency"), PublishedColumn("amount", "Amount of grant"),
    PublishedColumn("paid", "Paid so far"), PublishedColumn("purpose", "Purpose of grant"),
    PublishedColumn("spent", "Expended by grantee, by its newest report"),
    PublishedColumn("diverted", "Diverted, as far as known"),
    PublishedColumn("reports", "Dates of reports received"),
    PublishedColumn("verified", "Reports accepted by a second person"),
)  # fmt: skip


def statements_of(cases: Iterable[GrantCase], funder: str, year: FiscalYear, tally: PublicationTally) -> PublishedTable:
    """Return the statements on a funder's grants of a year, and on earlier ones until their final report is accepted.

    The words on a diversion stay inside: the statement says that there was one, and of how much as far as it is known.
    """
    under_way = [case for case in cases if case.out.funder == funder and _is_under_way(case, year)]
    in_order = sorted(under_way, key=lambda case: case.reference)
    for case in in_order:
        tally.miss(*(f"statement.{fact}" for fact in _missing(case)))
    facts = {(number, "name"): described_at([case]) for number, case in enumerate(in_order, 1)}
    rows = tuple(_row(case) for case in in_order)
    return PublishedTable("expenditure-responsibility", "Expenditure responsibility", _COLUMNS, rows, facts)


def _is_under_way(case: GrantCase, year: FiscalYear) -> bool:
    partnership, responsibility = case.partnership, case.partnership.responsibility
    if not responsibility.required or partnership.agreed_on is None or partnership.agreed_on > year.last:
        return False
    has_movement = any(year.holds(movement.on) for movement in case.movements)
    has_report = any(year.holds(report.received_on) for report in partnership.reporting.filed)
    return not responsibility.discharged or has_movement or has_report


def _row(case: GrantCase) -> dict[str, CellValue]:
    partnership, out, currency = case.partnership, case.out, case.out.currency
    payments = tuple(SumPart(movement.position, movement.amount) for movement in case.moved(MovementKind.PAYMENT))
    newest = _newest_figures(case)
    return {
        "grant": case.reference,
        "name": case.people.public(out.payee.known_openly_as(case.reference)),
        "address": address_of(out.payee, case.people)[0],
        "agreed_on": str(partnership.agreed_on), "currency": currency,
        "amount": EventSum(currency, (SumPart(case.facts["Proposal"], out.total.amount),)),
        "paid": EventSum(currency, payments), "purpose": purpose_of([case]),
        "spent": _spent(case, newest), "diverted": _diverted(case),
        "reports": ", ".join(str(report.received_on) for report in partnership.reporting.filed if report.counts),
        "verified": ", ".join(str(report.number) for report in partnership.reporting.filed if report.judged_by),
    }  # fmt: skip


def _newest_figures(case: GrantCase) -> FiledReport | None:
    reports = (report for report in case.partnership.reporting.filed if report.counts and report.figures is not None)
    return max(reports, key=lambda report: (report.received_on, report.number), default=None)


def _spent(case: GrantCase, report: FiledReport | None) -> CellValue:
    if report is None or report.figures is None:
        return None
    return EventSum(report.figures.currency, (SumPart(case.facts.get("ReportReceived", 0), report.figures.spent),))


def _diverted(case: GrantCase) -> str:
    diversions = case.partnership.responsibility.diversions.reported
    if not diversions:
        return "none known"
    sums = " and ".join(str(diversion.money) for diversion in diversions if diversion.money is not None)
    return f"yes, {sums}" if sums else "yes, of a sum that is not known"


def _missing(case: GrantCase) -> Iterable[str]:
    if address_of(case.out.payee, case.people)[0] is None:
        yield "address"
    if _newest_figures(case) is None:
        yield "spent"
