"""The worker process: connect, register, poll, drain on SIGTERM. Run as many as the load needs.

`accord-worker --help` names its options. Environment: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and the
rest of `temporalio.envconfig`; ACCORD_DATABASE_URL, and ACCORD_SECRETS, the folder with the worker's secret.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import asyncpg
import structlog
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker, WorkerDeploymentConfig
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import SandboxImportNotificationPolicy

from accord.client.sending import Sending
from accord.operations.access_log import AccessLogSeals
from accord.operations.measuring import Measurements
from accord.operations.probes import CannotListen, probes
from accord.operations.upgrading import StopsForAnUpgrade
from accord.runs.absence import MissingWorkflows
from accord.runs.catching_up import Reconciliation
from accord.runs.versions import begin_with, keep_following
from activities.attempts import AttemptRecords
from activities.organisation import Organisation
from activities.partnerships import Partnerships
from activities.payment import Payments
from activities.rescreening import Rescreening
from activities.verification import Verifications
from deploy.build import DEPLOYMENT, RULES_DEPLOYMENT, build_id
from deploy.connections import connect_temporal, runtime, stop_signals, wait_for
from deploy.database import ServiceUnavailable, open_pool
from deploy.logins import Login, SecretUnusable
from deploy.logs import configure_logs
from deploy.loop import work_through
from deploy.migrate import pending
from deploy.schedules import ensure_rescreening
from deploy.settings import DATABASE_VARIABLE, NotConfigured, database_url
from records.opening import open_ledger
from registers.screening.apart import Apart
from registers.screening.lists import keep_in, warm_up
from workflows import attributes
from workflows.options import RULES_QUEUE, TASK_QUEUE
from workflows.organisation import OrganisationActWorkflow
from workflows.partnership import PartnershipWorkflow
from workflows.rescreening import RescreeningWorkflow
from workflows.tranche import TrancheWorkflow

POOL_SIZE: Final = 20
"""Connections of one worker. It also limits the activities that run at once, so that none waits for a connection."""

STICKY_TIMEOUT: Final = timedelta(seconds=2)
"""After a worker is killed, others take over its partnerships this much later (the SDK's default is 10 s)."""

DRAIN_TIMEOUT: Final = timedelta(seconds=25)
"""Running activities get this long to finish on SIGTERM: less than an orchestrator's usual 30 s before SIGKILL."""

QUEUES: Final = {TASK_QUEUE: "workflows", RULES_QUEUE: "rules"}
"""The queues that a worker may serve, by their names for people."""

WORKFLOWS: Final = (PartnershipWorkflow, OrganisationActWorkflow, TrancheWorkflow, RescreeningWorkflow)

MANAGED_ELSEWHERE: Final = frozenset(
    {RPCStatusCode.ALREADY_EXISTS, RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED}
)
"""A server's answers if search attributes exist, or if only operators may register them (Temporal Cloud)."""

log = structlog.get_logger("accord.worker")


def sandbox() -> SandboxedWorkflowRunner:
    """Return the workflow sandbox, strict: it refuses to import a module that was not declared as passed through.

    asyncpg imported a second time by the sandbox crashes the process; with this policy the worker does not start.
    """
    restrictions = SandboxRestrictions.default.with_import_notification_policy(
        SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
    )
    return SandboxedWorkflowRunner(restrictions=restrictions.with_passthrough_modules("opentelemetry"))


def rules_of(pool: asyncpg.Pool) -> list[Callable[..., Any]]:
    """Return the activities that ask registers, lists and rule book."""
    verifications, payments, rescreening = Verifications(pool), Payments(pool), Rescreening(pool)
    return [
        rescreening.find_touched,
        verifications.verify,
        verifications.assess_eligibility,
        verifications.judge_amendment,
        payments.instruct_payment,
        payments.screen_bank,
    ]


def activities_of(pool: asyncpg.Pool) -> list[Callable[..., Any]]:
    """Return the activities of workflows, which share one connection pool.

    The rules are among them: histories of before they had a queue of their own ask them here.
    """
    partnerships, attempts = Partnerships(pool), AttemptRecords(pool)
    verifications, rescreening, organisation = Verifications(pool), Rescreening(pool), Organisation(pool)
    return [
        organisation.record_act,
        partnerships.fold_partnership,
        partnerships.read_on,
        partnerships.carry_out,
        partnerships.find_fallen,
        attempts.record_attempt,
        attempts.look_at_attempt,
        verifications.verify_payee,
        verifications.screen_parties,
        rescreening.tell,
        *rules_of(pool),
    ]


def make_workflow_worker(
    client: Client,
    pool: asyncpg.Pool,
    max_cached_workflows: int = 1000,
    upgrade: asyncio.Event | None = None,
    build: str = "",
) -> Worker:
    """Return a worker for all of Accord's workflows. `build`: its version; '' for a worker without versions."""
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=list(WORKFLOWS),
        activities=activities_of(pool),
        workflow_runner=sandbox(),
        interceptors=[StopsForAnUpgrade(upgrade or asyncio.Event())],
        max_cached_workflows=max_cached_workflows,
        max_concurrent_activities=POOL_SIZE // 4,
        max_concurrent_local_activities=POOL_SIZE // 2,
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        graceful_shutdown_timeout=DRAIN_TIMEOUT,
        deployment_config=deployment_of(build) if build else None,
    )


