"""Shell commands that list: partnerships, and what is owed.

What is listed now is asked of the database alone, so these start at once: neither Temporal, the rule book nor the
domain is loaded. The lists of the ends of days are kept too, and any other moment is folded from the ledger.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Final, NamedTuple

import asyncpg
import typer

from accord.cli.options import AsOfOption, JsonOption, KnownAtOption, run
from accord.cli.printing.behind import warn_if_behind
from accord.cli.printing.lists import AllOption, FormOption, LimitOption, ListForm, ToOption, Wanted, print_list
from accord.cli.typed_days import typed_day
from accord.client.database import open_database
from accord.presentation import sheets
from accord.presentation.faults import BadInput
from accord.presentation.filters import PartnershipFilters
from domain.partnership.stages import Stage
from records.read_models.claimed.kept import ANY_CLAIM
from records.read_models.lists import EVERY, IMPORTED_NAME, ListQuery, kept_lines

NEVER: Final = "9999-12-31"
"""Comes after every day: what has none comes last."""

AsOfTimes = tuple[str | None, str | None]
"""The two times of a list, as they were written."""

SumOption = Annotated[str, typer.Option("--sum", metavar="SUMS", help="5000, 1000..5000, 1000.. or ..5000.")]
AssignedOption = Annotated[
    str, typer.Option("--assigned", metavar="STAFF", help="Who looks after it (`accord assign`), or nobody.")
]
PlanningOption = Annotated[
    bool, typer.Option("--planning", help="Each sum in the base currency too, by reference rates: for planning alone.")
]
ClaimedOption = Annotated[
    bool | None, typer.Option("--claimed/--not-claimed", help="Of before Accord, as claimed, alone; or none of them.")
]
PayeeOption = Annotated[str, typer.Option("--payee", help="Words of the payee's name, or their beginnings.")]


StillOpenOption = Annotated[bool | None, typer.Option("--open/--over", help="Something is to be done, or all is.")]


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
    still_open: StillOpenOption = None,
    year: Annotated[str, typer.Option("--year", help="The year in which it was proposed.")] = "",
    assigned: AssignedOption = "",
    claimed: ClaimedOption = None,
    planning: PlanningOption = False,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    limit: LimitOption = None,
    every: AllOption = False,
    form: FormOption = ListForm.TABLE,
    to: ToOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the partnerships, the earliest due first: stage, sum, and next step or the reason why they ended.

    Filters add up. As of another day, the list is what it was at that day's end. Behind all others stand those of
    before Accord, as their books claim them (`CLAIMED_...`): nothing of them is decided here.
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
    empty_text = _nothing(filters)
    list_options = Wanted.of(form, as_json, limit, every, to)
    if claimed and planning:
        raise BadInput("--claimed, --planning: no planning figures are made of claims; give one of them")
    shown_claims = planning is False if claimed is None else claimed
    beside = LinesAsked(here=claimed is not True, before=shown_claims, planning=planning)
    run(listed(filters.asked(), sheets.PARTNERSHIPS, list_options, empty_text, (as_of, known_at), beside))


def obligations(
    before: Annotated[
        datetime | None,
        typer.Option("--before", metavar="DAY", parser=typed_day, help="Only what is due before this day."),
    ] = None,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    limit: LimitOption = None,
    every: AllOption = False,
    form: FormOption = ListForm.TABLE,
    to: ToOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the obligations of partners and of the organisation (reports, papers, decisions), the earliest due first.

    Example: accord obligations --before 2027-01-01
    """
    list_query = ListQuery("obligations", below=before.date().isoformat() if before else None)
    list_options = Wanted.of(form, as_json, limit, every, to)
    empty_text = f"Nothing is owed before {before.date()}." if before else "Nothing is owed."
    run(listed(list_query, sheets.OBLIGATIONS, list_options, empty_text, (as_of, known_at), LinesAsked()))


