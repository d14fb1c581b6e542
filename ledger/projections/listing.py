"""Lists: the lines of a stream, from which day to which each stands, and how they are kept in the database."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any, Final, NamedTuple

from asyncpg import Range, Record
from asyncpg.pool import PoolConnectionProxy

from ledger.model import StoredEvent
from ledger.projections.equality import value_of
from ledger.projections.model import Document, Line, Listing

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
INSERT INTO projection.words
SELECT DISTINCT $1, term FROM unnest($2::jsonb[]) w(terms), jsonb_array_elements_text(w.terms) t(term)
ON CONFLICT DO NOTHING
"""
_LATE: Final = "INSERT INTO projection.late SELECT $1, $2, * FROM unnest($3::text[], $4::tstzrange[])"
_KEPT: Final = """
SELECT stream_id, list, place, since, until, tsvector_to_array(terms), amount, line
  FROM projection.lines WHERE name = $1 AND generation = $2 AND stream_id = ANY ($3)
"""
_KEPT_LATE: Final = """
SELECT stream_id, span FROM projection.late WHERE name = $1 AND generation = $2 AND stream_id = ANY ($3)
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
        await connection.execute(_WORDS, key[0], columns[_TERMS])
    if late := [(stream.stream_id, span) for stream in streams for span in stream.late]:
        await connection.execute(_LATE, *key, *map(list, zip(*late, strict=True)))


class KeptLines:
    """The lines that are kept of some streams, to be held against those that their events make."""

    def __init__(self, lines: Iterable[Record], late: Iterable[Record], words: Iterable[str]) -> None:
        """Take rows of lines, each with its stream first, rows of late spans, and the words that are kept."""
        self._lines: dict[str, list[tuple[Any, ...]]] = {}
        for stream_id, *cells, terms, amount, line in lines:
            self._lines.setdefault(stream_id, []).append((*cells, sorted(terms), amount, line))
        self._late: dict[str, Counter[Range[datetime]]] = {}
        for stream_id, span in late:
            self._late.setdefault(stream_id, Counter()).update([span])
        self._words = frozenset(words)

    def differ(self, stream: StreamLines) -> bool:
        """True if the lines that are kept of a stream are not those that its events make, or lack a word."""
        expected_rows = [(*row[1:5], json.loads(row[5]), *row[6:]) for row in _rows(stream)]
        terms = {term for row in expected_rows for term in row[4]}
        has_same_lines = _values(self._lines.get(stream.stream_id, ())) == _values(expected_rows)
        has_same_late = self._late.get(stream.stream_id, Counter()) == Counter(stream.late)
        return not (has_same_lines and has_same_late and terms <= self._words)


async def kept_lines(connection: PoolConnectionProxy, key: tuple[str, int], stream_ids: Sequence[str]) -> KeptLines:
    """Return the lines that are kept of some streams."""
    lines = await connection.fetch(_KEPT, *key, stream_ids)
    late = await connection.fetch(_KEPT_LATE, *key, stream_ids)
    terms = sorted({term for line in lines for term in line[5]})
    return KeptLines(lines, late, (row[0] for row in await connection.fetch(_KEPT_WORDS, key[0], terms)))


def _values(rows: Iterable[tuple[Any, ...]]) -> Counter[Hashable]:
    """Return the number of times each line is among rows, compared by value: a database writes sums and JSON anew."""
    return Counter((*first_cells, tuple(terms), amount, value_of(line)) for *first_cells, terms, amount, line in rows)


def _rows(stream: StreamLines) -> Iterator[tuple[Any, ...]]:
    for day in stream.days:
        for line in day.lines:
            terms = json.dumps(sorted(set(line.terms)), ensure_ascii=False)
            amount = None if line.amount is None else Decimal(line.amount)
            yield stream.stream_id, line.list, line.place, day.since, day.until, terms, amount, _written(line.shown)


def _written(document: Document) -> str:
    return json.dumps(document, sort_keys=True, allow_nan=False, ensure_ascii=False)


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
