"""The measures of webhooks, each with the name of its endpoint."""

from __future__ import annotations

from typing import Final

from temporalio.common import MetricMeter

from accord.operations.webhooks.posting import PostResult
from domain.webhooks.endpoint import Endpoint
from ledger import StoredEvent, clock

WAITS: Final = "accord_webhook_waits_seconds"
STOPPED: Final = "accord_webhook_stopped"
TAKEN: Final = "accord_webhooks_taken"
REFUSED: Final = "accord_webhooks_refused"
GAUGES: Final = {
    WAITS: "Since when the oldest event that an endpoint hears waits to be taken",
    STOPPED: "Whether nothing is sent to an endpoint until a person says so: 1 or 0",
}
COUNTERS: Final = {
    TAKEN: "Events that an endpoint took",
    REFUSED: "Attempts that an endpoint did not take",
}


class EndpointMeasures:
    """The measures of a sender's endpoints."""

    def __init__(self, meter: MetricMeter) -> None:
        self._gauges = {name: meter.create_gauge(name, description) for name, description in GAUGES.items()}
        self._counters = {name: meter.create_counter(name, description) for name, description in COUNTERS.items()}

    def waits(self, endpoint: Endpoint, event: StoredEvent | None) -> None:
        """Tell of the oldest event that waits, or that none does."""
        age = (clock.now() - event.recorded_at).total_seconds() if event is not None else 0
        self._gauges[WAITS].set(max(int(age), 0), {"endpoint": endpoint.name})

    def is_stopped(self, endpoint: Endpoint, is_stop: bool) -> None:
        """Measure a stop of an endpoint, or its end."""
        self._gauges[STOPPED].set(int(is_stop), {"endpoint": endpoint.name})

    def posted(self, endpoint: Endpoint, result: PostResult) -> None:
        """Count an attempt."""
        self._counters[TAKEN if result.is_taken else REFUSED].add(1, {"endpoint": endpoint.name})

    def forget(self, endpoint: Endpoint) -> None:
        """Clear the measures of an endpoint that is no more."""
        self.waits(endpoint, None)
        self.is_stopped(endpoint, False)
