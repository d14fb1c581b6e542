"""Start the re-screening of partnerships after another version of a register came into force."""

from __future__ import annotations

from accord.client.desk import open_temporal
from accord.presentation.faults import Unreachable
from deploy.schedules import EVERY, trigger_rescreening


async def start_rescreening() -> str | None:
    """Start the re-screening now. Return the reason if it cannot start, or None. Its schedule runs it in any case."""
    try:
        return await trigger_rescreening(await open_temporal())
    except Unreachable as fault:
        return f"{fault}; re-screening runs by itself within {EVERY.seconds // 60} minutes of its return"
