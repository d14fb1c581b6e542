"""`make bench-whatif`: recorded decisions of the rule book re-run per second, on one core, reading the ledger only.

Beside it, in the same run: the same events read and decoded without any rule, as the comparison.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from accord.audit.replays import decisions
from accord.cli.partnerships.policy import compare_all, recorded_beside
from bench.lifecycle import proposal
from bench.office import Office, open_office
from deploy.loop import work_through
from domain.identity import derive
from domain.parties import Funder, FunderProfile
from domain.partnership.events import DueDiligenceCompleted, EligibilityAssessed, PartnershipProposed
from domain.policy.rulebook import EDITIONS, assess
from domain.proposal import Funding
from domain.screening.evidence import Verification
from domain.screening.matches import ScreeningEvidence
from domain.screening.sources import RegisterVersion
from domain.screening.tax_status import StatusEvidence
from domain.streams import StreamId
from ledger import AppendRequest
from records.codec import to_ledger
from registers.lookup import status_of

out = Console(highlight=False)
RATE_FLOOR = 2000
PROFILES = tuple(FunderProfile)


async def fill(office: Office, count: int) -> None:
    """Record decisions as the product does, under both editions and all kinds of funder."""
    async with office.desk.pool.acquire() as connection:
        payee = proposal("P-2026-00001").funds_out
        assert payee is not None
        status = await status_of(connection, payee.payee)
    requests = [request(number, status) for number in range(count)]
    for start in range(0, count, 500):
        await office.desk.ledger.append_many(requests[start : start + 500])


def request(number: int, status: StatusEvidence | None) -> AppendRequest:
    """Return the append of one partnership's events up to its decision."""
    proposed, now = proposal(f"P-2026-{number:06}"), datetime.now(UTC)
    funder = Funder(funder_id="ISOC", name="Internet Society", profile=PROFILES[number % 3], account="BA-AAAAAAAAAAAA")
    funding, found = Funding(funders=(funder,)), verification(status, now)
    book = list(EDITIONS.values())[number % len(EDITIONS)]
    events: Any = (
        PartnershipProposed(at=now, actor="pia.berg", proposal=proposed, funding=funding),
        DueDiligenceCompleted(at=now, verification=found),
        EligibilityAssessed(at=now, assessment=assess(proposed, funding, found, (), book)),
    )
    command_id = derive("bench", number)
    stream = StreamId.partnership(proposed.reference)
    return AppendRequest(stream, command_id, 0, to_ledger(events, "bench", command_id))


def verification(status: StatusEvidence | None, now: datetime) -> Verification:
    """Return the verification that the sample registers give."""
    lists = RegisterVersion(register_name="ofac-sdn", version=1, sha256="ab" * 32, source_date=date(2026, 11, 1))
    screening = ScreeningEvidence(parties=("Riverbend Library Network",), asked=(lists,), asked_at=now)
    return Verification(screening=screening, status=status)


async def reading(office: Office) -> float:
    """Return the seconds to read and decode every decision, without applying a rule."""
    started = time.perf_counter()
    async for _ in decisions(office.desk.ledger):
        pass
    return time.perf_counter() - started


async def rerun(office: Office, edition: str) -> tuple[float, int]:
    """Return the seconds to re-run every decision under an edition, and the number of flips."""
    started = time.perf_counter()
    found = await compare_all(office.desk, lambda decision: recorded_beside(decision, EDITIONS[edition]))
    assert not found.unfaithful
    return time.perf_counter() - started, len(found.flips)


async def run(count: int, rounds: int) -> int:
    """Fill a ledger, measure, print."""
    with tempfile.TemporaryDirectory(prefix="accord-bench-", ignore_cleanup_errors=True) as folder:
        async with open_office(Path(folder)) as office:
            await fill(office, count)
            if hasattr(os, "sched_setaffinity"):
                os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
            table = Table("Edition", "Flips", "Decisions a second", "Read and decoded only", "Ratio", "Target")
            slowest = float("inf")
            for edition in EDITIONS:
                pairs = [(await reading(office), *(await rerun(office, edition))) for _ in range(rounds)]
                read, took, flips = min(pair[0] for pair in pairs), min(pair[1] for pair in pairs), pairs[0][2]
                slowest = min(slowest, count / took)
                ratio, rates = f"{read / took:.2f}", (f"{count / took:,.0f}", f"{count / read:,.0f}")
                table.add_row(edition, str(flips), *rates, ratio, f">= {RATE_FLOOR:,}")
            out.print(f"{count:,} recorded decisions; re-run by one process on one core")
            out.print(table)
    return 0 if slowest >= RATE_FLOOR else 1


def main() -> int:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    return work_through(run(chosen.count, chosen.rounds))


if __name__ == "__main__":
    sys.exit(main())
