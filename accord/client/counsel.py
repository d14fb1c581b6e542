"""Confirmations of the rule book's sources by the organisation's counsel, as they are read and shown."""

from __future__ import annotations

from accord.audit.signed_acts import counted_events
from accord.client.reading import LedgerAccess
from domain.organisation.counsel import Confirmations, SourceConfirmed, confirmations_of
from domain.partnership.state import Partnership
from domain.policy.sources import is_confirmed
from domain.streams import RULE_BOOK_STREAM


async def confirmations(desk: LedgerAccess) -> Confirmations:
    """Return the sources that this organisation's counsel confirmed, each with their newest signed act.

    Raises:
        EventUnreadable: One of the acts cannot be read.
    """
    acts = await counted_events(desk.reader, RULE_BOOK_STREAM, SourceConfirmed)
    return confirmations_of(event for event, _ in acts)


def with_counsel(partnership: Partnership, readings: Confirmations) -> Partnership:
    """Return a partnership as it is shown: a source that counsel confirmed since is no longer said to be open."""
    assessment = partnership.assessment
    if assessment is None or not readings:
        return partnership
    findings = tuple(
        finding.model_copy(update={"confirmed": is_confirmed(finding, readings)}) for finding in assessment.findings
    )
    return partnership.model_copy(update={"assessment": assessment.model_copy(update={"findings": findings})})
