"""Name the open work that nobody could do any more, before people leave or are recused (R31, R32)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Final

import typer

from accord.cli.partnerships.reading import portfolio_at
from accord.cli.printing.output import err
from accord.client.desk import Desk
from accord.presentation.faults import Refused
from domain.directory.directory import Directory
from domain.directory.facts import with_facts
from domain.directory.people import DelegationEnded, Fact, StaffLeft, StaffRegistered
from domain.directory.tiers import Role
from domain.partnership.people.staffing import steps_ahead
from domain.partnership.people.steps import unmet
from domain.partnership.state import Partnership
from ledger import clock
from records.read_models.as_of import LedgerAsOf

AnywayOption = Annotated[bool, typer.Option("--anyway", help="Although nobody could do the open work that is named.")]

TAKES_AWAY: Final = (StaffLeft, StaffRegistered, DelegationEnded)
"""The facts that may take a role from somebody. A key is revoked at once, and what then waits is in `accord work`."""


async def require_no_work_left(desk: Desk, facts: Iterable[Fact], anyway: bool) -> None:
    """Name on stderr the open work that nobody could do any more once these facts are in force.

    Raises:
        Refused: There is such work, and it is not said that they go anyway.
    """
    taking = [fact for fact in facts if isinstance(fact, TAKES_AWAY)]
    if not taking:
        return
    before = await desk.directory()
    after = with_facts(before, taking)
    portfolio = await portfolio_at(desk, LedgerAsOf())
    open_steps = [step for partnership in portfolio for step in work_left(partnership, partnership, before, after)]
    _name([*_roles_left(before, after), *open_steps])
    if open_steps and not anyway:
        raise Refused(
            "then nobody could do the work named above; give the roles to somebody else first, or say --anyway",
            "LastHolder",
        )


def name_work_left(before: Partnership, after: Partnership, directory: Directory) -> None:
    """Name on stderr the steps of a partnership that nobody can take any more once its state has changed so."""
    _name(work_left(before, after, directory, directory))


def work_left(partnership: Partnership, becomes: Partnership, before: Directory, after: Directory) -> list[str]:
    """Return the steps that somebody can take now and nobody could afterwards, in words."""
    if partnership.ended:
        return []
    today = clock.today()
    already = {step_ahead.what for step_ahead in unmet(steps_ahead(partnership), before, today)}
    step_aheads = (
        step_ahead for step_ahead in unmet(steps_ahead(becomes), after, today) if step_ahead.what not in already
    )
    return [f"{partnership.partnership_id}: nobody could {step_ahead.what}" for step_ahead in step_aheads]


def _roles_left(before: Directory, after: Directory) -> Iterator[str]:
    for role in Role:
        holders = [member.staff_id for member in before.staff if role in member.roles]
        if holders and not any(role in member.roles for member in after.staff):
            yield f"nobody would hold {role.value} any more; {', '.join(holders)} was the last"


def _name(lines: Iterable[str]) -> None:
    for line in lines:
        err.print(f"accord: {line}", style="yellow", markup=False, soft_wrap=True)
