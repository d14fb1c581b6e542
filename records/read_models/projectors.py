"""All projections, and the tasks that keep them up to date."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from ledger import Ledger
from ledger.projections import ProjectionStopped, Projector
from ledger.projections.projector import POLL
from records.read_models.claimed.lines import IMPORTED
from records.read_models.funds import FUNDS
from records.read_models.judging import judge_of
from records.read_models.partnerships import PARTNERSHIPS
from records.read_models.rescreening import RESCREENING
from records.read_models.timeline import TIMELINE

ALL: Final = (PARTNERSHIPS, FUNDS, TIMELINE, RESCREENING, IMPORTED)

LOOK_AGAIN: Final = 5.0
"""Seconds after which a stopped projector tries again."""

log = structlog.get_logger("accord.projector")


async def project(ledger: Ledger) -> None:
    """Keep all read models up to date, until cancelled."""
    judge = judge_of(ledger)
    await asyncio.gather(*[_keep(Projector(ledger, projection, judge)) for projection in ALL])


async def _keep(projector: Projector) -> None:
    """Run one projector for ever. If it has to stop, log the reason once and retry until a person has fixed it."""
    name, last_reason = projector.projection.name, ""
    while True:
        try:
            await projector.forever(lambda reason: log.warning("waiting", projection=name, reason=reason))
        except ProjectionStopped as fault:
            if str(fault) != last_reason:
                last_reason = str(fault)
                log.error("stopped", projection=name, reason=last_reason)
            await asyncio.sleep(LOOK_AGAIN)
        except Exception as fault:
            log.error("failed, and begins again", projection=name, error=type(fault).__name__)
            await asyncio.sleep(POLL)
