"""The worker process: connect, register, poll, drain on SIGTERM. Run as many as the load needs.

`accord-worker --help` names its options. Environment: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and the
rest of `temporalio.envconfig`; ACCORD_DATABASE_URL, and ACCORD_SECRETS, the folder with the worker's secret.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Collection, Coroutine, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import asyncpg
import structlog
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError
from temporalio.worker import Worker, WorkerDeploymentConfig

from accord.client.sending import Sending
from accord.operations.measuring import Measurements
from accord.operations.processes.probes import CannotListen
from accord.operations.processes.standing import attended, migrations_missing, not_serving
from accord.operations.seals.access_log import AccessLogSeals
from accord.operations.seals.submissions import SubmissionSeals
from accord.operations.upgrading import StopsForAnUpgrade
from accord.runs.absence import MissingWorkflows
from accord.runs.catching_up import Reconciliation
from accord.runs.polling import FatalFault, poll
from accord.runs.preparing import Preparation, prepare
from accord.runs.versions import keep_following
from activities.evidence import warm_up_lists
from deploy.build import DEPLOYMENT, RULES_DEPLOYMENT
from deploy.connections import connect_temporal, runtime, stop_signals, temporal_answer, wait_for
from deploy.database import ServiceUnavailable, open_pool
from deploy.logins import Login, SecretUnusable
from deploy.logs import configure_logs
from deploy.loop import work_through
from deploy.migrate import pending
from deploy.registered import WORKFLOWS, activities_of, rules_of, sandbox
from deploy.settings import DATABASE_VARIABLE, database_url
from deploy.variables import NotConfigured, configured
from deploy.worker_options import QUEUES, Options
from domain.recorded.writers import Writer
from records.opening import open_ledger
from registers.screening.apart import Apart
from registers.screening.lists import keep_in
from workflows.describe import link_to_the_console
from workflows.options import RULES_QUEUE, TASK_QUEUE

POOL_SIZE: Final = 20
"""Connections of one worker. It also limits the activities that run at once, so that none waits for a connection."""

STICKY_TIMEOUT: Final = timedelta(seconds=2)
"""After a worker is killed, others take over its partnerships this much later (the SDK's default is 10 s)."""

DRAIN_TIMEOUT: Final = timedelta(seconds=25)
"""Running activities get this long to finish on SIGTERM: less than an orchestrator's usual 30 s before SIGKILL."""

log = structlog.get_logger("accord.worker")


def make_workflow_worker(
    client: Client,
    pool: asyncpg.Pool,
    max_cached_workflows: int = 1000,
    upgrade: asyncio.Event | None = None,
    build: str = "",
    on_fault: FatalFault | None = None,
) -> Worker:
    """Return a worker for all of Accord's workflows. `build`: its version, or '' for a worker without versions."""
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=list(WORKFLOWS),
        activities=activities_of(pool),
        workflow_runner=sandbox(),
        interceptors=[StopsForAnUpgrade(upgrade or asyncio.Event())],
        max_cached_workflows=max_cached_workflows,
        max_concurrent_activities=POOL_SIZE // 4,
        # With the activities above and those of the rules, a quarter each, as many as the pool has connections.
        max_concurrent_local_activities=POOL_SIZE // 2,
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        graceful_shutdown_timeout=DRAIN_TIMEOUT,
        deployment_config=deployment_of(build) if build else None,
        on_fatal_error=on_fault,
    )


def make_rules_worker(
    client: Client,
    pool: asyncpg.Pool,
    upgrade: asyncio.Event | None = None,
    build: str = "",
    on_fault: FatalFault | None = None,
) -> Worker:
    """Return a worker that answers for registers, lists and rule book, to workflows of whichever version.

    `build`: its version; the server asks the current one, so that an older one answers nobody. '' for none.
    """
    return Worker(
        client,
        task_queue=RULES_QUEUE,
        activities=rules_of(pool),
        interceptors=[StopsForAnUpgrade(upgrade or asyncio.Event())],
        max_concurrent_activities=POOL_SIZE // 4,
        graceful_shutdown_timeout=DRAIN_TIMEOUT,
        deployment_config=deployment_of(build, RULES_DEPLOYMENT) if build else None,
        on_fatal_error=on_fault,
    )


@asynccontextmanager
async def make_worker(
    client: Client,
    pool: asyncpg.Pool,
    max_cached_workflows: int = 1000,
    upgrade: asyncio.Event | None = None,
    build: str = "",
    queues: Collection[str] = QUEUES,
    on_fault: FatalFault | None = None,
) -> AsyncIterator[None]:
    """Work on these queues. `upgrade` is set if an event is of a newer release, and `on_fault` hears of a fault."""
    async with AsyncExitStack() as working:
        # The rules first, and closed last: a workflow of this worker may ask them until its end.
        if RULES_QUEUE in queues:
            await working.enter_async_context(make_rules_worker(client, pool, upgrade, build, on_fault))
            following = asyncio.create_task(keep_following(client, build) if build else _needs_none())
            working.callback(following.cancel)
        if TASK_QUEUE in queues:
            worker = make_workflow_worker(client, pool, max_cached_workflows, upgrade, build, on_fault)
            await working.enter_async_context(worker)
        yield


def deployment_of(build: str, deployment: str = DEPLOYMENT) -> WorkerDeploymentConfig:
    """Return the version of a build. A run is pinned to the version that it began on, and begins anew on the current.

    No workflow says so itself: one that does is refused by the server where workers have no versions.
    """
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(deployment_name=deployment, build_id=build),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.PINNED,
    )


