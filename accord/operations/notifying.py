"""Tell notices to a command or an address of the organisation's, each at least once (R50).

Each says what waits for whom. The notices that stand are read from the read models, and those told are kept in a file
of this process's own. If that file is lost, everything that stands is told again, with the same ids.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import os
import re
import shlex
import signal
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import asyncpg
import httpx
import structlog

from accord.operations.webhooks.signing import new_signing_secret, signed_headers
from deploy.logins import SecretUnusable, read_secret, write_secret
from domain.directory.directory import GUARDIANS
from domain.identity import derive
from ledger import LedgerUnavailable

TIMEOUT: Final = 30.0
"""Seconds that a command or an address has to take a notice."""

EVERY: Final = 2.0
"""Seconds between two looks."""

LONGEST_PAUSE: Final = 60.0
"""Seconds after which it is tried again at the latest while nobody takes notices."""

_STANDING: Final = """
SELECT notice_id, partnership_id AS subject, kind, what, role, due, command, position
  FROM read_model.notices WHERE position > $1 ORDER BY position, notice_id
"""
_CHANGES: Final = "SELECT change_id FROM read_model.pending_changes ORDER BY position"

_NEWEST: Final = "SELECT max(position) FROM read_model.documents WHERE name = 'partnerships'"

MOST_SILENT: Final = 3
"""So many notices in a row that nobody takes, and the rest waits for the next look."""

log: Final = structlog.get_logger("accord.notifier")


class NotDelivered(Exception):
    """Nobody took a notice. The message gives the reason. It is tried again."""


class NoChannel(ValueError):
    """A channel is neither a command nor an HTTPS address."""


class Channel(Protocol):
    """A receiver of notices."""

    async def send(self, notice: dict[str, Any]) -> None:
        """Deliver a notice, or raise NotDelivered."""


class NoticeCommand(NamedTuple):
    """A command that is run for each notice, with its JSON on standard input. Status 0 means that it took it."""

    words: tuple[str, ...]

    async def send(self, notice: dict[str, Any]) -> None:
        """Run the command with no more of the environment than where programs are. Raises NotDelivered."""
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        pipe, null_device = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(
                *self.words, stdin=pipe, stdout=null_device, stderr=null_device, env=environment, start_new_session=True
            )
        except OSError as fault:
            raise NotDelivered(f"{self.words[0]} cannot be run: {fault.strerror}") from fault
        try:
            await asyncio.wait_for(process.communicate(_line(notice)), TIMEOUT)
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # with whatever it started itself
            await process.wait()
            raise NotDelivered(f"{self.words[0]} took longer than {TIMEOUT:.0f} s") from None
        if process.returncode:
            raise NotDelivered(f"{self.words[0]} ended with {process.returncode}")


class WebhookAddress(NamedTuple):
    """An HTTPS address to which each notice is posted as JSON. A status from 200 to 299 means that it was taken."""

    url: str
    secret: str
    """The secret with which the receiver verifies, as Standard Webhooks writes it: whsec_ and base64."""

    async def send(self, notice: dict[str, Any]) -> None:
        """Post a notice, signed. Its id is in the headers `webhook-id` and `Idempotency-Key`. Raises NotDelivered."""
        line = _line(notice)
        signed = signed_headers(self.secret, notice["id"], line)
        headers = {"Content-Type": "application/json", "Idempotency-Key": notice["id"], **signed}
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False) as client:
                answer = await client.post(self.url, content=line, headers=headers)
        except (httpx.HTTPError, OSError) as fault:
            raise NotDelivered(f"the address does not answer ({type(fault).__name__})") from fault
        if not answer.is_success:
            raise NotDelivered(f"the address answered {answer.status_code}")


def make_signing_secret(file: Path) -> str:
    """Return the secret in a file, for signing posted notices. If there is no file, create it.

    Raises:
        SecretUnusable: It cannot be made or read, others than its owner may read it, or it is no such secret.
    """
    if not file.exists():
        _make_secret(file)
    secret = read_secret(file)
    if not re.fullmatch(r"whsec_[A-Za-z0-9+/]{32,88}={0,2}", secret):
        raise SecretUnusable(f"{file} holds no secret of Standard Webhooks: whsec_, and 24 to 64 bytes in base64")
    return secret


def _make_secret(file: Path) -> None:
    try:
        write_secret(file, new_signing_secret())
    except OSError as fault:
        raise SecretUnusable(
            f"{file} cannot be made ({fault.strerror}); name a file in a folder of your own"
        ) from fault


def channel_of(text: str, secret: Callable[[], str]) -> Channel:
    """Return the channel that a text names: an HTTPS address, or a command with its arguments.

    `secret` makes or reads what is posted to an address with. A command needs none.

    Raises:
        NoChannel: It is neither, or an address without TLS beyond this machine.
        SecretUnusable: There is no secret to sign with.
    """
    if "://" not in text:
        try:
            words = tuple(shlex.split(text))
        except ValueError as fault:
            raise NoChannel(f"{text!r} is no command: {fault}") from None
        if not words:
            raise NoChannel("name a command, or an HTTPS address")
        return NoticeCommand(words)
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as fault:
        raise NoChannel(f"{text!r} is no address: {fault}") from None
    if url.scheme == "https" or (url.scheme == "http" and _is_this_machine(url.host)):
        return WebhookAddress(text, secret())
    raise NoChannel(f"{text!r} is neither https:// nor on this machine; notices go out over TLS alone")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _line(notice: dict[str, Any]) -> bytes:
    return json.dumps(notice, sort_keys=True).encode() + b"\n"


class NoticeLog:
    """The ids of the notices that were told, in a file of the notifier's own."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = file
        with self._connected() as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS told (notice_id TEXT PRIMARY KEY)")

    def __contains__(self, notice_id: str) -> bool:
        with self._connected() as connection:
            query = "SELECT 1 FROM told WHERE notice_id = ?"
            return connection.execute(query, (notice_id,)).fetchone() is not None

    def add(self, notice_id: str) -> None:
        """Record a notice as told."""
        with self._connected() as connection, connection:
            connection.execute("INSERT OR IGNORE INTO told VALUES (?)", (notice_id,))

    def _connected(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self._file, isolation_level=None))


