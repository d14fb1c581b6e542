"""`make bench-rerun`: decisions of a year run again by a draft edition per second of computing, on one core.

Beside it, in the same run: the same partnerships read, their signatures judged and their events folded, without a rule.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from rich.console import Console
from rich.table import Table

from accord.demo.sample import SAMPLE
from accord.operations.rerun.reading import partnerships_read
from accord.operations.rerun.running import RerunDays, run_again
from accord.presentation.input_files import read_file
from activities.evidence import verify
from bench.lifecycle import proposal
from bench.office import Office, open_office
from deploy.loop import work_through
from domain.directory.tiers import Role
from domain.identity import ACCORD
from domain.partnership import events as e
from domain.partnership.procedure import ACTS
from domain.policy.rulebook import RULE_BOOK, assess
from domain.proposal import Funding
from domain.recorded.proofs import content_of
from domain.rerun.draft import EditionDraft, released
from domain.screening.evidence import Verification
from domain.signatures.signing import LogEpoch, Statement, content_digest
from domain.streams import PARTNERSHIP_STREAMS, StreamId
from domain.values import Money
from ledger import AppendRequest
from records.codec import to_ledger

out = Console(highlight=False)
RATE_FLOOR: Final = 250
AT: Final = datetime(2025, 6, 2, 12, tzinfo=UTC)
YEAR: Final = RerunDays(date(2025, 1, 1), date(2025, 12, 31))
QUORUM: Final = (Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER)
DRAFT: Final = SAMPLE / "drafts" / "a-tenth.toml"
AT_ONCE: Final = 500


class Filling:
    """Records partnerships that were approved by two people and released by a third: two decisions each."""

    def __init__(self, office: Office, funding: Funding, found: Verification, log: LogEpoch | None) -> None:
        self._desk = office.desk
        self._funding, self._found, self._log = funding, found, log

    def requests(self, count: int) -> Iterator[AppendRequest]:
        """Yield the appends of so many partnerships."""
        for number in range(count):
            yield from self._partnership(f"P-2025-{number:06}")

    def _partnership(self, reference: str) -> Iterator[AppendRequest]:
        proposed = proposal(reference)
        assessment = assess(proposed, self._funding, self._found)
        told = e.PartnershipProposed(at=AT, actor="pia.berg", proposal=proposed, funding=self._funding)
        checked = e.DueDiligenceCompleted(at=AT, verification=self._found)
        assessed = e.EligibilityAssessed(at=AT, assessment=assessment, quorum=QUORUM)
        yield self._request(reference, 0, told, checked, assessed)
        for version, (actor, role) in enumerate(zip(("ana.silva", "femi.ade"), QUORUM, strict=True), 3):
            approval = e.ApprovalGiven(at=AT, actor=actor, role=role, reason="good work", quorum=QUORUM)
            yield self._request(reference, version, approval)
        money: Money = proposed.sums[0]
        release = e.TrancheReleased(
            at=AT, actor="paul.nkosi", tranche=1, attempt=1, money=money, attempt_signed=True
        )  # fmt: skip
        yield self._request(reference, 5, release)

    def _request(self, reference: str, version: int, event: Any, *more: Any) -> AppendRequest:
        statement = Statement(
            subject=reference, act=ACTS[type(event)], actor=event.actor, at=AT, command_id=uuid4(),
            content_sha256=content_digest(content_of(event)),
        ).within(self._log)  # fmt: skip
        signed = event.model_copy(update={"signature": self._desk.keyring.sign(statement)})
        events = to_ledger((signed, *more), ACCORD, statement.command_id)
        return AppendRequest(StreamId.partnership(reference), statement.command_id, version, events)


async def fill(office: Office, count: int) -> None:
    """Record so many partnerships, each with the evidence of the sample's registers."""
    sample, directory = proposal("P-2025-000000"), await office.desk.directory()
    funders = tuple(one for one in map(directory.funder, sample.funder_ids) if one is not None)
    async with office.desk.pool.acquire() as connection:
        found = await verify(connection, office.desk.reader, sample)
    filling = Filling(office, Funding(funders=funders), found, directory.log)
    requests = filling.requests(count)
    while part := tuple(islice(requests, AT_ONCE)):
        answers = await office.desk.ledger.append_many(part)
        if not all(answer.recorded for answer in answers):
            raise RuntimeError(f"not recorded: {next(answer for answer in answers if not answer.recorded)}")


async def reading(office: Office) -> tuple[float, int]:
    """Return the seconds of computing to read every partnership without a rule, and how many decisions they hold."""
    started, decisions = time.process_time(), 0
    reader = type(office.desk.reader)(office.desk.ledger)  # one that has judged no signature yet
    position, times = await office.desk.ledger.head(), await reader.registrar.directories()
    streams = await office.desk.ledger.moved_since(PARTNERSHIP_STREAMS, ("PartnershipProposed",), 0)
    async for partnership in partnerships_read(reader, streams, position, times):
        decisions += len(partnership.decisions)
    return time.process_time() - started, decisions


async def rerun(office: Office, draft: EditionDraft) -> tuple[float, int, int]:
    """Return the seconds of computing of a run, its decisions, and how many would have gone otherwise."""
    started = time.process_time()
    report = await run_again(type(office.desk.reader)(office.desk.ledger), draft, YEAR)
    return time.process_time() - started, report.decisions, len(report.otherwise)


async def run(count: int, rounds: int) -> int:
    """Fill a ledger, measure, print."""
    with tempfile.TemporaryDirectory(prefix="accord-bench-", ignore_cleanup_errors=True) as folder:
        async with open_office(Path(folder)) as office:
            await fill(office, count // 2)
            if hasattr(os, "sched_setaffinity"):
                os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
            table = Table("Edition", "Decisions", "Otherwise", "Decisions a second", "Read only", "Ratio", "Target")
            slowest = float("inf")
            for draft in (released(RULE_BOOK.version), read_file(DRAFT, EditionDraft)):
                pairs = [(await reading(office), await rerun(office, draft)) for _ in range(rounds)]
                read, took = min(pair[0][0] for pair in pairs), min(pair[1][0] for pair in pairs)
                _, decisions, otherwise = pairs[0][1]
                slowest = min(slowest, decisions / took)
                rates = (f"{decisions / took:,.0f}", f"{pairs[0][0][1] / read:,.0f}", f"{read / took:.2f}")
                table.add_row(draft.name, f"{decisions:,}", f"{otherwise:,}", *rates, f">= {RATE_FLOOR:,}")
            out.print("decisions of a year run again; by one process on one core")
            out.print(table)
    return 0 if slowest >= RATE_FLOOR else 1


def main() -> int:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="decisions")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    return work_through(run(chosen.count, chosen.rounds))


if __name__ == "__main__":
    sys.exit(main())
