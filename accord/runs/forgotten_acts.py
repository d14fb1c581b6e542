"""Acts of the organisation that a restored ledger forgot, and Temporal still keeps: a revoked key counts again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pydantic import ValidationError
from temporalio.client import Client, WorkflowFailureError
from temporalio.service import RPCError, RPCStatusCode

from accord.runs.open_workflows import Workflow, closed_runs
from activities.contracts import ActAnswer
from deploy.payloads.codec import PayloadUnreadable
from domain.recorded.acts import OrganisationAct
from ledger import Ledger

SKEW: Final = timedelta(minutes=2)
"""The largest difference between the clocks of the database and of Temporal."""

_THERE: Final = "SELECT command_id FROM ledger.events WHERE command_id = ANY ($1)"


async def forgotten_acts(client: Client, ledger: Ledger, since: datetime) -> list[OrganisationAct]:
    """Return the acts that were recorded after a time and are not in the ledger, the oldest first.

    One whose run the server has deleted, or whose payload nobody can read, is not known.

    Raises:
        RPCError: Temporal does not answer.
    """
    where = f"WorkflowType = 'OrganisationAct' AND CloseTime > '{since - SKEW:%Y-%m-%dT%H:%M:%SZ}'"
    acts = [act async for run in closed_runs(client, where) async for act in _recorded_by(client, run)]
    async with ledger.connection() as connection:
        rows = await connection.fetch(_THERE, [act.command_id for act in acts])
    recorded_ids: set[UUID] = {row["command_id"] for row in rows}
    return sorted(
        (act for act in acts if act.command_id not in recorded_ids), key=lambda act: act.event.signature.statement.at
    )


async def _recorded_by(client: Client, run: Workflow) -> AsyncIterator[OrganisationAct]:
    """Yield the act of a run that recorded it, and none of one that was refused."""
    handle = client.get_workflow_handle(run.id, run_id=run.run_id, result_type=ActAnswer)
    try:
        if (await handle.result()).refusal is not None:
            return
        async for event in handle.fetch_history_events(page_size=1):
            payloads = event.workflow_execution_started_event_attributes.input.payloads
            [act] = await client.data_converter.decode(payloads, [OrganisationAct])
            yield act
            return
    except (PayloadUnreadable, ValidationError, ValueError, WorkflowFailureError):
        return
    except RPCError as fault:
        if fault.status is not RPCStatusCode.NOT_FOUND:
            raise
