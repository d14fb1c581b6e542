"""The gate before what a grantee handed in counts: as it was sealed, for this partnership and this act."""

from __future__ import annotations

from typing import Final, NamedTuple
from uuid import UUID

from asyncpg.pool import PoolConnectionProxy

from domain.fault import Fault
from domain.submissions.content import BadSubmission, SubmissionContent, content_of
from domain.submissions.events import SubmissionsSealed
from domain.submissions.kinds import TAKEN_OVER_BY, SubmissionKind
from domain.submissions.reference import SubmissionReference
from ledger import Ledger
from records.codec import from_ledger
from records.submissions.sealing import FormSealing, TextDamaged
from records.submissions.seals import LATEST, SealOnRecord, bears_out, submissions_between

_SUBMISSION: Final = """
SELECT s.number, s.form, s.kind, s.at, s.content, k.key, f.subject, f.edition
  FROM grantee.submissions s JOIN grantee.forms f ON f.id = s.form LEFT JOIN grantee.keys k ON k.form = s.form
 WHERE s.sha256 = $1
"""


class StoredSubmission(NamedTuple):
    """A submission as it lies there, with its form."""

    number: int
    form: UUID
    kind: str
    at: object
    content: bytes
    key: bytes | None
    subject: str
    edition: str | None


async def submission_fault(
    ledger: Ledger, partnership_id: str, act: str, reference: SubmissionReference
) -> Fault | None:
    """Return the reason why what was handed in cannot be judged by an act of a partnership, or None."""
    async with ledger.connection() as connection:
        stored = await stored_submission(connection, reference)
        if stored is None:
            return Fault(f"submission: nothing was handed in under {reference.sha256[:16]}…; open it from the inbox")
        fault = _fault_of_names(stored, partnership_id, act, reference) or _fault_of_bytes(stored, reference)
        return fault or await _fault_of_seal(ledger, connection, reference)


async def stored_submission(connection: PoolConnectionProxy, named: SubmissionReference) -> StoredSubmission | None:
    """Return a submission as it lies there, or None if there is none of that digest."""
    row = await connection.fetchrow(_SUBMISSION, bytes.fromhex(named.sha256))
    return StoredSubmission(*row) if row is not None else None


def _fault_of_names(
    stored: StoredSubmission, partnership_id: str, act: str, named: SubmissionReference
) -> Fault | None:
    if stored.subject != partnership_id:
        return Fault(f"submission: it was handed in for {stored.subject}, and not for {partnership_id}")
    acts = (*TAKEN_OVER_BY[SubmissionKind(stored.kind)], "return_submission")
    if act not in acts:
        words = " or ".join(name.replace("_", " ") for name in acts)
        return Fault(f"submission: what was handed in is a {stored.kind.lower()}, which is taken over by: {words}")
    if (stored.number, stored.at, stored.edition) != (named.number, named.at, named.edition):
        return Fault("submission: its number, time or question set is not the one that was handed in; open it anew")
    return None


def _fault_of_bytes(stored: StoredSubmission, named: SubmissionReference) -> Fault | None:
    if stored.key is None:
        return Fault("submission: it was erased, so nobody can judge it")
    try:
        content = opened_submission(stored.form, stored.key, named.sha256, stored.content)
    except BadSubmission as fault:
        return Fault(f"submission: {fault}; `accord ledger verify` says under which seal")
    if (content.form, content.kind.value, content.subject) != (stored.form, stored.kind, stored.subject):
        return Fault("submission: its form, kind or partnership was changed since it was handed in")
    return None


def opened_submission(form: UUID, key: bytes, sha256: str, stored_bytes: bytes) -> SubmissionContent:
    """Return the content of a submission. Raises BadSubmission where the stored bytes are others."""
    try:
        return content_of(FormSealing(form, key).opened(f"submission/{sha256}", stored_bytes), sha256)
    except TextDamaged as fault:
        raise BadSubmission(str(fault)) from None


async def _fault_of_seal(ledger: Ledger, connection: PoolConnectionProxy, named: SubmissionReference) -> Fault | None:
    entry = await seal_at(ledger, named.seal)
    if entry is None or not entry.seal.first <= named.number <= entry.seal.last:
        return Fault("submission: it is under no seal yet, or another; a worker seals each minute, so try again soon")
    submissions = await submissions_between(connection, entry.seal.first, entry.seal.last)
    if not bears_out(entry.seal, submissions):
        return Fault(f"submission: what lies there is not what event {named.seal} sealed; an operator looks at it")
    if entry.recorded_at - named.at > LATEST and named.outage is None:
        return Fault(
            f"submission: it was sealed at {entry.recorded_at:%Y-%m-%d %H:%M}, more than an hour after its time; "
            "compare it with the outage on record, and say in `outage` which it was"
        )
    return None


async def seal_at(ledger: Ledger, position: int) -> SealOnRecord | None:
    """Return the seal that is the event at a position, or None if that is another event, or none."""
    async for stored_event in ledger.read_between(position - 1, position):
        event = from_ledger(stored_event).event if stored_event.event_type == "SubmissionsSealed" else None
        if isinstance(event, SubmissionsSealed):
            return SealOnRecord(stored_event.position, stored_event.recorded_at, event)
    return None
