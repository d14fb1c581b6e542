"""Connect to Temporal the same way everywhere, and wait for services: worker, shell, tests and benchmarks."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import lru_cache
from typing import Final, TypeVar

import structlog
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfig
from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.service import RPCError

from deploy import database
from deploy.database import ServiceUnavailable

RETRY_SECONDS: Final = 1.0

Service = TypeVar("Service")

log = structlog.get_logger("accord")


@lru_cache(maxsize=1)
def runtime() -> Runtime:
    """Return the process's Temporal runtime, which forwards the logs of the SDK's core to Python's logging."""
    forwarding = LogForwardingConfig(logger=logging.getLogger("temporalio.core"))
    filtered = TelemetryFilter(core_level="WARN", other_level="ERROR")
    return Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter=filtered, forwarding=forwarding)))


async def connect_temporal(address: str | None = None) -> Client:
    """Connect to Temporal, configured by `temporalio.envconfig` (TEMPORAL_ADDRESS and others, or a profile).

    `address`, if given, replaces the configured address.

    Raises:
        ServiceUnavailable: The configuration cannot be used, or the server does not answer.
    """
    try:
        options = ClientConfig.load_client_connect_config()
    except (RuntimeError, ValueError, OSError) as fault:
        raise ServiceUnavailable(f"Temporal's configuration cannot be used: {_first_line(fault)}") from fault
    if address is not None:
        options["target_host"] = address
    target = options.setdefault("target_host", "localhost:7233")
    try:
        connecting = Client.connect(**options, data_converter=pydantic_data_converter, runtime=runtime())
        return await asyncio.wait_for(connecting, database.CONNECT_TIMEOUT)
    except (RuntimeError, ValueError, RPCError, TimeoutError, OSError) as fault:
        raise ServiceUnavailable(f"Temporal at {target} cannot be reached; is the server up?") from fault


def _first_line(fault: Exception) -> str:
    return (str(fault).strip() or type(fault).__name__).splitlines()[0]


async def wait_for(name: str, connect: Callable[[], Awaitable[Service]], stop: asyncio.Event) -> Service | None:
    """Return a connection to a service; while the service is away, log and retry. None if `stop` is set first."""
    while not stop.is_set():
        try:
            return await connect()
        except ServiceUnavailable as fault:
            log.warning("waiting", service=name, reason=str(fault))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), RETRY_SECONDS)
    return None


def stop_signals() -> asyncio.Event:
    """Return the event that is set once this process is asked to stop (SIGTERM, SIGINT)."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
