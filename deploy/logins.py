"""Database logins: one for each task, whose secret is in a file that only the task's process is given.

Secrets are checked by SCRAM (RFC 7677): the server stores a verifier, and never sees the secret itself.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from base64 import b64decode, b64encode
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

_ITERATIONS: Final = 4096
_OTHERS: Final = 0o077


class Login(StrEnum):
    """A task that has a login of its own."""

    WORKER = "worker"
    STAFF = "staff"
    LOADER = "loader"
    EXPORTER = "exporter"
    IMPORTER = "importer"
    PROJECTOR = "projector"
    SIGNER = "signer"
    READER = "reader"
    EMERGENCY = "emergency"
    CONSOLE = "console"

    @property
    def role(self) -> str:
        """The database role that has the task's rights (deploy/migrations)."""
        return f"accord_{self}"

    @property
    def user(self) -> str:
        """The user name of the task's login."""
        return f"accord_{self}_login"


class SecretUnusable(ConnectionError):
    """A secret cannot be read, or others than its owner may read its file."""


def read_secret(file: Path) -> str:
    """Return the secret that a file holds.

    Raises:
        SecretUnusable: It cannot be read, or others than its owner may read it.
    """
    try:
        mode, secret = file.stat().st_mode, file.read_text("ascii").strip()
    except (OSError, ValueError) as fault:
        raise SecretUnusable(f"the secret in {file} cannot be read ({type(fault).__name__})") from fault
    if mode & _OTHERS:
        raise SecretUnusable(f"others may read the secret in {file}; run: chmod 600 {file}")
    return secret


def make_secret(file: Path) -> str:
    """Return the secret in a file. If there is no file, create it with a new secret, readable by its owner alone."""
    if file.exists():
        return read_secret(file)
    secret = secrets.token_urlsafe(32)
    _write_secret(file, secret)
    return secret


def _write_secret(file: Path, secret: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        written.write(secret)


def verifier(secret: str, salt: bytes | None = None) -> str:
    """Return the SCRAM verifier that PostgreSQL stores for a secret, which does not reveal the secret (RFC 5803)."""
    salt = salt or secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", secret.encode(), salt, _ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    parts = [b64encode(part).decode() for part in (salt, stored, server)]
    return "SCRAM-SHA-256${}:{}${}:{}".format(_ITERATIONS, *parts)


def as_user(address: str, user: str, secret: str) -> str:
    """Return a database URL with this user and secret, in place of any that it names."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user)}:{quote(secret)}@{host}"))


def names_user(address: str) -> bool:
    """Return whether a database URL names a user."""
    return "@" in urlsplit(address).netloc


async def make_logins(connection: asyncpg.Connection, folder: Path) -> tuple[Login, ...]:
    """Create every missing login, with its secret in a file named after it; return the logins created or changed.

    An existing login keeps its secret. To change a secret, remove its file: the next call makes a new one. Where the
    server knows another secret than the file, as after a restore of older roles, it is told the file's.
    """
    made = []
    for login in Login:
        new, file = not await _exists(connection, login), folder / login
        if new:
            await connection.execute(f"CREATE ROLE {login.user} LOGIN IN ROLE {login.role}")
        secret = read_secret(file) if file.exists() else ""
        if secret and not new and await _agrees(connection, login, secret):
            continue
        given = secret or secrets.token_urlsafe(32)
        await connection.execute(f"ALTER ROLE {login.user} PASSWORD '{verifier(given)}'")
        if not secret:  # last: what is cut off before this begins anew
            _write_secret(file, given)
        made.append(login)
    return tuple(made)


async def _agrees(connection: asyncpg.Connection, login: Login, secret: str) -> bool:
    """Return whether the server knows a login by its file's secret; True where only a superuser could look."""
    query = "SELECT rolpassword FROM pg_authid WHERE rolname = $1"
    try:
        held = await connection.fetchval(query, login.user)
    except asyncpg.InsufficientPrivilegeError:
        return True
    match = re.fullmatch(rf"SCRAM-SHA-256\${_ITERATIONS}:([^$]+)\$.+", held or "")
    return match is not None and verifier(secret, b64decode(match[1])) == held


async def _exists(connection: asyncpg.Connection, login: Login) -> bool:
    return bool(await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", login.user))
