"""The attester's repeated work: a line for each day that is over, and again while a side was away or differed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import structlog
from temporalio.common import MetricMeter

from accord.operations.attesting.attesting import Signing, attest
from accord.operations.attesting.gathering import Sources
from accord.operations.attesting.log import AttestationLog
from domain.attestation.line import AttestationLine, DayVerdict, newest_by_day
from ledger import clock
from ledger.proof.checkpoints import LedgerForked
from ledger.proof.notes import NoteRefused

EVERY: Final = timedelta(hours=1)
"""The pause between looks. The bank's statement of a day comes in some hours after its end."""
AFTER_A_FAULT: Final = timedelta(seconds=15)
"""The pause while no line can be signed, as before the signer's first checkpoint."""
AGAIN: Final = 7
"""Days that are attested again while they are not known, or differ. A weekend is known by Monday's statement."""
AT: Final = "accord_attested_at_seconds"
DIFFERING: Final = "accord_attestation_differing_days"
MEASURES: Final = {
    AT: "When the newest line of an attestation was signed, in seconds since 1970, or 0 where there is none",
    DIFFERING: "Days of the last seven whose newest attestation says that sides differ",
}
"""The measures of the attester, by the name of the gauge."""

log = structlog.get_logger("accord.attester")


class Attester:
    """One attester's repeated work. Several may run: they sign the same lines, each once."""

    def __init__(self, sources: Sources, signing: Signing, lines: AttestationLog, meter: MetricMeter) -> None:
        self._sources, self._signing, self._log = sources, signing, lines
        self._gauges = {name: meter.create_gauge(name, description) for name, description in MEASURES.items()}
        self._fault = ""
        self._gauges[AT].set(0)  # until the first look says how old the newest line is

    async def forever(self) -> None:
        """Look every hour until cancelled, and soon again while nothing can be signed."""
        while True:
            await self.once()
            await asyncio.sleep((AFTER_A_FAULT if self._fault else EVERY).total_seconds())

    async def fault(self) -> str:
        """Return the reason why nothing was signed at the last look, or ''."""
        return self._fault

    async def once(self) -> None:
        """Attest the days that are due, and tell the measures. A fault ends nothing: it is logged once."""
        reason = ""
        try:
            if days := due(self._log.lines(), clock.today()):
                for result in await attest(self._sources, days, self._signing, self._log):
                    if result.is_new:
                        log.info("attested", day=str(result.line.day), verdict=result.line.verdict.value)
            self._tell(self._log.lines())
        except Exception as fault:
            reason = str(fault) if isinstance(fault, (LedgerForked, NoteRefused, OSError)) else type(fault).__name__
            if reason != self._fault:
                log.error("not attested, and looks again", reason=reason)
        self._fault = reason

    def _tell(self, lines: Sequence[AttestationLine]) -> None:
        self._gauges[AT].set(int(lines[-1].made_at.timestamp()) if lines else 0)
        self._gauges[DIFFERING].set(len(differing(lines, clock.today())))


def due(lines: Sequence[AttestationLine], today: date) -> list[date]:
    """Return the days to attest: yesterday, and those of the last week that have no line or do not agree.

    A log begins with the day before its first look: earlier days have no line.
    """
    newest = newest_by_day(lines)
    first_day = min(newest, default=today - timedelta(days=1))
    days = [day for day in _last(AGAIN, today) if day >= first_day]
    return [day for day in days if day not in newest or newest[day].verdict is not DayVerdict.AGREES]


def differing(lines: Sequence[AttestationLine], today: date) -> list[date]:
    """Return the days of the last week whose newest line says that sides differ."""
    newest = newest_by_day(lines)
    return [day for day in _last(AGAIN, today) if day in newest and newest[day].verdict is DayVerdict.DIFFERS]


def _last(count: int, today: date) -> list[date]:
    return [today - timedelta(days=back) for back in range(count, 0, -1)]
