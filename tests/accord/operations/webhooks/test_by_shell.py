"""An endpoint by shell: two guardians enrol it, a process sends to it and is killed, and people stop it and go on."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta
from typing import Any

import pytest

from deploy.settings import DATABASE_VARIABLE
from ledger import clock
from tests.accord.operations.webhooks.receiver import Heard, Receiver, receiving
from tests.accord.organisation.own import Organisation
from tests.accord.shell import BAD_INPUT, REFUSED, assert_fails
from tests.conftest import ROOT
from tests.waiting import until

UNTIL = f"{clock.today() + timedelta(days=90)}"
NAME = "general-ledger"


def enrols(url: str, *more: str) -> tuple[str, ...]:
    return ("webhooks", "enrol", NAME, url, "--hears", "directory", "--until", UNTIL, *more, "--as", "dora.kim")


async def test_a_guardian_proposes_an_endpoint_whose_secret_is_shown_once(sealed: Organisation) -> None:
    answer = await sealed.shell.done(*enrols("https://books.example.org/hook"))
    assert "whsec_" in answer.stdout
    assert "accord staff confirm" in answer.stdout
    listed = await sealed.shell.done("webhooks", "list", "--json")
    assert [(line["name"], line["state"], line["hears"]) for line in listed.json] == [(NAME, "WAITS", ["directory"])]
    assert "whsec_" not in listed.stdout


@pytest.mark.slow
async def test_what_is_wrong_is_one_line_with_its_field_and_its_remedy(sealed: Organisation) -> None:
    told = await sealed.shell(*enrols("http://books.example.org"))
    assert_fails(told, BAD_INPUT, "url:", "write https://HOST/PATH")
    told = await sealed.shell(*enrols("https://books.example.org", "--hears", "payments"))
    assert_fails(told, BAD_INPUT, "hears:", "'payments' is neither a type of event")
    told = await sealed.shell("webhooks", "resume", NAME, "--as", "dora.kim")
    assert_fails(told, REFUSED, "there is no endpoint 'general-ledger' in force; see `accord webhooks list`")


@pytest.mark.slow
async def test_a_process_that_is_killed_between_an_answer_and_its_cursor_loses_nothing(sealed: Organisation) -> None:
    """Given `accord webhooks send`, when it is killed before each answer but the last, then all is heard in order."""
    async with receiving() as receiver:
        secret = (await sealed.shell.done(*enrols(receiver.url, "--after", "0", "--json"))).json
        receiver.secret = secret["secret"]
        await sealed.shell.done("staff", "confirm", secret["change_id"], "--as", "otto.audit")
        head = await sealed.desk.ledger.head()
        await hears_all(sealed, receiver, head)
        assert receiver.positions == sorted(receiver.positions)
        assert set(receiver.positions) == set(range(1, head + 1))
        assert len({message.id for message in receiver.heard}) == head < len(receiver.heard)
        status = await sealed.shell.done("webhooks", "status", "--json")
        assert [(line["state"], line["position"], line["behind"]) for line in status.json] == [("ACTIVE", head, 0)]
        await sealed.shell.done("webhooks", "stop", NAME, "--as", "ana.silva")
        assert (await sealed.shell("webhooks", "status")).code == REFUSED
        await sealed.shell.done("webhooks", "replay", NAME, "--from", "1", "--as", "ana.silva")
        status = await sealed.shell.done("webhooks", "status", "--json")
        assert [(line["state"], line["position"], line["behind"]) for line in status.json] == [("ACTIVE", 0, head)]
        await sealed.shell.done("webhooks", "revoke", NAME, "--as", "dora.kim")
        assert (await sealed.shell.done("webhooks", "list", "--json")).json[0]["state"] == "REVOKED"


async def hears_all(house: Organisation, receiver: Receiver, head: int) -> None:
    """Let processes send until the receiver heard all, each killed while its second message is being answered."""
    running: list[asyncio.subprocess.Process] = []
    kills = iter([False, True, False, True])

    def kill(message: Heard) -> None:
        if next(kills, False):
            os.kill(running[-1].pid, signal.SIGKILL)

    receiver.at_each = kill
    for _ in range(3):
        running.append(await sends(house))
        ended = asyncio.create_task(running[-1].wait())
        everything = asyncio.create_task(until(lambda: heard_to(receiver, head)))
        await asyncio.wait({ended, everything}, return_when=asyncio.FIRST_COMPLETED)
        everything.cancel()
    await until(lambda: took_all(house, head))
    running[-1].send_signal(signal.SIGTERM)
    assert [await process.wait() for process in running] == [-signal.SIGKILL, -signal.SIGKILL, 0]


async def heard_to(receiver: Receiver, head: int) -> bool:
    return head in receiver.positions


async def took_all(house: Organisation, head: int) -> bool:
    return bool(await house.desk.pool.fetchval("SELECT true FROM webhooks.cursors WHERE position = $1", head))


async def sends(house: Organisation) -> asyncio.subprocess.Process:
    """Start a process that sends."""
    environment: dict[str, Any] = {**house.shell._environment, "ACCORD_WEBHOOK_HOSTS": "127.0.0.1"}
    assert DATABASE_VARIABLE in environment
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "accord", "webhooks", "send", cwd=ROOT, env=environment,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
