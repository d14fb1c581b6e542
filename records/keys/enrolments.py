"""Who enrolled a token or an endpoint, and when, from the directory's own events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.directory.people import (
    ApiTokenEnrolled,
    DirectoryChangeConfirmed,
    DirectoryChangeProposed,
    EndpointEnrolled,
)
from domain.recorded.event import RecordedEvent
from domain.streams import DIRECTORY_STREAM
from ledger import Ledger
from records.directory import readable


class EnrolmentOnRecord(NamedTuple):
    """The two who signed that a token or an endpoint is enrolled, and when the second did."""

    guardians: tuple[str, ...]
    at: datetime | None


async def enrolments(ledger: Ledger) -> Mapping[str, EnrolmentOnRecord]:
    """Return who enrolled each token and endpoint, by the digest of its secret.

    What counts is the directory's to say: ask this only about what it holds.
    """
    return enrolments_of(readable(await ledger.read_stream(DIRECTORY_STREAM)))


def enrolments_of(events: Iterable[RecordedEvent]) -> dict[str, EnrolmentOnRecord]:
    """Return who enrolled each token and endpoint in these events of the directory: the first pair that confirmed."""
    proposals: dict[UUID, DirectoryChangeProposed] = {}
    by_digest: dict[str, EnrolmentOnRecord] = {}
    for recorded in events:
        event = recorded.event
        if isinstance(event, DirectoryChangeProposed):
            proposals[event.change_id] = event
        elif isinstance(event, DirectoryChangeConfirmed) and event.change_id in proposals:
            proposal = proposals[event.change_id]
            guardians = (proposal.signature.statement.actor, event.signature.statement.actor)
            for digest in _digests(proposal):
                by_digest.setdefault(digest, EnrolmentOnRecord(guardians, recorded.recorded_at))
    return by_digest


def _digests(proposal: DirectoryChangeProposed) -> Iterable[str]:
    for fact in proposal.changes:
        if isinstance(fact, ApiTokenEnrolled):
            yield fact.token.sha256
        elif isinstance(fact, EndpointEnrolled):
            yield fact.endpoint.sha256
