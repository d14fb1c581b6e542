"""Two organisations on one server: nobody takes the other's logins away, and nobody is let in to the other's ledger."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import asyncpg
import pytest

from deploy.embedded.postgres import Postgres
from deploy.logins import Login, as_user, make_secret, read_secret
from deploy.settings import database_url
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_fails

SECRET = "of-the-administrator"


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Postgres]:
    """A server of these tests' own: roles are the whole server's."""
    running = Postgres(tmp_path_factory.mktemp("server") / "postgres")
    await asyncio.to_thread(running.start)
    yield running
    await asyncio.to_thread(running.stop)


class House(NamedTuple):
    """An organisation on the server: its database, who migrates it, and the folder of its secrets."""

    name: str
    address: str
    secrets: Path
    shell: Shell

    def url_of(self, login: Login, elsewhere: House | None = None) -> str:
        """The address with a task's login as its process reads it, or of another's database, if one is named."""
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("ACCORD_DATABASE_URL", self.address)
            environment.setenv("ACCORD_SECRETS", str(self.secrets))
            own = database_url(login)
        return own.replace(f"/{self.name}?", f"/{elsewhere.name}?") if elsewhere else own

    async def migrates(self, *words: str) -> str:
        """The words of `accord migrate --logins`."""
        return (await self.shell.done("migrate", "--logins", self.secrets, *words)).words


async def house(server: Postgres, name: str, folder: Path, superuser: bool = False) -> House:
    """An organisation whose administrator owns its database and may create roles, and is no superuser by default."""
    address = server.address.replace("/accord?", f"/{name}?")
    owner = await asyncpg.connect(server.url.replace("/accord?", "/postgres?"))
    admin = f"admin of {name}"
    await owner.execute(f"CREATE ROLE \"{admin}\" LOGIN CREATEROLE PASSWORD '{SECRET}'")
    await owner.execute(f'CREATE DATABASE "{name}" OWNER "{admin}" TEMPLATE template0')
    await owner.close()
    owner_address = as_user(address, admin, SECRET)
    shell = Shell().as_administrator(server.url.replace("/accord?", f"/{name}?") if superuser else owner_address)
    return House(name, address, folder / name, shell)


async def as_superuser(server: Postgres, statement: str, database: str = "postgres") -> None:
    connection = await asyncpg.connect(server.url.replace("/accord?", f"/{database}?"))
    await connection.execute(statement)
    await connection.close()


async def as_of_0_2_0(server: Postgres, own: House) -> None:
    """Leave a database as release 0.2.0 left it: open to all logins of the server, which it made once for all."""
    await as_superuser(server, f"GRANT CONNECT ON DATABASE {own.name} TO PUBLIC")
    for login in Login:
        secret = make_secret(own.secrets / login)
        await as_superuser(
            server,
            f"DO $$ BEGIN CREATE ROLE {old(login)} LOGIN IN ROLE accord_{login}; "
            f"EXCEPTION WHEN duplicate_object THEN NULL; END $$; ALTER ROLE {old(login)} PASSWORD '{secret}'",
        )


def old(login: Login) -> str:
    """The name of a task's login in release 0.2.0."""
    return f"accord_{login}_login"


def url_before(own: House, login: Login) -> str:
    """The address as a process of release 0.2.0 made it."""
    return as_user(own.address, old(login), read_secret(own.secrets / login))


async def ask(address: str, question: str = "SELECT count(*) FROM ledger.events") -> Any:
    connection = await asyncpg.connect(address)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


BUILT: dict[str, tuple[House, House]] = {}
"""The organisations of this process: a test that another process handed over may ask for them again."""


@pytest.fixture(scope="module", params=["of an owner", "of a superuser"])
async def houses(
    server: Postgres, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[House, House]:
    """Two organisations, each migrated by an administrator of its own, or both by the server's."""
    if request.param not in BUILT:
        folder, superuser = tmp_path_factory.mktemp("houses"), request.param == "of a superuser"
        names = ("east", "west") if superuser else ("north", "south-2")
        first, second = [await house(server, name, folder, superuser) for name in names]
        for own in (first, second):
            await own.migrates()
        BUILT[request.param] = first, second
    return BUILT[request.param]


AT_THE_DOOR: Final = (Login.GRANTEE, Login.EXAMINER)
"""The logins that read no ledger."""
READERS: Final = tuple(login for login in Login if login not in AT_THE_DOOR)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("login", READERS)
async def test_each_login_reads_the_ledger_of_its_own_organisation(houses: tuple[House, House], login: Login) -> None:
    for own in houses:
        assert await ask(own.url_of(login)) == 0


@pytest.mark.parametrize("login", AT_THE_DOOR)
async def test_a_login_of_the_door_is_let_in_and_reads_no_ledger(houses: tuple[House, House], login: Login) -> None:
    for own in houses:
        assert await ask(own.url_of(login), "SELECT 1") == 1
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(own.url_of(login))


@pytest.mark.parametrize("login", Login)
async def test_no_login_of_one_organisation_is_let_in_to_the_other(houses: tuple[House, House], login: Login) -> None:
    north, south = houses
    for own, other in ((north, south), (south, north)):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="CONNECT privilege"):
            await ask(own.url_of(login, other))