def make_rules_worker(
    client: Client, pool: asyncpg.Pool, upgrade: asyncio.Event | None = None, build: str = ""
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
    )


@asynccontextmanager
async def make_worker(
    client: Client,
    pool: asyncpg.Pool,
    max_cached_workflows: int = 1000,
    upgrade: asyncio.Event | None = None,
    build: str = "",
    queues: Collection[str] = QUEUES,
) -> AsyncIterator[None]:
    """Work on these queues. `upgrade` is set if an event is of a newer release."""
    async with AsyncExitStack() as working:
        if RULES_QUEUE in queues:
            await working.enter_async_context(make_rules_worker(client, pool, upgrade, build))
            following = asyncio.create_task(keep_following(client, build) if build else _needs_none())
            working.callback(following.cancel)
        if TASK_QUEUE in queues:
            worker = make_workflow_worker(client, pool, max_cached_workflows, upgrade, build)
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


async def register_search_attributes(client: Client) -> None:
    """Register our search attributes with the server; existing ones are not changed."""
    try:
        known = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=client.namespace)
        )
        missing = [key for key in attributes.ALL if key.name not in known.custom_attributes]
        wanted = {key.name: IndexedValueType.ValueType(key.indexed_value_type) for key in missing}
        if not wanted:
            return
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=wanted)
        )
    except RPCError as fault:
        if fault.status not in MANAGED_ELSEWHERE:
            raise


async def prepared_temporal(metrics: str = "") -> Client:
    """Connect to Temporal and create the search attributes and the schedule that Accord needs.

    Raises:
        NotConfigured: Metrics cannot be exported at their address.
        ServiceUnavailable: Temporal cannot be reached, or the connection is lost.
    """
    client = await connect_temporal(metrics=metrics)
    try:
        await register_search_attributes(client)
        await ensure_rescreening(client)
    except RPCError as fault:
        raise ServiceUnavailable(f"Temporal answered {fault.status.name}: {fault.message}") from fault
    return client


@dataclass(frozen=True, slots=True)
class Options:
    """What the worker serves, as which version, and where it answers: HOST:PORT each; '' for nowhere."""

    probes: str = ""
    metrics: str = ""
    queue: str = ""
    """The queue that it serves, in words; '' for all of them."""
    build: str = ""
    """Its version in Temporal; '' for none."""

    @property
    def queues(self) -> Collection[str]:
        """The task queues that it serves."""
        return [queue for queue, words in QUEUES.items() if self.queue in {"", words}]

    @classmethod
    def read(cls, words: Sequence[str] | None = None) -> Options:
        """Return the options of a command line; they stand in ACCORD_PROBES and ACCORD_METRICS too."""
        parser = argparse.ArgumentParser(
            "accord-worker",
            description="Run the workflows and activities of Accord, until SIGTERM. Run as many as the load needs.",
            epilog="Example: accord-worker --probes 0.0.0.0:8081 --metrics 0.0.0.0:9464",
        )
        parser.add_argument(
            "--probes", metavar="HOST:PORT", type=_address, default=os.environ.get("ACCORD_PROBES", ""),
            help="answer GET /live and /ready there (ACCORD_PROBES)",
        )  # fmt: skip
        parser.add_argument(
            "--metrics", metavar="HOST:PORT", type=_address, default=os.environ.get("ACCORD_METRICS", ""),
            help="export the metrics of Temporal's SDK and of Accord there, for Prometheus (ACCORD_METRICS)",
        )  # fmt: skip
        parser.add_argument(
            "--queue", metavar=" | ".join(QUEUES.values()), type=_queue, default=os.environ.get("ACCORD_QUEUE", ""),
            help="serve this queue alone: rules ask registers, lists and rule book; else both (ACCORD_QUEUE)",
        )  # fmt: skip
        parser.add_argument(
            "--build-id", metavar="ID", dest="build", type=_build, default=os.environ.get("ACCORD_BUILD_ID", "auto"),
            help="its version in Temporal: auto, the digest of what decides; or none, where nothing is versioned "
            "(ACCORD_BUILD_ID)",
        )  # fmt: skip
        return cls(**vars(parser.parse_args(words)))


def option_fault(name: str, written: str) -> str:
    """Return what is wrong with a worker's setting, or ''."""
    try:
        _READS[name](written)
    except argparse.ArgumentTypeError as fault:
        return str(fault)
    return ""


