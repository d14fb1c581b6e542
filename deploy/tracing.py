"""Traces of a command, from the shell or console that gives it to the append that records it, by OpenTelemetry.

One setting turns them on: `ACCORD_TRACES`, the address of a collector. Spans hold ids, acts and times.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from temporalio.client import Interceptor

from deploy.variables import NotConfigured, configured

VARIABLE: Final = "ACCORD_TRACES"


def tracing() -> list[Interceptor]:
    """Return the interceptors with which a client and its workers trace, or none without the setting.

    Raises:
        NotConfigured: OpenTelemetry's SDK is not installed, or the address is none.
    """
    address = configured(VARIABLE)
    return [_interceptor(address)] if address else []


@lru_cache
def _interceptor(address: str) -> Interceptor:
    """Return the interceptor of this process, which has one provider of traces."""
    try:
        from deploy.spans import exported_to
    except ImportError as fault:
        raise NotConfigured(f"{VARIABLE} is set, and OpenTelemetry is not installed: pip install .[traces]") from fault
    return exported_to(address)