async def test_the_second_ones_roles_own_all_that_it_has(houses: tuple[House, House]) -> None:
    """If an administrator cannot grant the server's common roles, theirs are named after the database."""
    for own in houses:
        beginning = f"accord_{own.name}" if own.name.startswith("south") else "accord"
        roles = await ask(own.url_of(Login.READER), ROLES_IN_USE)
        assert set(roles) == {f"{beginning}_{role}" for role in ("owner", *Login)}


ROLES_IN_USE = """
SELECT array_agg(DISTINCT pg_get_userbyid(refobjid)::text)
  FROM pg_shdepend JOIN pg_database d ON d.oid = dbid AND datname = current_database()
 WHERE refclassid = 'pg_authid'::regclass AND pg_get_userbyid(refobjid) LIKE 'accord%'
"""


@pytest.mark.slow
async def test_each_may_migrate_again_and_nothing_changes(houses: tuple[House, House]) -> None:
    for own, other in (houses, reversed(houses)):
        before = {login: read_secret(own.secrets / login) for login in Login}
        await own.migrates()
        assert {login: read_secret(own.secrets / login) for login in Login} == before
        assert await ask(other.url_of(Login.STAFF)) == await ask(own.url_of(Login.STAFF)) == 0


@pytest.mark.slow
async def test_a_new_database_is_closed_before_it_has_logins(
    server: Postgres, houses: tuple[House, House], tmp_path: Path
) -> None:
    new = await house(server, f"new_beside_{houses[0].name}", tmp_path)
    told = await new.shell.done("migrate")
    assert "No process has a login of its own yet. Next: accord migrate --logins FOLDER" in told.words
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="CONNECT privilege"):
        await ask(houses[0].url_of(Login.READER, new))


@pytest.mark.slow
async def test_who_cannot_see_the_servers_secrets_mends_them_all_the_same(
    server: Postgres, houses: tuple[House, House]
) -> None:
    """Given logins that a restore left with older secrets, then the remedy that `accord doctor` names mends them."""
    for own in houses:
        await as_superuser(server, f"ALTER ROLE \"{own.name}_login_worker\" PASSWORD 'of a backup'")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await ask(own.url_of(Login.WORKER))
        told = await own.migrates()
        assert "Who migrates cannot see which secrets the server holds" in told or "Logins made: worker;" in told
        assert await ask(own.url_of(Login.WORKER)) == 0