async def prepared_temporal(metrics: str = "") -> Client:
    """Connect to Temporal and create the search attributes and the schedule that Accord needs.

    Raises:
        NotConfigured: Metrics cannot be exported at their address.
        ServiceUnavailable: Temporal cannot be reached, or the connection is lost.
    """
    client = await connect_temporal(metrics=metrics)
    try:
        await prepare(client)
    except RPCError as fault:
        raise ServiceUnavailable(temporal_answer(fault)) from fault
    return client


async def run(options: Options) -> int:
    """Run the worker until it is asked to stop, and return the exit code: 0, or 3 if an operator must act first.

    The code is 3 without usable settings, if the database is not migrated, or if this release must be upgraded.
    """
    try:
        return await _run(options)
    except (NotConfigured, SecretUnusable, CannotListen) as fault:
        log.error("not configured", reason=str(fault))
        return 3


@dataclass
class Reached:
    """The worker's progress so far, for its probes."""

    pool: asyncpg.Pool | None = None
    client: Client | None = None
    preparation: Preparation | None = None
    lists: asyncio.Task[bool] | None = None


async def _run(options: Options) -> int:
    if not configured(DATABASE_VARIABLE):
        raise NotConfigured(f"set {DATABASE_VARIABLE}")
    link_to_the_console(configured("ACCORD_CONSOLE_ORIGIN"))
    url, services = database_url(Login.WORKER), Reached()
    async with _answering(options, services):
        code = await _work(url, options, services)
    log.info("stopped")
    await asyncio.sleep(1)  # the SDK's threads may abort an interpreter that exits under them (seen on 3.11)
    return code


async def _work(url: str, options: Options, services: Reached) -> int:
    """Wait for both servers, work until asked to stop, and return the exit code."""
    stop = stop_signals()
    pool = await wait_for("database", lambda: open_pool(url, POOL_SIZE), stop)
    if pool is None:
        return 0
    async with pool, aclosing(Apart()) as lists:
        # Before any task begins: a task sees the keeper that stood when it was started.
        keep_in(lists)
        async with pool.acquire() as connection:
            if missing := await pending(connection):
                log.error("database is not migrated", pending=list(missing), remedy="run `accord migrate`")
                return 3
        services.pool, upgrade = pool, asyncio.Event()
        services.lists = asyncio.create_task(warm_up_lists(pool) if RULES_QUEUE in options.queues else _needs_none())
        try:
            await poll(
                lambda: prepared_temporal(options.metrics),
                lambda client, on_fault: _serve(client, pool, options, services, (stop, upgrade), on_fault),
                stop,
            )
        finally:
            services.lists.cancel()
    return 3 if upgrade.is_set() else 0


async def _serve(
    client: Client, pool: asyncpg.Pool, options: Options, services: Reached, ends: tuple[asyncio.Event, asyncio.Event],
    on_fault: FatalFault,
) -> None:  # fmt: skip
    """Serve the queues until the worker is asked to stop, or `ends[1]` says that it must be upgraded."""
    services.preparation = Preparation(client, options.build if TASK_QUEUE in options.queues else "")
    services.client = client
    try:
        async with AsyncExitStack() as background:
            await background.enter_async_context(
                make_worker(
                    client, pool, upgrade=ends[1], build=options.build, queues=options.queues, on_fault=on_fault
                )
            )
            queue_names, build = ", ".join(options.queues), options.build or "unversioned"
            log.info("working", namespace=client.namespace, task_queue=queue_names, build=build)
            for watch in (services.preparation.forever(), *watches(client, pool, options)):
                background.callback(asyncio.create_task(watch).cancel)
            await _first_of(*ends)
            log.info("draining")
    finally:
        services.client = None


async def _needs_none() -> bool:
    """Answer without any index: a worker that does not serve the rules screens nobody."""
    return True


def watches(client: Client, pool: asyncpg.Pool, options: Options) -> Iterator[Coroutine[Any, Any, None]]:
    """Yield the tasks that run beside the worker's own."""
    ledger = open_ledger(pool, Writer.WORKER)
    yield Reconciliation(client, ledger).forever()
    yield MissingWorkflows(client, ledger).forever()
    yield AccessLogSeals(ledger, pool).forever()
    yield SubmissionSeals(ledger, pool).forever()
    if options.metrics:
        yield Measurements(Sending(pool, client=client), runtime(options.metrics).metric_meter).forever()


@asynccontextmanager
async def _answering(options: Options, services: Reached) -> AsyncIterator[None]:
    """Answer probes, and tell Prometheus whether it is ready: who reaches both servers is, with its lists."""

    async def database() -> str:
        if services.pool is None:
            return "not reached yet"
        return await migrations_missing(services.pool)

    async def temporal() -> str:
        if services.client is None or services.preparation is None:
            return "not reached yet"
        return await not_serving(services.client) or services.preparation.lacks

    async def sanctions_lists() -> str:
        if services.pool is None or services.lists is None or not services.lists.done():
            return "not indexed yet"
        if not services.lists.cancelled() and services.lists.result():
            return ""
        services.lists = asyncio.create_task(warm_up_lists(services.pool))
        return "could not be read; tried again"

    checks = {"database": database, "temporal": temporal, "lists": sanctions_lists}
    async with attended("worker", checks, options.probes, options.metrics):
        yield


async def _first_of(*events: asyncio.Event) -> None:
    """Wait for any of the events to be set."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


def main() -> None:
    """Run the worker process."""
    os.umask(0o077)
    options = Options.read()
    configure_logs()
    sys.exit(work_through(run(options)))


if __name__ == "__main__":
    main()
