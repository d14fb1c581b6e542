"""However often the process of mail is killed, no mail goes twice, and none is lost but what is marked in doubt."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

import pytest

from accord.client.desk import Desk
from accord.post import outbox
from accord.post.kinds import MailKind
from accord.post.outbox import NewMail
from deploy.embedded.stack import Stack
from deploy.logins import Login
from tests.accord import forks
from tests.accord.post.conftest import chosen, granted
from tests.accord.post.servers import Mailbox
from tests.conftest import Office, name_in
from tests.logins import let_in
from tests.waiting import until

SEED = 20261201
MOMENTS = ("RCPT", "DOT", "ANY")
"""A kill comes while the server hears to whom a mail goes, while it has the content and did not answer, or anywhere."""


class Killer:
    """Kills the process of mail at a moment, some mails after it began."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._process = 0
        self._left = 0
        self._moment = ""

    def aim(self, process: int, moment: str, most: int) -> None:
        self._process, self._moment, self._left = process, moment, self._chance.randint(1, most)

    def seen(self, moment: str) -> None:
        if moment not in (self._moment, "RCPT" if self._moment == "ANY" else ""):
            return
        self._left -= 1
        if self._left == 0 and self._moment == "ANY":
            asyncio.get_running_loop().call_later(self._chance.random() / 200, self.kill)
        elif self._left == 0:
            self.kill()

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._process, signal.SIGKILL)


async def stormed(
    desk: Desk, environment: dict[str, str], box: Mailbox, mails: int, kills: int, moments: Callable[[int], str]
) -> None:
    """Queue mails, and kill the process that sends them so often, each time at another moment."""
    new = [NewMail(uuid4(), MailKind.DIGEST, "staff/paul.nkosi", {"day": str(number)}) for number in range(mails)]
    await outbox.queue(desk.pool, new)
    killer = Killer(random.Random(SEED))  # noqa: S311 - a drill
    box.seen = killer.seen
    for number in range(kills):
        moment = moments(number)
        ended = await forks.run(
            ["post"], environment, begun=lambda process, moment=moment: killer.aim(process, moment, mails // kills // 2)
        )
        assert ended.code == -signal.SIGKILL, ended
    box.seen = lambda moment: None
    processes: list[int] = []
    last = asyncio.create_task(forks.run(["post"], environment, begun=processes.append))
    await until(lambda: desk.pool.fetchval("SELECT NOT EXISTS (SELECT FROM post.outbox WHERE state = 'QUEUED')"))
    os.kill(processes[0], signal.SIGTERM)
    assert (await last).code == 0
    await judged(desk, box, {str(mail.id) for mail in new}, kills)


async def judged(desk: Desk, box: Mailbox, mails: set[str], kills: int) -> None:
    rows = await desk.pool.fetch("SELECT id::text, state FROM post.outbox")
    by_state = {state: {row["id"] for row in rows if row["state"] == state} for state in ("SENT", "UNKNOWN")}
    taken = Counter(box.ids)
    assert {row["id"] for row in rows} == mails == by_state["SENT"] | by_state["UNKNOWN"]
    assert max(taken.values()) == 1
    assert by_state["SENT"] <= set(taken)
    assert mails - set(taken) <= by_state["UNKNOWN"]
    assert len(by_state["UNKNOWN"]) <= kills


@pytest.fixture
async def environment(furnished: Desk, furnished_database: str, stack: Stack, box: Mailbox) -> dict[str, str]:
    """The environment of a process of mail in a house where something waits for one who chose a digest."""
    await granted(furnished)
    await chosen(furnished, "paul.nkosi", digest=0)
    house = Office(stack.postgres, name_in(furnished_database))
    await let_in(house.url)
    return {
        "PATH": os.environ["PATH"], "ACCORD_DATABASE_URL": house.url_of(Login.POST),
        "ACCORD_SMTP": f"smtp://127.0.0.1:{box.port}", "ACCORD_MAIL_FROM": "Grants <grants@funder.test>",
    }  # fmt: skip


async def test_killed_at_each_state_no_mail_goes_twice(
    furnished: Desk, environment: dict[str, str], box: Mailbox
) -> None:
    await stormed(furnished, environment, box, 90, 6, lambda number: MOMENTS[number % len(MOMENTS)])


@pytest.mark.slow
async def test_of_ten_thousand_mails_and_two_hundred_kills_none_goes_twice(
    furnished: Desk, environment: dict[str, str], box: Mailbox
) -> None:
    await stormed(furnished, environment, box, 10_000, 200, lambda number: MOMENTS[number % len(MOMENTS)])
