"""Shell commands on partners: the list, and the record of one: papers, accounts and reports, each with its age."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated

import typer

from accord.cli.options import JsonOption, run
from accord.cli.partnerships.reading import first_partners, partners_named, portfolio_at
from accord.cli.printing.lists import PAGE, AllOption
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.client.desk import open_desk
from accord.client.partners import partner_of
from accord.presentation.numbers import count_in_words
from domain.parties import Paper
from domain.partnership.partners import Appearance, PartnerRecord, partners
from ledger import clock
from records.read_models.as_of import LedgerAsOf


def list_partners(every: AllOption = False, as_json: JsonOption = False) -> None:
    """List the partners: every party of a partnership, with what it is and in how many.

    A table shows the first fifty by what they are known by, an EIN before a name.
    Example: accord partners --all
    """
    records, more = run(_listed(every or as_json))
    if as_json:
        return print_json(list(records))
    table = rows_table(("Partner", "Known by", "Is", "Partnerships", "Registers asked"), map(_line, records))
    out.print(table if records else "No partners yet; start with `accord propose`.")
    if more:
        err.print(f"accord: the first {len(records)}; --all prints every line, `accord partner` finds one", style="dim")
    return None


async def _listed(every: bool) -> tuple[tuple[PartnerRecord, ...], bool]:
    async with open_desk() as desk:
        if every:
            return partners(await portfolio_at(desk, LedgerAsOf())), False
        return await first_partners(desk, PAGE)


def _line(record: PartnerRecord) -> tuple[object, ...]:
    roles = dict.fromkeys(role.value for appearance in record.appearances for role in appearance.roles)
    days = [appearance.verified_on for appearance in record.appearances if appearance.verified_on]
    return (record.party.name, record.key, ", ".join(roles), len(record.appearances), _age(max(days, default=None)))


def show_partner(
    partner: Annotated[str, typer.Argument(metavar="PARTNER", help="Its EIN, or its name.")],
    party: Annotated[
        bool, typer.Option("--party", help="Print it as a proposal describes it, in JSON, to be used again.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show a partner's record: its partnerships, papers, accounts and reports, each with its age.

    A proposal's file may name it in words, as in: partner = "001000001".
    Example: accord partner 001000001 --party
    """
    record = partner_of(run(_named(partner)), partner, "PARTNER")
    if party:
        return typer.echo(json.dumps(record.party.model_dump(mode="json", exclude_none=True), indent=2))
    return print_json(record) if as_json else _print(record)


async def _named(partner: str) -> tuple[PartnerRecord, ...]:
    async with open_desk() as desk:
        return await partners_named(desk, partner)


def _print(record: PartnerRecord) -> None:
    out.print(f"{record.party.name} ({record.party.country}), {record.party.kind.value}, {record.key}", markup=False)
    if len(record.names) > 1:
        out.print(f"Also: {', '.join(record.names[1:])}", markup=False, soft_wrap=True)
    out.print(
        rows_table(("Partnership", "As", "Stage", "Sum", "Rules", "Registers asked"), map(_row, record.appearances))
    )
    for paper in record.papers:
        out.print(
            f"Paper {paper.kind.value}{_number(paper)}, {paper.dated} ({_age(paper.dated)}): kept by {paper.kept_by}, "
            f"read by {paper.read_by}", markup=False, soft_wrap=True,
        )  # fmt: skip
    for appearance in record.appearances:
        for line in (*_account(appearance), *_reports(appearance)):
            out.print(f"{appearance.partnership_id}: {line}", markup=False, soft_wrap=True)


def _number(paper: Paper) -> str:
    return f" of {paper.number.scheme} {paper.number.number}" if paper.number else ""


def _row(appearance: Appearance) -> tuple[object, ...]:
    roles = ", ".join(role.value for role in appearance.roles)
    return (
        appearance.partnership_id,
        roles,
        appearance.stage.value,
        appearance.money or "-",
        appearance.outcome or "-",
        _age(appearance.verified_on),
    )


def _account(appearance: Appearance) -> list[str]:
    fault = f"; the bank says that {appearance.account_fault}" if appearance.account_fault else ""
    return [f"account {appearance.account}{fault}"] if appearance.account else []


def _reports(appearance: Appearance) -> list[str]:
    report_ages = (
        (report, f"received {report.received_on} ({_age(report.received_on)})") for report in appearance.reports
    )
    return [
        f"report {report.number} ({report.kind.value}) {report.state.value}, {when}" for report, when in report_ages
    ]


def _age(day: date | None) -> str:
    if day is None:
        return "never"
    days = (clock.today() - day).days
    return "today" if not days else f"{count_in_words(days, 'day')} ago"


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command("partners")(list_partners)
    app.command("partner")(show_partner)
