"""Say so where a list that is printed may be old, or lacks an event."""

from __future__ import annotations

from typing import Final

import asyncpg

from accord.cli.printing.output import err
from ledger import Ledger
from ledger.projections import NotCaughtUp, ReadModel
from records.read_models.lists import PARTNERSHIPS_NAME

PATIENCE: Final = 3.0
"""Seconds to wait for a list to have the newest event."""


async def warn_if_behind(pool: asyncpg.Pool, name: str = PARTNERSHIPS_NAME) -> None:
    """Wait briefly for a read model to have the newest event. Print a warning if it is behind, or lacks one."""
    ledger = Ledger(pool)
    model = ReadModel(ledger, name)
    try:
        await model.wait_for(await ledger.head(), PATIENCE)
    except NotCaughtUp as behind:
        err.print(f"accord: what follows may be old: {behind}", style="yellow", soft_wrap=True, markup=False)
    for event in await model.quarantined():
        warning = (
            f"accord: {event.stream_id} is not shown as it is: event {event.position} cannot be read ({event.reason})"
        )
        err.print(warning, style="yellow", soft_wrap=True, markup=False)
