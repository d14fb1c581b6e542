"""Database logins: one for each task and database, whose secret is in a file that only the task's process is given.

Secrets are checked by SCRAM (RFC 7677): the server stores a verifier, and never sees the secret itself.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import struct
from base64 import b64decode, b64encode
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, quote, unquote, urlsplit, urlunsplit

_ITERATIONS: Final = 4096
_OTHERS: Final = 0o077
_MORE_THAN_THE_GROUP: Final = 0o037
_READ: Final = 4
_ACL_USER, _ACL_OWNING, _ACL_GROUP = 0x02, 0x04, 0x08
"""Tags of an access list: a named user, the owning group, a named group (acl(5), and linux/posix_acl.h)."""


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
    COUNTER = "counter"
    POST = "post"
    GRANTEE = "grantee"
    EXAMINER = "examiner"
    ATTESTER = "attester"
    WEBHOOKS = "webhooks"
    API = "api"

    def of(self, database: str) -> str:
        """Return the user name of the task's login to a database."""
        return f"{database}_login_{self}"


class SecretUnusable(ConnectionError):
    """A secret cannot be read, or others than its process may read its file."""


def read_secret(file: Path) -> str:
    """Return the secret that a file holds.

    Raises:
        SecretUnusable: It cannot be read, or others than this process may read it.
    """
    try:
        with file.open(encoding="ascii") as opened:
            is_open, secret = _open_to_others(opened.fileno()), opened.read().strip()
    except (OSError, ValueError) as fault:
        raise SecretUnusable(f"the secret in {file} cannot be read ({type(fault).__name__})") from fault
    if is_open:
        raise SecretUnusable(
            f"others may read the secret in {file}; run: chmod 600 {file} (or, where it is root's, give it to a group "
            f"of this process's own, and run: chmod 440 {file})"
        )
    return secret


def _open_to_others(handle: int) -> bool:
    """True if others than a file's owner may read it, or a group change it.

    Root may hand a file to a group of this process's own, as Kubernetes does, or to its user, as systemd does.
    """
    status = os.fstat(handle)
    if not status.st_mode & _OTHERS:
        return False
    if status.st_mode & _MORE_THAN_THE_GROUP or status.st_uid != 0 or os.geteuid() == 0:
        return True
    users, groups = _let_in(handle, status.st_gid)
    return not (users <= {os.geteuid()} and groups <= {os.getegid(), *os.getgroups()})


def _let_in(handle: int, group: int) -> tuple[set[int], set[int]]:
    """Return the users and groups that may read a file beside its owner: its group, or those of its access list."""
    try:
        access_list = os.getxattr(handle, "system.posix_acl_access")
    except (OSError, AttributeError):  # it has none, or this is no Linux
        return set(), {group}
    entries = [(tag, who) for tag, may, who in struct.iter_unpack("<HHI", access_list[4:]) if may & _READ]
    groups = {who for tag, who in entries if tag == _ACL_GROUP} | {group for tag, _ in entries if tag == _ACL_OWNING}
    return {who for tag, who in entries if tag == _ACL_USER}, groups


def make_secret(file: Path) -> str:
    """Return the secret in a file. If there is no file, create it with a new secret, readable by its owner alone."""
    if file.exists():
        return read_secret(file)
    secret = new_secret()
    write_secret(file, secret)
    return secret


def new_secret() -> str:
    """Return a new secret, of 256 bits."""
    return secrets.token_urlsafe(32)


def write_secret(file: Path, secret: str) -> None:
    """Create the file of a secret, readable by its owner alone. Raises FileExistsError if there is one."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(secret)


def agrees(stored_verifier: str | None, secret: str) -> bool:
    """True if the verifier that a server holds, if any, is one of this secret."""
    match = re.fullmatch(r"SCRAM-SHA-256\$(\d+):([^$]+)\$.+", stored_verifier or "")
    return match is not None and verifier(secret, b64decode(match[2]), int(match[1])) == stored_verifier


def verifier(secret: str, salt: bytes | None = None, iterations: int = _ITERATIONS) -> str:
    """Return the SCRAM verifier that PostgreSQL stores for a secret, which does not reveal the secret (RFC 5803).

    `iterations`: how often it is hashed, which slows guessing: nobody guesses a secret of 256 bits.
    """
    salt = salt or secrets.token_bytes(16)
    salted_password = hashlib.pbkdf2_hmac("sha256", secret.encode(), salt, iterations)
    stored_key = hashlib.sha256(hmac.digest(salted_password, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted_password, b"Server Key", "sha256")
    parts = [b64encode(part).decode() for part in (salt, stored_key, server)]
    return "SCRAM-SHA-256${}:{}${}:{}".format(iterations, *parts)


def as_user(address: str, user: str, secret: str) -> str:
    """Return a database URL with this user and secret, in place of any that it names."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user)}:{quote(secret)}@{host}"))


def database_of(address: str) -> str:
    """Return the name of the database that a URL names, or '' if it names none."""
    parts = urlsplit(address)
    parameters = parse_qs(parts.query)
    return unquote(parts.path.lstrip("/")) or (parameters.get("dbname") or parameters.get("database") or [""])[0]


def names_user(address: str) -> bool:
    """True if a database URL names a user."""
    return "@" in urlsplit(address).netloc
