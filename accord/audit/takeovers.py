"""Hold every act that took a submission over, or returned it, against what lies at the door and its seal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from domain.partnership import events as e
from domain.partnership.procedure import ACTS
from domain.partnership.submission.taking_over import TakenOver
from domain.submissions.kinds import TAKEN_OVER_BY, SubmissionKind
from domain.submissions.reference import SubmissionReference
from domain.unions import kinds_of
from ledger import Ledger
from records.submissions.seals import SealOnRecord, bears_out, seals_on_record, submissions_between

JUDGING: Final[Mapping[str, type[Any]]] = {
    str(kind.model_fields["event_type"].default): kind
    for kind in kinds_of(e.Event)
    if issubclass(kind, TakenOver | e.SubmissionReturned)
}
"""By type: the events that take a submission over, or return it."""

_QUERY: Final = """
SELECT r.position, r.event_type, split_part(r.stream_id, '/', 2) AS partnership_id,
       r.payload ->> 'submission' AS reference, s.number, s.kind, s.at, f.subject, f.edition
  FROM ledger.readable r
  LEFT JOIN grantee.submissions s ON encode(s.sha256, 'hex') = r.payload #>> '{submission,sha256}'
  LEFT JOIN grantee.forms f ON f.id = s.form
 WHERE r.event_type = ANY ($1) AND r.payload ? 'submission' ORDER BY r.position
"""


async def faults_of_takeovers(ledger: Ledger) -> list[str]:
    """Return a line for each act that judged what was never handed in, was changed, is under no seal, or was judged."""
    seals = {entry.position: entry for entry in await seals_on_record(ledger)}
    async with ledger.connection() as connection:
        rows = await connection.fetch(_QUERY, list(JUDGING))
    borne_out: dict[int, bool] = {}
    judgements: dict[str, int] = {}
    faults = []
    for row in rows:
        reference = SubmissionReference.model_validate_json(row["reference"])
        entry = seals.get(reference.seal)
        if entry is not None and entry.position not in borne_out:
            borne_out[entry.position] = await _is_borne_out(ledger, entry)
        words = [*_faults_of_names(row, reference), *_faults_of_seal(reference, entry, borne_out)]
        if reference.sha256 in judgements:
            words.append(f"event {judgements[reference.sha256]} judged it already")
        judgements.setdefault(reference.sha256, row["position"])
        faults += [
            f"event {row['position']} on {row['partnership_id']} took over a submission: {word}" for word in words
        ]
    return faults


async def _is_borne_out(ledger: Ledger, entry: SealOnRecord) -> bool:
    async with ledger.connection() as connection:
        return bears_out(entry.seal, await submissions_between(connection, entry.seal.first, entry.seal.last))


def _faults_of_names(row: Any, reference: SubmissionReference) -> Iterator[str]:
    if row["number"] is None:
        yield f"nothing was handed in under {reference.sha256[:16]}"
        return
    if row["subject"] != row["partnership_id"]:
        yield f"it was handed in for {row['subject']}"
    if (row["number"], row["at"], row["edition"]) != (reference.number, reference.at, reference.edition):
        yield "its number, time or question set is not the one that was handed in"
    act = ACTS[JUDGING[row["event_type"]]]
    if act not in (*TAKEN_OVER_BY[SubmissionKind(row["kind"])], "return_submission"):
        yield f"a {row['kind'].lower()} is not taken over by {act.replace('_', ' ')}"


def _faults_of_seal(
    reference: SubmissionReference, entry: SealOnRecord | None, borne_out: Mapping[int, bool]
) -> Iterator[str]:
    if entry is None or not entry.seal.first <= reference.number <= entry.seal.last:
        yield f"event {reference.seal} does not seal it"
    elif not borne_out[entry.position]:
        yield f"what lies at the door is not what event {reference.seal} sealed"
