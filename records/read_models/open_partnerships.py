"""Read the open and verified partnerships page by page: of a read model, and of the ledger where it is behind.

Whatever was recorded after the read model's position is read from the ledger, and so is each stream that it set aside
or forgot. Without a read model, or with one that is built anew meanwhile, the ledger alone is read, in pages too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import Final, Generic, NamedTuple, TypeVar

from domain.streams import PARTNERSHIP_STREAMS, StreamId
from domain.values import Value
from ledger import Ledger, StoredEvent
from ledger.projections.model import by_stream
from records.read_models.facts import RELEVANT, OpenPartnership
from records.read_models.inquiries import inquiry_of, read_inquiry
from records.read_models.rescreening import RESCREENING

PAGE: Final = 200
_NEWEST: Final = 2**63 - 1

_LIVE: Final = f"""
SELECT generation, position FROM projection.checkpoints
 WHERE name = $1 AND generation = {RESCREENING.generation} AND live
"""  # noqa: S608
"""Another generation, of before or after an upgrade, is none: it may be written otherwise."""
_PAGE: Final = f"""
WITH shown AS (
    SELECT generation FROM projection.checkpoints
     WHERE name = $1 AND generation = {RESCREENING.generation} AND live)
(SELECT d.stream_id, {{}} FROM projection.documents d JOIN shown USING (generation)
  WHERE d.name = 'rescreening' AND d.asked IS NOT NULL AND d.stream_id > $2
    AND NOT EXISTS (SELECT FROM projection.quarantine q
                     WHERE q.name = $1 AND q.generation = d.generation AND q.stream_id = d.stream_id)
    AND NOT EXISTS (SELECT FROM projection.forgotten f
                     WHERE f.name = $1 AND f.generation = d.generation AND f.stream_id = d.stream_id)
  ORDER BY d.stream_id LIMIT $3)
UNION ALL
(SELECT q.stream_id, NULL FROM projection.quarantine q JOIN shown USING (generation)
  WHERE q.name = $1 AND q.stream_id > $2 ORDER BY q.stream_id LIMIT $3)
UNION ALL
(SELECT f.stream_id, NULL FROM projection.forgotten f JOIN shown USING (generation)
  WHERE f.name = $1 AND f.stream_id > $2 ORDER BY f.stream_id LIMIT $3)
ORDER BY stream_id LIMIT $3
"""  # noqa: S608
_OLDEST: Final = f"""
WITH asked AS (
    SELECT d.asked -> 'lists' AS lists
      FROM projection.documents d JOIN projection.checkpoints c USING (name, generation)
     WHERE d.name = 'rescreening' AND d.generation = {RESCREENING.generation} AND c.live AND d.asked IS NOT NULL)
SELECT l.key, CASE WHEN count(*) = (SELECT count(*) FROM asked) THEN min(l.value::int) ELSE 0 END
  FROM asked, jsonb_each_text(lists) l GROUP BY l.key
"""  # noqa: S608
_COUNTED: Final = f"""
SELECT count(*) FROM projection.documents d JOIN projection.checkpoints c USING (name, generation)
 WHERE d.name = 'rescreening' AND d.generation = {RESCREENING.generation} AND c.live AND d.asked IS NOT NULL
   AND d.stream_id = ANY ($1)
