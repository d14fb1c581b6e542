"""A stack whose server lets one run of a workflow take few signals: a flood is short, and nobody else needs as many."""

from __future__ import annotations

from typing import Final

from deploy.embedded.stack import Stack
from deploy.embedded.temporal import TemporalServer

LIMIT: Final = 100
"""The signals that one run of a workflow takes. A server's own limit is 10,000."""


class ServerSoonFull(TemporalServer):
    """A server that takes few signals."""

    def _command(self) -> list[str]:
        limit = f"history.maximumSignalsPerExecution={LIMIT}"
        return [*super()._command(), "--dynamic-config-value", limit]


class SoonFull(Stack):
    """A stack whose server takes few signals."""

    server_class = ServerSoonFull
