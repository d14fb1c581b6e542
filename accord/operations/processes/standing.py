"""A process that runs until it is stopped: how it starts and ends, its probes, and its metrics. One way for all.

It waits for what it needs, tells orchestrators and Prometheus whether it is ready, ends on SIGTERM, and logs JSON.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from datetime import timedelta
from functools import partial
from typing import Any, Final, TypeVar

import asyncpg
import structlog
from temporalio.client import Client
from temporalio.common import MetricMeter

from accord.operations.processes.probes import CannotListen, Check, failing, probes
from deploy.connections import runtime, stop_signals, wait_for
from deploy.database import closing, open_pool
from deploy.logins import SecretUnusable
from deploy.logs import configure_logs
from deploy.migrate import pending
from deploy.processes.table import process_named
from deploy.settings import METRICS_VARIABLE, PROBES_VARIABLE
from deploy.variables import NotConfigured, configured

UP: Final = "accord_up"
UP_EVERY: Final = timedelta(seconds=15)
"""The pause between looks whether a process is ready: Prometheus asks about as often."""

_START: Final = "start"

Reached = TypeVar("Reached")


class AskedToStop(Exception):
    """The process was asked to stop while it waited for something that it needs."""


class NotMigrated(Exception):
    """The database lacks migrations of this release."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class StandingProcess:
    """A process that stands: what it reached, what runs beside its work, and what is closed at its end."""

    def __init__(self, name: str, metrics: str, closes: AsyncExitStack) -> None:
        self.metrics = metrics
        """Where it exports metrics, HOST:PORT, or '' if it does not."""
        self.meter = runtime(metrics).metric_meter if metrics else MetricMeter.noop
        self.stop = stop_signals()
        self.checks: dict[str, Check] = {_START: _not_reached}
        """What must hold for it to be ready, by its name."""
        self._log = structlog.get_logger(f"accord.{name}")
        self._closes = closes
        self._tasks: list[asyncio.Task[None]] = []

    async def database(
        self, url: str, size: int = 10, name: str = "database", sees_migrations: bool = True
    ) -> asyncpg.Pool:
        """Return a pool of connections, which is closed at the end, once the database answers.

        `sees_migrations`: False for a login that reads nothing, and so not which migrations were applied either.

        Raises:
            AskedToStop: The process was asked to stop before that.
            NotMigrated: The database is of an older release.
        """
        self.checks[name] = _not_reached
        pool = _reached(await wait_for("database", lambda: open_pool(url, size), self.stop))
        await self._closes.enter_async_context(closing(pool))
        if not sees_migrations:
            self.checks[name] = partial(not_answering, pool)
            return pool
        async with pool.acquire() as connection:
            if missing := await pending(connection):
                raise NotMigrated(missing)
        self.checks[name] = partial(migrations_missing, pool)
        return pool

    async def temporal(self, connect: Callable[[], Awaitable[Client]]) -> Client:
        """Return a client of Temporal, once the server answers. Raises AskedToStop as `database` does."""
        self.checks["temporal"] = _not_reached
        client = _reached(await wait_for("temporal", connect, self.stop))
        self.checks["temporal"] = partial(not_serving, client)
        return client

    def beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin work that goes on until the end."""
        task = asyncio.create_task(work)
        self._tasks.append(task)
        self._closes.callback(task.cancel)

    def works(self, event: str, **words: object) -> None:
        """Log that its work began. From now on it is ready, if its other checks hold."""
        self.checks.pop(_START, None)
        self._log.info(event, **words)

    async def until_stopped(self) -> None:
        """Wait until the process is asked to stop. Raises whatever ended work that was to go on."""
        stopping = asyncio.create_task(self.stop.wait())
        finished_tasks, _ = await asyncio.wait([stopping, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        for task in finished_tasks:
            task.result()


Work = Callable[[StandingProcess], Awaitable[None]]


def stand(name: str, work: Work, through: Callable[[Coroutine[Any, Any, int]], int] = asyncio.run) -> int:
    """Run a process of the table until it is asked to stop, and return its exit code: 0, or 3 if an operator must act.

    `through`: runs a coroutine to its end.
    """
    logging.disable(logging.NOTSET)  # the shell turned logging off; this process logs
    configure_logs()
    return through(_stood(process_named(name).name, work))


async def _stood(name: str, work: Work) -> int:
    log = structlog.get_logger(f"accord.{name}")
    try:
        metrics = configured(METRICS_VARIABLE)
        async with AsyncExitStack() as closes:
            process = StandingProcess(name, metrics, closes)
            async with attended(name, process.checks, configured(PROBES_VARIABLE), metrics):
                await work(process)
    except AskedToStop:
        return 0
    except NotMigrated as fault:
        log.error("database is not migrated", pending=list(fault.missing), remedy="run `accord migrate`")
        return 3
    except (NotConfigured, SecretUnusable, CannotListen) as fault:
        log.error("not configured", reason=str(fault))
        return 3
    log.info("stopped")
    return 0


@asynccontextmanager
async def attended(
    name: str, checks: Mapping[str, Check], probes_at: str = "", metrics_at: str = ""
) -> AsyncIterator[None]:
    """Answer a process's probes, and tell Prometheus whether it is ready, each at its HOST:PORT or not at all.

    Raises:
        CannotListen: Nobody can listen there.
        NotConfigured: Metrics cannot be exported at their address.
    """
    host, _, port = probes_at.rpartition(":")
    telling = asyncio.create_task(_tell(name, checks, runtime(metrics_at).metric_meter)) if metrics_at else None
    try:
        async with probes(host, int(port), checks) if probes_at else nullcontext():
            yield
    finally:
        if telling:
            telling.cancel()


async def _tell(name: str, checks: Mapping[str, Check], meter: MetricMeter) -> None:
    gauge = meter.create_gauge(UP, "Whether a process is ready: 1 or 0")
    while True:
        gauge.set(0 if await failing(checks) else 1, {"process": name})
        await asyncio.sleep(UP_EVERY.total_seconds())


def _reached(service: Reached | None) -> Reached:
    if service is None:
        raise AskedToStop
    return service


async def _not_reached() -> str:
    return "not reached yet"


async def migrations_missing(pool: asyncpg.Pool) -> str:
    """Return the migrations that a database lacks, in words, or ''."""
    async with pool.acquire() as connection:
        missing = await pending(connection)
    return f"not migrated: {', '.join(missing)}" if missing else ""


async def not_answering(pool: asyncpg.Pool) -> str:
    """Return '' once a database answers. Whoever looks tells what it raises."""
    async with pool.acquire() as connection:
        await connection.fetchval("SELECT 1")
    return ""


async def not_serving(client: Client) -> str:
    """Return that Temporal does not serve, in words, or ''."""
    return "" if await client.service_client.check_health() else "not serving"
