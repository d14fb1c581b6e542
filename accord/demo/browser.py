"""The browser of the demo's grantee, without a script: it keeps its cookies, and sends what its forms hold."""

from __future__ import annotations

import re
from html import unescape
from http.cookies import SimpleCookie
from typing import Any, Final

import httpx

_HIDDEN: Final = re.compile(r'name="((?:base|was):[^"]+|rows)" value="([^"]*)"')
"""The fields of a page of questions that nobody sees: which text each answer was written over."""


class LinkGone(Exception):
    """The door knows nothing of this link any more: a newer mail took its place."""


class PlainBrowser:
    """One browser at the door, on one form."""

    def __init__(self, origin: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = httpx.AsyncClient(base_url=origin, headers={"Accept-Language": "en"}, transport=transport)
        self._from_here = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
        self._cookies: dict[str, str] = {}
        """Kept by hand: a browser sends the cookies of https to localhost too, where no other is listening."""
        self.home = ""
        """The address of the form, without the secret."""

    async def close(self) -> None:
        """Close it."""
        await self._client.aclose()

    async def begin(self, link: str) -> None:
        """Open a link, and press the one button of its first page."""
        await self._ask("GET", link)
        self.home = (await self._ask("POST", link)).headers["location"]

    async def fill(self, page: str, answers: dict[str, str]) -> None:
        """Fill in a page of questions, and press its button. Answers are named as the page's own fields are."""
        address = f"{self.home}/page/{page}"
        hidden = {name: unescape(text) for name, text in _HIDDEN.findall((await self._ask("GET", address)).text)}
        await self._ask("POST", address, data={**hidden, **answers, "do": "on"})

    async def send_paper(self, page: str, question: str, name: str, content: bytes) -> None:
        """Choose a file under a question, and send it."""
        fields = {"field": question, "back": f"{self.home}/page/{page}"}
        await self._ask("POST", f"{self.home}/papers/form", data=fields, files={"file": (name, content)})

    async def ask_code(self, name: str, capacity: str) -> None:
        """Check the answers, say who hands in, and have the code sent."""
        checked = (await self._ask("GET", f"{self.home}/check")).text
        [read] = re.findall(r'name="read" value="([0-9a-f]*)"', checked)
        giver = {"given.name": name, "given.capacity": capacity, "read": read}
        await self._ask("POST", f"{self.home}/check", data=giver)

    async def hand_in(self, code: str) -> None:
        """Hand in by a code."""
        await self._ask("POST", f"{self.home}/code", data={"code": code})

    async def _ask(self, method: str, address: str, **content: Any) -> httpx.Response:
        """Ask for a page. A form that is sent leads on, where nothing is wrong with it.

        Raises:
            LinkGone: The link opens nothing.
        """
        headers = {"Cookie": "; ".join(f"{name}={text}" for name, text in self._cookies.items())}
        if method == "POST":
            headers |= self._from_here
        answer = await self._client.request(method, address, headers=headers, **content)
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise LinkGone(address)
        expected = httpx.codes.SEE_OTHER if method == "POST" else httpx.codes.OK
        if answer.status_code != expected or "?paper=" in answer.headers.get("location", ""):
            raise RuntimeError(f"the door answered {answer.status_code} to {method} {address}: {_words(answer.text)}")
        for name, morsel in SimpleCookie(answer.headers.get("set-cookie", "")).items():
            self._cookies[name] = morsel.value
        return answer


def _words(page: str) -> str:
    """Return the words of a page, for whoever looks why it was answered."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())[:600]
