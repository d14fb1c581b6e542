"""Start the re-screening of partnerships after another version of a register came into force."""

from __future__ import annotations

from deploy.connections import connect_temporal
from deploy.database import ServiceUnavailable
from deploy.schedules import EVERY, trigger_rescreening
from deploy.settings import embedded_temporal_address


async def start_rescreening() -> str:
    """Start the re-screening now; return the reason if it cannot start, or ''. Its schedule runs it in any case."""
    try:
        return await trigger_rescreening(await connect_temporal(embedded_temporal_address()))
    except ServiceUnavailable as fault:
        return f"{fault}; re-screening runs by itself within {EVERY.seconds // 60} minutes of its return"