async def _with_truths(
    pool: asyncpg.Pool, rows: AsyncIterator[dict[str, Any]], before: str | None
) -> AsyncIterator[dict[str, Any]]:
    """Yield the lines of obligations, and of what was told and waits for an answer, in the order of their days."""
    truth_rows: list[dict[str, Any]] = []
    if await anything_was_told(pool):
        from accord.client.reading import LedgerAccess
        from accord.client.waiting.unanswered import unanswered

        open_rows = [open_truth.obligation() for open_truth in await unanswered(LedgerAccess(pool))]
        truth_rows = [open_row for open_row in open_rows if before is None or open_row["due"] < before]
    async for row in rows:
        while truth_rows and truth_rows[0]["due"] <= (row["due"] or NEVER):
            yield truth_rows.pop(0)
        yield row
    for truth_row in truth_rows:
        yield truth_row


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


class LinesAsked(NamedTuple):
    """The lines of a list that are asked for: of partnerships of here, of before, and with planning figures."""

    here: bool = True
    before: bool = True
    planning: bool = False


async def listed(
    list_query: ListQuery,
    columns: tuple[sheets.Column, ...],
    list_options: Wanted,
    empty_text: str,
    times: AsOfTimes,
    beside: LinesAsked,
) -> None:
    """Print a list, now or as of two times."""
    async with open_database() as pool:
        await warn_if_behind(pool)
        most = list_options.most + 1 if list_options.most is not None else EVERY
        rows = _rows(pool, list_query, times, most) if beside.here else _none()
        if list_query.list == "obligations" and times == (None, None):
            rows = _with_truths(pool, rows, list_query.below)
        if beside.before:
            rows = _with_claims(pool, rows, list_query, times, most)
        if not beside.planning:
            return await print_list(rows, columns, list_options, empty_text)
        from accord.cli.printing.planning import print_planned

        return await print_planned([row async for row in rows], columns, list_options, empty_text, times)


async def _none() -> AsyncIterator[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for row in rows:
        yield row


async def _rows(
    pool: asyncpg.Pool, list_query: ListQuery, times: AsOfTimes, most: int
) -> AsyncIterator[dict[str, Any]]:
    lines = kept_lines(pool, list_query, most)
    if times != (None, None):
        from accord.cli.partnerships.reading import cut_at
        from records.read_models.lists_as_of import lines_as_of

        lines = lines_as_of(pool, list_query, cut_at(*times), most)
    async for row in lines:
        yield sheets.shown(row.shown)


async def _with_claims(
    pool: asyncpg.Pool, rows: AsyncIterator[dict[str, Any]], list_query: ListQuery, times: AsOfTimes, most: int
) -> AsyncIterator[dict[str, Any]]:
    """Yield the lines with those of before: what is due among all that is, and partnerships behind the others."""
    if not await pool.fetchval(ANY_CLAIM):
        async for row in rows:
            yield row
        return
    is_by_day = list_query.list == "obligations"
    claims = await _claims(pool, list_query, times, most) if is_by_day else []
    async for row in rows:
        while claims and claims[0]["due"] < (row["due"] or NEVER):
            yield claims.pop(0)
        yield row
    for claim in claims if is_by_day else await _claims(pool, list_query, times, most):
        yield claim


async def _claims(pool: asyncpg.Pool, list_query: ListQuery, times: AsOfTimes, most: int) -> list[dict[str, Any]]:
    from accord.cli.partnerships.reading import cut_at
    from records.authorship import Reader
    from records.opening import open_ledger
    from records.read_models.claimed.reading import ClaimedLists

    await warn_if_behind(pool, IMPORTED_NAME)
    lists = ClaimedLists(pool, Reader(open_ledger(pool)))
    return [row.shown for row in await lists.page(list_query, cut_at(*times), most)]


def _yes_no(answer: bool | None) -> str:
    return "" if answer is None else "yes" if answer else "no"


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command("list")(list_partnerships)
    app.command()(obligations)
