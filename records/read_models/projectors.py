"""Everything that is projected, and the tasks of a worker that keep it up to the ledger."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from ledger import Ledger
from ledger.projections import ProjectionStopped, Projector
from ledger.projections.projector import POLL
from records.read_models.judging import judge_of
from records.read_models.partnerships import PARTNERSHIPS
from records.read_models.timeline import TIMELINE

ALL: Final = (PARTNERSHIPS, TIMELINE)

LOOK_AGAIN: Final = 5.0
"""Seconds after which one that was stopped looks whether it may go on."""

log = structlog.get_logger("accord.projector")


async def project(ledger: Ledger) -> None:
    """Keep all read models up to the ledger, until cancelled."""
    judge = judge_of(ledger)
    await asyncio.gather(*[_keep(Projector(ledger, projection, judge)) for projection in ALL])


async def _keep(projector: Projector) -> None:
    """One that may not go on says so once and leaves the others alone; it goes on when a person has mended it."""
    name, told = projector.projection.name, ""
    while True:
        try:
            await projector.forever(lambda reason: log.warning("waiting", projection=name, reason=reason))
        except ProjectionStopped as fault:
            if str(fault) != told:
                told = str(fault)
                log.error("stopped", projection=name, reason=told)
            await asyncio.sleep(LOOK_AGAIN)
        except Exception as fault:
            log.error("failed, and begins again", projection=name, fault=f"{type(fault).__name__}: {fault}")
            await asyncio.sleep(POLL)
