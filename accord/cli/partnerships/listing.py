"""Shell commands that list: partnerships, and what is owed.

What is listed now is asked of the database alone, so these start at once: neither Temporal, the rule book nor the
domain is loaded. The lists of the ends of days are kept too, and any other moment is folded from the ledger.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

import asyncpg
import typer

from accord.cli.options import AsOfOption, JsonOption, KnownAtOption, run
from accord.cli.printing.behind import warn_if_behind
from accord.cli.printing.lists import AllOption, Form, FormOption, LimitOption, ToOption, Wanted, print_list
from accord.client.database import open_database
from accord.presentation import sheets
from accord.presentation.filters import PartnershipFilters
from domain.partnership.stages import Stage
from records.read_models.lists import EVERY, Asked, kept_lines

NEVER: Final = "9999-12-31"
"""Comes after every day: what has none comes last."""

SumOption = Annotated[str, typer.Option("--sum", metavar="SUMS", help="5000, 1000..5000, 1000.. or ..5000.")]
AssignedOption = Annotated[
    str, typer.Option("--assigned", metavar="STAFF", help="Who looks after it (`accord assign`), or nobody.")
]
PayeeOption = Annotated[str, typer.Option("--payee", help="Words of the payee's name, or their beginnings.")]


def list_partnerships(
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="Words of an id, a title or a name.")] = "",
    stage: Annotated[Stage | None, typer.Option("--stage", help="Only those in this stage.")] = None,
    partner: Annotated[str, typer.Option("--partner", help="Words of the partner's name.")] = "",
    payee: PayeeOption = "",
    funder: Annotated[str, typer.Option("--funder", help="The funder's id.")] = "",
    fund: Annotated[str, typer.Option("--fund", help="The fund that pays.")] = "",
    country: Annotated[str, typer.Option("--country", help="The partner's country, such as KE.")] = "",
    sums: SumOption = "",
    held: Annotated[bool | None, typer.Option("--held/--not-held", help="On hold, or not.")] = None,
    still_open: Annotated[
        bool | None, typer.Option("--open/--over", help="Something is to be done, or all is.")
    ] = None,
    year: Annotated[str, typer.Option("--year", help="The year in which it was proposed.")] = "",
    assigned: AssignedOption = "",
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    limit: LimitOption = None,
    every: AllOption = False,
    form: FormOption = Form.TABLE,
    to: ToOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the partnerships, the earliest due first: stage, sum, and next step or the reason why they ended.

    Filters add up. As of another day, the list is what it was at that day's end.
    Example: accord list --stage ACTIVE --payee riverbend --sum 1000.. --known-at 2026-06-30
    """
    filters = PartnershipFilters(
        text=text,
        partner=partner,
        payee=payee,
        funder=funder,
        fund=fund,
        country=country,
        sum=sums,
        stage=stage.value if stage else "",
        held=_yes_no(held),
        open=_yes_no(still_open),
        year=year,
        assigned=assigned,
    )
    nothing = _nothing(filters)
    wanted = Wanted.of(form, as_json, limit, every, to)
    run(listed(filters.asked(), sheets.PARTNERSHIPS, wanted, nothing, as_of, known_at))


def obligations(
    before: Annotated[
        datetime | None, typer.Option("--before", formats=["%Y-%m-%d"], help="Only what is due before this day.")
    ] = None,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    limit: LimitOption = None,
    every: AllOption = False,
    form: FormOption = Form.TABLE,
    to: ToOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the obligations of partners and of the organisation (reports, papers, decisions), the earliest due first.

    Example: accord obligations --before 2027-01-01
    """
    asked = Asked("obligations", below=before.date().isoformat() if before else None)
    wanted = Wanted.of(form, as_json, limit, every, to)
    nothing = f"Nothing is owed before {before.date()}." if before else "Nothing is owed."
    run(listed(asked, sheets.OBLIGATIONS, wanted, nothing, as_of, known_at))


async def _with_truths(
    pool: asyncpg.Pool, rows: AsyncIterator[dict[str, Any]], before: str | None
) -> AsyncIterator[dict[str, Any]]:
    """Yield the lines of obligations, and of what was told and waits for an answer, in the order of their days."""
    told: list[dict[str, Any]] = []
    if await anything_was_told(pool):
        from accord.client.reading import Reading
        from accord.client.unanswered import unanswered

        owed = [one.obligation() for one in await unanswered(Reading(pool))]
        told = [one for one in owed if before is None or one["due"] < before]
    async for row in rows:
        while told and told[0]["due"] <= (row["due"] or NEVER):
            yield told.pop(0)
        yield row
    for one in told:
        yield one


async def anything_was_told(pool: asyncpg.Pool) -> bool:
    """True if there are truths at all, for which alone the domain is loaded."""
    return bool(await pool.fetchval("SELECT EXISTS (SELECT FROM ledger.events WHERE stream_id = 'truths')"))


def _nothing(filters: PartnershipFilters) -> str:
    """Return the words for a list without any line."""
    match filters:
        case PartnershipFilters(stage=stage) if stage and filters == PartnershipFilters(stage=stage):
            return f"No partnerships in stage {stage}."
        case _ if filters == PartnershipFilters():
            return "No partnerships yet; start with `accord propose`."
        case _:
            return "No partnership is as these filters say."


async def listed(
    asked: Asked,
    columns: Sequence[sheets.Column],
    wanted: Wanted,
    nothing: str,
    as_of: str | None,
    known_at: str | None,
) -> None:
    """Print a list, now or as of two times."""
    async with open_database() as pool:
        await warn_if_behind(pool)
        most = wanted.most + 1 if wanted.most is not None else EVERY
        rows = _rows(pool, asked, as_of, known_at, most)
        if asked.list == "obligations" and as_of is None and known_at is None:
            rows = _with_truths(pool, rows, asked.below)
        await print_list(rows, columns, wanted, nothing)


async def _rows(
    pool: asyncpg.Pool, asked: Asked, as_of: str | None, known_at: str | None, most: int
) -> AsyncIterator[dict[str, Any]]:
    lines = kept_lines(pool, asked, most)
    if as_of is not None or known_at is not None:
        from accord.cli.partnerships.reading import cut_at
        from records.read_models.lists_as_of import lines_as_of

        lines = lines_as_of(pool, asked, cut_at(as_of, known_at), most)
    async for row in lines:
        yield sheets.shown(row.shown)


def _yes_no(said: bool | None) -> str:
    return "" if said is None else "yes" if said else "no"


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command("list")(list_partnerships)
    app.command()(obligations)
