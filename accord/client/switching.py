"""After a switch of a register: let the schedule of re-screening run now."""

from __future__ import annotations

from deploy.connections import ServiceUnavailable, connect_temporal
from deploy.schedules import EVERY, trigger_rescreening
from deploy.settings import embedded_temporal_address


async def tell_partnerships() -> str:
    """Return what keeps the re-screening from running now, or nothing. It runs by itself a little later anyway."""
    try:
        return await trigger_rescreening(await connect_temporal(embedded_temporal_address()))
    except ServiceUnavailable as fault:
        return f"{fault}; re-screening runs by itself within {EVERY.seconds // 60} minutes of its return"
