"""The shell command on work: the steps that wait for somebody, with who can take them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Annotated, Any, Final

import asyncpg
import typer

from accord.cli.options import JsonOption, run
from accord.cli.partnerships.listing import AssignedOption, anything_was_told
from accord.cli.printing.behind import warn_if_behind
from accord.cli.printing.lists import AllOption, FormOption, LimitOption, ListForm, ToOption, Wanted, print_list
from accord.client.database import open_database
from accord.presentation.faults import BadInput
from accord.presentation.filters import PartnershipFilters
from accord.presentation.sheets import Column
from domain.directory.roles import Role
from ledger import Ledger, clock
from records.privacy.vault import Vault
from records.read_models.lists import kept_lines

if TYPE_CHECKING:
    from domain.directory.directory import Directory

NOBODY: Final = "NOBODY"
"""Stands for the people who can take a step, if there are none."""

COLUMNS: Final = (
    Column("role", "Role", 3),
    Column("partnership_id", "Partnership"),
    Column("step", "Step"),
    Column("due", "Due", 1),
    Column("partner", "Partner"),
    Column("amount", "Sum", 4, is_sum=True),
    Column("who", "Who can", 2),
)


PersonOption = Annotated[
    str, typer.Option("--as", metavar="STAFF", envvar="ACCORD_AS", help="Only what this person can do.")
]


def work_queue(
    role: Annotated[Role | None, typer.Option("--role", help="Only what this role can do.")] = None,
    mine: PersonOption = "",
    text: Annotated[str, typer.Option("--text", help="Words of an id, a title or a name.")] = "",
    assigned: AssignedOption = "",
    nobodys: Annotated[bool, typer.Option("--nobody", help="Only what nobody can do any more.")] = False,
    limit: LimitOption = None,
    every: AllOption = False,
    form: FormOption = ListForm.TABLE,
    to: ToOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the steps that wait for somebody, the earliest due first, with the role that must act and who can.

    A step ahead that nobody can take any more, since people left or are recused, is listed with NOBODY.
    Example: accord work --as femi.ade
    """
    filters = PartnershipFilters(text=text, open="yes", assigned=assigned)
    list_options = Wanted.of(form, as_json, limit, every, to)

    async def work() -> None:
        async with open_database() as pool:
            await warn_if_behind(pool)
            directory = await _directory(pool)
            if mine and directory.person(mine) is None:
                raise BadInput(f"--as: there is nobody named {mine[:40]!r}; see `accord staff list`")
            lines = kept_lines(pool, filters.asked())
            open_steps = _steps((row.shown async for row in lines), directory)
            if filters == PartnershipFilters(open="yes"):
                open_steps = _and_uncovered(pool, _and_answers(pool, open_steps, directory), directory)
            steps = _chosen(open_steps, role, mine, nobodys)
            await print_list(steps, COLUMNS, list_options, "Nobody has to act.")

    run(work())


async def _directory(pool: asyncpg.Pool) -> Directory:
    """Return the staff directory. Of the domain, only what it needs is loaded, and only once the database answers."""
    from records.directory_stream import DirectoryStream

    return await DirectoryStream(Ledger(pool, Vault(pool))).directory()


async def _chosen(
    steps: AsyncIterator[dict[str, Any]], role: Role | None, person: str, nobodys: bool
) -> AsyncIterator[dict[str, Any]]:
    async for step in steps:
        fits = role in {None, step["role"]} and (not person or person in step["people"])
        if fits and not (nobodys and step["people"]):
            yield {**{name: cell for name, cell in step.items() if name != "people"}, "who": _told(step["people"])}


async def _steps(lines: AsyncIterator[dict[str, Any]], directory: Directory) -> AsyncIterator[dict[str, Any]]:
    async for line in lines:
        for step in steps_of(line, directory):
            yield step


async def _and_answers(
    pool: asyncpg.Pool, steps: AsyncIterator[dict[str, Any]], directory: Directory
) -> AsyncIterator[dict[str, Any]]:
    """Yield the answers to what was told, which nothing may wait for, and then the steps."""
    if await anything_was_told(pool):
        from accord.client.reading import LedgerAccess
        from accord.client.waiting.unanswered import unanswered

        for open_truth in await unanswered(LedgerAccess(pool)):
            yield {"role": Role.VERIFIER, **open_truth.step(), "people": open_truth.who(directory)}
    async for step in steps:
        yield step


_HAS_FUNDS: Final = "SELECT EXISTS (SELECT FROM read_model.documents WHERE name = 'funds')"


async def _and_uncovered(
    pool: asyncpg.Pool, steps: AsyncIterator[dict[str, Any]], directory: Directory
) -> AsyncIterator[dict[str, Any]]:
    """Yield the sums that funds promised and cannot pay, for whoever asks for money of a fund, and then the steps."""
    if await pool.fetchval(_HAS_FUNDS):
        from accord.client.reading import LedgerAccess
        from accord.client.waiting.uncovered import MAY_COVER, uncovered_claims, who_may_cover

        for claim in await uncovered_claims(LedgerAccess(pool)):
            for role in MAY_COVER:
                yield {"role": role, **claim.step(), "people": who_may_cover(directory, role)}
    async for step in steps:
        yield step


def steps_of(line: dict[str, Any], directory: Directory) -> Iterator[dict[str, Any]]:
    """Return the next step of a partnership, once for each role that can take it, and the later ones for nobody."""
    from domain.partnership.people.steps import StepAhead, able_to_act, unmet

    today = clock.today()
    ahead = [StepAhead.model_validate(step) for step in line["ahead"]]
    about = {name: line[name] for name in ("partnership_id", "partner", "amount", "currency")}
    for role in map(Role, line["awaiting"]):
        people = able_to_act(ahead, role, directory, today)
        yield {"role": role, **about, "step": line["next_step"], "due": line["due"], "people": people}
    for need in unmet(ahead, directory, today):
        for role in need.roles:
            yield {"role": role, **about, "step": need.what, "due": None, "people": ()}


def _told(people: tuple[str, ...]) -> str:
    return ", ".join(people) or NOBODY


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command("work")(work_queue)
