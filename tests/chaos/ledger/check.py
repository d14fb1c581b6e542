"""Check a ledger against the journals of its callers: `python -m tests.chaos.ledger.check FOLDER DATABASE_URL`."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

import asyncpg
from rich.console import Console

from tests.chaos.ledger.history import CONFLICT, REPLAY, History, read_journals
from tests.chaos.ledger.judge import Document, ReadModel, Row, Violation, judge

SHOWN: Final = 40
"""Violations that are printed; the rest is counted."""

EVENTS: Final = """
SELECT position, stream_id, version, event_id::text, command_id::text, payload, meta, recorded_at
  FROM ledger.events ORDER BY position
"""
DOCUMENTS: Final = "SELECT stream_id, version, position, document FROM projection.documents WHERE name = 'chaos'"
CHECKPOINTS: Final = "SELECT position, live, fault FROM projection.checkpoints WHERE name = 'chaos'"
QUARANTINE: Final = "SELECT stream_id, reason FROM projection.quarantine WHERE name = 'chaos'"

out = Console(highlight=False)


class Findings(NamedTuple):
    """The findings of a check, in figures and in violations."""

    operations: int
    acknowledged: int
    """Commands whose callers were told that they are recorded."""
    ambiguous: int
    """How often a caller was told that an outcome is unknown."""
    cut_off: int
    """Calls whose process was killed before the answer."""
    unanswered: int
    """Commands that nobody was ever answered about."""
    replays: int
    conflicts: int
    reads: int
    events: int
    violations: tuple[Violation, ...]


async def check(folder: Path, url: str) -> Findings:
    """Read the journals and the database, and judge."""
    history = await asyncio.to_thread(read_journals, folder)
    connection = await asyncpg.connect(url)
    try:
        rows = [Row(*row) for row in await connection.fetch(EVENTS)]
        model = await read_model(connection)
    finally:
        await connection.close()
    return findings(rows, history, model)


async def read_model(connection: asyncpg.Connection) -> ReadModel:
    """Read the projection."""
    checkpoints = await connection.fetch(CHECKPOINTS)
    documents = {
        row["stream_id"]: Document(row["version"], row["position"], json.loads(row["document"]))
        for row in await connection.fetch(DOCUMENTS)
    }
    complaints = [row["fault"] for row in checkpoints if row["fault"]]
    complaints += [f"{row['stream_id']}: {row['reason']}" for row in await connection.fetch(QUARANTINE)]
    position = max((row["position"] for row in checkpoints if row["live"]), default=0)
    return ReadModel(position, documents, tuple(complaints))


def findings(rows: list[Row], history: History, model: ReadModel) -> Findings:
    """Count and judge."""
    calls = history.calls
    return Findings(
        operations=len(calls),
        acknowledged=len({call.command for call in calls if call.recorded}),
        ambiguous=sum(call.unavailable for call in calls),
        cut_off=sum(call.answered is None for call in calls),
        unanswered=len({c.command for c in calls} - {c.command for c in calls if c.answered is not None}),
        replays=sum(call.status == REPLAY for call in calls),
        conflicts=sum(call.status == CONFLICT for call in calls),
        reads=len(history.readings),
        events=len(rows),
        violations=tuple(judge(rows, history, model)),
    )


def as_json(findings: Findings) -> dict[str, Any]:
    """Return findings for a machine."""
    return {**findings._asdict(), "violations": [violation._asdict() for violation in findings.violations]}


def say(findings: Findings) -> None:
    """Print findings for a person."""
    out.print(
        f"{findings.operations:,} operations, {findings.acknowledged:,} commands acknowledged, "
        f"{findings.events:,} events in the ledger, {findings.reads:,} reads",
        soft_wrap=True,
    )
    out.print(
        f"ambiguous outcomes: {findings.ambiguous:,} told, {findings.cut_off:,} cut off by a kill, "
        f"{findings.unanswered:,} never resolved",
        soft_wrap=True,
    )
    out.print(f"{findings.replays:,} replays absorbed, {findings.conflicts:,} conflicts")
    out.print(f"violations: {len(findings.violations)}")
    for rule, evidence in findings.violations[:SHOWN]:
        out.print(f"  {rule}: {evidence}", markup=False, soft_wrap=True)


def main() -> int:
    """Check and print the findings. The exit code is 0 only if nothing was violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the journals are")
    parser.add_argument("url", help="of the database")
    parser.add_argument("--json", action="store_true", help="for a machine")
    chosen = parser.parse_args()
    found = asyncio.run(check(chosen.folder, chosen.url))
    if chosen.json:
        print(json.dumps(as_json(found), indent=2))  # noqa: T201
    else:
        say(found)
    return 1 if found.violations else 0


if __name__ == "__main__":
    sys.exit(main())
