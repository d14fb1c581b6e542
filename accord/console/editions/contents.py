"""The editions that pages show: their series, their contents, and the difference to the edition before."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from accord.console.serving.desk import Console
from accord.presentation.editions.differing import DifferenceInWords, difference_in_words
from accord.presentation.faults import Refused
from domain.editions.content import EditionContent
from domain.editions.events import EditionEvent
from domain.editions.kinds import EditionKind, order_of
from domain.editions.series import EditionSeries
from domain.errors import DomainError
from records.editions import Editions, edition_content
from records.forms import require_open


class ShownEdition(NamedTuple):
    """An edition of a series, as a page shows it."""

    content: EditionContent
    sha256: str
    first_day: date | None
    """The day from which it is in force, or None where nobody confirmed it."""


async def series_of(console: Console, kind: EditionKind, name: str) -> EditionSeries:
    """Return a series of editions."""
    return await Editions(console.desk.reader).read(kind, name)


async def content_under(console: Console, sha256: str) -> EditionContent:
    """Return the content under a digest. Raises Refused if it is not there, or was changed."""
    async with console.desk.pool.acquire() as connection:
        try:
            return await edition_content(connection, sha256)
        except DomainError as fault:
            raise Refused(str(fault), type(fault).__name__) from None


async def shown_edition(console: Console, series: EditionSeries, number: str, today: date) -> ShownEdition | None:
    """Return an edition of a series by its number: by default the one that waits, or is in force, or the newest."""
    waiting = series.waiting
    if waiting is not None and number in ("", waiting.edition):
        return ShownEdition(await content_under(console, waiting.sha256), waiting.sha256, None)
    edition = series.numbered(number) if number else series.in_force(today) or series.newest
    if edition is None:
        return None
    return ShownEdition(await content_under(console, edition.sha256), edition.sha256, edition.first_day)


async def content_before(console: Console, series: EditionSeries, content: EditionContent) -> EditionContent | None:
    """Return the newest confirmed edition before one, or None for the first."""
    earlier = [edition for edition in series.confirmed if order_of(edition.edition) < order_of(content.edition)]
    return await content_under(console, earlier[-1].sha256) if earlier else None


async def difference_to_before(
    console: Console, series: EditionSeries, content: EditionContent
) -> tuple[str, DifferenceInWords] | None:
    """Return the number of the edition before with the difference to it, or None for the first."""
    before = await content_before(console, series, content)
    return (before.edition, difference_in_words(before, content)) if before is not None else None


async def require_takes(console: Console, act: EditionEvent) -> None:
    """Raise Refused if the gates would refuse an act on an edition as things stand."""
    try:
        await require_open(console.desk.pool, (act,))
    except DomainError as refusal:
        raise Refused(str(refusal), type(refusal).__name__) from None
    async with console.desk.pool.acquire() as connection:
        fault = await Editions(console.desk.reader).fault_of(act, connection)
    if fault:
        raise Refused(str(fault), "IllegalTransition")
