"""Measure the lists: pages beside bare reads of the same rows, HTML beside as many bytes, and live readers."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from datetime import time as daytime
from pathlib import Path
from statistics import median
from typing import Any, Final

import httpx
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from starlette.requests import Request
from starlette.responses import Response

from accord.client.desk import Desk
from accord.console.lists import partnerships, work
from accord.console.pages import partnership
from accord.console.serving import app
from accord.console.serving.serving import serve
from accord.console.serving.settings import ConsoleSettings
from accord.presentation.filters import PartnershipFilters
from accord.web.access import Access, Page
from accord.web.limits import Rate
from accord.web.pages import page
from accord.web.sessions import COOKIE, Sessions
from bench.console.organisation import DAYS, Writer, found_on_the_sample
from bench.office import open_office
from deploy.embedded.ports import free_port
from ledger.projections import Projector
from records.read_models.as_of import LedgerAsOf
from records.read_models.judging import judge_of
from records.read_models.lists import ORDERS, PAGE, ListQuery, query_of
from records.read_models.lists_as_of import page_of
from records.read_models.partnerships import PARTNERSHIPS

ROUNDS: Final = 30
MOST: Final = 3.0
"""The target: a page costs at most so many times a bare read of its rows."""

READERS: Final = 200
A_SECOND: Final = 50
"""Events a second that are appended while readers look on."""
SECONDS: Final = 20

ONE_NAME: Final = "one name"
FOUR_FILTERS: Final = "several at once"
TO_BE_FOUND: Final = (ONE_NAME, "a payee", FOUR_FILTERS)
"""Questions whose rows take longer to find than to read, measured beside the best query for each as well."""
FILTERS: Final[dict[str, PartnershipFilters]] = {
    "everything": PartnershipFilters(),
    "a stage": PartnershipFilters(stage="APPROVAL"),
    "a rare stage": PartnershipFilters(stage="DECLINED"),
    "held": PartnershipFilters(held="yes"),
    "a country": PartnershipFilters(country="FJ"),
    "words": PartnershipFilters(text="stonebridge radio"),
    ONE_NAME: PartnershipFilters(text="riverbend 77"),
    "a payee": PartnershipFilters(payee="river"),
    "a partner": PartnershipFilters(partner="river"),
    "a funder": PartnershipFilters(funder="ISOC"),
    "a fund": PartnershipFilters(fund="FD-NONE"),
    "a year": PartnershipFilters(year="2026"),
    "looked after by nobody": PartnershipFilters(assigned="nobody"),
    "sums": PartnershipFilters(sum="40000..60000"),
    "waits for a role": PartnershipFilters(roles=("FINANCE_APPROVER",)),
    FOUR_FILTERS: PartnershipFilters(country="KE", held="yes", text="clinics", open="yes"),
}
QUESTIONS: Final = {
    **{what: filters.asked() for what, filters in FILTERS.items()},
    **{f"in the order {order}": ListQuery("partnerships", order=order) for order in ORDERS},
}
UNLIMITED: Final = Rate(1_000_000, 1_000_000)
"""The rate of the page that is compared with."""
HTML: Final = (
    "/?view=mine", "/?view=all", "/partnerships", "/partnerships?sort=title", "/partnerships?country=FJ",
    "/P-2026-000017",
)  # fmt: skip
"""The pages that are measured as HTML: lists, and a case."""
_BARE: Final = """
SELECT l.place, l.line FROM projection.lines l
 WHERE l.name = 'partnerships' AND l.generation = $1 AND l.stream_id = ANY ($2) AND l.list = 'partnerships'
   AND l.since <= $3 AND (l.until IS NULL OR l.until > $3) ORDER BY l.place
"""

_BY_WORDS: Final = """
SELECT l.place, l.line FROM projection.lines l
 WHERE l.name = 'partnerships' AND l.generation = {} AND l.list = 'partnerships' AND l.until IS NULL
   AND l.terms @@ '{}' ORDER BY l.place LIMIT {}