class Notifier:
    """Tells a channel what stands in the read models and was not told yet."""

    def __init__(self, pool: asyncpg.Pool, notice_ids: NoticeLog, channel: Channel) -> None:
        self._pool = pool
        self._told = notice_ids
        self._channel = channel
        self._position = 0

    async def tell(self) -> int:
        """Tell every notice that stands and was not told, and return their number.

        One that nobody took keeps no other waiting, unless a few in a row say that nobody is there at all.

        Raises:
            NotDelivered: Nobody took one or more; they are tried again, and those that were taken are not.
        """
        newest = await self._pool.fetchval(_NEWEST) or 0
        since = self._position if newest >= self._position else 0  # the database was put back: everything is read again
        rows = await self._pool.fetch(_STANDING, since)
        changes = await self._pool.fetch(_CHANGES)
        new = [notice for notice in (*map(_notice, rows), *_of_changes(changes)) if notice["id"] not in self._told]
        faults = await self._send(new)
        if faults:
            raise NotDelivered(f"{faults[0]}; {len(new) - len(faults)} of {len(new)} notices were told")
        self._position = newest
        return len(new)

    async def _send(self, new: list[dict[str, Any]]) -> list[str]:
        """Send notices, and return the faults of those that nobody took, or that were not tried any more."""
        faults: list[str] = []
        silent = 0
        for notice in new:
            if silent == MOST_SILENT:
                faults.append("not tried")
                continue
            try:
                await self._channel.send(notice)
            except NotDelivered as fault:
                silent, faults = silent + 1, [*faults, str(fault)]
                continue
            silent = 0
            self._told.add(notice["id"])
        return faults

    async def forever(self) -> None:
        """Tell notices until cancelled. An outage is logged once and waited out."""
        pause, last_reason = EVERY, ""
        while True:
            try:
                if number := await self.tell():
                    log.info("told", notices=number)
                pause, last_reason = EVERY, ""
            except Exception as fault:  # whatever it is, the next look may go well; it is never silent
                pause = min(pause * 2, LONGEST_PAUSE)
                reason = str(fault) if isinstance(fault, (NotDelivered, LedgerUnavailable)) else type(fault).__name__
                if reason != last_reason:
                    log.warning("not told yet, and tried again", reason=reason)
                last_reason = reason
            await asyncio.sleep(pause)


def _notice(row: asyncpg.Record) -> dict[str, Any]:
    due = row["due"]
    return {
        "id": str(row["notice_id"]),
        "subject": row["subject"],
        "kind": row["kind"],
        "what": row["what"],
        "role": row["role"],
        "due": due.isoformat() if due is not None else None,
        "command": row["command"],
    }


def _of_changes(changes: Iterable[asyncpg.Record]) -> Iterator[dict[str, Any]]:
    """Return a notice to each role that may confirm a change of the directory which waits."""
    for change_id in (str(row["change_id"]) for row in changes):
        for role in sorted(GUARDIANS):
            yield {
                "id": str(derive("notice", "directory", change_id, role.value)),
                "subject": "directory",
                "kind": "WAITS",
                "what": "staff confirm",
                "role": role.value,
                "due": None,
                "command": f"accord staff confirm {change_id} --as STAFF",
            }
