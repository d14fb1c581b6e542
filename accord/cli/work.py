"""Shell commands on work: the steps that wait for somebody, with who can take them, and the obligations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from accord.cli.options import JsonOption, run
from accord.cli.reading import portfolio_at, print_rows, rows_of
from accord.client.desk import open_desk
from domain.directory.directory import Directory
from domain.directory.tiers import Role
from domain.partnership.staffing import able_to_act, unmet
from domain.partnership.state import Partnership
from ledger import clock
from records.read_models.as_of import LedgerAsOf

NOBODY = "NOBODY"
"""Stands for the people who can take a step, if there are none."""


def work_queue(
    role: Annotated[Role | None, typer.Option("--role", help="Only what this role can do.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the steps that wait for somebody, the earliest due first, with the role that must act and who can.

    A step ahead that nobody can take any more, since people left or are recused, is listed with NOBODY.
    Example: accord work --role FINANCE_APPROVER
    """
    query = "SELECT role, partnership_id, step, due FROM read_model.work_queue WHERE $1::text IS NULL OR role = $1"

    async def work() -> tuple[list[dict[str, Any]], list[Partnership], Directory]:
        rows = await rows_of(f"{query} ORDER BY due NULLS LAST, partnership_id, role", role.value if role else None)
        async with open_desk() as desk:
            return rows, await portfolio_at(desk, LedgerAsOf()), await desk.directory()

    waiting, portfolio, directory = run(work())
    rows = [*_nobodys(portfolio, directory, role), *_with_people(waiting, portfolio, directory)]
    print_rows(rows, ("Role", "Partnership", "Step", "Due", "Who can"), "Nobody has to act.", as_json)


def _with_people(
    rows: list[dict[str, Any]], portfolio: list[Partnership], directory: Directory
) -> list[dict[str, Any]]:
    known = {one.partnership_id: one for one in portfolio}
    today = clock.today()
    found = []
    for row in rows:
        state = known.get(row["partnership_id"])
        people = able_to_act(state, Role(row["role"]), directory, today) if state is not None else ()
        found.append({**row, "who": ", ".join(people) or NOBODY})
    return found


def _nobodys(portfolio: list[Partnership], directory: Directory, role: Role | None) -> list[dict[str, Any]]:
    """Return the steps ahead that nobody can take, once for each role that could."""
    today = clock.today()
    return [
        {"role": one.value, "partnership_id": known.partnership_id, "step": need.what, "due": None, "who": NOBODY}
        for known in portfolio
        for need in unmet(known, directory, today)
        for one in Role
        if one in need.roles and role in {None, one}
    ]


def obligations(
    before: Annotated[
        datetime | None, typer.Option("--before", formats=["%Y-%m-%d"], help="Only what is due before this day.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the obligations of partners and of the organisation (reports, papers, decisions), the earliest due first.

    Example: accord obligations --before 2027-01-01
    """
    query = "SELECT due, partnership_id, kind, what FROM read_model.obligations WHERE $1::date IS NULL OR due < $1"
    rows = run(rows_of(f"{query} ORDER BY due NULLS LAST, partnership_id, kind", before.date() if before else None))
    print_rows(rows, ("Due", "Partnership", "Kind", "What"), "Nothing is owed.", as_json)


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command("work")(work_queue)
    app.command()(obligations)
