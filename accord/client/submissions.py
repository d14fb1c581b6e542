"""Find a submission by its number, with the seal under which it stands, for whoever judges it."""

from __future__ import annotations

from typing import Final, NamedTuple

import asyncpg

from accord.presentation.faults import Refused
from domain.submissions.kinds import SubmissionKind
from domain.submissions.reference import SubmissionReference
from ledger import Ledger
from ledger.moment import lend
from records.submissions.seals import seals_on_record

_FOUND: Final = """
SELECT f.subject, s.kind, s.sha256, s.at, f.edition
  FROM grantee.submissions s JOIN grantee.forms f ON f.id = s.form WHERE s.number = $1
"""


class HandedInFor(NamedTuple):
    """A submission as a command names it, and its partnership."""

    partnership_id: str
    kind: SubmissionKind
    reference: SubmissionReference


async def submission_numbered(pool: asyncpg.Pool, ledger: Ledger, number: int) -> HandedInFor:
    """Return the submission under a number. Raises Refused where there is none, or it is under no seal yet."""
    async with lend(pool) as connection:
        row = await connection.fetchrow(_FOUND, number)
    if row is None:
        raise Refused(f"nothing was handed in under number {number}; see `accord door list`", "UnknownSubmission")
    seals = [entry for entry in await seals_on_record(ledger) if entry.seal.first <= number <= entry.seal.last]
    if not seals:
        raise Refused(
            f"submission {number} is under no seal yet; a worker seals each minute, so try again soon", "NotSealedYet"
        )
    subject, kind, sha256, at, edition = row
    reference = SubmissionReference(sha256=sha256.hex(), number=number, seal=seals[-1].position, at=at, edition=edition)
    return HandedInFor(subject, SubmissionKind(kind), reference)