async def test_where_secrets_cannot_be_kept_none_is_changed(houses: tuple[House, House], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    refused = await houses[0].shell("migrate", "--logins", tmp_path / "file" / "secrets")
    assert_fails(refused, REFUSED, "the folder", "cannot be made", "name another one")
    assert await ask(houses[0].url_of(Login.WORKER)) == 0


async def test_old_logins_are_ended_only_where_new_ones_are_made(houses: tuple[House, House]) -> None:
    assert_fails(await houses[0].shell("migrate", "--end-old-logins"), BAD_INPUT, "--end-old-logins: say with --logins")


class TestFromRelease020:
    """A server whose organisations were made by release 0.2.0, where logins had one name on the whole server."""

    @pytest.fixture
    async def server(self, tmp_path: Path) -> AsyncIterator[Postgres]:
        """A server of the test's own."""
        running = Postgres(tmp_path / "postgres")
        await asyncio.to_thread(running.start)
        yield running
        await asyncio.to_thread(running.stop)

    @pytest.fixture
    async def before(self, server: Postgres, tmp_path: Path) -> House:
        """The organisation, as that release left it."""
        own = await house(server, "grants", tmp_path)
        await own.shell.done("migrate")
        await as_of_0_2_0(server, own)
        return own

    @pytest.mark.slow
    async def test_old_logins_are_let_in_until_they_are_ended(self, server: Postgres, before: House) -> None:
        await before.migrates()
        for login in READERS:
            assert await ask(url_before(before, login)) == await ask(before.url_of(login)) == 0
        told = await before.migrates()
        assert "Still let in: accord_api_login, accord_attester_login, accord_console_login," in told
        assert f"next: accord migrate --logins {before.secrets} --end-old-logins" in told
        await as_superuser(server, 'ALTER ROLE "admin of grants" SUPERUSER')  # who made the old ones
        assert (
            "Let in no longer: accord_api_login, accord_attester_login, accord_console_login,"
            in await before.migrates("--end-old-logins")
        )
        with pytest.raises(asyncpg.InvalidPasswordError):
            await ask(url_before(before, Login.WORKER))
        assert await ask(before.url_of(Login.WORKER)) == 0
        assert "Still let in" not in await before.migrates()

    @pytest.mark.slow
    async def test_old_logins_are_not_ended_while_a_process_uses_one(self, before: House) -> None:
        await before.migrates()
        process = await asyncpg.connect(url_before(before, Login.PROJECTOR))
        refused = await before.shell("migrate", "--logins", before.secrets, "--end-old-logins")
        assert_fails(refused, REFUSED, "accord_projector_login", "in use", "stop the processes of the release before")
        assert await process.fetchval("SELECT count(*) FROM ledger.events") == 0
        await process.close()
        assert await ask(url_before(before, Login.PROJECTOR)) == 0
        await before.migrates("--end-old-logins")
        with pytest.raises((asyncpg.InvalidPasswordError, asyncpg.InsufficientPrivilegeError)):
            await ask(url_before(before, Login.PROJECTOR))

    @pytest.mark.slow
    async def test_where_two_databases_claim_them_both_are_named_and_one_keeps_them(
        self, server: Postgres, before: House, tmp_path: Path
    ) -> None:
        other = await house(server, "training", tmp_path, superuser=True)
        await other.shell.done("migrate")
        await as_of_0_2_0(server, other)  # as that release did: the first one's processes are let in no longer
        await as_of_0_2_0(server, before)
        for own, beside in ((before, other), (other, before)):
            refused = await own.shell("migrate", "--logins", own.secrets)
            assert_fails(refused, REFUSED, f"are let in to {own.name} and to {beside.name}", "--end-old-logins")
            assert await ask(url_before(before, Login.WORKER)) == 0
        await other.migrates("--end-old-logins")
        await before.migrates()
        for login in READERS:
            assert await ask(other.url_of(login)) == await ask(before.url_of(login)) == 0
            assert await ask(url_before(before, login)) == 0
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="CONNECT privilege"):
                await ask(as_user(other.address, old(login), read_secret(before.secrets / login)))

    @pytest.mark.slow
    async def test_a_new_organisation_beside_it_touches_nothing_of_it(
        self, server: Postgres, before: House, tmp_path: Path
    ) -> None:
        new = await house(server, "beside", tmp_path, superuser=True)
        await new.migrates()
        for login in READERS:
            assert await ask(url_before(before, login)) == await ask(new.url_of(login)) == 0
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="CONNECT privilege"):
                await ask(as_user(new.address, old(login), read_secret(before.secrets / login)))

    @pytest.mark.slow
    async def test_a_database_that_was_renamed_has_new_logins_and_its_old_name_is_free_afterwards(
        self, server: Postgres, tmp_path: Path
    ) -> None:
        first = await house(server, "house", tmp_path)
        await first.migrates()
        await as_superuser(server, "ALTER DATABASE house RENAME TO mansion")
        address = server.address.replace("/accord?", "/mansion?")
        shell = Shell().as_administrator(as_user(address, "admin of house", SECRET))
        mansion = House("mansion", address, first.secrets, shell)
        await as_superuser(server, "CREATE DATABASE house TEMPLATE template0")
        second = House(
            "house", first.address, tmp_path / "second",
            Shell().as_administrator(server.url.replace("/accord?", "/house?")),
        )  # fmt: skip
        refused = await second.shell("migrate", "--logins", second.secrets)
        assert_fails(refused, REFUSED, "house_login_console is let in to the database mansion", "--end-old-logins")
        assert "Still let in: house_login_console," in await mansion.migrates()
        await mansion.migrates("--end-old-logins")
        await second.migrates()
        assert await ask(mansion.url_of(Login.STAFF)) == await ask(second.url_of(Login.STAFF)) == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="CONNECT privilege"):
            await ask(second.url_of(Login.STAFF, mansion))
