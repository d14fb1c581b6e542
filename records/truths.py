"""Read the truths that people told, and find those that touch a partnership."""

from __future__ import annotations

from asyncpg.pool import PoolConnectionProxy

from domain.fault import Fault
from domain.partnership.state import Partnership
from domain.proposal import Proposal
from domain.screening.truths import KnownTruth
from domain.streams import TRUTHS_STREAM
from domain.truths.events import TruthAnswered, TruthDrawn, TruthTold
from domain.truths.touching import Likeness, known_truths, touching
from domain.truths.truth import Truth, fold_truths
from records.authorship import Reader, is_readable
from records.codec import from_ledger
from records.directory import is_doubted
from registers.matching.identity.holders import may_be_held_by
from registers.matching.namesakes import may_be_one_person


def _may_be_one_body(name: str, other_name: str) -> bool:
    return may_be_held_by(name, (other_name,))


ALIKE = Likeness(bodies=_may_be_one_body, people=may_be_one_person)
"""As the house compares names where a wrong no hides what somebody told: whatever may be of one body, under any
edition, and the shorter of two names of a person."""


async def read_truths(reader: Reader, connection: PoolConnectionProxy | None = None) -> tuple[Truth, ...]:
    """Return all truths in the order in which they were told, with the answers that count.

    An answer with a key that others may have used does not count; a truth told with one stands, since it only stops.
    What nobody can read is left out here, and keeps every payment at the check before it (`accord.audit.truths`).

    Raises:
        UpgradeNeeded: A newer release recorded one of them.
    """
    events = await reader.ledger.read_stream(TRUTHS_STREAM, connection=connection)
    if not events:
        return ()
    await reader.ledger.confirm(events[-1].position)
    times, today = await reader.registrar.directories(connection), await reader.registrar.directory(connection)
    stored_events = await reader.judge(events, connection, times)
    recorded_events = [from_ledger(event) for event in stored_events if event.doubt or is_readable(event)]
    return fold_truths(
        (recorded_event.event, times.at(recorded_event.position))
        for recorded_event in recorded_events
        if isinstance(recorded_event.event, TruthTold | TruthDrawn)
        or (
            isinstance(recorded_event.event, TruthAnswered)
            and not is_doubted(today, recorded_event.event.signature, recorded_event)
        )
    )


async def truths_of(reader: Reader, proposal: Proposal) -> tuple[KnownTruth, ...]:
    """Return the known truths of those whom a proposal names: evidence for the rules."""
    return known_truths(await read_truths(reader), proposal, ALIKE)


async def unanswered(reader: Reader, partnership: Partnership) -> Fault | None:
    """Return the reason why a partnership is not paid until a truth that touches it is answered, or None."""
    if partnership.proposal is None:
        return None
    participants = partnership.involved | {*partnership.payers}
    relevant_truths = touching(await read_truths(reader), partnership.proposal, ALIKE)
    return next((fault for truth, _ in relevant_truths if (fault := truth.against(participants))), None)
