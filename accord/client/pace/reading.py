"""Read the clock of a case, or the lines of all cases in a quarter, from the ledger and from what was sealed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from accord.client.reading import LedgerAccess
from accord.presentation.faults import Refused
from domain.errors import EventUnreadable
from domain.partnership.pace.clock import CaseClock, case_clock
from domain.partnership.pace.facts import DoorSubmission
from domain.partnership.pace.quarters import CaseLine, Quarter, case_digest, line_of
from domain.recorded.event import RecordedEvent
from domain.streams import PARTNERSHIP_STREAMS, StreamId
from domain.submissions.kinds import SubmissionKind
from ledger import Ledger, StoredEvent
from records.codec import from_ledger
from records.submissions.seals import seals_on_record

MOST_AT_ONCE: Final = 1000
"""The most cases whose clocks somebody waits for at a page."""

_SUBMISSIONS: Final = """
SELECT f.subject, s.sha256, s.kind, s.form, f.about, s.at
  FROM grantee.submissions s JOIN grantee.forms f ON f.id = s.form
 WHERE s.number <= $1 AND ($2 = '' OR f.subject = $2) ORDER BY s.number
"""


class QuarterLines(NamedTuple):
    """The lines of a quarter, as the first events of the ledger say."""

    quarter: Quarter
    size: int
    """The events that were read."""
    until: datetime
    """The end of the quarter or, before it, the time of the last event."""
    lines: tuple[CaseLine, ...]


async def sealed_submissions(
    ledger: Ledger, head: int, partnership_id: str = ""
) -> Mapping[str, Sequence[DoorSubmission]]:
    """Return what was handed in and stands under a seal of the first events, by partnership: of one, or of all."""
    seals = [entry.seal.last for entry in await seals_on_record(ledger) if entry.position <= head]
    submissions = defaultdict[str, list[DoorSubmission]](list)
    async with ledger.connection() as connection:
        rows = await connection.fetch(_SUBMISSIONS, max(seals, default=0), partnership_id)
    for subject, sha256, kind, form, about, at in rows:
        submissions[subject].append(DoorSubmission(sha256.hex(), SubmissionKind(kind), form, about, at))
    return submissions


async def clock_of(desk: LedgerAccess, partnership_id: str, until: datetime) -> CaseClock:
    """Return the clock of a partnership up to a moment. Raises Refused where one of its events cannot be read."""
    history = await desk.history(partnership_id)
    head = await desk.ledger.head()
    submissions = await sealed_submissions(desk.ledger, head, partnership_id)
    return _clock(partnership_id, history, submissions, until)


def digest_of_case(partnership_id: str, history: Sequence[RecordedEvent]) -> str:
    """Return the digest under which a partnership's line stands in public, of its own first event."""
    return case_digest(partnership_id, history[0].command_id)


async def lines_of_quarter(desk: LedgerAccess, quarter: Quarter, head: int) -> QuarterLines:
    """Return the lines of a quarter by the first events of the ledger, in the order of their digests.

    Raises:
        Refused: An event cannot be read.
    """
    until = min(quarter.ends, await _time_of(desk.ledger, head))
    submissions = await sealed_submissions(desk.ledger, head)
    lines = []
    for partnership_id, events in (await _streams(desk, head)).items():
        history = await _history(desk, events)
        clock = _clock(partnership_id, history, submissions, until)
        await asyncio.sleep(0)  # a page's process serves others meanwhile
        line = line_of(digest_of_case(partnership_id, history), clock, quarter)
        lines += [line] if line is not None else []
    return QuarterLines(quarter, head, until, tuple(sorted(lines, key=lambda line: line.case)))


def _clock(
    partnership_id: str,
    history: Sequence[RecordedEvent],
    submissions: Mapping[str, Sequence[DoorSubmission]],
    until: datetime,
) -> CaseClock:
    events = [entry.event for entry in history]
    return case_clock(partnership_id, events, submissions.get(partnership_id, ()), until)


async def _streams(desk: LedgerAccess, head: int) -> Mapping[str, list[StoredEvent]]:
    streams = defaultdict[str, list[StoredEvent]](list)
    async for event in desk.ledger.read_all(PARTNERSHIP_STREAMS):
        if event.position > head:
            break
        if (stream := StreamId(event.stream_id)).is_partnership:
            streams[stream.subject].append(event)
    return streams


async def _history(desk: LedgerAccess, events: Sequence[StoredEvent]) -> list[RecordedEvent]:
    try:
        return [from_ledger(event) for event in await desk.reader.judge(events)]
    except EventUnreadable as fault:
        raise Refused(str(fault), EventUnreadable.__name__) from fault


async def _time_of(ledger: Ledger, position: int) -> datetime:
    async for event in ledger.read_between(position - 1, position):
        return event.recorded_at
    raise Refused(f"the ledger holds no event {position}", "Unknown")
