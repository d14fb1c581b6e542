"""Partnerships of which a restored ledger forgot something, as long as workflows know it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from accord.client.sending import Sending
from accord.runs.absence import Differences, confirmed_ahead
from accord.runs.lost import lost_of
from accord.runs.open_workflows import closed_runs
from accord.runs.parallel import in_parallel
from domain.streams import StreamId
from domain.values import is_partnership_id

SKEW: Final = timedelta(minutes=2)
"""The largest difference between the clocks of the database and of Temporal."""


async def forgotten(desk: Sending, differ: Differences) -> list[str]:
    """Return the partnerships of which workflows know, or knew when they closed, what the ledger does not hold.

    `differ`: what Temporal's index shows of those that are open. What closed is asked for only until the next epoch has
    begun: after it nothing of that can be recorded again.

    Raises:
        RPCError, Unreachable: Temporal does not answer.
    """
    still_open = await confirmed_ahead(desk.temporal, desk.ledger, differ.ahead)
    return sorted({*still_open, *(await _closed_since(desk) if await desk.registrar.fault_of_installation() else ())})


async def _closed_since(desk: Sending) -> set[str]:
    """Return the partnerships whose workflow closed after the newest event, and knew more than the ledger holds."""
    newest = await newest_at(desk)
    since = f"WorkflowType = 'Partnership' AND CloseTime > '{newest - SKEW:%Y-%m-%dT%H:%M:%SZ}'"
    ids = {StreamId(closed_run.id) async for closed_run in closed_runs(desk.temporal, since)}
    partnership_ids = {
        stream_id.subject for stream_id in ids if stream_id.is_partnership and is_partnership_id(stream_id.subject)
    }
    candidates = sorted(partnership_ids)
    losses = await in_parallel(candidates, partial(lost_of, desk.temporal, desk.ledger))
    return {partnership_id for partnership_id, loss in zip(candidates, losses, strict=True) if loss}


async def newest_at(desk: Sending) -> datetime:
    """Return the time at which the ledger's newest event was recorded."""
    async with desk.ledger.connection() as connection:
        at: datetime = await connection.fetchval("SELECT recorded_at FROM ledger.events ORDER BY position DESC LIMIT 1")
    return at
