"""Shell commands that ask for an edition and confirm it, and that list what is in force and what waits."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final

import typer

from accord.cli.editions.files import EditionFileArgument
from accord.cli.editions.sources import NameArgument, content_under, series_named
from accord.cli.options import ActorOption, JsonOption, ReasonOption, run
from accord.cli.printing.fitting import Heading
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.cli.typed_days import typed_day
from accord.client.desk import open_desk
from accord.organisation import editions as client
from accord.presentation.editions.reading import read_edition
from accord.presentation.words.organisation.editions import title_of
from domain.editions.content import EditionContent
from domain.editions.events import EditionAsked
from domain.editions.kinds import MAY_CONFIRM
from domain.editions.series import ConfirmedEdition, EditionSeries
from ledger import clock
from records.editions import Editions

_COLUMNS: Final = ("Kind", "Name", "In force", Heading("Since", 1), Heading("Editions", 2), "Waits for a second person")


def ask(
    file: EditionFileArgument,
    reason: ReasonOption,
    actor: ActorOption,
    starts: Annotated[
        datetime | None,
        typer.Option("--from", metavar="DAY", parser=typed_day, help="Its first day, if later than its confirmation."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Ask for an edition, from a workbook or a JSON file. It is in force once another person confirmed it.

    What was asked for before in its series and still waits gives way to it.

    Example: accord editions ask interim-report.xlsx --reason 'as the committee asked' --as pia.berg
    """
    edition = read_edition(file)
    for note in edition.notes:
        err.print(f"accord: {note}", markup=False)

    async def work() -> EditionAsked:
        async with open_desk(acting=True) as desk:
            return await client.ask(desk, edition.content, reason, starts.date() if starts else None, actor)

    event = run(work())
    if as_json:
        return print_json({**event.content(), "asked_by": actor})
    roles = " or ".join(sorted(role.value for role in MAY_CONFIRM[event.edition_kind]))
    out.print(f"{actor} asked for {event.name} {event.edition}. It waits for another person ({roles}):", markup=False)
    out.print(f"  accord editions preview {event.name} --edition {event.edition}", markup=False)
    return out.print(f"  accord editions confirm {event.name} {event.sha256[:8]} --as STAFF", markup=False)


def confirm(
    name: NameArgument,
    digest: Annotated[str, typer.Argument(metavar="DIGEST", help="The first 8 signs of its digest, or more.")],
    actor: ActorOption,
    as_json: JsonOption = False,
) -> None:
    """Confirm the edition that another person asked for. Read it first: `accord editions preview` and `diff`.

    Example: accord editions confirm interim-report 3fa94c11 --as paul.nkosi
    """

    async def work() -> ConfirmedEdition | None:
        async with open_desk(acting=True) as desk:
            series = await series_named(desk, name)
            event = await client.confirm(desk, series, digest, actor)
            return (await Editions(desk.reader).read(series.kind, series.name)).numbered(event.edition)

    edition = run(work())
    if as_json:
        return print_json(_confirmed_as_json(edition) if edition is not None else {})
    day = f" from {edition.first_day}" if edition is not None and edition.first_day > clock.today() else ""
    number = edition.edition if edition is not None else ""
    return out.print(f"In force{day}: {name} {number}, confirmed by {actor}.", markup=False)


def list_editions(as_json: JsonOption = False) -> None:
    """List the editions: what is in force, and what waits for a second person.

    Example: accord editions list
    """

    async def work() -> list[EditionSeries]:
        async with open_desk() as desk:
            return await Editions(desk.reader).every()

    every = run(work())
    if as_json:
        return print_json([summary(series) for series in every])
    if not every:
        return out.print("No editions yet; ask for one with `accord editions ask`.")
    return out.print(rows_table(_COLUMNS, map(_row, every)))


def show(name: NameArgument, as_json: JsonOption = False) -> None:
    """Show every edition of a series, with who asked for it and who confirmed it.

    Example: accord editions show interim-report
    """

    async def work() -> tuple[EditionSeries, EditionContent | None]:
        async with open_desk() as desk:
            series = await series_named(desk, name)
            newest = series.in_force(clock.today()) or series.newest
            return series, await content_under(desk, newest.sha256) if newest else None

    series, content = run(work())
    if as_json:
        return print_json(summary(series))
    title = title_of(content) if content is not None else ""
    out.print(f"{series.kind} {series.name}{f': {title}' if title else ''}", markup=False)
    if content is not None:
        out.print(f"Given in {', '.join(content.languages)}.", markup=False)
    rows = (
        (edition.edition, edition.first_day, edition.request.actor, edition.confirmation.actor, edition.sha256[:16],
         edition.request.reason)
        for edition in series.confirmed
    )  # fmt: skip
    if series.confirmed:
        headings = ("Edition", "From", "Asked by", "Confirmed by", "Digest", Heading("Why", 1))
        out.print(rows_table(headings, rows))
    if (waiting := series.waiting) is not None:
        out.print(
            f"Waits for a second person: {waiting.edition}, asked for by {waiting.actor}: {waiting.reason}\n"
            f"  accord editions confirm {series.name} {waiting.sha256[:8]} --as STAFF", markup=False, soft_wrap=True,
        )  # fmt: skip
    return None


def _row(series: EditionSeries) -> tuple[object, ...]:
    current, waiting = series.in_force(clock.today()), series.waiting
    request = f"{waiting.edition}, asked by {waiting.actor}" if waiting is not None else "-"
    since: date | str = current.first_day if current is not None else "-"
    return series.kind, series.name, current.edition if current else "-", since, len(series.confirmed), request


def summary(series: EditionSeries) -> dict[str, Any]:
    """Return a series as JSON: what is in force, every confirmed edition, and what waits."""
    current, waiting = series.in_force(clock.today()), series.waiting
    return {
        "kind": series.kind, "name": series.name, "in_force": current.edition if current is not None else None,
        "editions": [_confirmed_as_json(edition) for edition in series.confirmed],
        "waiting": {**waiting.content(), "asked_by": waiting.actor} if waiting is not None else None,
    }  # fmt: skip


def _confirmed_as_json(edition: ConfirmedEdition) -> dict[str, Any]:
    return {
        "edition": edition.edition, "sha256": edition.sha256, "first_day": edition.first_day.isoformat(),
        "asked_by": edition.request.actor, "confirmed_by": edition.confirmation.actor, "reason": edition.request.reason,
    }  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord editions`."""
    app.command()(ask)
    app.command()(confirm)
    app.command("list")(list_editions)
    app.command()(show)
