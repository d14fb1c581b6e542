"""Check against signed checkpoints and running workflows, before money leaves, that the ledger has lost no events.

`ACCORD_CHECKPOINTS` names a folder of checkpoints that were copied out of the database's reach, and `ACCORD_LOG` the
log's public key. A ledger and a Temporal that were both restored to an earlier point agree with one another; only
checkpoints kept elsewhere show the loss.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from temporalio.service import RPCError

from accord.client.desk import Desk, open_desk
from accord.client.log_keys import known_keys
from accord.presentation.faults import BadInput, Refused
from accord.runs.catching_up import ledger_is_behind, version_known
from accord.runs.open_workflows import open_workflows
from deploy.logins import Login
from deploy.variables import configured
from ledger.proof.checkpoints import CheckpointFolder, LedgerForked, require_consistent
from ledger.proof.notes import Checkpoint, NoteRefused
from ledger.proof.stored_tree import StoredTree
from workflows.attributes import WHERE_STOPPED

FOLDER_VARIABLE: Final = "ACCORD_CHECKPOINTS"
RUNBOOK: Final = "see `accord runbook ledger-behind`"
MOST_ASKED: Final = 20


@asynccontextmanager
async def exporting() -> AsyncIterator[Desk]:
    """Open the desk for making and handing over payment files, after checking that the ledger has lost nothing.

    Raises:
        Refused: The ledger lacks events that a signed checkpoint covers or that a workflow has read.
        BadInput: The checkpoints cannot be read, or are not the log's.
    """
    async with open_desk(Login.EXPORTER, hinting=True) as desk:
        await require_whole(desk)
        yield desk


async def require_whole(desk: Desk) -> None:
    """Raise Refused if the ledger has lost events, BadInput if the checkpoints are missing or cannot be used."""
    if folder := configured(FOLDER_VARIABLE):
        await _require_what_was_signed(desk, Path(folder))
    if ahead := await _workflow_ahead(desk):
        raise _forgotten(f"the ledger does not hold what {ahead} knows: it was put back to an earlier point")


def _forgotten(fault: str) -> Refused:
    return Refused(f"{fault}. No payment file is made or handed over for anybody; {RUNBOOK}", "LedgerBehind")


async def _require_what_was_signed(desk: Desk, folder: Path) -> None:
    newest = newest_elsewhere(folder)
    if newest is None:
        raise BadInput(
            f"{FOLDER_VARIABLE}: {folder} holds no checkpoint, so nothing says what the ledger was; ship one there"
        )
    await require_holds(desk, newest)


async def require_holds(desk: Desk, checkpoint: Checkpoint) -> None:
    """Raise Refused if the ledger does not hold what a checkpoint covers."""
    try:
        await require_consistent(StoredTree(desk.ledger), checkpoint)
    except LedgerForked as fault:
        raise _forgotten(str(fault)) from fault


def newest_elsewhere(folder: Path) -> Checkpoint | None:
    """Return the largest checkpoint in a folder, verified with the log's key, or None if there is none yet.

    Raises:
        BadInput: It cannot be read, or is not the log's.
    """
    keys = known_keys([])
    try:
        newest = CheckpointFolder(folder).latest(keys)
    except (NoteRefused, OSError, UnicodeDecodeError) as fault:
        raise BadInput(f"{FOLDER_VARIABLE}: {folder}: {fault}") from fault
    return newest.checkpoint if newest is not None else None


async def _workflow_ahead(desk: Desk) -> str | None:
    """Return the id of a workflow that has read events the ledger lacks, or None if none, or if Temporal is silent.

    The search attribute only finds candidates, since anybody with access to Temporal can set it; each is then queried.
    """
    if desk.client is None:
        return None
    try:
        async for workflow in open_workflows(desk.client, WHERE_STOPPED, MOST_ASKED):
            known_version = await version_known(desk.client, workflow.id)
            if known_version is not None and await ledger_is_behind(desk.ledger, workflow.id, known_version):
                return workflow.id
    except RPCError:  # Temporal is unavailable, or does not know the attribute yet
        return None
    return None
