"""The editions that a command names: a file, or a series on record with one of its editions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from accord.client.desk import Desk
from accord.presentation.editions.reading import read_edition
from accord.presentation.faults import BadInput, Refused
from domain.editions.content import EditionContent
from domain.editions.models import digest_of_content
from domain.editions.series import EditionSeries
from domain.errors import DomainError
from ledger import clock
from records.editions import Editions, edition_content

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="The series, such as interim-report or QUESTIONS/interim-report.")
]
SourceArgument = Annotated[
    str, typer.Argument(metavar="EDITION", help="A file (.json, .xlsx), or a series such as interim-report.")
]
EditionOption = Annotated[
    str, typer.Option("--edition", help="Which edition, such as 2026.1: by default the newest, waiting or in force.")
]


class Named(NamedTuple):
    """An edition that a command names."""

    content: EditionContent
    sha256: str
    where: str
    """Where it was found, in words."""


async def series_named(desk: Desk, name: str) -> EditionSeries:
    """Return the series of a name. Raises BadInput if there is none, or several of different kinds."""
    every = await Editions(desk.reader).every()
    kind, _, last = name.rpartition("/")
    matches = [series for series in every if series.name == last and kind.upper() in ("", series.kind)]
    if len(matches) != 1:
        names = ", ".join(f"{series.kind}/{series.name}" for series in (matches or every)) or "none yet"
        raise BadInput(f"NAME: {name[:60]!r} names {len(matches) or 'none'} of the editions; there are: {names}")
    return matches[0]


def is_file(source: str) -> bool:
    """True if a text names a file, by its ending or its folder."""
    return Path(source).suffix.lower() in {".json", ".xlsx"} or "./" in source or Path(source).is_absolute()


async def edition_named(desk: Desk | None, source: str, edition: str = "") -> Named:
    """Return the edition that a text names. `desk`: None where files alone are named.

    Raises:
        BadInput: There is none, or its file has faults.
        Refused: Its content is not in this database, or was changed there.
    """
    if desk is None or is_file(source):
        content = read_edition(Path(source)).content
        return Named(content, digest_of_content(content.canonical()), Path(source).name)
    series = await series_named(desk, source)
    sha256, where = _digest_in(series, edition)
    return Named(await content_under(desk, sha256), sha256, where)


async def content_under(desk: Desk, sha256: str) -> EditionContent:
    """Return the content under a digest. Raises Refused if it is not there, or was changed."""
    async with desk.pool.acquire() as connection:
        try:
            return await edition_content(connection, sha256)
        except DomainError as fault:
            raise Refused(str(fault), type(fault).__name__) from None


def _digest_in(series: EditionSeries, edition: str) -> tuple[str, str]:
    waiting, edition_record = series.waiting, series.numbered(edition) if edition else series.newest
    if waiting is not None and edition in ("", waiting.edition):
        return waiting.sha256, "waits for a second person"
    if edition_record is None:
        numbers = ", ".join(each.edition for each in series.confirmed) or "none confirmed"
        raise BadInput(f"--edition: {series.name} has no edition {edition}; it has {numbers}")
    is_in_force = series.in_force(clock.today()) == edition_record
    return edition_record.sha256, "in force" if is_in_force else f"confirmed, from {edition_record.first_day}"