"""

out = Console(highlight=False)


async def timed(work: Callable[[], Awaitable[Any]]) -> float:
    """Return the seconds that something takes."""
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def compare(ours: Callable[[], Awaitable[Any]], bare: Callable[[], Awaitable[Any]]) -> tuple[float, float]:
    """Return the medians of both, measured in turns."""
    pairs = [(await timed(ours), await timed(bare)) for _ in range(ROUNDS)]
    return median(one for one, _ in pairs), median(other for _, other in pairs)


async def pages(desk: Desk, cut: LedgerAsOf) -> list[tuple[str, int, float, float]]:
    """Return for each question its rows, the seconds of its page, and those of a bare read of the same rows."""
    generation = await desk.pool.fetchval("SELECT generation FROM projection.checkpoints WHERE name = 'partnerships'")
    day = (cut.true_at or cut.known_at or datetime.max.replace(tzinfo=UTC)).date()
    ratios = []
    for name, question in QUESTIONS.items():
        rows = await page_of(desk.pool, question, cut)
        streams = [f"partnership/{row.shown['partnership_id']}" for row in rows]
        seconds = await compare(
            lambda question=question: page_of(desk.pool, question, cut),  # type: ignore[misc]
            lambda streams=streams: desk.pool.fetch(_BARE, generation, streams, day),  # type: ignore[misc]
        )
        ratios.append((name, len(rows), *seconds))
    return ratios


async def found_by_one_query(desk: Desk, name: str) -> tuple[float, float]:
    """Return the seconds of a page now, and of the one query a person would write to find and read its rows."""
    question = QUESTIONS[name]
    generation = await desk.pool.fetchval("SELECT generation FROM projection.checkpoints WHERE name = 'partnerships'")
    terms = str(query_of(question.terms)).replace("'", "''")
    query = _BY_WORDS.format(generation, terms, PAGE)
    return await compare(lambda: page_of(desk.pool, question, LedgerAsOf()), lambda: desk.pool.fetch(query))


@asynccontextmanager
async def served(desk: Desk) -> AsyncIterator[tuple[ConsoleSettings, dict[str, str]]]:
    """Serve the console and give a session's headers. At /same it renders once more what it rendered last, unasked."""
    last: dict[str, Any] = {}

    def render(request: Request, template: str, content: Mapping[str, Any]) -> Response:
        last.update(template=template, content=content, reader=request.state.reader, member=request.state.member)
        return page(request, template, content)

    async def same(request: Request) -> Response:
        request.state.reader, request.state.member = last["reader"], last["member"]
        return page(request, last["template"], last["content"])

    for module in (work, partnerships, partnership):
        setattr(module, "page", render)  # noqa: B010 - for this run
    setattr(app, "PAGES", (Page("/same", same, Access.ANYBODY, rate=UNLIMITED), *app.PAGES))  # noqa: B010
    ports, stop = (free_port(), free_port()), asyncio.Event()
    settings = ConsoleSettings(
        origin=f"http://localhost:{ports[0]}", signing_origin=f"http://localhost:{ports[1]}",
        relying_party="localhost", issuer="http://localhost:1",
    )  # fmt: skip
    serving = asyncio.create_task(serve(settings, desk.pool, desk.temporal, ports, stop))
    cookie = await Sessions(desk.pool).begin("femi.ade")
    await asyncio.sleep(1)
    yield settings, {"Cookie": f"{COOKIE}={cookie}"}
    stop.set()
    await serving


async def html(settings: ConsoleSettings, headers: dict[str, str], path: str) -> tuple[int, float, float]:
    """Return the bytes of a page, its seconds, and those of the same bytes rendered without a query."""
    address, again = settings.origin + path, f"{settings.origin}/same"
    async with httpx.AsyncClient(headers=headers, timeout=60) as asking:
        page_answer = await asking.get(address)
        page_answer.raise_for_status()
        if len((await asking.get(again)).content) < len(page_answer.content) * 0.9:
            raise RuntimeError("the page without a query is another one")
        seconds = await compare(lambda: asking.get(address), lambda: asking.get(again))
    return len(page_answer.content), *seconds


class Reader:
    """A live page: which positions it was told, and when."""

    def __init__(self) -> None:
        self.told: list[tuple[float, int]] = []

    async def follow(self, asking: httpx.AsyncClient, address: str) -> None:
        """Follow the stream until cancelled."""
        async with asking.stream("GET", address, timeout=None) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("id: "):
                    self.told.append((time.perf_counter(), int(line[4:])))

    def delay(self, appended: float, position: int) -> float | None:
        """Return the seconds from an append until this reader was told of it, or of a later one."""
        return next((at - appended for at, known in self.told if known >= position and at >= appended), None)


