"""Real servers for the whole run: one PostgreSQL and one Temporal, out of their wheels, in a folder of its own.

A test of a room gets a fresh, migrated database; the tests of one file share an office, with references of their own.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import hypothesis
import psutil
import pytest
from hypothesis import HealthCheck
from temporalio.client import Client
from temporalio.service import RPCError

from accord.client.desk import Desk
from accord.demo.sample import furnish, load_sample_registers
from deploy.connections import connect_temporal
from deploy.database import _no_reset, open_pool
from deploy.embedded.postgres import Postgres
from deploy.embedded.stack import Stack
from deploy.logins import Login, as_user, read_secret, verifier
from deploy.migrate import migrate
from deploy.settings import ADMIN
from records.keys.keyring import Keyring
from records.opening import open_ledger
from records.read_models.projectors import project
from tests.browsers import NO_CHROMIUM, browser
from tests.domain.policy.table import pytest_terminal_summary as print_the_cases
from tests.known_types import ask_once
from tests.logins import let_in
from tests.ordering import in_parts, mixed
from tests.references import next_reference
from tests.sampling import leave_out_beyond_samples
from tests.scribe import signs_for
from tests.thoroughness import draws
from tests.waiting import BACKSTOP, lift_time_limits
from worker import make_worker

__all__ = ["browser"]
ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
_clients: list[Client] = []
"""Of the session's server, once a test has asked for it."""
_databases = itertools.count(1)
_servers: dict[str, asyncpg.Pool] = {}
"""The server's own user at the session's server, by address."""

