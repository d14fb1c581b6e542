"""Shell commands on reports: record a refund, and list what is owed and achieved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

import typer

from accord.cli.options import (
    ActorOption,
    AsOfOption,
    DocumentOption,
    IdArgument,
    JsonOption,
    KnownAtOption,
    ReasonOption,
    digest_of,
    run,
)
from accord.cli.partnerships.acts import add_act, option
from accord.cli.partnerships.deciding import decide
from accord.cli.partnerships.reading import cut_at, portfolio_at
from accord.cli.printing.output import out, print_json, rows_table
from accord.cli.typed_days import typed_day
from accord.cli.typed_sums import sum_with_currency, typed_sum
from accord.client.desk import open_desk
from accord.presentation.faults import BadInput
from domain.budgets.milestones import Milestone
from domain.partnership import commands as c
from domain.partnership.refund.refunds import OF_A_GIFT, RefundDirection
from domain.partnership.report.reports import ReportState
from domain.partnership.state import Partnership

AccountOption = Annotated[
    str | None,
    option(c.RecordRefund, "account", metavar="BA-…"),
]
ToBlockedAccountOption = Annotated[
    bool, typer.Option("--to-blocked-account", help="Moved into a blocked account of ours: its donor is blocked.")
]


def _refund(
    partnership: IdArgument,
    actor: ActorOption,
    amount: Annotated[str, option(c.RecordRefund, "money", "--amount", metavar="SUM")],
    reference: Annotated[str, option(c.RecordRefund, "bank_reference", metavar="REF")],
    booked_on: Annotated[datetime, option(c.RecordRefund, "booked_on", metavar="DAY", parser=typed_day)],
    reason: ReasonOption,
    detail: Annotated[str, option(c.RecordRefund, "detail", metavar="NAME")] = "",
    account: AccountOption = None,
    booked: Annotated[str, option(c.RecordRefund, "booked", metavar="'USD SUM'")] = "",
    to_donor: Annotated[bool, typer.Option("--to-donor", help="Paid back to the donor, not by the grantee.")] = False,
    blocked: ToBlockedAccountOption = False,
    document: DocumentOption = None,
    as_json: JsonOption = False,
) -> None:
    record = run(_known(partnership))
    if to_donor and blocked:
        raise BadInput("--to-donor, --to-blocked-account: it went one way; give one of them")
    direction = RefundDirection.TO_DONOR if to_donor else RefundDirection.FROM_GRANTEE
    direction = RefundDirection.TO_BLOCKED_ACCOUNT if blocked else direction
    gift, grant = record.proposed.funds_in, record.proposed.funds_out
    leg = (gift.money if gift else None) if direction in OF_A_GIFT else (grant.total if grant else None)
    if leg is None:
        raise BadInput(f"{partnership}: no money went that way that could come back")
    decide(
        partnership,
        c.RecordRefund,
        actor,
        as_json,
        direction=direction,
        money={"amount": typed_sum("--amount", amount, leg.currency), "currency": leg.currency},
        booked_on=booked_on.date(),
        bank_reference=reference,
        detail=detail,
        account=account,
        booked=sum_with_currency("--booked", booked) if booked else None,
        reason=reason,
        document_sha256=digest_of(document, actor, partnership),
    )


def reports(partnership: IdArgument, as_json: JsonOption = False) -> None:
    """List the reports of a partnership: planned with their days, received, accepted and returned.

    Example: accord reports P-2026-0042
    """
    record = run(_known(partnership))
    reporting = record.reporting
    plan_rows = [
        {
            "planned": report.number,
            "kind": report.kind.value,
            "due": _day(reporting.due(report)),
            "holds": list(report.holds),
        }
        for report in reporting.planned
    ]
    report_rows = [
        {
            "report": report.number,
            "planned": report.planned,
            "kind": report.kind.value,
            "received": _day(report.received_on),
            "by": report.actor,
            "state": report.state.value,
            "judged_by": report.judged_by or None,
            "figures": report.figures.model_dump(mode="json") if report.figures else None,
        }
        for report in reporting.filed
    ]
    milestone_rows = [_milestone(record, mark) for mark in reporting.milestones]
    if as_json:
        content = {"planned": plan_rows, "received": report_rows, "unspent": str(record.unspent)}
        return print_json({**content, "milestones": milestone_rows} if milestone_rows else content)
    if not plan_rows and not report_rows and not milestone_rows:
        return out.print(f"No report of {partnership} is planned, and none was received.")
    _table(("Planned", "Kind", "Due", "Tranches that wait"), plan_rows)
    _table(("Milestone", "What", "Due", "Tranches that wait", "State"), milestone_rows)
    return _table(("Report", "Planned", "Kind", "Received", "By", "State", "Judged by", "Figures"), report_rows)


def _milestone(partnership: Partnership, mark: Milestone) -> dict[str, Any]:
    newest = partnership.reporting.newest_on(mark.number)
    return {
        "milestone": mark.number,
        "what": mark.what,
        "due": _day(partnership.reporting.day_of(mark)),
        "holds": list(mark.holds),
        "state": newest.state.value if newest is not None else None,
    }


def results(as_of: AsOfOption = None, known_at: KnownAtOption = None, as_json: JsonOption = False) -> None:
    """List the achievements of partnerships by their indicators, from accepted reports.

    Example: accord results --as-of 2027-12-31
    """
    ledger_as_of = cut_at(as_of, known_at)

    async def work() -> list[Partnership]:
        async with open_desk() as desk:
            return await portfolio_at(desk, ledger_as_of)

    rows = [row for partnership in run(work()) for row in _results(partnership)]
    if as_json:
        return print_json(rows)
    if not rows:
        return out.print("No accepted report says what was achieved by an indicator.")
    return _table(("Partnership", "Objective", "Indicator", "Unit", "Baseline", "Target", "Achieved", "Words"), rows)


def responsibility(
    year: Annotated[int, typer.Argument(metavar="YEAR", help="The calendar year of the return.")],
    as_json: JsonOption = False,
) -> None:
    """List the grants for the statement of expenditure responsibility in the year's return (26 CFR 53.4945-5(d)).

    Per grant: name and address, date and sum, purpose, what was spent by the grantee's newest accepted figures, whether
    a diversion is known, the days of its reports, and who accepted them and when they were verified.
    Example: accord responsibility 2027
    """

    async def work() -> list[Partnership]:
        async with open_desk() as desk:
            return await portfolio_at(desk, cut_at(f"{year}-12-31", None))

    grants = [
        _responsibility(partnership)
        for partnership in run(work())
        if partnership.responsibility.required and partnership.settled_sum
    ]
    open_grants = [row for row in grants if row["open_in"] is None or row["open_in"] >= year]
    if as_json:
        return print_json(open_grants)
    if not open_grants:
        return out.print(f"No grant under expenditure responsibility was open in {year}.")
    columns = ("Partnership", "Grantee", "Address", "Paid on", "Paid", "Purpose", "Spent", "Diversion", "Reports", "")
    return _table(columns, [{name: row[name] for name in tuple(row)[:10]} for row in open_grants])


async def _known(partnership_id: str) -> Partnership:
    async with open_desk() as desk:
        return await desk.known_partnership(partnership_id)


def _results(partnership: Partnership) -> Iterable[dict[str, Any]]:
    interest = partnership.proposed.public_interest
    for indicator, result in partnership.reporting.achieved(interest.indicators):
        yield {
            "partnership_id": partnership.partnership_id,
            "objective": interest.objective,
            "indicator": indicator.what,
            "unit": indicator.unit,
            "baseline": _text(indicator.baseline),
            "target": _text(indicator.target),
            "achieved": _text(result.achieved),
            "words": result.words,
        }


def _responsibility(partnership: Partnership) -> dict[str, Any]:
    """Return one grant's line of the statement, and the last year in which it must be listed, None while it is open."""
    leg, reports = partnership.proposed.funds_out, partnership.reporting.filed
    assert leg is not None  # noqa: S101 - responsibility is required where money goes out
    filed_reports = [report for report in reports if report.state is ReportState.ACCEPTED]
    spent = next((report.figures.spent for report in reversed(filed_reports) if report.figures), None)
    final = partnership.reporting.final
    return {
        "partnership_id": partnership.partnership_id,
        "grantee": leg.payee.name,
        "address": _address(leg.payee.address.lines if leg.payee.address else (), leg.payee.country),
        "paid_on": ", ".join(str(day) for _, day in partnership.reporting.settled),
        "paid": f"{leg.total.currency} {partnership.settled_sum:,}",
        "purpose": leg.purpose,
        "spent": "not reported" if spent is None else f"{leg.total.currency} {spent:,}",
        "diversion": partnership.responsibility.diverted or "none known",
        "reports": ", ".join(f"{report.received_on} {report.kind.value} {report.state.value}" for report in reports)
        or "none",
        "verified_by": ", ".join(report.judged_by for report in filed_reports) or "nobody",
        "open_in": None if final is None else final.received_on.year,
    }


def _address(lines: Sequence[str], country: str) -> str:
    return ", ".join((*lines, country))


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:,f}"


def _table(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    if rows:
        out.print(rows_table(columns, ([_cell(cell) for cell in row.values()] for row in rows)))


def _cell(cell: object) -> str:
    match cell:
        case None | []:
            return "-"
        case list():
            return ", ".join(map(str, cell))
        case dict():
            return f"spent {cell['spent']}, unspent {cell['unspent']}, returned {cell['returned']}"
        case _:
            return str(cell)


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    add_act(
        app, c.RecordRefund, _refund,
        'refund P-2026-0042 --amount 1250.00 --bank-reference NTRF-9 --booked-on 2027-03-01 --reason "unspent" '
        "--as femi.ade",
    )  # fmt: skip
    app.command()(reports)
    app.command()(results)
    app.command()(responsibility)
