"""The head of every page: what waits for its reader, what the bank left open, what is due, and may they propose."""

from __future__ import annotations

import time
from datetime import timedelta
from math import inf
from typing import Final, NamedTuple

from starlette.requests import Request

from accord.console.lists.work import waiting_for
from accord.console.proposing.gate import beginning_closed
from accord.console.serving.desk import Console
from accord.console.serving.payloads import PATH
from accord.web.access import LIVE
from ledger import clock
from records.read_models.lists import PARTNERSHIPS_NAME

MOST: Final = 99
"""The most that is counted. What is more is told as 99+."""
FRESH: Final = 10.0
"""Seconds for which a reader's counts hold, unless they acted no longer before."""
READERS: Final = 500
"""Readers whose counts are kept."""

_EXCEPTIONS: Final = """
SELECT count(*) FROM (SELECT FROM payments.exceptions WHERE resolved_at IS NULL LIMIT $1) open_one
"""
_DUE: Final = """
SELECT count(*) FROM (
    SELECT FROM projection.lines l JOIN projection.checkpoints c USING (name, generation)
     WHERE c.name = $1 AND c.live AND l.list = 'obligations' AND l.until IS NULL AND l.place < $2 LIMIT $3) due_one
"""


_WITHOUT_A_HEAD: Final = frozenset({LIVE, PATH})
"""What a page, or the Temporal UI, asks for by itself."""


class PageCounts(NamedTuple):
    """The counts, in words. Each is '' for nothing."""

    work: str = ""
    exceptions: str = ""
    due: str = ""
    proposes: bool = False
    """True if the reader may begin a proposal: nobody else is led to one."""


async def counts_for(request: Request) -> PageCounts:
    """Return the counts for a reader, at most a few seconds old, and fresh after their own acts.

    Pages of another day and files count nothing. What is sent has them too: a form that is refused is shown again,
    below the same head.
    """
    others = ("true", "known", "version", "format")
    if request.url.path in _WITHOUT_A_HEAD:
        return PageCounts()
    console: Console = request.app.state.console
    now, reader = time.monotonic(), request.state.reader
    if any(map(request.query_params.get, others)):
        return PageCounts(proposes=await _proposes(console, reader))
    known = console.counts.get(reader)
    acted = console.acts.get(reader, -inf)
    if known is not None and now - known[0] < FRESH < known[0] - acted:
        return known[1]
    if len(console.counts) >= READERS:
        console.counts.clear()
    counts = await _counted(console, reader)
    console.counts[reader] = now, counts
    return counts


async def _counted(console: Console, reader: str) -> PageCounts:
    pool, tomorrow = console.desk.pool, clock.today() + timedelta(days=1)
    exceptions = await pool.fetchval(_EXCEPTIONS, MOST + 1)
    due = await pool.fetchval(_DUE, PARTNERSHIPS_NAME, tomorrow.isoformat(), MOST + 1)
    return PageCounts(
        await waiting_for(console, reader), _in_words(exceptions), _in_words(due), await _proposes(console, reader)
    )


async def _proposes(console: Console, reader: str) -> bool:
    return beginning_closed(reader, await console.desk.directory()) is None


def _in_words(number: int) -> str:
    return f"{MOST}+" if number > MOST else str(number or "")
