"""Write the records of an import that two people signed, a part at a time. Cut off, it goes on where it was."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from temporalio.client import WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from accord.client.asking import patiently
from accord.client.desk import open_temporal
from accord.client.sending import RPC_TIMEOUT, Sending
from accord.organisation.imports.checking import SourceFile, check_file
from accord.organisation.imports.orders import orders_of
from accord.presentation.faults import BadInput, Refused, Unreachable
from activities.contracts import ActAnswer, ImportPart
from activities.imports.writing import Imports
from domain.imported.orders import ImportOrder, ImportRecord
from domain.recorded.writers import Writer
from records.imports import read_imported
from records.opening import own_writer
from workflows.describe import clip
from workflows.imports import WRITING, ImportWorkflow
from workflows.options import LISTS, TASK_QUEUE

PART: Final = 250
"""The records that are written together."""


class AppliedImport(NamedTuple):
    """An import after its records were written."""

    order_sha256: str
    written: int
    """The records that this command wrote."""
    before: int
    """Those that stood already."""
    left: int
    """Those that were signed, and are asked about or changed by now."""


async def apply_import(desk: Sending, file: SourceFile, progress: Callable[[int, int], None]) -> AppliedImport:
    """Write the records of a file's import that two people signed. `progress` hears of written ones, of how many.

    Raises:
        BadInput: Two people did not sign an import of this file.
        Refused: A record cannot be written; what was written before stays.
        Unreachable: No worker answered; applying it again goes on.
    """
    order = await _signed_order(desk, file)
    digests = frozenset(order.records)
    partnerships = await read_imported(desk.reader)
    before = sum(present.record.sha256 in digests for present in partnerships.standing.values())
    plan = await check_file(desk, file, order.mapping)
    records = [record for record in plan.records(corrections=True) if record.sha256 in digests]
    await _write(desk, order.sha256, records, progress)
    return AppliedImport(order.sha256, len(records), before, len(digests) - before - len(records))


async def _signed_order(desk: Sending, file: SourceFile) -> ImportOrder:
    orders = await orders_of(desk, file)
    confirmed_orders = [standing.order for _, standing in orders if standing.confirmer and standing.order is not None]
    if confirmed_orders:
        return confirmed_orders[-1]
    waiting = f"; {orders[-1][1].signer} signed it, and another person confirms it" if orders else ""
    raise BadInput(f"{file.name}: two people did not sign an import of this file{waiting}: `accord import sign`")


async def _write(
    desk: Sending, order_sha256: str, records: Sequence[ImportRecord], progress: Callable[[int, int], None]
) -> None:
    write = await _writer(desk)
    for place in range(0, len(records), PART):
        part = ImportPart(order_sha256=order_sha256, records=tuple(records[place : place + PART]))
        answer = await write(part)
        if answer.refusal is not None:
            raise Refused(answer.refusal.reason, answer.refusal.kind)
        progress(place + len(part.records), len(records))


async def _writer(desk: Sending) -> Callable[[ImportPart], Awaitable[ActAnswer]]:
    """Return the writer of a part: this process, which keeps what it read, if its login may append, else a worker."""
    if await own_writer(desk.pool) is Writer.WORKER:
        return Imports(desk.pool).write_records
    return lambda part: patiently(partial(_written, desk, part), desk.patience)


async def _written(desk: Sending, part: ImportPart) -> ActAnswer:
    """Have a worker write a part. One is written at a time: another's is waited for."""
    client = desk.client or await open_temporal()
    try:
        running: WorkflowHandle[Any, ActAnswer] = await client.start_workflow(
            ImportWorkflow.run,
            part,
            id=WRITING,
            task_queue=TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            static_summary=clip(f"import {part.order_sha256[:12]}: {len(part.records)} partnerships of before"),
            priority=LISTS,
            rpc_timeout=RPC_TIMEOUT,
        )
        return await asyncio.wait_for(running.result(), desk.patience)
    except WorkflowAlreadyStartedError:
        await asyncio.wait_for(client.get_workflow_handle(WRITING).result(), desk.patience)
        return await _written(desk, part)
    except TimeoutError as fault:
        raise Unreachable(
            f"nobody answered within {desk.patience:.0f} s (is a worker running?); apply the file again: it goes on"
        ) from fault
