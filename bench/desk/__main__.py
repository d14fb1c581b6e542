"""Do the twelve tasks in Chromium, and print what each took: `make bench-desk`."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Error
from rich.console import Console
from rich.table import Table

from accord.client.desk import Desk, open_desk
from bench.desk.browsers import Count, Person, chromium, enrol, sit_down
from bench.desk.house import House, a_demo, house_beside, house_of
from bench.desk.tasks import TASKS, Task
from deploy.settings import StackState, read_stack

out = Console(highlight=False)
PATIENCE: Final = 20_000
"""Milliseconds after which what is not on a page is not there."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a task took, and where it stopped, if it did."""

    task: str
    role: str
    clicks: int
    fields: int
    pages: int
    seconds: float
    stopped: str


@asynccontextmanager
async def a_stack(here: bool, folder: Path) -> AsyncIterator[StackState]:
    """Return the stack that runs here, or start a demo on a folder of its own."""
    if here:
        found = read_stack()
        if found is None or not found.console_url:
            raise LookupError("no console runs in this folder: start `make demo` first, or leave out --here")
        yield found
        return
    async with a_demo(folder) as stack:
        yield stack


async def seated(browser: Browser, stack: StackState, desk: Desk) -> dict[str, Person]:
    """Give everybody of the tasks a browser, a passkey that two guardians entered, and a session at both origins."""
    people = {}
    for staff_id in dict.fromkeys(task.staff_id for task in TASKS):
        person = people[staff_id] = await sit_down(browser, stack, staff_id)
        person.page.set_default_timeout(PATIENCE)
        await enrol(person, desk)
        for origin in (stack.counter_url, stack.console_url):
            await person.sign_in(origin)
    return people


async def done(task: Task, person: Person, house: House) -> Outcome:
    """Do a task from the page of work, and return what it took."""
    await task.before(person, house)
    await person.open()
    person.count = Count()
    began, stopped = time.perf_counter(), ""
    try:
        await task.work(person, house)
    except (Error, RuntimeError) as fault:
        stopped = " ".join(str(fault).split())[:300]
    seconds, count = time.perf_counter() - began, person.count
    return Outcome(task.words, task.role, count.clicks, len(count.fields), count.pages, round(seconds, 1), stopped)


async def measure(here: bool) -> list[Outcome]:
    """Do all tasks in their order."""
    with tempfile.TemporaryDirectory(prefix="accord-desk-", ignore_cleanup_errors=True) as named:
        folder = Path(named)
        async with a_stack(here, folder) as stack, chromium() as browser, open_desk(acting=True) as desk:
            house = await (house_beside if here else house_of)(desk, folder)
            await house.furnish(desk)
            people = await seated(browser, stack, desk)
            return [await done(task, people[task.staff_id], house) for task in TASKS]


def table_of(outcomes: list[Outcome]) -> Table:
    """Return the outcomes as a table with its totals."""
    table = Table("task", "role", title="Twelve tasks at the desk")
    for name in ("clicks", "fields", "pages", "seconds"):
        table.add_column(name, justify="right")
    table.add_column("stopped")
    for one in outcomes:
        table.add_row(one.task, one.role, *map(str, (one.clicks, one.fields, one.pages, one.seconds)), one.stopped)
    sums = (sum(getattr(one, name) for one in outcomes) for name in ("clicks", "fields", "pages"))
    finished = sum(not one.stopped for one in outcomes)
    table.add_section()
    table.add_row(
        f"{finished} of {len(outcomes)} finished", "", *map(str, sums), f"{sum(one.seconds for one in outcomes):.1f}"
    )
    return table


def main() -> int:
    """Run. Return 1 if a task could not be finished in the browser."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--here", action="store_true", help="on the demo that runs in this folder")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    try:
        outcomes = asyncio.run(measure(given.here))
    except LookupError as fault:
        sys.stderr.write(f"{fault.args[0]}\n")
        return 1
    if given.json:
        out.print_json(json.dumps([asdict(one) for one in outcomes]))
    else:
        out.print(table_of(outcomes))
    return any(one.stopped for one in outcomes)


if __name__ == "__main__":
    sys.exit(main())
