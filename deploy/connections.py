"""Connect to Temporal the same way everywhere, and wait for services: worker, shell, tests and benchmarks."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeVar

import structlog
from temporalio.client import Client, Plugin
from temporalio.envconfig import ClientConfig
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)
from temporalio.service import RPCError, RPCStatusCode

from deploy import database
from deploy.database import ServiceUnavailable
from deploy.logins import SecretUnusable
from deploy.payloads.keys import FILE, PayloadKeys
from deploy.payloads.plugin import accord_plugin
from deploy.settings import installation, secrets_folder
from deploy.tracing import tracing
from deploy.variables import NotConfigured

RETRY_SECONDS: Final = 1.0

_BUCKETS: Final = {"accord_append_seconds": [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30]}

Service = TypeVar("Service")

log = structlog.get_logger("accord")


@lru_cache
def runtime(metrics: str = "") -> Runtime:
    """Return the process's Temporal runtime, which forwards the logs of the SDK's core to Python's logging.

    `metrics`: the address, such as 127.0.0.1:9464, at which Prometheus finds the SDK's metrics and ours; '' for none.

    Raises:
        NotConfigured: The address cannot be listened at.
    """
    forwarding = LogForwardingConfig(logger=logging.getLogger("temporalio.core"))
    telemetry_filter = TelemetryFilter(core_level="WARN", other_level="ERROR")
    config = PrometheusConfig(bind_address=metrics, histogram_bucket_overrides=_BUCKETS) if metrics else None
    telemetry_config = TelemetryConfig(
        logging=LoggingConfig(filter=telemetry_filter, forwarding=forwarding),
        metrics=config,
        global_tags={"installation": installation()},  # two of them in one Prometheus must not hide one another
    )
    try:
        return Runtime(telemetry=telemetry_config)
    except (RuntimeError, ValueError) as fault:
        raise NotConfigured(f"ACCORD_METRICS: {metrics} cannot be listened at: {_first_line(fault)}") from fault


async def connect_temporal(address: str | None = None, metrics: str = "", secrets: Path | None = None) -> Client:
    """Connect to Temporal, configured by `temporalio.envconfig` (TEMPORAL_ADDRESS and others, or a profile).

    `address`, if given, replaces the configured address. `metrics`: see `runtime`. `secrets`: the folder with the keys
    of payloads; that of this machine if it is not given.

    Raises:
        NotConfigured: Metrics or traces cannot be exported at their address, or the keys of payloads cannot be used.
        ServiceUnavailable: The configuration cannot be used, or the server does not answer.
    """
    return await _connected(address, metrics, [accord_plugin(payload_keys(secrets))])


async def connect_to_list(address: str | None = None) -> Client:
    """Connect to Temporal to list what runs there. Such a client has no key of payloads, and can read none.

    Raises:
        ServiceUnavailable: The configuration cannot be used, or the server does not answer.
    """
    return await _connected(address, "", [])


async def _connected(address: str | None, metrics: str, plugins: list[Plugin]) -> Client:
    try:
        options = ClientConfig.load_client_connect_config()
    except (RuntimeError, ValueError, OSError) as fault:
        raise ServiceUnavailable(f"Temporal's configuration cannot be used: {_first_line(fault)}") from fault
    if address is not None:
        options["target_host"] = address
    exporting = runtime(metrics)
    target = options.setdefault("target_host", "localhost:7233")
    try:
        connecting = Client.connect(**options, plugins=plugins, interceptors=tracing(), runtime=exporting)
        return await asyncio.wait_for(connecting, database.CONNECT_TIMEOUT)
    except (RuntimeError, ValueError, RPCError, TimeoutError, OSError) as fault:
        raise ServiceUnavailable(f"Temporal at {target} cannot be reached; is the server up?") from fault


def payload_keys(secrets: Path | None = None) -> PayloadKeys:
    """Return the keys of payloads in a folder of secrets: this machine's, if none is given.

    Raises:
        NotConfigured: They cannot be used.
    """
    try:
        return PayloadKeys.read((secrets or secrets_folder()) / FILE)
    except SecretUnusable as fault:
        raise NotConfigured(f"{fault}; `accord payloads --help` says how processes come by these keys") from fault


def temporal_answer(fault: RPCError) -> str:
    """Return the words for an answer of Temporal's that nobody expected, with the remedy if the server is a new one."""
    answer = f"Temporal answered {fault.status.name}: {fault.message}"
    if "search attribute" in fault.message.lower():
        return f"{answer}. The server is new: a worker makes what it lacks within seconds; see `accord doctor`"
    if fault.status is RPCStatusCode.NOT_FOUND and not is_unknown(fault):
        return f"{answer} `accord setup` makes it, or `temporal operator namespace create`, with 30 days' retention"
    return answer


def is_unknown(fault: RPCError) -> bool:
    """True if Temporal keeps nothing under the id that was asked for. Of a namespace that is gone nobody can say so."""
    return fault.status is RPCStatusCode.NOT_FOUND and not fault.message.startswith("Namespace ")


def _first_line(fault: Exception) -> str:
    return (str(fault).strip() or type(fault).__name__).splitlines()[0]


async def wait_for(name: str, connect: Callable[[], Awaitable[Service]], stop: asyncio.Event) -> Service | None:
    """Return a connection to a service. While the service is away, log and retry. None if `stop` is set first."""
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