"""  # noqa: S608

Case = TypeVar("Case")


class CaseForm(NamedTuple, Generic[Case]):
    """A form in which partnerships are read: where the read model has it, and how it is made of the facts."""

    column: str
    reader: Callable[[str], Case]
    made_of: Callable[[OpenPartnership], Case]


WHOLE: Final = CaseForm("d.document -> 'facts'", OpenPartnership.model_validate_json, lambda case: case)
"""All facts."""
SHORT: Final = CaseForm("d.asked", read_inquiry, inquiry_of)
"""What re-screening asks. A partnership is read ten times sooner than with all facts, and what is asked is the same."""


class ReadPlace(Value):
    """A place in this reading, from which another may go on."""

    generation: int
    """The generation of the read model that is read, or 0 if there is none."""
    beyond: int
    """The position after which the ledger is read itself."""
    in_ledger: bool = False
    """True once the read model was read to its end."""
    stream_id: str = ""
    """The last stream that was read."""


class OpenPage(NamedTuple, Generic[Case]):
    """Some open and verified partnerships, by their ids."""

    place: ReadPlace
    cases: Mapping[str, Case]
    anew: frozenset[str] = frozenset()
    """The ids that this page tells anew: what an earlier one told of them no longer counts."""
    told_before: int = 0
    """How many of them an earlier page told."""


async def beginning(ledger: Ledger) -> ReadPlace:
    """Return the place from which everything is read."""
    generation, position = await _live(ledger)
    return ReadPlace(generation=generation, beyond=position)


async def open_pages(ledger: Ledger, place: ReadPlace, form: CaseForm[Case]) -> AsyncIterator[OpenPage[Case]]:
    """Yield the open and verified partnerships after a place: those of the read model, then those that moved since.

    Raises:
        UpgradeNeeded: A newer release recorded an event.
    """
    while not place.in_ledger:
        rows = await _shown(ledger, form, place.stream_id)
        if len(rows) < PAGE:
            place = await _end_of_model(ledger, place)
        else:
            place = place.model_copy(update={"stream_id": rows[-1][0]})
        yield OpenPage(place, await _cases(ledger, form, rows))
    moved_streams = await ledger.moved_since(PARTNERSHIP_STREAMS, sorted(RELEVANT), place.beyond)
    streams = sorted(stream for stream in moved_streams if stream > place.stream_id and StreamId(stream).is_partnership)
    for first in range(0, len(streams), PAGE):
        page_streams = streams[first : first + PAGE]
        place = place.model_copy(update={"stream_id": page_streams[-1]})
        cases = await _folded(ledger, form, page_streams)
        anew = frozenset(StreamId(stream).subject for stream in page_streams)
        yield OpenPage(place, cases, anew, await _told_before(ledger, page_streams))


THE_LEDGER: Final = ReadPlace(generation=0, beyond=0, in_ledger=True)
"""The place from which the ledger alone is read, where a decision rests on the answer."""


async def open_cases(ledger: Ledger, place: ReadPlace | None = None) -> dict[str, OpenPartnership]:
    """Return all open and verified partnerships, by their ids. Raises as `open_pages` does.

    `place`: where to begin, or None for the beginning of the read model.
    """
    cases: dict[str, OpenPartnership] = {}
    async for page in open_pages(ledger, place or await beginning(ledger), WHOLE):
        for partnership_id in page.anew:
            cases.pop(partnership_id, None)
        cases |= page.cases
    return cases


async def open_where(
    ledger: Ledger, holds: Callable[[OpenPartnership], bool], place: ReadPlace | None = None
) -> set[str]:
    """Return the ids of the open and verified partnerships of which something holds. See `open_cases`."""
    ids: set[str] = set()
    async for page in open_pages(ledger, place or await beginning(ledger), WHOLE):
        ids -= page.anew
        ids |= {partnership_id for partnership_id, case in page.cases.items() if holds(case)}
    return ids


async def oldest_lists(ledger: Ledger) -> dict[str, int]:
    """Return the oldest version of each list that a partnership of the read model was screened against, by its name."""
    async with ledger.connection() as connection:
        return {row[0]: row[1] for row in await connection.fetch(_OLDEST)}


async def _live(ledger: Ledger) -> tuple[int, int]:
    async with ledger.connection() as connection:
        row = await connection.fetchrow(_LIVE, RESCREENING.name)
    return (row["generation"], row["position"]) if row is not None else (0, 0)


async def _end_of_model(ledger: Ledger, place: ReadPlace) -> ReadPlace:
    """Return the place after the read model. If it began anew meanwhile, the ledger is read from the beginning."""
    generation, position = await _live(ledger)
    is_whole = generation == place.generation and position >= place.beyond
    return ReadPlace(generation=generation, beyond=place.beyond if is_whole else 0, in_ledger=True)


async def _shown(ledger: Ledger, form: CaseForm[Case], after: str) -> list[tuple[str, str | None]]:
    async with ledger.connection() as connection:
        rows = await connection.fetch(_PAGE.format(form.column), RESCREENING.name, after, PAGE)
    return [(row[0], row[1]) for row in rows]


async def _cases(ledger: Ledger, form: CaseForm[Case], rows: Sequence[tuple[str, str | None]]) -> dict[str, Case]:
    """Return the partnerships of a page's rows. A row without content is folded from the ledger."""
    contents = [(stream, content) for stream, content in rows if content is not None]
    cases = await asyncio.to_thread(_read, form, contents)
    lacking = [stream for stream, content in rows if content is None and StreamId(stream).is_partnership]
    return {**cases, **(await _folded(ledger, form, lacking) if lacking else {})}


def _read(form: CaseForm[Case], contents: Iterable[tuple[str, str]]) -> dict[str, Case]:
    return {StreamId(stream).subject: form.reader(content) for stream, content in contents}


async def _folded(ledger: Ledger, form: CaseForm[Case], streams: Sequence[str]) -> dict[str, Case]:
    async with ledger.connection() as connection:
        events = await ledger.read_streams(streams, _NEWEST, connection)
    return await asyncio.to_thread(_fold, form, events)


def _fold(form: CaseForm[Case], events: Iterable[StoredEvent]) -> dict[str, Case]:
    cases = {stream: OpenPartnership().after_all(told) for stream, told in by_stream(events).items()}
    return {StreamId(stream).subject: form.made_of(case) for stream, case in cases.items() if case.is_asked}


async def _told_before(ledger: Ledger, streams: Sequence[str]) -> int:
    async with ledger.connection() as connection:
        return int(await connection.fetchval(_COUNTED, list(streams)))
