"""Papers in quarantine: each is opened, examined where nothing can be done, and kept as a paper of its partnership.

Each step can be done again, and the next look finishes what a killed process left: the verdict is written once the
paper is kept, and what lies in quarantine is removed after that.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, Final, NamedTuple
from uuid import UUID

import asyncpg
import structlog

from domain.submissions.bank_details import fault_of_text
from ledger import clock
from ledger.moment import lend
from papers.examination.examiner import text_of
from papers.examination.findings import Examined, PaperVerdict
from papers.keeping import PaperLost, Papers
from papers.kinds import PaperRefused
from papers.quarantine import Quarantine
from papers.sealing import PaperDamaged
from papers.store import ObjectMissing
from records.submissions.sealing import NAME_OF_PAPER, FormSealing, TextDamaged

BY: Final = "door"
"""The name under which papers of the door are kept."""
BROKEN_OFF: Final = timedelta(hours=1)
"""The time without a part after which a paper that is not whole is dropped."""
REFUSED: Final = "REFUSED"
"""The verdict on what is none of the papers that are kept: it is not kept, and its sender is told why."""
BANK_DETAILS: Final = "looks like bank details"
DAMAGE: Final = "what lies in quarantine is not what was handed in; it was removed, and is asked for again"

_NEXT: Final = """
SELECT p.id, p.form, p.name, p.parts, p.digest, f.subject, k.key, p.touched_at
  FROM grantee.papers p JOIN grantee.forms f ON f.id = p.form JOIN grantee.keys k ON k.form = p.form
 WHERE p.removed_at IS NULL AND p.digest IS NOT NULL AND p.verdict IS NULL AND p.dropped_at IS NULL
   AND (p.touched_at, p.id) > ($1::timestamptz, $2::uuid)
 ORDER BY p.touched_at, p.id LIMIT 1
"""
_JUDGE: Final = "UPDATE grantee.papers SET verdict = $2, why = $3 WHERE id = $1 AND verdict IS NULL"
_BREAK_OFF: Final = """
UPDATE grantee.papers SET dropped_at = $1
 WHERE removed_at IS NULL AND digest IS NULL AND dropped_at IS NULL AND touched_at < $2
"""
_FINISHED_PAPERS: Final = """
SELECT id FROM grantee.papers WHERE removed_at IS NULL AND (dropped_at IS NOT NULL OR verdict IS NOT NULL) LIMIT 500
"""
_NOTE_REMOVAL: Final = "UPDATE grantee.papers SET removed_at = $2 WHERE id = $1"
_BACKLOG: Final = """
SELECT count(*), COALESCE(extract(epoch FROM $1 - min(touched_at)), 0)::bigint FROM grantee.papers
 WHERE removed_at IS NULL AND digest IS NOT NULL AND verdict IS NULL AND dropped_at IS NULL
"""

log: Final = structlog.get_logger("accord.examiner")


class WaitingPaper(NamedTuple):
    """A whole paper in quarantine."""

    id: UUID
    form: UUID
    name: bytes
    parts: list[str]
    digest: bytes
    subject: str
    key: bytes
    touched_at: datetime


_FIRST: Final = (datetime(2000, 1, 1, tzinfo=UTC), UUID(int=0))
"""Before the first paper."""


class PaperBacklog(NamedTuple):
    """The papers that wait for their examination."""

    papers: int
    seconds: int
    """The time that the oldest has waited."""


class Examiner:
    """The examination of what came in by the door."""

    def __init__(self, pool: asyncpg.Pool, quarantine: Quarantine, papers: Papers) -> None:
        self._pool = pool
        self._quarantine = quarantine
        self._papers = papers

    async def once(self) -> None:
        """Drop papers that broke off, examine those that are whole, and empty the quarantine of the rest.

        Raises:
            PaperLost: The store lost a paper that came in again. All others were examined.
            StoreUnavailable: A store cannot be used.
            LedgerUnavailable: The database does not answer.
        """
        await self._break_off()
        lost: PaperLost | None = None
        async for paper in self._waiting():
            try:
                await self._examine(paper)
            except PaperLost as fault:  # those behind it do not wait for an operator
                lost = fault
        await self._remove()
        if lost is not None:
            raise lost

    async def backlog(self) -> PaperBacklog:
        """Return the papers that wait for their examination."""
        async with lend(self._pool) as connection:
            return PaperBacklog(*(await connection.fetchrow(_BACKLOG, clock.now()) or (0, 0)))

    async def _break_off(self) -> None:
        now = clock.now()
        async with lend(self._pool) as connection:
            await connection.execute(_BREAK_OFF, now, now - BROKEN_OFF)

    async def _waiting(self) -> AsyncIterator[WaitingPaper]:
        """Yield the whole papers, each as it is found when its turn comes, the oldest first."""
        after = _FIRST
        while True:
            async with lend(self._pool) as connection:
                row = await connection.fetchrow(_NEXT, *after)
            if row is None:
                return
            paper = WaitingPaper(*row)
            after = (paper.touched_at, paper.id)
            yield paper

    async def _examine(self, paper: WaitingPaper) -> None:
        with tempfile.TemporaryFile() as file:
            verdict, why = await self._verdict(paper, file)
        async with lend(self._pool) as connection:
            await connection.execute(_JUDGE, paper.id, verdict, why[:300])
        log.info("examined", paper=str(paper.id), verdict=verdict)

    async def _verdict(self, paper: WaitingPaper, file: BinaryIO) -> tuple[str, str]:
        """Keep a paper if it may be kept, and return the verdict on it and why."""
        sealing = FormSealing(paper.form, bytes(paper.key))
        key = sealing.key_of_paper(paper.id)
        try:
            name = sealing.opened(NAME_OF_PAPER, bytes(paper.name)).decode()
            if await self._quarantine.copy(paper.id, key, paper.parts, file) != paper.digest:
                return PaperVerdict.FAILED, DAMAGE
            kind, finding = await self._papers.examine_for(file, name)
            if finding.verdict is PaperVerdict.FOUND:
                return finding.verdict, finding.why
            await self._papers.put_examined(file, kind, finding, BY, paper.subject)
        except (PaperDamaged, ObjectMissing, TextDamaged, UnicodeDecodeError):  # whatever the door laid down
            return PaperVerdict.FAILED, DAMAGE
        except PaperRefused as fault:
            return REFUSED, str(fault)
        return finding.verdict, _reasons(finding, await text_of(file, kind) if finding.verdict.shows else "")

    async def _remove(self) -> None:
        async with lend(self._pool) as connection:
            papers = [row["id"] for row in await connection.fetch(_FINISHED_PAPERS)]
        for paper in papers:
            await self._quarantine.remove(paper)
            async with lend(self._pool) as connection:
                await connection.execute(_NOTE_REMOVAL, paper, clock.now())


def _reasons(finding: Examined, text: str) -> str:
    return "; ".join(reason for reason in (finding.why, BANK_DETAILS if fault_of_text(text) else "") if reason)
