"""A submission, opened by somebody of staff: its answers, what its form showed, its papers, and what became of it.

Opening one is a look: the access log names who, and which.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import asyncpg

from accord.client.door.judging import judged_as
from accord.client.reading import LedgerAccess
from accord.client.submissions import submission_numbered
from accord.presentation.door.becoming import Submitted
from accord.presentation.faults import Refused
from domain.editions.questions import QuestionSet
from domain.errors import IllegalTransition
from domain.partnership.state import Partnership
from domain.partnership.submission.invitations import JudgedSubmission
from domain.submissions.content import BadSubmission, SubmissionContent
from domain.submissions.kinds import SubmissionKind
from domain.submissions.reference import SubmissionReference
from ledger.moment import lend
from records.editions import Connection, edition_content
from records.submissions.gate import opened_submission
from records.submissions.sealing import FormSealing, TextDamaged
from records.submissions.seals import LATEST

_SUBMISSION: Final = """
SELECT f.subject, f.id AS form, s.kind, s.sha256, s.at, f.edition
  FROM grantee.submissions s JOIN grantee.forms f ON f.id = s.form WHERE s.number = $1
"""
_CONTENT: Final = "SELECT content, key, shown FROM grantee.read($1, $2)"
_PAPERS: Final = """
SELECT encode(q.digest, 'hex') AS digest,
       CASE WHEN q.verdict IS NOT NULL THEN coalesce(k.verdict, q.verdict) END AS verdict,
       CASE WHEN k.verdict <> q.verdict THEN k.why ELSE q.why END AS why
  FROM grantee.papers q LEFT JOIN papers.kept k ON k.digest = q.digest WHERE q.form = $1
"""
"""The papers of a form. Of one that was examined again since, what was found then."""
_SEALED_AT: Final = "SELECT recorded_at FROM ledger.readable WHERE position = $1"


class DoorPaper(NamedTuple):
    """A paper of a submission, with what its examination found."""

    field: str
    sha256: str
    size: int
    name: str
    verdict: str
    """The verdict of its examination, or '' before that."""
    why: str


class OpenedSubmission(NamedTuple):
    """A submission as staff read it."""

    number: int
    partnership: Partnership
    content: SubmissionContent
    questions: QuestionSet | None
    """The question set that it answers, or None for the default one."""
    form_content: Mapping[str, Any]
    shown_is_newer: bool
    """True if what the form shows was pushed anew since this was handed in."""
    papers: tuple[DoorPaper, ...]
    reference: SubmissionReference | None
    """The name of it in a command, or None while it is under no seal."""
    has_late_seal: bool
    """True if it was sealed more than an hour after its time."""
    judgement: JudgedSubmission | None

    @property
    def kind(self) -> SubmissionKind:
        """Its kind."""
        return self.content.kind

    @property
    def evidence(self) -> Submitted:
        """Its answers, as far as the act that it becomes needs them."""
        return Submitted(self.content, self.questions, self.form_content, self.partnership)


async def open_submission(desk: LedgerAccess, number: int, reader: str) -> OpenedSubmission:
    """Return a submission, opened. It is a look of `reader`.

    Raises:
        Refused: There is none, it was erased, or what lies there is not what was handed in.
    """
    async with lend(desk.pool) as connection:
        row = await connection.fetchrow(_SUBMISSION, number)
        if row is None:
            raise Refused(f"nothing was handed in under number {number}; see `accord door list`", "UnknownSubmission")
        texts = await connection.fetchrow(_CONTENT, number, reader)
        if texts is None:
            raise Refused(f"what was handed in under number {number} was erased", "SubmissionErased")
        content, form_bytes = _opened(row, texts)
        questions = await _questions(connection, row["edition"])
        verdicts = {row["digest"]: row for row in await connection.fetch(_PAPERS, row["form"])}
    reference, is_late = await _reference(desk, number)
    partnership = await desk.known_partnership(row["subject"])
    return OpenedSubmission(
        number=number,
        partnership=partnership,
        content=content,
        questions=questions,
        form_content=json.loads(form_bytes),
        shown_is_newer=content.shown is not None and hashlib.sha256(form_bytes).hexdigest() != content.shown,
        papers=tuple(_paper(paper, verdicts) for paper in content.papers),
        reference=reference,
        has_late_seal=is_late,
        judgement=judged_as(partnership, content.sha256),
    )


def _opened(row: Any, texts: asyncpg.Record) -> tuple[SubmissionContent, bytes]:
    """Return the content and what the form shows. Raises Refused if either was changed."""
    sha256, key = row["sha256"].hex(), bytes(texts["key"])
    try:
        content = opened_submission(row["form"], key, sha256, bytes(texts["content"]))
        sealed_bytes = texts["shown"]
        if sealed_bytes is None:
            return content, b"{}"
        return content, FormSealing(row["form"], key).opened("shown", bytes(sealed_bytes))
    except (BadSubmission, TextDamaged) as fault:
        raise Refused(f"{fault}; `accord ledger verify` says under which seal", "SubmissionDamaged") from fault


async def _questions(connection: Connection, edition: str | None) -> QuestionSet | None:
    if edition is None:
        return None
    try:
        content = await edition_content(connection, edition)
    except IllegalTransition as fault:
        raise Refused(f"its question set cannot be read: {fault}", "EditionMissing") from fault
    return content if isinstance(content, QuestionSet) else None


async def _reference(desk: LedgerAccess, number: int) -> tuple[SubmissionReference | None, bool]:
    """Return the name of a submission in a command, or None while no seal covers it, and whether its seal is late."""
    try:
        reference = (await submission_numbered(desk.pool, desk.ledger, number)).reference
    except Refused as fault:
        if fault.kind != "NotSealedYet":
            raise
        return None, False
    async with lend(desk.pool) as connection:
        sealed_at: datetime = await connection.fetchval(_SEALED_AT, reference.seal)
    return reference, sealed_at - reference.at > LATEST


def _paper(paper: Any, verdicts: Mapping[str, asyncpg.Record]) -> DoorPaper:
    row = verdicts.get(paper.sha256)
    verdict, why = (row["verdict"] or "", row["why"]) if row is not None else ("", "")
    return DoorPaper(paper.field, paper.sha256, paper.size, paper.name, verdict, why)
