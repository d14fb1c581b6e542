"""Stubborn grantees at the door: each types, sends papers and hands in, and remembers what was acknowledged."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

import asyncpg
import httpx

from accord.grantee.visit import cookie_of, name_of
from domain.partnership.submission.invitations import form_id
from domain.submissions.kinds import DoorForm
from records.submissions.forms import asked_code, make_code, stored_link
from tests.chaos.partnerships.drive import PAUSE, persist
from tests.doors import link_to

TEXTS: Final = 4
PAPERS: Final = 15
"""The papers of one form: 20 are the most, and one that was begun in an outage is one of them."""
TRIES: Final = 4
"""Codes that one link asks for before a fresh one is mailed: a code whose answer was lost is one of them."""
_DIGEST: Final = re.compile(r'<dd class="digest">([0-9a-f]{64})</dd>')


@dataclass
class Journal:
    """All that was acknowledged to one grantee."""

    saved: dict[str, str] = field(default_factory=dict)
    """The text of each field that was said to be saved last."""
    received: list[str] = field(default_factory=list)
    """The digests of the receipts that were shown."""
    papers: list[str] = field(default_factory=list)
    """The digests of papers that were said to be whole."""


class Grantee:
    """A grantee at a browser, who tries again until they are answered."""

    def __init__(self, pool: asyncpg.Pool, origin: str, subject: str, with_papers: bool) -> None:
        self._pool = pool
        self._asking = httpx.AsyncClient(base_url=origin, timeout=10.0)
        self._origin = origin
        self.subject = subject
        self.form = form_id(subject, DoorForm.REPORT, "1", 0)
        self.journal = Journal()
        self.secret = ""
        self._cookie = ""
        self._bases: dict[str, int] = {}
        self._asked = 0
        self._papers = PAPERS if with_papers else 0

    @property
    def home(self) -> str:
        """The address of the form."""
        return f"/form/{name_of(self.secret)}"

    async def report(self, over: asyncio.Event) -> None:
        """Begin, and hand in until the storm is over: each time after some texts, and at first with a paper."""
        await self._begin()
        number = 0
        while not over.is_set():
            number += 1
            for text in range(TEXTS):
                await self._save("summary", f"{self.subject}: round {number}, text {text}")
            await self._save("spent", str(100 * number))
            await self._save("unspent", "0")
            if number <= self._papers:
                await self._send_paper(f"{self.subject}, paper {number}\n".encode() * 4000)
            await self._hand_in(number)
        await self._asking.aclose()

    async def _begin(self) -> None:
        """Get a link by mail, and begin in this browser."""
        self.secret = await persist(lambda: link_to(self._pool, self.subject))
        self._cookie, self._asked = "", 0
        answer = await self._sent("POST", f"/f/{self.secret}", lambda answer: answer.status_code == 303)
        self._cookie = f"{cookie_of(name_of(self.secret))}={answer.cookies[cookie_of(name_of(self.secret))]}"

    async def _save(self, name: str, text: str) -> None:
        content = {"value": {"": text}, "base": self._bases.get(name, 0)}
        answer = await self._sent("PUT", f"{self.home}/field/{name}", _is_200, json=content)
        self._bases[name] = answer.json()["revision"]
        assert not answer.json()["beside"], "nobody else wrote"
        self.journal.saved[name] = text

    async def _send_paper(self, content: bytes) -> None:
        """Send a paper in two parts, and go on at the byte that is there after a line broke."""
        about = {"field": "document", "name": "report.txt", "size": len(content)}
        begun = await self._sent("POST", f"{self.home}/papers", lambda answer: answer.status_code == 201, json=about)
        paper = f"{self.home}/papers/{begun.json()['paper']}"
        received = 0
        while received < len(content):
            part = content[received : received + len(content) // 2 + 1]
            await self._sent(
                "PUT", f"{paper}/{received}", lambda answer: answer.status_code in {200, 409}, content=part
            )
            received = (await self._sent("GET", paper, _is_200)).json()["received"]
        whole = await self._sent("POST", f"{paper}/whole", _is_200)
        assert whole.json() == {"sha256": sha256(content).hexdigest()}
        self.journal.papers.append(whole.json()["sha256"])

    async def _hand_in(self, number: int) -> None:
        """Hand in until there is a receipt more. A code that was lost is asked for anew."""
        giver = {"given.name": "Ida Holm", "given.capacity": "Director"}
        while len(self.journal.received) < number:
            if self._asked >= TRIES:
                await self._begin()
            self._asked += 1
            await self._sent("POST", f"{self.home}/check", _is_answered, data=giver)
            code = await persist(self._code)
            await self._sent("POST", f"{self.home}/code", _is_answered, data={"code": code})
            page = await self._sent("GET", f"{self.home}/done", _is_200)
            self.journal.received = _DIGEST.findall(page.text)[::-1]

    async def _code(self) -> str:
        """The digits of the newest code, as its mail says them, or others where none was asked for."""
        query = "SELECT c.id FROM grantee.codes c JOIN grantee.links l ON l.id = c.link WHERE l.form = $1 "
        async with self._pool.acquire() as connection:
            newest = await connection.fetchval(query + "ORDER BY c.asked_at DESC, c.id LIMIT 1", self.form)
            asked = await asked_code(connection, newest) if newest is not None else None
            stored = await stored_link(connection, asked.link) if asked is not None else None
            return await make_code(connection, newest, asked, stored.key) if asked and stored else "00000000"

    async def _sent(
        self, method: str, path: str, is_done: Callable[[httpx.Response], bool], **more: Any
    ) -> httpx.Response:
        """Send a request until it is answered so, through outages and busy hours."""
        headers = {"Origin": self._origin, "Sec-Fetch-Site": "same-origin", "Cookie": self._cookie}
        while True:
            try:
                answer = await self._asking.request(method, path, headers=headers, **more)
            except httpx.HTTPError:
                await asyncio.sleep(PAUSE)
                continue
            if is_done(answer):
                return answer
            assert answer.status_code in {429, 500, 503}, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
            await asyncio.sleep(PAUSE)


def _is_200(answer: httpx.Response) -> bool:
    return answer.status_code == 200


def _is_answered(answer: httpx.Response) -> bool:
    """True if it was led on, or told what was wrong with the code."""
    return answer.status_code in {303, 422} or (answer.status_code == 200 and bool(answer.text))
