"""Measure the installation for operators: what is late, missing or stopped, as gauges (`accord status` in numbers).

Each worker measures, and exports at its own address; a rule takes the greatest of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from temporalio.common import MetricMeter

from accord.client.health import InstallationStatus, installation_status
from accord.client.sending import Sending
from accord.operations.watching import watch

EVERY: Final = timedelta(minutes=2)
"""It compares every open partnership with its workflow, so not more often."""

GAUGES: Final[Mapping[str, str]] = {
    "accord_events": "Events in the ledger",
    "accord_read_models_behind": "Events that read models are behind, added up",
    "accord_partnerships_missing": "Open partnerships without a running workflow",
    "accord_partnerships_ahead": "Partnerships whose workflow knows events that the ledger does not hold",
    "accord_partnerships_stopped": "Partnerships that are stopped until people resolve a fault",
    "accord_directory_unjudged": "Unreadable events in the directory that freeze people",
    "accord_registers_ageing": "Registers that are too old to be used, or will be within ten days",
    "accord_exceptions_open": "The bank's words that wait for a person",
}
"""What is measured, by the name of its gauge."""


def numbers(found: InstallationStatus) -> dict[str, int]:
    """Return the state of the installation in numbers, by the name of the gauge."""
    return {
        "accord_events": found.events,
        "accord_read_models_behind": sum(found.behind.values()),
        "accord_partnerships_missing": len(found.missing),
        "accord_partnerships_ahead": len(found.ahead),
        "accord_partnerships_stopped": len(found.stopped),
        "accord_directory_unjudged": len(found.unjudged),
        "accord_registers_ageing": len(found.ageing),
        "accord_exceptions_open": found.exceptions,
    }


class Measurements:
    """One worker's repeated measurement of the installation."""

    def __init__(self, desk: Sending, meter: MetricMeter) -> None:
        self._desk = desk
        self._gauges = {name: meter.create_gauge(name, what) for name, what in GAUGES.items()}

    async def forever(self) -> None:
        """Measure every two minutes until cancelled."""
        await watch("measurements", self.once, EVERY)

    async def once(self) -> None:
        """Measure once."""
        for name, number in numbers(await installation_status(self._desk)).items():
            self._gauges[name].set(number)
