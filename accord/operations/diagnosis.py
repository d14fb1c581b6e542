"""Look at everything that an installation needs: versions, settings, logins, servers, clocks, keys and addresses.

Each check says what it found, and what to do where something is wrong. None changes anything, or prints a secret.
"""

from __future__ import annotations

import asyncio
import platform
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import asyncpg
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, GetSystemInfoRequest
from temporalio.client import Client
from temporalio.service import RPCError

from accord.client.reading import LedgerAccess
from accord.organisation.kept_erasures import told_of_erasures
from accord.organisation.paper_erasures import told_of_paper_erasures
from accord.post.diagnosis import mail_findings
from accord.presentation.faults import BadInput, Unreachable
from accord.runs.forms import login_to_look_with, words_on_shut
from accord.runs.payload_keys import NEWEST_RUNS, RUNBOOK, lost_keys
from accord.runs.preparing import lacks
from deploy import rights, settings
from deploy.admission import open_to_all
from deploy.connections import connect_temporal, payload_keys, temporal_answer
from deploy.database import ServiceUnavailable, open_pool
from deploy.engine import engine_of, hasty_logins
from deploy.logins import Login, SecretUnusable
from deploy.migrate import CannotMigrate, pending
from deploy.roles import NO_LARGE_OBJECTS, takes_large_objects
from deploy.variables import SETTINGS, NotConfigured, configured, fault_of, shown, written
from domain.directory.directory import Directory
from domain.directory.one_key import shared_keys
from records.directory import DirectoryRepository
from records.keys.keyring import Keyring
from records.opening import open_ledger
from workflows import attributes
from workflows.options import RULES_QUEUE, TASK_QUEUE

SKEW: Final = timedelta(seconds=30)
"""The largest difference of clocks without a finding: decisions are refused for one of five minutes."""


SHARED: Final = "revoke it for cause (`accord staff revoke --compromised-since`), and enter a key for each of them"
"""The remedy for a key that several people have."""


class CheckResult(NamedTuple):
    """The finding of a check. `remedy` is '' where there is no fault."""

    check: str
    what: str
    remedy: str = ""


async def diagnose() -> AsyncIterator[CheckResult]:
    """Yield the finding of each check, in the order in which things depend on one another."""
    releases = (version("accord"), platform.python_version(), version("temporalio"))
    yield CheckResult("versions", "Accord {}, Python {}, temporalio {}".format(*releases))
    for setting in SETTINGS:
        if here := written(setting.name):
            yield CheckResult("settings", setting_told(setting.name, here), str(fault_of(setting.name, here) or ""))
    for look in (_database, _logins, _erasures, _temporal, _keys, _addresses, _mail):
        try:
            async for finding in look():
                yield finding
        except asyncpg.InsufficientPrivilegeError as fault:
            yield CheckResult(look.__name__.strip("_"), f"the rest is not for this login to look at: {fault}")
        except Exception as fault:
            words = f"could not be looked at: {type(fault).__name__}"
            yield CheckResult(look.__name__.strip("_"), words, "mend what is above first")


def setting_told(name: str, found: str) -> str:
    """Return a setting without what only its owner may know: of an address, the scheme, the host and the database."""
    return f"{name}={words}" if (words := shown(name, found)) else f"{name} is set"


async def _database() -> AsyncIterator[CheckResult]:
    try:
        pool = await open_pool(settings.database_url(login_to_look_with()), 1)
    except (NotConfigured, SecretUnusable, ServiceUnavailable) as fault:
        yield CheckResult("database", str(fault), "start it, or set its address and the folder of secrets")
        return
    async with pool:
        try:
            async with pool.acquire() as connection:
                async for finding in _server(connection):
                    yield finding
            elsewhere = await DirectoryRepository(open_ledger(pool)).fault_of_installation()
            if elsewhere:
                yield CheckResult("epoch", str(elsewhere), "follow `accord runbook after-a-restore`")
        except asyncpg.InsufficientPrivilegeError as fault:
            yield CheckResult("database", f"the rest is not for this login to look at: {fault}")
        except (asyncpg.PostgresError, OSError, CannotMigrate) as fault:
            yield CheckResult("database", f"{type(fault).__name__}: {fault}", "run `accord migrate`")


