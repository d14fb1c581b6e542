"""Judge the events that read models are folded from, and stop a projector at an event of a newer release."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from asyncpg.pool import PoolConnectionProxy

from domain.errors import UpgradeNeeded
from ledger import Ledger, StoredEvent
from ledger.projections import JudgeEvents, ProjectionStopped
from records.authorship import Reader
from records.codec import event_in


def judge_of(ledger: Ledger) -> JudgeEvents:
    """Return the judge that marks disregarded events: forged ones, and those that guardians set aside."""
    judge = Reader(ledger).judge

    async def judged(events: Sequence[StoredEvent], connection: PoolConnectionProxy) -> list[StoredEvent]:
        with stopping_for_an_upgrade():
            return await judge(events, connection)

    return judged


def decoded_event(event: StoredEvent) -> Any:
    """Return the domain event that a stored event holds.

    Raises:
        EventUnreadable: The event cannot be read.
        ProjectionStopped: A newer release recorded the event.
    """
    try:
        return event_in(event)
    except UpgradeNeeded as fault:  # said here, since the context takes longer than an event that was decoded before
        raise ProjectionStopped(str(fault)) from fault


@contextmanager
def stopping_for_an_upgrade() -> Iterator[None]:
    """Stop a projector within the context at an event of a newer release."""
    try:
        yield
    except UpgradeNeeded as fault:
        raise ProjectionStopped(str(fault)) from fault
