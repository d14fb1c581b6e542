"""Lists: the lines of a stream, from which day to which each stands, and how they are kept in the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any, Final, NamedTuple

from asyncpg import Range
from asyncpg.pool import PoolConnectionProxy

from ledger.model import StoredEvent
from ledger.projections.model import Document, Line, Listing
from ledger.projections.written import stored_form

_DROP: Final = """
DELETE FROM projection.lines l USING unnest($3::text[], $4::date[]) AS w(stream_id, day)
 WHERE l.name = $1 AND l.generation = $2 AND l.stream_id = w.stream_id AND l.since >= w.day
"""
_END: Final = """
UPDATE projection.lines l SET until = w.day FROM unnest($3::text[], $4::date[]) AS w(stream_id, day)
 WHERE l.name = $1 AND l.generation = $2 AND l.stream_id = w.stream_id AND l.until IS NULL
"""
_ADD: Final = """
INSERT INTO projection.lines
SELECT $1, $2, w.stream_id, w.list, w.place, w.since, w.until,
       array_to_tsvector(ARRAY(SELECT jsonb_array_elements_text(w.terms))), w.amount, w.line
  FROM unnest($3::text[], $4::text[], $5::text[], $6::date[], $7::date[], $8::jsonb[], $9::numeric[], $10::jsonb[])
       AS w(stream_id, list, place, since, until, terms, amount, line)
"""
_WORDS: Final = """
INSERT INTO projection.words SELECT $1, term FROM unnest($2::text[]) t(term) ORDER BY term ON CONFLICT DO NOTHING
"""
_LATE: Final = "INSERT INTO projection.late SELECT $1, $2, * FROM unnest($3::text[], $4::tstzrange[])"
_DIFFERING: Final = """
WITH made AS MATERIALIZED (
    SELECT w.stream_id, w.list, w.place COLLATE "C" AS place, w.since, w.until,
           array_to_tsvector(ARRAY(SELECT jsonb_array_elements_text(w.terms))) AS terms, w.amount, w.line
      FROM unnest($4::text[], $5::text[], $6::text[], $7::date[], $8::date[], $9::jsonb[], $10::numeric[], $11::jsonb[])
           AS w(stream_id, list, place, since, until, terms, amount, line)),
kept AS MATERIALIZED (
    SELECT stream_id, list, place, since, until, terms, amount, line
      FROM projection.lines WHERE name = $1 AND generation = $2 AND stream_id = ANY ($3))
SELECT stream_id FROM (TABLE made EXCEPT ALL TABLE kept) lacking
 UNION SELECT stream_id FROM (TABLE kept EXCEPT ALL TABLE made) added
"""
_DIFFERING_LATE: Final = """
WITH made AS (SELECT * FROM unnest($4::text[], $5::tstzrange[])),
kept AS (SELECT stream_id, span FROM projection.late WHERE name = $1 AND generation = $2 AND stream_id = ANY ($3))
SELECT * FROM (TABLE made EXCEPT ALL TABLE kept) lacking UNION SELECT * FROM (TABLE kept EXCEPT ALL TABLE made) added
"""
_KEPT_WORDS: Final = "SELECT word FROM projection.words WHERE name = $1 AND word = ANY ($2)"
_TERMS: Final = 5
"""The place of the terms among a row's columns."""


class Day(NamedTuple):
    """The lines of a stream at the end of a day, until the next day with events."""

    since: date
    until: date | None
    lines: tuple[Line, ...]


class StreamLines(NamedTuple):
    """The lines of a stream by its next events, and the spans of those recorded on another day than they happened."""

    stream_id: str
    is_new: bool
    """True if these are its first events, so that no line of it is kept yet."""
    days: tuple[Day, ...]
    late: tuple[Range[datetime], ...]


def listed(listing: Listing, document: Document | None, events: Sequence[StoredEvent]) -> StreamLines:
    """Return the lines that lists show of a stream after its next events, given its document so far."""
    daily_events = [
        (day, list(stored_events)) for day, stored_events in groupby(events, lambda event: _day(event.recorded_at))
    ]
    days = [day for day, _ in daily_events]
    lines = listing.lines(document, [events for _, events in daily_events])
    ends = [*(after for _, after in pairwise(days)), None]
    listed_days = tuple(Day(day, end, tuple(day_lines)) for day, end, day_lines in zip(days, ends, lines, strict=True))
    spans = ((listing.happened_at(event), event.recorded_at) for event in events)
    late = tuple(Range(min(span), max(span)) for span in spans if _day(span[0]) != _day(span[1]))
    return StreamLines(events[0].stream_id, document is None, listed_days, late)


async def write(connection: PoolConnectionProxy, key: tuple[str, int], streams: Sequence[StreamLines]) -> None:
    """Keep the lines of streams: those of the same day are replaced, those of an earlier one end."""
    if old_streams := [(stream.stream_id, stream.days[0].since) for stream in streams if not stream.is_new]:
        start_columns = list(map(list, zip(*old_streams, strict=True)))
        await connection.execute(_DROP, *key, *start_columns)
        await connection.execute(_END, *key, *start_columns)
    rows = [row for stream in streams for row in _rows(stream)]
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        await connection.execute(_ADD, *key, *columns)
        await connection.execute(_WORDS, key[0], list(_all_terms(streams)))
    if late := [(stream.stream_id, span) for stream in streams for span in stream.late]:
        await connection.execute(_LATE, *key, *map(list, zip(*late, strict=True)))


async def differing(
    connection: PoolConnectionProxy, key: tuple[str, int], streams: Sequence[StreamLines]
) -> frozenset[str]:
    """Return the ids of those of some streams whose kept lines are not those that their events make, or lack a word."""
    if not streams:
        return frozenset()
    stream_ids = [stream.stream_id for stream in streams]
    columns = _columns((row for stream in streams for row in _rows(stream)), 8)
    late = _columns(((stream.stream_id, span) for stream in streams for span in stream.late), 2)
    rows = await connection.fetch(_DIFFERING, *key, stream_ids, *columns)
    late_rows = await connection.fetch(_DIFFERING_LATE, *key, stream_ids, *late)
    terms: dict[str, set[str]] = {}
    for stream_id, terms_text in zip(columns[0], columns[_TERMS], strict=True):
        terms.setdefault(stream_id, set()).update(json.loads(terms_text))
    known_words = await connection.fetch(_KEPT_WORDS, key[0], sorted(set().union(*terms.values())))
    words = {row[0] for row in known_words}
    lacking = {stream_id for stream_id, stream_terms in terms.items() if not stream_terms <= words}
    return frozenset({row[0] for row in (*rows, *late_rows)} | lacking)


def _all_terms(streams: Sequence[StreamLines]) -> set[str]:
    """Return the terms of all lines of streams, each once."""
    return {term for stream in streams for day in stream.days for line in day.lines for term in line.terms}


def _columns(rows: Iterable[tuple[Any, ...]], count: int) -> list[list[Any]]:
    """Return the columns of rows, of which there may be none."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(count)]


def _rows(stream: StreamLines) -> Iterator[tuple[Any, ...]]:
    for day in stream.days:
        for line in day.lines:
            terms = stored_form(sorted(set(line.terms)))
            amount = None if line.amount is None else Decimal(line.amount)
            yield stream.stream_id, line.list, line.place, day.since, day.until, terms, amount, stored_form(line.shown)


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