async def _server(connection: asyncpg.pool.PoolConnectionProxy) -> AsyncIterator[CheckResult]:
    engine, user = await engine_of(connection), await connection.fetchval("SELECT current_user")
    yield CheckResult("database", f"{engine.name}, as {user}", str(engine.fault or ""))
    missing = await pending(connection)
    words = f"{len(missing)} migrations are missing: {', '.join(missing)}" if missing else "migrated"
    yield CheckResult("database", words, "accord migrate" if missing else "")
    if await open_to_all(connection):
        words = "every login of this server may connect to this database"
        yield CheckResult("logins", words, "accord migrate --logins FOLDER")
    if await takes_large_objects(connection):
        yield CheckResult(
            "large objects", "every login may write them", f"let a superuser say in this database: {NO_LARGE_OBJECTS}"
        )
    yield _commits(await hasty_logins(connection))
    if shut_forms := rights.shut_forms(await rights.granted_in(connection)):
        yield CheckResult("forms", words_on_shut(shut_forms))
    if not missing:
        moment: datetime = await connection.fetchval("SELECT ledger.now()")
        apart = abs(datetime.now(UTC) - moment)
        words = f"this machine and the database: {apart.total_seconds():.1f} s apart"
        yield CheckResult("clocks", words, "set the clocks right" if apart > SKEW else "")


def _commits(hasty: Mapping[str, str]) -> CheckResult:
    """Return the finding on commits: nothing is answered before it is on disk, and on the standby that is meant."""
    if not hasty:
        return CheckResult("commits", "waited for before anything is answered")
    words = ", ".join(f"synchronous_commit is {wait} for {login}" for login, wait in sorted(hasty.items()))
    return CheckResult(
        "commits", f"{words}: what was answered can be lost with the server", "set it to on there, and reload"
    )


async def _erasures() -> AsyncIterator[CheckResult]:
    """Yield the finding on kept erasures: each one outside the backups is applied, since a restore undoes it."""
    if not (settings.secrets_folder() / Login.STAFF).exists():
        return
    async with await open_pool(settings.database_url(Login.STAFF), 1) as pool:
        try:
            yield CheckResult("erasures", *await told_of_erasures(LedgerAccess(pool)))
            yield CheckResult("erasures", *await told_of_paper_erasures(LedgerAccess(pool)))
        except BadInput as fault:
            yield CheckResult("erasures", str(fault), "mend the folder")


async def _logins() -> AsyncIterator[CheckResult]:
    """Each task whose secret this machine has can log in as itself."""
    folder = settings.secrets_folder()
    for login in Login:
        if not (folder / login).exists():
            continue
        try:
            pool = await open_pool(settings.database_url(login), 1)
        except (NotConfigured, SecretUnusable, ServiceUnavailable) as fault:
            yield CheckResult("logins", f"{login}: {fault}", f"accord migrate --logins {folder}")
            continue
        async with pool:
            yield CheckResult("logins", f"{login}: {await pool.fetchval('SELECT current_user')}")


async def _temporal() -> AsyncIterator[CheckResult]:
    try:
        client = await connect_temporal(settings.embedded_temporal_address())
        system = await client.workflow_service.get_system_info(GetSystemInfoRequest())
        yield CheckResult("temporal", f"server {system.server_version}, namespace {client.namespace}")
        yield await _needs(client)
        for queue, kind in QUEUES.items():
            yield await _pollers(client, queue, kind)
        yield await _payloads(client)
    except SecretUnusable as fault:
        yield CheckResult(
            "payloads", str(fault), "copy the ring of payload keys there; the first: `accord migrate --logins`"
        )
    except RPCError as fault:
        yield CheckResult("temporal", temporal_answer(fault).splitlines()[0], "mend that, or set TEMPORAL_ADDRESS")
    except (ServiceUnavailable, NotConfigured, Unreachable) as fault:
        yield CheckResult(
            "temporal", (str(fault) or type(fault).__name__).splitlines()[0], "start it, or set TEMPORAL_ADDRESS"
        )


