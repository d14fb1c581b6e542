"""The inbox: every submission that nobody judged yet, the oldest first, without its content."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final, NamedTuple

from accord.client.reading import LedgerAccess
from domain.partnership import events as e
from domain.partnership.state import Partnership
from domain.partnership.submission.taking_over import TakenOver
from domain.streams import StreamId
from domain.submissions.kinds import SubmissionKind
from domain.unions import kinds_of
from ledger.moment import lend

PAGE: Final = 50
"""The lines of the inbox that are read at once."""

MOST_COUNTED: Final = 100
"""The submissions that are counted."""

BANK_WORDS: Final = "%bank details%"
"""The words in the examination of a paper that shows bank details."""

JUDGING: Final = tuple(
    str(kind.model_fields["event_type"].default)
    for kind in kinds_of(e.Event)
    if issubclass(kind, TakenOver | e.SubmissionReturned)
)
"""The events that take a submission over, or return it."""

_OPEN: Final = f"""
  FROM grantee.inbox i JOIN grantee.submissions s USING (number) JOIN grantee.forms f ON f.id = s.form
 WHERE i.judged IS NULL AND NOT EXISTS (
       SELECT FROM ledger.readable r
        WHERE r.stream_id = 'partnership/' || f.subject AND r.event_type = ANY ('{{{",".join(JUDGING)}}}')
          AND r.payload #>> '{{submission,sha256}}' = encode(s.sha256, 'hex') OFFSET 0)
"""
"""Asked of the ledger one by one, since what is on record since the last minute is judged too."""
COUNT_QUERY: Final = f"SELECT count(*) FROM (SELECT {_OPEN} LIMIT {MOST_COUNTED}) open_one"  # noqa: S608
"""The number of submissions that wait, up to `MOST_COUNTED`."""
_LINES: Final = f"""
SELECT o.*, p.position AS seal, count(q.id) AS papers,
       count(q.id) FILTER (WHERE q.verdict IS NULL) AS to_examine,
       count(q.id) FILTER (WHERE coalesce(k.verdict, q.verdict) IN ('ACTIVE', 'FOUND', 'FAILED')) AS faulty,
       coalesce(bool_or(q.why ILIKE $2), false) AS shows_bank_details
  FROM (SELECT i.number, s.kind, f.subject, f.about, s.at, s.form {_OPEN}
           AND i.number > $1 ORDER BY i.number LIMIT $3) o
  LEFT JOIN grantee.proofs p ON p.number = o.number
  LEFT JOIN grantee.papers q ON q.form = o.form AND q.digest IS NOT NULL AND q.dropped_at IS NULL
  LEFT JOIN papers.kept k ON k.digest = q.digest AND q.verdict IS NOT NULL  -- it may have been examined again
 GROUP BY o.number, o.kind, o.subject, o.about, o.at, o.form, p.position ORDER BY o.number
"""  # noqa: S608 - no text of others


class InboxLine(NamedTuple):
    """A submission that waits: what it is, of whom, since when, and what its papers' examination found."""

    number: int
    kind: SubmissionKind
    partnership_id: str
    about: str
    at: datetime
    seal: int | None
    """The position of the event that seals it, or None while none does."""
    papers: int
    to_examine: int
    faulty: int
    shows_bank_details: bool
    title: str
    partner: str
    due: date | None
    """The day on which the report that it is was due."""

    def as_json(self) -> dict[str, Any]:
        """Return its fields as JSON has them."""
        fields = {**self._asdict(), "kind": self.kind.value, "at": self.at.isoformat()}
        return fields | {"due": self.due.isoformat() if self.due is not None else None}


async def inbox_lines(desk: LedgerAccess, after: int = 0, most: int = PAGE) -> list[InboxLine]:
    """Return the submissions that wait, after a number, the oldest first."""
    async with lend(desk.pool) as connection:
        rows = await connection.fetch(_LINES, after, BANK_WORDS, most)
    subjects = list(dict.fromkeys(row["subject"] for row in rows))
    async with desk.reader.together(*map(StreamId.partnership, subjects)):
        states = [await desk.partnership(subject) for subject in subjects]
    partnerships = dict(zip(subjects, states, strict=True))
    return [_line(row, partnerships[row["subject"]]) for row in rows]


def _line(row: Any, partnership: Partnership | None) -> InboxLine:
    proposal = partnership.proposed if partnership is not None else None
    kind, about = SubmissionKind(row["kind"]), row["about"]
    return InboxLine(
        number=row["number"],
        kind=kind,
        partnership_id=row["subject"],
        about=about,
        at=row["at"],
        seal=row["seal"],
        papers=row["papers"],
        to_examine=row["to_examine"],
        faulty=row["faulty"],
        shows_bank_details=row["shows_bank_details"],
        title=proposal.title if proposal is not None else "",
        partner=proposal.partner.name if proposal is not None else "",
        due=due_of(partnership, kind, about) if partnership is not None else None,
    )


def due_of(partnership: Partnership, kind: SubmissionKind, about: str) -> date | None:
    """Return the day on which the planned report that a submission answers is due, or None."""
    if kind is not SubmissionKind.REPORT or not about.isdecimal():
        return None
    plan = partnership.reporting.plan(int(about))
    return partnership.reporting.due(plan) if plan is not None else None
