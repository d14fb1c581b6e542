"""Find a submission by its number, with the seal under which it stands, for whoever judges it."""

from __future__ import annotations

from typing import Final, NamedTuple

import asyncpg

from accord.presentation.faults import Refused
from domain.submissions.kinds import SubmissionKind
from domain.submissions.reference import SubmissionReference
from ledger import Ledger
from ledger.moment import lend
from records.submissions.seals import bears_out, seals_on_record, submissions_between

_FOUND: Final = """
SELECT f.subject, s.kind, s.sha256, s.at, f.edition, f.about
  FROM grantee.submissions s JOIN grantee.forms f ON f.id = s.form WHERE s.number = $1
"""


class HandedInFor(NamedTuple):
    """A submission as a command names it, and its partnership."""

    partnership_id: str
    kind: SubmissionKind
    reference: SubmissionReference
    about: str = ""
    """The subject of its form, such as the number of a planned report."""


async def submission_numbered(pool: asyncpg.Pool, ledger: Ledger, number: int) -> HandedInFor:
    """Return the submission under a number. Raises Refused where there is none, or it is under no seal yet."""
    async with lend(pool) as connection:
        row = await connection.fetchrow(_FOUND, number)
    if row is None:
        raise Refused(f"nothing was handed in under number {number}; see `accord door list`", "UnknownSubmission")
    seal = await _seal_over(pool, ledger, number)
    if seal is None:
        raise Refused(
            f"submission {number} is under no seal yet; a worker seals each minute, so try again soon", "NotSealedYet"
        )
    subject, kind, sha256, at, edition, about = row
    reference = SubmissionReference(sha256=sha256.hex(), number=number, seal=seal, at=at, edition=edition)
    return HandedInFor(subject, SubmissionKind(kind), reference, about)


async def _seal_over(pool: asyncpg.Pool, ledger: Ledger, number: int) -> int | None:
    """Return the position of the first seal over a submission that what lies there bears out, or None."""
    for entry in await seals_on_record(ledger):
        if entry.seal.first <= number <= entry.seal.last:
            async with lend(pool) as connection:
                submissions = await submissions_between(connection, entry.seal.first, entry.seal.last)
            if bears_out(entry.seal, submissions):
                return entry.position
    return None
