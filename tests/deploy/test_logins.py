"""Nobody is let in without the secret of the task that they come for, and no secret is kept where others find it."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from deploy.admission import Logins, make_logins
from deploy.embedded.postgres import DATABASE
from deploy.embedded.stack import Stack
from deploy.logins import (
    Login,
    SecretUnusable,
    agrees,
    as_user,
    database_of,
    make_secret,
    names_user,
    read_secret,
    verifier,
)
from deploy.payloads.keys import FILE
from deploy.settings import ADMIN, database_url
from deploy.variables import NotConfigured


def others() -> list[tuple[Login, Login]]:
    """Each login, and another whose secret is tried on it."""
    logins = list(Login)
    return list(zip(logins, [*logins[1:], logins[0]], strict=True))


async def who_is_let_in(address: str) -> str:
    connection = await asyncpg.connect(address)
    try:
        return str(await connection.fetchval("SELECT current_user"))
    finally:
        await connection.close()


@pytest.mark.parametrize("login", Login)
async def test_each_task_is_let_in_with_its_own_secret(stack: Stack, login: Login) -> None:
    assert await who_is_let_in(stack.postgres.url_of(login)) == login.of(DATABASE)


@pytest.mark.parametrize(("login", "other"), others())
async def test_nobody_is_let_in_with_the_secret_of_another(stack: Stack, login: Login, other: Login) -> None:
    secret = read_secret(stack.postgres.secrets / other)
    with pytest.raises(asyncpg.InvalidPasswordError):
        await who_is_let_in(as_user(stack.postgres.address, login.of(DATABASE), secret))


@pytest.mark.parametrize("user", [ADMIN, *[login.of(DATABASE) for login in Login]])
async def test_nobody_is_let_in_without_a_secret(stack: Stack, user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSFILE", "/nowhere")
    with pytest.raises((asyncpg.InvalidPasswordError, asyncpg.InterfaceError)):
        await who_is_let_in(as_user(stack.postgres.address, user, ""))


@pytest.mark.parametrize("login", Login)
async def test_nobody_logs_in_as_the_role_itself(stack: Stack, login: Login) -> None:
    secret = read_secret(stack.postgres.secrets / login)
    with pytest.raises((asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidPasswordError)):
        await who_is_let_in(as_user(stack.postgres.address, f"accord_{login}", secret))


async def test_no_line_of_the_servers_rules_trusts_anybody(stack: Stack) -> None:
    connection = await asyncpg.connect(stack.postgres.url)
    methods = await connection.fetch("SELECT DISTINCT auth_method FROM pg_hba_file_rules")
    await connection.close()
    assert [row["auth_method"] for row in methods] == ["scram-sha-256"]


async def test_no_login_is_more_than_its_task(stack: Stack) -> None:
    """No superuser, no maker of roles or databases, nobody who replicates or passes by row security."""
    connection = await asyncpg.connect(stack.postgres.url)
    rows = await connection.fetch(
        "SELECT rolname, (SELECT array_agg(roleid::regrole::text) FROM pg_auth_members WHERE member = r.oid) AS roles "
        "FROM pg_roles r WHERE rolname LIKE 'accord\\_login\\_%' "
        "AND NOT (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)"
    )
    await connection.close()
    held = {row["rolname"]: row["roles"] for row in rows}
    assert held == {login.of(DATABASE): [f"accord_{login}"] for login in Login}


def test_every_secret_is_a_file_that_its_owner_alone_reads(stack: Stack) -> None:
    files = {file.name: file.stat().st_mode & 0o777 for file in stack.postgres.secrets.iterdir()}
    assert files == dict.fromkeys([ADMIN, FILE, *Login], 0o600)
    assert stack.postgres.secrets.stat().st_mode & 0o077 == 0
    assert len({read_secret(stack.postgres.secrets / name) for name in files}) == len(files)


async def test_a_secret_is_changed_by_removing_its_file(stack: Stack, tmp_path: Path) -> None:
    for name in Login:
        make_secret(tmp_path / name)
    connection = await asyncpg.connect(stack.postgres.url)
    before = {login: await kept(connection, login) for login in Login}
    mine = stack.postgres.secrets / Login.READER
    old = mine.read_text()
    mine.unlink()
    assert await make_logins(connection, stack.postgres.secrets) == Logins(made=(Login.READER,))
    after = {login: await kept(connection, login) for login in Login}
    await connection.close()
    assert {login for login in Login if before[login] != after[login]} == {Login.READER}
    assert await who_is_let_in(stack.postgres.url_of(Login.READER)) == Login.READER.of(DATABASE)
    with pytest.raises(asyncpg.InvalidPasswordError):
        await who_is_let_in(as_user(stack.postgres.address, Login.READER.of(DATABASE), old))


@pytest.fixture
async def put_back(stack: Stack) -> AsyncIterator[asyncpg.Connection]:
    """The owner's connection. Whatever a test did to the reader's login, it is as its file says afterwards."""
    connection = await asyncpg.connect(stack.postgres.url)
    yield connection
    secret = verifier(read_secret(stack.postgres.secrets / Login.READER))
    await connection.execute(f"ALTER ROLE {Login.READER.of(DATABASE)} PASSWORD '{secret}'")
    await connection.close()


@pytest.mark.parametrize("password", ["'of a backup of old roles'", "NULL"], ids=["another", "none"])
async def test_a_login_whose_secret_is_not_its_files_is_mended(
    stack: Stack, put_back: asyncpg.Connection, password: str
) -> None:
    """Given a login that a restore, or an end between file and server, left without its file's secret, it is mended."""
    await put_back.execute(f"ALTER ROLE {Login.READER.of(DATABASE)} PASSWORD {password}")
    assert await make_logins(put_back, stack.postgres.secrets) == Logins(made=(Login.READER,))
    assert await who_is_let_in(stack.postgres.url_of(Login.READER)) == Login.READER.of(DATABASE)


