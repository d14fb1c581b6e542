"""`make bench-waiting`: how long a person waits while a register touches very many partnerships, which all look again.

People propose at even intervals, whether or not the one before has an answer. Measured are the seconds to the receipt,
and to the rules' answer, by the ledger: with nobody else asking, beside a backlog with people first, as the product has
it, and beside one with every question of one priority. They take turns with one worker process and one server.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
from pathlib import Path
from typing import Final

from bench.office import open_office
from bench.waiting.backlog import WARM, Backlog, BacklogGone, beside_a_backlog, open_partnerships
from bench.waiting.equalled import ALL_EQUAL, AS_THE_PRODUCT
from bench.waiting.people import Wait, come
from bench.waiting.report import ALONE, EQUAL, FIRST, out, report
from bench.waiting.trial import Trial, payees_of, working
from deploy.loop import work_through

PRIORITIES: Final = {FIRST: AS_THE_PRODUCT, EQUAL: ALL_EQUAL}

COUNTED: Final = (
    "open partnerships that the register touches. On two busy cores 150 take half a minute to open and as long a "
    "backlog; 10,000 would take half an hour for each of these (reckoned, not run): give --rounds 1"
)


async def run(count: int, people: int, every: float, rounds: int, at_once: bool) -> int:
    """Open the partnerships, measure in turns, and print it."""
    payees = payees_of(2 * count + WARM + 4 * rounds * people)  # a register of which most changed is refused
    waits: dict[str, list[Wait]] = {ALONE: [], FIRST: [], EQUAL: []}
    backlogs: dict[str, list[Backlog]] = {FIRST: [], EQUAL: []}
    with tempfile.TemporaryDirectory(prefix="accord-waiting-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        async with open_office(folder / "office") as office, working(office) as worker:
            coming = iter(enumerate(payees[count:], start=count))
            trial = Trial(office, folder, payees[:count], payees[count:], coming, people, every, at_once)
            seconds = await open_partnerships(trial)
            out.print(f"{count:,} partnerships were opened in {seconds:.0f} s")
            for version, order in enumerate((FIRST, EQUAL, EQUAL, FIRST)[turn % 4] for turn in range(2 * rounds)):
                os.kill(worker.pid, PRIORITIES[order])
                waits[ALONE] += await come(trial, people)
                beside, backlog = await beside_a_backlog(trial, version)
                waits[order] += beside
                backlogs[order].append(backlog)
    report(count, waits, backlogs)
    return 0


def main() -> int:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=150, help=COUNTED)
    parser.add_argument("--people", type=int, default=20, help="who come in a round, beside nothing and a backlog each")
    parser.add_argument("--every", type=float, default=0.5, help="seconds between two people")
    parser.add_argument(
        "--at-once", action="store_true", help="tell all at once, and not a few at a time as re-screening does"
    )
    parser.add_argument("--rounds", type=int, default=3, choices=range(1, 7), help="of each order of priorities")
    chosen = parser.parse_args()
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # the SDK leaves the fault of each request that it repeats
    try:
        return work_through(run(chosen.count, chosen.people, chosen.every, chosen.rounds, chosen.at_once))
    except BacklogGone as fault:
        out.print(str(fault))
        return 1


if __name__ == "__main__":
    sys.exit(main())
