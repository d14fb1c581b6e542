"""Waits are told to a command or an address, at least once, and nothing more than ids (R50), by shell."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import psutil
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from accord.client.desk import Desk
from accord.operations.notifying import (
    NoChannel,
    NotDelivered,
    NoticeCommand,
    NoticeLog,
    Notifier,
    WebhookAddress,
    channel_of,
    make_signing_secret,
)
from deploy.logins import SecretUnusable
from domain.streams import StreamId
from ledger import AppendRequest, NewEvent
from tests import paying
from tests.accord.shell import BAD_INPUT, UNREACHABLE, Shell, assert_fails
from tests.scribe import Scribe
from tests.waiting import until

SECRET = "whsec_" + "QWNjb3Jk" * 6
"""An invented secret of 36 bytes."""


@pytest.fixture
async def agreed(furnished: Desk) -> Scribe:
    return await paying.agreed_grant(furnished)


@pytest.fixture
def command(tmp_path: Path) -> NoticeCommand:
    """A command that keeps what it is told, and fails while a file `refuse` stands."""
    script = tmp_path / "keep.sh"
    script.write_text(f'#!/bin/sh\n[ -e {tmp_path}/refuse ] && exit 7\ncat >> "{tmp_path}/told"\n')
    script.chmod(0o700)
    return NoticeCommand((str(script),))


def kept(folder: Path) -> list[dict[str, str]]:
    file = folder / "told"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


class Posted:
    """An address on this machine that keeps what is posted to it."""

    def __init__(self) -> None:
        self.status = 204
        self.requests: list[tuple[bytes, bytes]] = []
        self.url = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-l"))
        self.requests.append((head, await reader.readexactly(length)))
        writer.write(b"HTTP/1.1 %d Said\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % self.status)
        await writer.drain()
        writer.close()


@pytest.fixture
async def posted() -> AsyncIterator[Posted]:
    keeps = Posted()
    server = await asyncio.start_server(keeps.answer, "127.0.0.1", 0)
    keeps.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?token=kept"
    async with server:
        yield keeps


async def test_what_waits_is_told_once_and_what_begins_to_wait_after_it(
    agreed: Scribe, command: NoticeCommand, tmp_path: Path
) -> None:
    notifier = Notifier(agreed.desk.pool, NoticeLog(tmp_path / "notices.db"), command)
    assert await notifier.tell() == 1
    assert await notifier.tell() == 0
    [first] = kept(tmp_path)
    assert {name: first[name] for name in ("subject", "kind", "what", "role")} == {
        "subject": agreed.reference, "kind": "WAITS", "what": "release --tranche 1", "role": "PAYER",
    }  # fmt: skip
    assert first["command"] == f"accord release {agreed.reference} --tranche 1 --as STAFF"
    await paying.release(agreed)
    await paying.shown(agreed.desk)
    assert await notifier.tell() == 1
    assert kept(tmp_path)[1]["what"] == "payments export"
    another = Notifier(agreed.desk.pool, NoticeLog(tmp_path / "notices.db"), command)
    assert await another.tell() == 0


async def test_what_nobody_took_is_told_again_with_the_same_id(
    agreed: Scribe, command: NoticeCommand, tmp_path: Path
) -> None:
    notifier = Notifier(agreed.desk.pool, NoticeLog(tmp_path / "notices.db"), command)
    (tmp_path / "refuse").touch()
    with pytest.raises(NotDelivered, match="ended with 7"):
        await notifier.tell()
    assert kept(tmp_path) == []
    (tmp_path / "refuse").unlink()
    assert await notifier.tell() == 1
    lost = Notifier(agreed.desk.pool, NoticeLog(tmp_path / "lost.db"), command)  # its memory is gone
    assert await lost.tell() == 1
    assert len({one["id"] for one in kept(tmp_path)}) == 1


class Picky(NamedTuple):
    """A channel that does not take notices for one role."""

    refuses: str
    kept: list[str]

    async def send(self, notice: dict[str, Any]) -> None:
        if notice["role"] == self.refuses:
            raise NotDelivered("not for us")
        self.kept.append(notice["role"])


@pytest.mark.slow
async def test_one_that_nobody_takes_keeps_no_other_waiting(
    agreed: Scribe, furnished_database: str, shell: Shell, tmp_path: Path
) -> None:
    owner = shell.as_administrator(furnished_database).where(ACCORD_KEYS=str(agreed.desk.keyring.folder))
    await owner.done("staff", "leave", "rosa.lund", "--as", "dora.kim")
    channel = Picky("PAYER", [])
    notifier = Notifier(agreed.desk.pool, NoticeLog(tmp_path / "notices.db"), channel)
    for _ in range(2):
        with pytest.raises(NotDelivered, match="not for us"):
            await notifier.tell()
    assert channel.kept == ["AUDITOR", "DIRECTOR"]


async def test_after_the_database_was_put_back_what_stands_is_read_again(
    agreed: Scribe, command: NoticeCommand, tmp_path: Path
) -> None:
    notifier = Notifier(agreed.desk.pool, NoticeLog(tmp_path / "notices.db"), command)
    notifier._position = 10_000
    assert await notifier.tell() == 1


async def test_nothing_that_is_appended_to_the_directory_stops_the_notices(
    agreed: Scribe, command: NoticeCommand, tmp_path: Path
) -> None:
    stream = StreamId("directory")
    version = len(await agreed.desk.ledger.read_stream(stream))
    odd = NewEvent.of("DirectoryChangeProposed", 1, {"change_id": "no id"}, {"actor": "a worker"}, [])
    unsigned = NewEvent.of("DirectoryChangeProposed", 1, {"change_id": str(uuid4())}, {"actor": "a worker"}, [])
    await agreed.desk.ledger.append(AppendRequest(stream, uuid4(), version, (odd, unsigned)))
    assert await Notifier(agreed.desk.pool, NoticeLog(tmp_path / "notices.db"), command).tell() == 1


async def test_a_command_that_hangs_is_ended_with_what_it_started(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("accord.operations.notifying.TIMEOUT", 0.5)
    hangs = tmp_path / "hang.sh"
    hangs.write_text(f"#!/bin/sh\nsleep 600 & echo $! > {tmp_path}/child\nwait\n")
    hangs.chmod(0o700)
    with pytest.raises(NotDelivered, match="took longer"):
        await NoticeCommand((str(hangs),)).send({"id": "one"})
    child = int((tmp_path / "child").read_text())

    async def is_gone() -> bool:
        return not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE

    await until(is_gone)


async def test_an_address_gets_each_notice_under_its_id_and_says_whether_it_took_it(
    agreed: Scribe, posted: Posted, tmp_path: Path
) -> None:
    notifier = Notifier(agreed.desk.pool, NoticeLog(tmp_path / "notices.db"), WebhookAddress(posted.url, SECRET))
    posted.status = 503
    with pytest.raises(NotDelivered, match="answered 503"):
        await notifier.tell()
    posted.status = 302
    with pytest.raises(NotDelivered, match="answered 302"):
        await notifier.tell()
    posted.status = 200
    assert await notifier.tell() == 1
    head, body = posted.requests[-1]
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:] if line)
    assert Webhook(SECRET).verify(body, headers)["id"] == headers["webhook-id"]
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.replace(b"P-", b"Q-"), headers)
    assert head.startswith(b"POST /hook?token=kept ")
    assert b"Riverbend" not in body


@pytest.mark.slow
async def test_a_change_of_the_directory_that_waits_is_told_to_its_guardians(
    agreed: Scribe, furnished_database: str, command: NoticeCommand, shell: Shell, tmp_path: Path
) -> None:
    owner = shell.as_administrator(furnished_database).where(ACCORD_KEYS=str(agreed.desk.keyring.folder))
    await owner.done("staff", "leave", "rosa.lund", "--as", "dora.kim")
    await Notifier(agreed.desk.pool, NoticeLog(tmp_path / "notices.db"), command).tell()
    told = [one for one in kept(tmp_path) if one["subject"] == "directory"]
    assert {(one["what"], one["role"]) for one in told} == {("staff confirm", "AUDITOR"), ("staff confirm", "DIRECTOR")}


async def test_the_login_that_only_reads_is_enough(agreed: Scribe) -> None:
    async with agreed.desk.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL ROLE accord_reader")
        assert await connection.fetchval("SELECT count(*) FROM read_model.notices") == 1
        assert await connection.fetchval("SELECT count(*) FROM read_model.pending_changes") == 0


@pytest.mark.slow
async def test_by_shell_it_tells_once_and_names_what_is_wrong(
    agreed: Scribe, furnished_database: str, shell: Shell, command: NoticeCommand, tmp_path: Path
) -> None:
    at = shell.where(ACCORD_DATABASE_URL=furnished_database, ACCORD_DATA=str(tmp_path / "data"))
    to = command.words[0]
    assert "1 told." in (await at.done("notifier", "--to", to, "--once")).stdout
    assert "0 told." in (await at.done("notifier", "--to", to, "--once")).stdout
    assert (await at("notifier", "--once")).code == BAD_INPUT
    assert_fails(await at("notifier", "--to", "http://hooks.example.org/a", "--once"), BAD_INPUT, "over TLS alone")
    assert_fails(await at("notifier", "--to", "  ", "--once"), BAD_INPUT, "name a command")
    fresh = at.where(ACCORD_DATA=str(tmp_path / "other"))
    assert_fails(await fresh("notifier", "--to", "/no/such/command", "--once"), UNREACHABLE, "cannot be run")


@pytest.mark.parametrize("written", ["", "'half", "ftp://hooks.example.org", "http://10.0.0.1/x", "https://[::1"])
def test_a_channel_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(NoChannel):
        channel_of(written, lambda: SECRET)


@pytest.mark.parametrize("written", ["https://hooks.example.org/a", "http://127.0.0.1:8080/x", "http://localhost/x"])
def test_an_address_over_tls_or_on_this_machine_is_taken(written: str) -> None:
    assert channel_of(written, lambda: SECRET) == WebhookAddress(written, SECRET)


def test_the_secret_is_made_once_for_its_owner_alone_and_what_is_none_is_refused(tmp_path: Path) -> None:
    """Given no file, when the secret is asked for twice, then it is the same. Another file's content is no secret."""
    file = tmp_path / "notices.secret"
    made = make_signing_secret(file)
    assert made == make_signing_secret(file)
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(SecretUnusable, match="cannot be made"):
        make_signing_secret(file / "beneath")
    file.write_text("hunter2")
    with pytest.raises(SecretUnusable, match="no secret of Standard Webhooks"):
        make_signing_secret(file)
