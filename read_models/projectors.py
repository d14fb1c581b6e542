"""Everything that is projected, and the tasks of a worker that keep it up to the ledger."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from ledger import Ledger
from projections import ProjectionStopped, Projector
from projections.projector import POLL
from read_models.partnerships import PARTNERSHIPS
from read_models.timeline import TIMELINE

ALL: Final = (PARTNERSHIPS, TIMELINE)

log = structlog.get_logger("accord.projector")


async def project(ledger: Ledger) -> None:
    """Keep all read models up to the ledger, until cancelled."""
    await asyncio.gather(*[_keep(Projector(ledger, projection)) for projection in ALL])


async def _keep(projector: Projector) -> None:
    """One that stops says so and leaves the others alone; a person must look. After any other fault it goes on."""
    name = projector.projection.name
    while True:
        try:
            await projector.forever(lambda reason: log.warning("waiting", projection=name, reason=reason))
        except ProjectionStopped as fault:
            log.error("stopped", projection=name, reason=str(fault))
            return
        except Exception as fault:
            log.error("failed, and begins again", projection=name, fault=f"{type(fault).__name__}: {fault}")
            await asyncio.sleep(POLL)
