"""Make and start the embedded stack, or report that it is not installed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from accord.presentation.faults import BadInput, Refused
from accord.runs.payload_keys import NEWEST_RUNS, RUNBOOK, lost_keys
from deploy.admission import LoginsRefused
from deploy.connections import connect_temporal, payload_keys
from deploy.migrate import CannotMigrate
from deploy.payloads.keys import FILE
from domain.fault import Fault

if TYPE_CHECKING:
    from deploy.embedded.stack import Stack


async def started(stack: Stack) -> tuple[str, ...]:
    """Start a stack and return the migrations that were applied.

    Raises:
        Refused: The data folder was made by another version of Accord, or is in use by one.
    """
    try:
        return await stack.start()
    except CannotMigrate as fault:
        await asyncio.to_thread(stack.stop)
        raise Refused(f"{fault}; for a new one, name another folder: ACCORD_DATA=FOLDER", "OtherVersion") from fault
    except LoginsRefused as fault:
        await asyncio.to_thread(stack.stop)
        raise Refused(str(fault), "LoginsRefused") from fault


async def lost_to(stack: Stack) -> Fault | None:
    """Return the remedy if the newest open runs bear keys of payloads that the stack's ring lacks, or None.

    A stack that finds no ring makes one. Where one was there before, nobody can read what it encrypted.
    """
    secrets = stack.postgres.secrets
    client = await connect_temporal(stack.state.temporal_address, secrets=secrets)
    key_counts = await lost_keys(client, payload_keys(secrets), NEWEST_RUNS)
    if not key_counts:
        return None
    return Fault(
        f"open runs bear keys of payloads that are not in {secrets / FILE}: {', '.join(sorted(key_counts))}. Nothing"
        f" goes on in them: put back the file that was there and start again or, if it is lost for good, see {RUNBOOK}"
    )


def make_stack(folder: Path, workers: int = 1, refreshes: bool = False, console: bool = True) -> Stack:
    """Return an embedded stack on a data folder, not started yet.

    `refreshes`: whether registers are fetched from their publishers once a day. `console`: whether it serves pages.

    Raises:
        BadInput: The embedded extra is not installed.
        Refused: A stack runs in this folder already, or another program has the port of its pages.
    """
    try:
        from deploy.embedded.left_over import StackRuns
        from deploy.embedded.ports import PortTaken
        from deploy.embedded.stack import Stack
    except ImportError as fault:
        raise BadInput(f"the embedded stack is not installed ({fault.name}); install accord[embedded]") from fault
    try:
        return Stack(folder, workers, refreshes, console)
    except StackRuns as fault:
        raise Refused(f"{fault}; use it, or stop it first") from fault
    except PortTaken as fault:
        raise Refused(str(fault), "PortTaken") from fault
