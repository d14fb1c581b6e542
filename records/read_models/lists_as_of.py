"""Pages of a list as of a time: the lines that are kept of the end of a day, and the few streams since folded anew.

Anew are folded the streams to which something happened between that end and the time, and those of which something was
recorded on another day than it happened.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple

import asyncpg

from domain.streams import DIRECTORY_STREAM, IMPORTED_STREAMS
from ledger import StoredEvent
from ledger.projections import Line, Projection
from ledger.projections.model import by_stream
from records.authorship import Reader
from records.opening import open_ledger
from records.read_models.as_of import LedgerAsOf, streams_as_of
from records.read_models.claimed.lines import IMPORTED, list_claims
from records.read_models.lists import EVERY, PAGE, ListQuery, Row, Total, kept_page, kept_totals
from records.read_models.partnerships import PARTNERSHIPS, list_stream

SINCE_QUERY: Final = """
WITH moved AS (
    SELECT l.stream_id FROM projection.late l JOIN projection.checkpoints c USING (name, generation)
     WHERE c.name = $1 AND c.live AND $2::timestamptz IS NOT NULL AND l.span @> $2
     UNION
    SELECT stream_id FROM ledger.events
     WHERE $3::timestamptz IS NOT NULL AND recorded_at >= $3 AND recorded_at < $3 + interval '1 day'
       AND starts_with(stream_id, $4))
SELECT ARRAY(SELECT stream_id FROM moved ORDER BY 1),
       (SELECT max(e.position) FROM (TABLE moved UNION ALL SELECT $5) AS s(id),
               LATERAL (SELECT position FROM ledger.events WHERE stream_id = s.id ORDER BY version DESC LIMIT 1) e),
       (SELECT max(erased_at) FROM privacy.people)
"""
"""The streams that are not as they were at the end of the base's day, and what their folds rest on."""
_MOST_KNOWN: Final = 16
"""The most cuts that a process remembers."""


async def page_of(
    pool: asyncpg.Pool,
    question: ListQuery,
    ledger_as_of: LedgerAsOf,
    most: int = PAGE,
    without: Collection[str] = (),
) -> list[Row]:
    """Return the first lines of a list that are asked for, as of a cut, but for those of some streams."""
    if ledger_as_of.present:
        return await kept_page(pool, question, most, without=tuple(without))
    base = await _base(pool, ledger_as_of, _LISTED[question.projection])
    rows = await kept_page(pool, question, most, base.day, (*base.since, *without))
    base = base._replace(since=tuple(stream for stream in base.since if stream not in without))
    more = _first(question, await _folded(pool, ledger_as_of, base), most)
    return sorted([*rows, *more], key=lambda row: row.place, reverse=question.newest)[:most]


async def lines_as_of(
    pool: asyncpg.Pool, question: ListQuery, ledger_as_of: LedgerAsOf, most: int = EVERY
) -> AsyncIterator[Row]:
    """Yield the lines of a list that are asked for, as of a cut."""
    for row in await page_of(pool, question, ledger_as_of, most):
        yield row


async def totals_of(
    pool: asyncpg.Pool,
    question: ListQuery,
    fields: Mapping[str, int],
    ledger_as_of: LedgerAsOf,
    most: int | None = None,
    among: int | None = None,
) -> list[Total]:
    """Return totals of a list by fields, as of a cut. `fields`, `most` and `among`: see `kept_totals`."""
    if ledger_as_of.present:
        return await kept_totals(pool, question, fields, most=most, among=among)
    base = await _base(pool, ledger_as_of, _LISTED[question.projection])
    more = _totals(_first(question, await _folded(pool, ledger_as_of, base), None), fields)
    totals = _added([*await kept_totals(pool, question, fields, base.day, base.since, among=among), *more])
    return totals if most is None else sorted(totals, key=lambda total: -(total.amount or 0))[:most]


_LISTED: Final = {projection.name: projection for projection in (PARTNERSHIPS, IMPORTED)}
"""The projections that have lists, by name."""


class _Base(NamedTuple):
    """The day whose lines are kept, and the streams that are not as they were at its end."""

    day: date
    since: tuple[str, ...] = ()
    state: Any = None
    """The newest position of those streams and the directory, and when somebody was erased last."""


