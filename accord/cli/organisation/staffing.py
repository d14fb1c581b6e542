"""Name the open work that nobody could do any more, before people leave or are recused (R31, R32)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from accord.cli.partnerships.reading import portfolio_at
from accord.cli.printing.output import err
from accord.client.desk import Desk
from accord.organisation.staffing import shortage_after, takes_away, work_left
from accord.presentation.faults import Refused
from domain.directory.directory import Directory
from domain.directory.people import Fact
from domain.partnership.state import Partnership
from records.read_models.as_of import LedgerAsOf

AnywayOption = Annotated[bool, typer.Option("--anyway", help="Although nobody could do the open work that is named.")]


async def require_no_work_left(desk: Desk, facts: Iterable[Fact], anyway: bool) -> None:
    """Name on stderr the open work that nobody could do any more once these facts are in force.

    Raises:
        Refused: There is such work, and it is not said that they go anyway.
    """
    taking = takes_away(facts)
    if not taking:
        return
    shortage = shortage_after(await desk.directory(), taking, await portfolio_at(desk, LedgerAsOf()))
    _name([*shortage.roles, *shortage.steps])
    if shortage.steps and not anyway:
        raise Refused(
            "then nobody could do the work named above; give the roles to somebody else first, or say --anyway",
            "LastHolder",
        )


def name_work_left(before: Partnership, after: Partnership, directory: Directory) -> None:
    """Name on stderr the steps of a partnership that nobody can take any more once its state has changed so."""
    _name(work_left(before, after, directory, directory))


def _name(lines: Iterable[str]) -> None:
    for line in lines:
        err.print(f"accord: {line}", style="yellow", markup=False, soft_wrap=True)