def _address(written: str) -> str:
    host, colon, port = written.rpartition(":")
    if written and not (host and colon and port.isdecimal() and int(port) < 65536):
        raise argparse.ArgumentTypeError(f"{written!r} is no address; write HOST:PORT, such as 127.0.0.1:8081")
    return written


def _queue(written: str) -> str:
    if written not in {"", *QUEUES.values()}:
        known = " or ".join(QUEUES.values())
        raise argparse.ArgumentTypeError(f"{written!r} is no queue; write {known} (ACCORD_QUEUE), or nothing for both")
    return written


def _build(written: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", written):
        raise argparse.ArgumentTypeError(f"{written!r} is no build id; write auto, none, or letters, digits, . _ and -")
    return {"auto": build_id(), "none": ""}.get(written, written)


_READS: Final[Mapping[str, Callable[[str], str]]] = {
    "ACCORD_PROBES": _address, "ACCORD_METRICS": _address, "ACCORD_QUEUE": _queue, "ACCORD_BUILD_ID": _build,
}  # fmt: skip
OPTIONS: Final = frozenset(_READS)
"""The settings that are options of the worker too."""


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
    """What the worker has reached so far, for its probes."""

    pool: asyncpg.Pool | None = None
    client: Client | None = None
    lists: asyncio.Task[bool] | None = None


async def _run(options: Options) -> int:
    if not os.environ.get(DATABASE_VARIABLE):
        raise NotConfigured(f"set {DATABASE_VARIABLE}")
    url, reached = database_url(Login.WORKER), Reached()
    async with _answering(options.probes, reached):
        code = await _work(url, options, reached)
    log.info("stopped")
    await asyncio.sleep(1)  # the SDK's threads may abort an interpreter that exits under them (seen on 3.11)
    return code


async def _work(url: str, options: Options, reached: Reached) -> int:
    """Wait for both servers, work until asked to stop, and return the exit code."""
    stop = stop_signals()
    pool = await wait_for("database", lambda: open_pool(url, POOL_SIZE), stop)
    if pool is None:
        return 0
    async with pool, aclosing(Apart()) as lists:
        keep_in(lists)
        async with pool.acquire() as connection:
            if missing := await pending(connection):
                log.error("database is not migrated", pending=list(missing), remedy="run `accord migrate`")
                return 3
        reached.pool = pool
        client = await wait_for("temporal", lambda: prepared_temporal(options.metrics), stop)
        if client is None:
            return 0
        reached.client = client
        reached.lists = asyncio.create_task(warm_up(pool) if RULES_QUEUE in options.queues else _needs_none())
        upgrade = asyncio.Event()
        async with make_worker(client, pool, upgrade=upgrade, build=options.build, queues=options.queues):
            served = ", ".join(options.queues)
            log.info("working", namespace=client.namespace, task_queue=served, build=options.build or "unversioned")
            background = [reached.lists, *map(asyncio.create_task, _watches(client, pool, options))]
            await _first_of(stop, upgrade)
            for task in background:
                task.cancel()
            log.info("draining")
    return 3 if upgrade.is_set() else 0


async def _needs_none() -> bool:
    """Say that there is nothing to index: who does not serve the rules screens nobody."""
    return True


def _watches(client: Client, pool: asyncpg.Pool, options: Options) -> Iterator[Coroutine[Any, Any, None]]:
    """Yield what runs beside the worker's tasks."""
    yield Reconciliation(client, open_ledger(pool)).forever()
    yield MissingWorkflows(client, open_ledger(pool)).forever()
    yield AccessLogSeals(open_ledger(pool), pool).forever()
    if options.build and TASK_QUEUE in options.queues:
        yield begin_with(client, options.build)
    if options.metrics:
        yield Measurements(Sending(pool, client=client), runtime(options.metrics).metric_meter).forever()


@asynccontextmanager
async def _answering(address: str, reached: Reached) -> AsyncIterator[None]:
    """Answer the orchestrator's probes, if they have an address: ready is who reaches both servers, with its lists."""

    async def database() -> str:
        if reached.pool is None:
            return "not reached yet"
        async with reached.pool.acquire() as connection:
            missing = await pending(connection)
        return f"not migrated: {', '.join(missing)}" if missing else ""

    async def temporal() -> str:
        if reached.client is None:
            return "not reached yet"
        return "" if await reached.client.service_client.check_health() else "not serving"

    async def sanctions_lists() -> str:
        if reached.pool is None or reached.lists is None or not reached.lists.done():
            return "not indexed yet"
        if not reached.lists.cancelled() and reached.lists.result():
            return ""
        reached.lists = asyncio.create_task(warm_up(reached.pool))
        return "could not be read; tried again"

    host, _, port = address.rpartition(":")
    checks = {"database": database, "temporal": temporal, "lists": sanctions_lists}
    async with probes(host, int(port), checks) if address else nullcontext():
        yield


async def _first_of(*events: asyncio.Event) -> None:
    """Wait until any of the events is set."""
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
