"""The bounds of the API: how often a token asks, how many are answered at once, and the headers of an answer."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from accord.api.faults import ApiProblem
from accord.web.limits import Rate, RateLimits
from accord.web.security import HEADERS

MOST_AT_ONCE: Final = 20
"""Requests that are answered at the same time. The next is asked to come again."""
BY_TOKEN: Final = Rate(600, 1200)
"""What is asked with a token. A reader who catches up gets a thousand events with each request."""
UNKNOWN: Final = Rate(60, 60)
"""Requests without a token that opens anything, by address."""
_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"


class BoundedApi:
    """An application that answers so many requests at once, and whose answers no browser takes for a page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._at_once = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or ask to come again."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if self._at_once >= MOST_AT_ONCE:
            busy = ApiProblem(
                503, "the server", f"{MOST_AT_ONCE} requests are being answered", "ask again in a second", 1
            )
            return await busy.answer()(scope, receive, _with_headers(send))
        self._at_once += 1
        try:
            return await self._app(scope, receive, _with_headers(send))
        finally:
            self._at_once -= 1


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = _POLICY
            for name, content in HEADERS.items():
                headers.setdefault(name, content)
        await send(message)

    return sent


def often(limits: RateLimits, token_id: str) -> None:
    """Raise ApiProblem if a token asks too often."""
    _require(limits.wait(token_id, BY_TOKEN))


def often_by_address(limits: RateLimits, request: Request) -> None:
    """Raise ApiProblem if an address asks too often with no token that opens anything."""
    _require(limits.wait(request.client.host if request.client else "", UNKNOWN))


def _require(seconds: int) -> None:
    if seconds:
        raise ApiProblem(429, "the server", "this was asked too often", f"ask again in {seconds} seconds", seconds)
