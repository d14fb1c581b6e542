"""Pages of a list as of a time: of the end of a day from the lines that are kept, of any other moment folded anew.

The few streams of a past day of which something was recorded on another day than it happened are folded anew too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, date, time
from decimal import Decimal
from typing import Any, Final

import asyncpg

from ledger import StoredEvent
from ledger.projections import Line
from ledger.projections.model import by_stream
from records.opening import open_ledger
from records.read_models.as_of import LedgerAsOf, events_as_of, stream_as_of
from records.read_models.lists import EVERY, PAGE, Asked, Row, Total, kept_page, kept_totals
from records.read_models.partnerships import PARTNERSHIPS, list_stream

_LATE: Final = """
SELECT DISTINCT l.stream_id FROM projection.late l JOIN projection.checkpoints c USING (name, generation)
 WHERE c.name = $1 AND c.live AND l.span @> $2::timestamptz
"""


async def page_of(pool: asyncpg.Pool, asked: Asked, cut: LedgerAsOf, most: int = PAGE) -> list[Row]:
    """Return the first lines of a list that are asked for, as of a cut."""
    if cut.present:
        return await kept_page(pool, asked, most)
    day = day_of(cut)
    if day is None:
        return _first(asked, await _folded(pool, cut), most)
    late = await _late(pool, cut)
    rows = await kept_page(pool, asked, most, day, late)
    more = [line for stream_id in late for line in await _folded(pool, cut, stream_id)]
    return sorted([*rows, *_first(asked, more, most)], key=lambda row: row.place, reverse=asked.newest)[:most]


async def lines_as_of(pool: asyncpg.Pool, asked: Asked, cut: LedgerAsOf, most: int = EVERY) -> AsyncIterator[Row]:
    """Yield the lines of a list that are asked for, as of a cut."""
    for row in await page_of(pool, asked, cut, most):
        yield row


async def totals_of(pool: asyncpg.Pool, asked: Asked, fields: Mapping[str, int], cut: LedgerAsOf) -> list[Total]:
    """Return totals of a list by fields, as of a cut. `fields`: how many first letters of each count."""
    if cut.present:
        return await kept_totals(pool, asked, fields)
    day = day_of(cut)
    if day is None:
        return _totals(_first(asked, await _folded(pool, cut), None), fields)
    late = await _late(pool, cut)
    more = [line for stream_id in late for line in await _folded(pool, cut, stream_id)]
    return _added([*await kept_totals(pool, asked, fields, day, late), *_totals(_first(asked, more, None), fields)])


def _totals(rows: Iterable[Row], fields: Mapping[str, int]) -> list[Total]:
    return _added(Total(_key(row.shown, fields), 1, _amount(row.shown)) for row in rows)


def _key(shown: dict[str, Any], fields: Mapping[str, int]) -> tuple[str | None, ...]:
    return tuple(None if (cell := shown[name]) is None else str(cell)[:size] for name, size in fields.items())


def _amount(shown: dict[str, Any]) -> Decimal | None:
    return Decimal(shown["amount"]) if shown.get("amount") is not None else None


def _added(totals: Iterable[Total]) -> list[Total]:
    """Return totals with those of the same key added up, in the order of their keys."""
    found: dict[tuple[str | None, ...], Total] = {}
    for one in totals:
        known = found.get(one.key, Total(one.key, 0, None))
        sums = [sum_ for sum_ in (known.amount, one.amount) if sum_ is not None]
        found[one.key] = Total(one.key, known.lines + one.lines, sum(sums, Decimal(0)) if sums else None)
    return sorted(found.values(), key=lambda one: tuple(cell or "\uffff" for cell in one.key))


def day_of(cut: LedgerAsOf) -> date | None:
    """Return the day at whose end a cut is, the earlier of its two; None if one is within a day, or a position."""
    moments = [one.astimezone(UTC) for one in (cut.true_at, cut.known_at) if one is not None]
    if cut.position is not None or any(one.time() != time.max for one in moments):
        return None
    return min(moments).date()


async def _late(pool: asyncpg.Pool, cut: LedgerAsOf) -> tuple[str, ...]:
    """Return the streams of which something was recorded on another side of a moment than it happened."""
    if cut.true_at is None:
        return ()
    return tuple(row[0] for row in await pool.fetch(_LATE, PARTNERSHIPS.name, cut.true_at))


async def _folded(pool: asyncpg.Pool, cut: LedgerAsOf, stream_id: str = "") -> list[Line]:
    """Return the lines of all streams, or of one, folded anew as of a cut."""
    ledger = open_ledger(pool)
    if stream_id:
        events = await stream_as_of(ledger, stream_id, cut)
    else:
        events = await events_as_of(ledger, PARTNERSHIPS.prefix, cut)
    return [line for told in by_stream(events).values() for line in _lines_of(told)]


def _lines_of(told: list[StoredEvent]) -> list[Line]:
    """Return the lines of a stream; none where its beginning had not happened yet, though something later had."""
    try:
        return list_stream(None, [told])[0]
    except ValueError:
        return []


def _first(asked: Asked, lines: Iterable[Line], most: int | None) -> list[Row]:
    fitting = (Row(line.place, line.shown) for line in lines if asked.fits(line))
    return sorted(fitting, key=lambda row: row.place, reverse=asked.newest)[:most]