async def look_on(desk: Desk, settings: ConsoleSettings, headers: dict[str, str], writer: Writer) -> list[float | None]:
    """Return the delays of all readers for all appends, while a projector keeps the lists."""
    readers = [Reader() for _ in range(READERS)]
    limits = httpx.Limits(max_connections=None)
    projecting = asyncio.create_task(Projector(desk.ledger, PARTNERSHIPS, judge_of(desk.ledger)).forever(print))
    async with httpx.AsyncClient(headers=headers, limits=limits) as asking:
        following = [asyncio.create_task(one.follow(asking, f"{settings.origin}/live")) for one in readers]
        await asyncio.sleep(3)
        appended = [one async for one in writer.appended(A_SECOND, SECONDS)]
        await asyncio.sleep(3)
        for task in (*following, projecting):
            task.cancel()
        await asyncio.gather(*following, projecting, return_exceptions=True)
    return [reader.delay(at, position) for reader in readers for at, position in appended]


async def measure(count: int) -> bool:
    """Build the organisation, measure, print, and return whether every target was met."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with open_office(Path(folder)) as office:
            writer = Writer(office.desk, await found_on_the_sample(office.desk), count)
            with Progress(console=out, transient=True) as progress:
                task = progress.add_task("partnerships", total=count)
                await writer.write(lambda done: progress.update(task, completed=done))
                progress.update(task, description="lists", completed=0, total=await office.desk.ledger.head())
                began = time.perf_counter()
                await Projector(office.desk.ledger, PARTNERSHIPS, judge_of(office.desk.ledger)).rebuild(
                    lambda position: progress.update(task, completed=position)
                )
                built = time.perf_counter() - began
            await office.desk.pool.execute("VACUUM ANALYZE projection.lines, projection.late, projection.documents")
            return await _measured(office.desk, writer, count, built)


async def _measured(desk: Desk, writer: Writer, count: int, built: float) -> bool:
    out.print(f"{count:,} partnerships, {await desk.ledger.head():,} events; the lists were built in {built:,.0f} s.")
    end = datetime.combine(writer.day(DAYS // 2), daytime.max, UTC)
    met = True
    for title, cut in (
        ("Now", LedgerAsOf()), (f"Known on {end:%Y-%m-%d}", LedgerAsOf(known_at=end)),
        (f"True on {end:%Y-%m-%d}", LedgerAsOf(true_at=end)),
    ):  # fmt: skip
        met &= _print_pages(title, await pages(desk, cut))
    for name in TO_BE_FOUND:
        ours, direct = await found_by_one_query(desk, name)
        out.print(f"{name} now: {ours / direct:.2f} times the one query that finds and reads the same rows.")
    async with served(desk) as (settings, headers):
        for path in HTML:
            length, ours, bare = await html(settings, headers, path)
            met &= ours / bare <= MOST
            out.print(f"{path}: {length:,} bytes of HTML, {ours / bare:.2f} times as long as without a query.")
        delays = await look_on(desk, settings, headers, writer)
    lost, late = delays.count(None), [one for one in delays if one is not None]
    worst = max(late, default=0.0)
    out.print(
        f"{READERS} live readers, {A_SECOND} events a second for {SECONDS} s: told of {len(late):,} of "
        f"{len(delays):,}, half within {median(late):.2f} s, the last after {worst:.2f} s."
    )
    return met and lost == 0 and worst <= 1.0


def _print_pages(title: str, found: list[tuple[str, int, float, float]]) -> bool:
    """Print the ratios, and return True if every full page met the target.

    Of a few lines the plan is the largest part.
    """
    table = Table("Asked", "Rows", "Page", "Bare", "Ratio", title=f"{title}: pages of {PAGE} beside bare reads")
    for what, rows, ours, bare in found:
        style = "red" if rows == PAGE and ours / bare > MOST else ""
        table.add_row(
            what, str(rows), f"{ours * 1000:.2f} ms", f"{bare * 1000:.2f} ms", f"{ours / bare:.2f}", style=style
        )
    out.print(table)
    return all(ours / bare <= MOST for _, rows, ours, bare in found if rows == PAGE)


def main() -> int:
    """Run the benchmark. Return 1 if a target was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="partnerships in the ledger")
    return 0 if asyncio.run(measure(parser.parse_args().count)) else 1


if __name__ == "__main__":
    sys.exit(main())