lift_time_limits()
ask_once()
hypothesis.settings.register_profile(
    "unhurried",
    deadline=None,
    max_examples=draws(100),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("unhurried")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the table of the worked cases, also of several processes, and how many pages were not tried."""
    print_the_cases(terminalreporter)
    skipped = [one for one in terminalreporter.stats.get("skipped", []) if NO_CHROMIUM in str(one.longrepr)]
    if skipped:
        terminalreporter.section("pages")
        terminalreporter.write_line(f"{len(skipped)} tests of pages were skipped: {NO_CHROMIUM}")


UNHURRIED = (
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "ALTER SYSTEM SET autovacuum = off",
    "SELECT pg_reload_conf()",
)
"""This server may be killed, but its machine does not lose power: what it wrote stands in the files all the same.

No database here lives long enough to be vacuumed, and there are hundreds to look through.

Servers that tests and drills kill are their own, and flush as the product's do.
"""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for no rubbish among what is collected, which all stays: each look was at all of it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark cases beyond a test's sample as slow before slow ones are left out, and put in order what is left."""
    leave_out_beyond_samples(items)
    yield
    long = [item for item in items if takes_long(item)]
    others = mixed([item for item in items if not takes_long(item)], lambda item: item.nodeid)
    items[:] = in_parts(long, others, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def takes_long(item: pytest.Item) -> bool:
    """True for storms, and for what waits for most of its time: last of all, it would be waited for by everybody."""
    return any(mark.name in {"chaos", "early"} for mark in item.iter_markers())


MEMORY = Path("/dev/shm")  # noqa: S108 - the data of a test's server, of its own user
ROOM = 8 * 2**30
"""Bytes that the data of four processes' servers take at most, with their logs."""


@pytest.fixture(scope="session")
def server_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the server's data: in memory, if there is room.

    ext4 gives the inode of a deleted file to nobody for a minute or more. Each test makes a database of 460 files and
    drops it, and a new file is then sought behind all of those: it took half of the processor time of a run.
    """
    if not MEMORY.is_dir() or min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available) < ROOM:
        yield tmp_path_factory.mktemp("stack")
        return
    with TemporaryDirectory(prefix="accord-tests-", dir=MEMORY) as folder:
        Path(folder).chmod(0o711)  # PostgreSQL runs as another user where these tests are root's
        yield Path(folder)


@pytest.fixture(scope="session")
async def stack(server_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """PostgreSQL and Temporal, without a worker."""
    for variable in [name for name in os.environ if name.startswith(("TEMPORAL_", "ACCORD_"))]:
        del os.environ[variable]
    os.environ["ACCORD_ARCHIVE"] = str(tmp_path_factory.mktemp("archive"))
    running = Stack(server_folder, workers=0)
    try:
        await running.start()
        os.environ["ACCORD_SECRETS"] = str(running.postgres.secrets)
        owner = await asyncpg.connect(running.postgres.url)
        signs_for(str(await owner.fetchval("SELECT system_identifier FROM pg_control_system()")))
        for statement in UNHURRIED:
            await owner.execute(statement)
        # Whoever logs in hashes the secret as often as its verifier says, and thousands of connections do.
        once = verifier(read_secret(running.postgres.secrets / ADMIN), iterations=1)
        await owner.execute(f"ALTER ROLE {ADMIN} PASSWORD '{once}'")
        await owner.close()
        yield running
    finally:
        while _servers:
            _servers.popitem()[1].terminate()
        await asyncio.to_thread(running.stop)


@pytest.fixture(scope="session")
async def template(stack: Stack) -> str:
    """A migrated database to copy from. Returns the address of the server's own database."""
    address = stack.postgres.url.replace("/accord?", "/postgres?")
    await on_server(address, f"CREATE DATABASE {MIGRATED}")
    connection = await asyncpg.connect(address_of(MIGRATED, address))
    await migrate(connection)
    await connection.close()
    return address


MIGRATED, STAFFED, FURNISHED = "accord_template", "accord_staffed", "accord_furnished"


@asynccontextmanager
async def copy_of(source: str, server_address: str) -> AsyncIterator[str]:
    """A copy of a database, dropped at the end. Gives its name. Connections to the source are cut off."""
    name = f"test_{next(_databases)}"
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
    await on_server(server_address, others, source)
    await on_server(server_address, f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY FILE_COPY")
    yield name
    await on_server(server_address, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


async def on_server(address: str, statement: str, *values: Any) -> None:
    """Let the server's own user run a statement, on a connection that stays: to log in takes longer than to run it."""
    if address not in _servers:
        _servers[address] = await asyncpg.create_pool(address, min_size=0, max_size=2, reset=_no_reset)
    await _servers[address].execute(statement, *values)


def address_of(name: str, server_address: str) -> str:
    """The address of a database of the server, for its owner."""
    return server_address.replace("/postgres?", f"/{name}?")


def name_in(address: str) -> str:
    """The name of the database at an address."""
    return str(re.findall(r"/(\w+)\?", address)[0])


@pytest.fixture
async def database(template: str) -> AsyncIterator[str]:
    """The address of a fresh, migrated database of the test's own."""
    async with copy_of(MIGRATED, template) as name:
        yield address_of(name, template)


@pytest.fixture
async def pool(database: str) -> AsyncIterator[asyncpg.Pool]:
    """A pool on a fresh database."""
    opened = await open_pool(database)
    yield opened
    opened.terminate()


@pytest.fixture
async def connection(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a fresh database."""
    async with pool.acquire() as acquired:
        yield acquired  # type: ignore[misc]


@pytest.fixture(scope="session")
async def client(stack: Stack) -> Client:
    """A Temporal client as the product makes it."""
    made = await connect_temporal(stack.state.temporal_address, secrets=stack.postgres.secrets)
    _clients.append(made)
    return made


@pytest.fixture(scope="module", autouse=True)
async def nobody_elses_workflow_runs() -> None:
    """End what modules before this one left on the server: each ledger would look put back to such a workflow.

    A module ends its own too, but Temporal's lists are late: a workflow that began last may not have been in them.
    """
    for client in _clients:
        await end_workflows(client, "WorkflowType = 'Partnership'")


@pytest.fixture(scope="session")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    """The keys of the sample's staff, made when the office is furnished."""
    return Keyring(tmp_path_factory.mktemp("keys"))


@dataclass(frozen=True, slots=True)
class Office:
    """The database of an organisation with sample registers, accounts and staff."""

    postgres: Postgres
    database: str

    @property
    def url(self) -> str:
        """Its address for whoever owns it."""
        return self._of(self.postgres.url)

    def url_of(self, login: Login) -> str:
        """Its address with a task's login."""
        secret = read_secret(self.postgres.secrets / login)
        return as_user(self._of(self.postgres.address), login.of(self.database), secret)

    def _of(self, address: str) -> str:
        return address.replace("/accord?", f"/{self.database}?")


@pytest.fixture(scope="module")
async def office(stack: Stack, furnished_template: str) -> AsyncIterator[Office]:
    """The office of one file of tests: what the sample's payees get in one year counts together (rules 3.11)."""
    async with copy_of(FURNISHED, furnished_template) as name:
        made = Office(stack.postgres, name)
        await let_in(made.url)
        yield made


@pytest.fixture(scope="module")
async def office_pool(office: Office) -> AsyncIterator[asyncpg.Pool]:
    """The office's database as its owner sees it."""
    pool = await open_pool(office.url, 20)
    yield pool
    pool.terminate()


@pytest.fixture(scope="module")
async def desk(office_pool: asyncpg.Pool, keyring: Keyring, client: Client) -> Desk:
    """A desk in the office."""
    return Desk(office_pool, keyring, client=client, patience=BACKSTOP)


ONE_INSTALLATION = (
    "CREATE OR REPLACE FUNCTION ledger.installation() RETURNS text LANGUAGE sql STABLE AS $$ "
    "SELECT (SELECT system_identifier FROM pg_control_system())::text $$"
)
"""Copies of a furnished office are one organisation to the tests; in the product, each would be an installation."""


@pytest.fixture(scope="session")
async def staffed_template(template: str, keyring: Keyring) -> str:
    """A database with the sample's accounts and staff, and no register. Returns the server's own address."""
    await on_server(template, f"CREATE DATABASE {STAFFED} TEMPLATE {MIGRATED}")
    pool = await open_pool(address_of(STAFFED, template))
    await pool.execute(ONE_INSTALLATION)
    await furnish(Desk(pool, keyring))
    await pool.close()
    return template


@pytest.fixture(scope="session")
async def furnished_template(staffed_template: str) -> str:
    """The same with the sample's registers. Returns the server's own address."""
    await on_server(staffed_template, f"CREATE DATABASE {FURNISHED} TEMPLATE {STAFFED}")
    pool = await open_pool(address_of(FURNISHED, staffed_template))
    await load_sample_registers(pool)
    await pool.close()
    return staffed_template


@pytest.fixture
async def staffed_database(staffed_template: str) -> AsyncIterator[str]:
    """The address of a database of the test's own with accounts and staff, and no register."""
    async with copy_of(STAFFED, staffed_template) as name:
        yield address_of(name, staffed_template)


@pytest.fixture
async def staffed_pool(staffed_database: str) -> AsyncIterator[asyncpg.Pool]:
    """A pool on such a database."""
    pool = await open_pool(staffed_database)
    yield pool
    pool.terminate()


@pytest.fixture
async def furnished_database(furnished_template: str) -> AsyncIterator[str]:
    """The address of a furnished database of the test's own."""
    async with copy_of(FURNISHED, furnished_template) as name:
        yield address_of(name, furnished_template)


@pytest.fixture
async def furnished_pool(furnished_database: str) -> AsyncIterator[asyncpg.Pool]:
    """A pool on a furnished database of the test's own."""
    pool = await open_pool(furnished_database)
    yield pool
    pool.terminate()


@pytest.fixture
async def furnished(furnished_pool: asyncpg.Pool, keyring: Keyring) -> Desk:
    """A desk in an office of the test's own, without Temporal: nobody but the test works there."""
    return Desk(furnished_pool, keyring)


@pytest.fixture
async def desks(furnished_database: str, keyring: Keyring) -> AsyncIterator[Callable[[], Awaitable[Desk]]]:
    """Makes more desks in the same office, each with connections of its own, as every process has them."""
    pools: list[asyncpg.Pool] = []

    async def another() -> Desk:
        pools.append(await open_pool(furnished_database))
        return Desk(pools[-1], keyring)

    yield another
    for pool in pools:
        pool.terminate()


@asynccontextmanager
async def working(
    client: Client, pool: asyncpg.Pool, max_cached_workflows: int = 1000, projecting: asyncpg.Pool | None = None
) -> AsyncIterator[None]:
    """A worker as the product makes it, in this process, and the read models, which may have a pool of their own."""
    async with make_worker(client, pool, max_cached_workflows):
        projector = asyncio.create_task(project(open_ledger(projecting or pool)))
        yield
        projector.cancel()


@asynccontextmanager
async def working_apart(
    client: Client, pool: asyncpg.Pool, max_cached_workflows: int = 1000, projecting: asyncpg.Pool | None = None
) -> AsyncIterator[None]:
    """A worker of an organisation of its own. Workflows begun meanwhile end with it.

    The next worker serves another ledger, which such a workflow would believe to be put back.
    """
    began = datetime.now(UTC).isoformat()
    async with working(client, pool, max_cached_workflows, projecting):
        yield
    await end_workflows(client, f"StartTime >= '{began}'")


async def end_workflows(client: Client, which: str) -> None:
    """End the workflows that run, of which the list filter is true."""
    async for one in client.list_workflows(f"ExecutionStatus = 'Running' AND {which}"):
        with suppress(RPCError):  # it has ended
            await client.get_workflow_handle(one.id).terminate("its organisation is no more")


@pytest.fixture(scope="module")
async def worker_pool(office: Office) -> AsyncIterator[asyncpg.Pool]:
    """The office's database as a worker sees it, who owns nothing."""
    pool = await open_pool(office.url_of(Login.WORKER), 20)
    yield pool
    pool.terminate()


@pytest.fixture(scope="module")
async def projector_pool(office: Office) -> AsyncIterator[asyncpg.Pool]:
    """The office's database as a projector sees it."""
    pool = await open_pool(office.url_of(Login.PROJECTOR))
    yield pool
    pool.terminate()


@pytest.fixture(scope="module")
async def worker(client: Client, worker_pool: asyncpg.Pool, projector_pool: asyncpg.Pool) -> AsyncIterator[None]:
    """The office's worker."""
    async with working_apart(client, worker_pool, projecting=projector_pool):
        yield


@pytest.fixture
def new_reference() -> Callable[[], str]:
    """Returns references that no other test uses."""
    return next_reference


@pytest.fixture
def reference(new_reference: Callable[[], str]) -> str:
    """A reference that no other test uses."""
    return new_reference()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real registers and schemas beside the project. Tests that need them are skipped where they are absent."""
    if not SHARED.is_dir():
        pytest.skip(f"the real data is not beside the project ({SHARED})")
    return SHARED