async def _needs(client: Client) -> CheckResult:
    if fault := await lacks(client):
        return CheckResult("temporal", fault, "start a worker, or create it once")
    return CheckResult("temporal", f"{len(attributes.ALL)} search attributes and the schedule are there")


QUEUES: Final = {
    TASK_QUEUE: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, RULES_QUEUE: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
}  # fmt: skip


async def _pollers(client: Client, queue: str, kind: TaskQueueType.ValueType) -> CheckResult:
    request = DescribeTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind
    )
    pollers = (await client.workflow_service.describe_task_queue(request)).pollers
    remedy = "" if pollers else "start a worker: `accord-worker`"
    return CheckResult("workers", f"{len(pollers)} poll the queue {queue}", remedy)


async def _payloads(client: Client) -> CheckResult:
    """Return the finding on payloads: the keys here read those that the newest open runs wrote."""
    ring = payload_keys()
    key_counts = await lost_keys(client, ring, NEWEST_RUNS)
    if not key_counts:
        return CheckResult("payloads", f"{len(ring.keys)} keys read the newest open runs")
    words = ", ".join(f"{key} by {runs}" for key, runs in sorted(key_counts.items()))
    remedy = f"put back the ring that was there, or see {RUNBOOK}"
    return CheckResult("payloads", f"keys that open runs bear, and that are not here: {words}", remedy)


async def _keys() -> AsyncIterator[CheckResult]:
    """The keys in this machine's folder are those that the directory holds."""
    folder = settings.key_folder()
    owners = sorted(path.stem for path in folder.glob("*.pem")) if folder.is_dir() else []
    yield CheckResult("keys", f"{len(owners)} in {folder}")
    try:
        pool = await open_pool(settings.database_url(Login.STAFF), 1)
    except (NotConfigured, SecretUnusable, ServiceUnavailable):
        return
    async with pool:
        directory = await DirectoryRepository(open_ledger(pool)).directory()
    for shared in keys_of_several(directory):
        yield shared
    keyring = Keyring(folder, configured(settings.PASSPHRASE_VARIABLE))
    for owner in owners:
        try:
            key_id = keyring.public(owner).key_id
        except (LookupError, RuntimeError) as fault:
            yield CheckResult("keys", f"{owner}: {fault}", f"set {settings.PASSPHRASE_VARIABLE}, or make a new key")
            continue
        if directory.key(owner, key_id) is None:
            yield CheckResult("keys", f"{owner}: {key_id} is not in the directory", f"accord staff enrol {owner}")


def keys_of_several(directory: Directory) -> Iterator[CheckResult]:
    """Yield each key in force that several people have."""
    for key_id, people in shared_keys(directory).items():
        yield CheckResult("keys", f"{key_id} is of {' and '.join(people)}: it counts for {people[0]} alone", SHARED)


async def _addresses() -> AsyncIterator[CheckResult]:
    """The pages of a stack on this machine are served."""
    stack = settings.read_stack()
    if stack is None:
        return
    pages = {
        "console": stack.console_url,
        "signing page": stack.signing_url,
        "counter": stack.counter_url,
        "grantee": stack.grantee_url,
        "api": stack.api_url,
        "Temporal UI": stack.ui_url,
    }
    for page, address in pages.items():
        if address:
            remedy = "" if await _answers(address) else "nobody answers there: `accord up` serves it"
            yield CheckResult("addresses", f"{page}: {address}", remedy)


async def _answers(address: str) -> bool:
    parts = urlsplit(address)
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(parts.hostname, parts.port), 2)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def _mail() -> AsyncIterator[CheckResult]:
    async for what, remedy in mail_findings():
        yield CheckResult("mail", what, remedy)
