"""The page of the bank's answers that were brought in: the file, its day and person, and what it held."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Final, NamedTuple
from urllib.parse import urlencode

import asyncpg
from starlette.requests import Request
from starlette.responses import Response

from accord.audit.bank.bank_evidence import BankEvidence
from accord.counter.pages.site import CounterSite
from accord.presentation.faults import BadInput
from accord.presentation.numbers import count_in_words
from accord.presentation.times.periods import ALL, ListPeriod, period_of, periods_around
from accord.presentation.words.days import time_in_words
from accord.presentation.words.values import NamesInWords
from accord.web.pages import page
from deploy.logins import Login
from domain.streams import StreamId
from ledger import clock

FILTERS: Final = ("text", "waits", "period", "from", "to")
"""The fields of an address that filter the list."""
WAITS: Final = {"": "All answers", "open": "Somebody must look", "none": "Nothing waits"}
"""By value of the filter: its words."""
MOST: Final = 50
"""Files of a page."""

_FILES: Final = """
SELECT f.sha256, f.name, f.kept_at, f.taken_at IS NOT NULL AS is_read, greatest(e.entries, s.entries) AS entries, e.open
  FROM payments.bank_files f,
       LATERAL (SELECT count(*) AS entries, count(x.exception_id) FILTER (WHERE x.resolved_at IS NULL) AS open
                  FROM payments.entries n LEFT JOIN payments.exceptions x USING (exception_id)
                 WHERE n.file_sha256 = f.sha256) e,
       LATERAL (SELECT count(*) AS entries FROM payments.stated_entries t
                 WHERE t.file_sha256 = f.sha256 AND t.place NOT LIKE '%/beside') s
 WHERE EXISTS (SELECT FROM ledger.events v WHERE v.stream_id = $1 || f.sha256)
   AND ($2 = '' OR position(lower($2) IN lower(f.name)) > 0 OR f.sha256 LIKE lower($2) || '%')
   AND ($3 = '' OR ($3 = 'open') = (e.open > 0))
   AND ($4::timestamptz IS NULL OR f.kept_at >= $4) AND ($5::timestamptz IS NULL OR f.kept_at < $5)
   AND ($6 = '' OR (f.kept_at, f.sha256) < (SELECT kept_at, sha256 FROM payments.bank_files WHERE sha256 = $6))
 ORDER BY f.kept_at DESC, f.sha256 DESC LIMIT $7
"""


class AnswerLine(NamedTuple):
    """A file of the bank in the list."""

    name: str
    when: str
    who: str
    held: str
    state: tuple[str, str]
    """Its state in words, with the tone."""
    sha256: str


async def show(request: Request) -> Response:
    """Show the bank's files that were brought in, the newest first."""
    site: CounterSite = request.app.state.site
    given = {name: request.query_params.get(name, "").strip() for name in FILTERS}
    if given["waits"] not in WAITS:
        raise BadInput(f"waits: {given['waits'][:40]!r} is none of {', '.join(filter(None, WAITS))}")
    period = period_of(given["period"] or ALL, given["from"], given["to"], clock.today())
    rows = await _rows(site, given, period, request.query_params.get("after", ""))
    names = NamesInWords(await site.desk.directory())
    await site.looked_at(request.state.reader, "answers that were brought in")
    more = {**given, "after": rows[MOST - 1]["sha256"]} if len(rows) > MOST else {}
    context = {
        "lines": [await _line(site, row, names) for row in rows[:MOST]],
        "given": given,
        "waits": WAITS,
        "period": period,
        "periods": [(name, words, name == period.name) for name, words in periods_around(clock.today())],
        "more": urlencode({name: text for name, text in more.items() if text}),
        "is_filtered": any(given.values()),
    }
    return page(request, "brought_in.html", context)


async def _rows(site: CounterSite, given: dict[str, str], period: ListPeriod, after: str) -> list[asyncpg.Record]:
    first = datetime.combine(period.first, time(), UTC) if period.first is not None else None
    last = datetime.combine(period.last + timedelta(days=1), time(), UTC) if period.last is not None else None
    desk = site.desk_of(Login.IMPORTER, client=False)
    prefix = str(StreamId.bank_file(""))
    return list(await desk.pool.fetch(_FILES, prefix, given["text"], given["waits"], first, last, after, MOST + 1))


async def _line(site: CounterSite, row: asyncpg.Record, names: NamesInWords) -> AnswerLine:
    importers = await BankEvidence(site.desk.reader).importers(row["sha256"])
    open_ones = row["open"]
    state = ("Not read to its end", "warn") if not row["is_read"] else ("Recorded", "good")
    if open_ones:
        state = (f"{count_in_words(open_ones, 'exception')} to look at", "warn")
    return AnswerLine(
        row["name"],
        time_in_words(row["kept_at"]),
        names.people(sorted(importers)) or "nobody who may",
        count_in_words(row["entries"], "entry", "entries"),
        state,
        row["sha256"],
    )