async def test_logins_that_agree_with_their_files_are_left_as_they_are(
    stack: Stack, put_back: asyncpg.Connection
) -> None:
    before = [await kept(put_back, login) for login in Login]
    assert await make_logins(put_back, stack.postgres.secrets) == Logins()
    assert [await kept(put_back, login) for login in Login] == before


async def kept(connection: asyncpg.Connection, login: Login) -> str:
    return str(await connection.fetchval("SELECT rolpassword FROM pg_authid WHERE rolname = $1", login.of(DATABASE)))


def test_what_the_server_keeps_is_the_published_form_of_a_secret() -> None:
    """RFC 7677, section 3, gives user, secret, salt and both proofs. Its stored and server keys follow from them."""
    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    made = verifier("pencil", salt)
    assert made == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
        "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )


@pytest.mark.parametrize("iterations", [1, 4096, 10_000])
def test_a_secret_agrees_with_its_verifier_however_often_the_server_hashes(iterations: int) -> None:
    """Given a server that hashes more often, or less, then a login that it made is still known by its secret."""
    stored = verifier("pencil", iterations=iterations)
    assert (agrees(stored, "pencil"), agrees(stored, "pen"), agrees(None, "pencil")) == (True, False, False)


def test_a_secret_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "worker"
    make_secret(file)
    file.chmod(0o640)
    with pytest.raises(SecretUnusable, match=f"others may read the secret in {file}; run: chmod 600 {file}"):
        read_secret(file)


def test_a_secret_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(SecretUnusable, match=f"the secret in {tmp_path / 'worker'} cannot be read"):
        read_secret(tmp_path / "worker")


def test_an_address_that_says_who_logs_in_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ACCORD_SECRETS", str(tmp_path))
    make_secret(tmp_path / "worker")
    monkeypatch.setenv("ACCORD_DATABASE_URL", "postgresql://me:mine@elsewhere:5432/accord")
    assert database_url(Login.WORKER) == "postgresql://me:mine@elsewhere:5432/accord"
    monkeypatch.setenv("ACCORD_DATABASE_URL", "postgresql://elsewhere:5432/accord?sslmode=verify-full")
    address = database_url(Login.WORKER)
    secret = read_secret(tmp_path / "worker")
    assert address == f"postgresql://accord_login_worker:{secret}@elsewhere:5432/accord?sslmode=verify-full"
    assert names_user(address)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("postgresql://elsewhere/grants", "grants"),
        ("postgresql://me:mine@elsewhere/my%20grants?sslmode=require", "my grants"),
        ("postgresql:///grants?host=/run/postgresql", "grants"),
        ("postgresql://elsewhere?dbname=grants", "grants"),
        ("postgresql://elsewhere", ""),
    ],
)
def test_logins_are_named_after_the_database_of_the_address(address: str, name: str) -> None:
    assert database_of(address) == name


def test_an_address_without_a_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCORD_DATABASE_URL", "postgresql://elsewhere:5432")
    with pytest.raises(NotConfigured, match="name the database in ACCORD_DATABASE_URL: postgresql://HOST/DATABASE"):
        database_url(Login.WORKER)
