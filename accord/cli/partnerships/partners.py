"""Shell commands on partners: the list, and the record of one: papers, accounts and reports, each with its age."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated

import typer

from accord.cli.options import JsonOption, run
from accord.cli.partnerships.reading import portfolio_at
from accord.cli.printing.output import out, print_json, rows_table
from accord.client.desk import open_desk
from accord.client.partners import partner_of
from domain.parties import Paper
from domain.partnership.partners import Appearance, PartnerRecord, partners
from ledger import clock
from records.read_models.as_of import LedgerAsOf


def list_partners(as_json: JsonOption = False) -> None:
    """List the partners: every party of a partnership, with what it is and in how many.

    Example: accord partners
    """
    records = run(_records())
    if as_json:
        return print_json(list(records))
    rows = (
        (
            one.party.name,
            one.key,
            ", ".join(dict.fromkeys(role.value for seen in one.appearances for role in seen.roles)),
            len(one.appearances),
            _age(max((seen.verified_on for seen in one.appearances if seen.verified_on), default=None)),
        )
        for one in records
    )
    table = rows_table(("Partner", "Known by", "Is", "Partnerships", "Registers asked"), rows)
    return out.print(table if records else "No partners yet; start with `accord propose`.")


def show_partner(
    partner: Annotated[str, typer.Argument(metavar="PARTNER", help="Its EIN, or its name.")],
    party: Annotated[
        bool, typer.Option("--party", help="Print it as a proposal describes it, in JSON, to be used again.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what is known of a partner: its partnerships, papers, accounts and reports, each with its age.

    A proposal's file may name it in words, as in: partner = "001000001".
    Example: accord partner 001000001 --party
    """
    found = partner_of(run(_records()), partner, "PARTNER")
    if party:
        return typer.echo(json.dumps(found.party.model_dump(mode="json", exclude_none=True), indent=2))
    return print_json(found) if as_json else _print(found)


async def _records() -> tuple[PartnerRecord, ...]:
    async with open_desk() as desk:
        return partners(await portfolio_at(desk, LedgerAsOf()))


def _print(found: PartnerRecord) -> None:
    out.print(f"{found.party.name} ({found.party.country}), {found.party.kind.value}, {found.key}", markup=False)
    if len(found.names) > 1:
        out.print(f"Also: {', '.join(found.names[1:])}", markup=False, soft_wrap=True)
    out.print(
        rows_table(("Partnership", "As", "Stage", "Sum", "Rules", "Registers asked"), map(_row, found.appearances))
    )
    for paper in found.papers:
        out.print(
            f"Paper {paper.kind.value}{_number(paper)}, {paper.dated} ({_age(paper.dated)}): kept by {paper.kept_by}, "
            f"read by {paper.read_by}", markup=False, soft_wrap=True,
        )  # fmt: skip
    for seen in found.appearances:
        for line in (*_account(seen), *_reports(seen)):
            out.print(f"{seen.partnership_id}: {line}", markup=False, soft_wrap=True)


def _number(paper: Paper) -> str:
    return f" of {paper.number.scheme} {paper.number.number}" if paper.number else ""


def _row(seen: Appearance) -> tuple[object, ...]:
    roles = ", ".join(role.value for role in seen.roles)
    return seen.partnership_id, roles, seen.stage.value, seen.money or "-", seen.outcome or "-", _age(seen.verified_on)


def _account(seen: Appearance) -> list[str]:
    fault = f"; the bank says that {seen.account_fault}" if seen.account_fault else ""
    return [f"account {seen.account}{fault}"] if seen.account else []


def _reports(seen: Appearance) -> list[str]:
    told = ((one, f"received {one.received_on} ({_age(one.received_on)})") for one in seen.reports)
    return [f"report {one.number} ({one.kind.value}) {one.state.value}, {when}" for one, when in told]


def _age(day: date | None) -> str:
    if day is None:
        return "never"
    days = (clock.today() - day).days
    return "today" if not days else f"{days} day{'s' if days != 1 else ''} ago"


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command("partners")(list_partners)
    app.command("partner")(show_partner)
