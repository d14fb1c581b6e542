"""Wait, before the bytes of a payment file are written, until a checkpoint in another place covers its hand-over.

A database and a Temporal that are both put back agree with each other. Only a checkpoint that was kept elsewhere still
tells then that a file left; so no file leaves before there is one.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from accord.client.desk import Desk
from accord.client.whole_ledger import FOLDER_VARIABLE, newest_elsewhere, require_holds
from accord.presentation.faults import Refused
from deploy.variables import configured
from domain.streams import StreamId

PATIENCE: Final = 60.0
"""Seconds to wait for the process that signs checkpoints: it signs at once what left."""

LOOK_AGAIN: Final = 0.25


async def until_covered(desk: Desk, message_id: str) -> None:
    """Wait until a checkpoint in `ACCORD_CHECKPOINTS` covers the newest act on a file. Without that setting, return.

    The act and what it says of each payment are one transaction: whoever signs sees all of it or nothing.

    Raises:
        Refused: None came, or one of another ledger. The hand-over is recorded, and the message says how the file is
            written later.
        BadInput: The checkpoints cannot be read, or are not the log's.
    """
    if not (folder := configured(FOLDER_VARIABLE)):
        return
    [*_, act] = await desk.ledger.read_stream(StreamId.payment_file(message_id))
    try:
        async with asyncio.timeout(PATIENCE):
            while (newest := newest_elsewhere(Path(folder))) is None or newest.size < act.position:
                await asyncio.sleep(LOOK_AGAIN)
    except TimeoutError:
        raise Refused(
            f"{message_id} is handed over and signed, but not written yet: after {PATIENCE:.0f} seconds no checkpoint "
            "covers that. The process that signs them does not run: see `accord runbook checkpoint-old`; then write "
            f"it: `accord payments write-again {message_id} --out FOLDER`",
            "NotWritten",
        ) from None
    await require_holds(desk, newest)