async def _base(pool: asyncpg.Pool, ledger_as_of: LedgerAsOf, projection: Projection) -> _Base:
    """Return the base of a cut: the last day that was over by the earlier of its times, and the events since.

    By what was true, something recorded after that day may count, and something recorded before it may not: both have
    the moment between the time that they happened and the time that they were recorded.
    """
    known_at = (
        ledger_as_of.known_at if ledger_as_of.position is None else await _recorded_at(pool, ledger_as_of.position)
    )
    first = min(moment.astimezone(UTC) for moment in (ledger_as_of.true_at, known_at) if moment is not None)
    is_whole_day = first.time() == time.max
    if is_whole_day and ledger_as_of.true_at is None:
        return _Base(first.date())
    morning = None if is_whole_day else datetime.combine(first.date(), time(), UTC)
    cut = (projection.name, ledger_as_of.true_at, morning, projection.prefix, DIRECTORY_STREAM)
    [(streams, *state)] = await pool.fetch(SINCE_QUERY, *cut)
    return _Base(first.date() - timedelta(days=0 if is_whole_day else 1), tuple(streams), state)


async def _recorded_at(pool: asyncpg.Pool, position: int) -> datetime:
    """Return the time at which a position, or the newest one before it, was recorded.

    Without any, it returns a time before everything.
    """
    query = "SELECT recorded_at FROM ledger.events WHERE position <= $1 ORDER BY position DESC LIMIT 1"
    moment = await pool.fetchval(query, position)
    return moment if moment is not None else datetime(1, 1, 2, tzinfo=UTC)


def _totals(rows: Iterable[Row], fields: Mapping[str, int]) -> list[Total]:
    return _added(Total(_key(row.shown, fields), 1, _amount(row.shown)) for row in rows)


def _key(cells: dict[str, Any], fields: Mapping[str, int]) -> tuple[str | None, ...]:
    return tuple(None if (cell := cells[name]) is None else _written(cell)[:size] for name, size in fields.items())


def _written(cell: Any) -> str:
    return cell if isinstance(cell, str) else json.dumps(cell)


def _amount(cells: dict[str, Any]) -> Decimal | None:
    return Decimal(cells["amount"]) if cells.get("amount") is not None else None


def _added(totals: Iterable[Total]) -> list[Total]:
    """Return totals with those of the same key added up, in the order of their keys."""
    totals_by_key: dict[tuple[str | None, ...], Total] = {}
    for total in totals:
        subtotal = totals_by_key.get(total.key, Total(total.key, 0, None))
        sums = [sum_ for sum_ in (subtotal.amount, total.amount) if sum_ is not None]
        totals_by_key[total.key] = Total(
            total.key, subtotal.lines + total.lines, sum(sums, Decimal(0)) if sums else None
        )
    return sorted(totals_by_key.values(), key=lambda total: tuple(cell or "\uffff" for cell in total.key))


async def _folded(pool: asyncpg.Pool, ledger_as_of: LedgerAsOf, base: _Base) -> Sequence[Line]:
    """Return the lines of the streams since a base, folded as of a cut."""
    return await _folds(pool).lines(ledger_as_of, base) if base.since else ()


@lru_cache(maxsize=4)
def _folds(pool: asyncpg.Pool) -> _Folds:
    return _Folds(pool)


class _Folds:
    """The lines of some streams as of some cuts: the next page of the same list need not fold them anew.

    They hold while nothing more is recorded of the streams or the directory, and nobody is erased.
    """

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._reader = Reader(open_ledger(pool))
        self._known: OrderedDict[tuple[LedgerAsOf, tuple[str, ...]], tuple[Any, tuple[Line, ...]]] = OrderedDict()

    async def lines(self, ledger_as_of: LedgerAsOf, base: _Base) -> tuple[Line, ...]:
        """Return the lines of the streams since a base as of a cut."""
        key = ledger_as_of, base.since
        known_state, lines = self._known.get(key, (None, ()))
        if known_state != base.state:
            events = await streams_as_of(self._reader, base.since, ledger_as_of)
            lines = tuple(line for stored_events in by_stream(events).values() for line in _lines_of(stored_events))
            self._known[key] = base.state, lines
        self._known.move_to_end(key)
        while len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return lines


def _lines_of(events: list[StoredEvent]) -> list[Line]:
    """Return the lines of a stream, or none if its beginning had not happened yet, though something later had."""
    is_claim = events[0].stream_id.startswith(IMPORTED_STREAMS)
    try:
        return list_claims(None, [events])[0] if is_claim else list_stream(None, [events])[0]
    except ValueError:
        return []


def _first(question: ListQuery, lines: Iterable[Line], most: int | None) -> list[Row]:
    fitting = (Row.of(line.place, line.shown) for line in map(question.placed, lines) if question.fits(line))
    return sorted(fitting, key=lambda row: row.place, reverse=question.newest)[:most]
