"""Bounds of the door: how much at once, how often by link and by address, and how large a form may be.

Behind a proxy all have one address. So the address is counted where nothing is known of a link, and else the link.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Final

import asyncpg
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from accord.grantee.rendering import page, trouble
from accord.grantee.store import GranteeLink, OpenForm
from accord.grantee.visit import Inside, Visit, held_link, visit_of, words_for
from accord.web.limits import MOST_KNOWN, Places, Rate, RateLimits
from accord.web.security import SAFE

MOST_AT_ONCE: Final = 200
"""Requests that are answered at the same time, but for papers. The next is asked to come again."""
MOST_OF_A_LINK: Final = 10
"""The most of them by one link: whoever sends slowly holds nobody else's place."""
MOST_BYTES: Final = 262_144
"""The largest form that is read. Papers have a way of their own."""
PAGES: Final = Rate(240, 240)
"""Pages and saved fields, by link."""
PARTS: Final = Rate(1200, 1200)
"""Parts of papers, by link."""
MESSAGES: Final = Rate(30, 20)
"""Codes asked for and typed, words sent, colleagues invited, by link."""
UNKNOWN: Final = Rate(120, 120)
"""Links and cookies that open nothing, by address."""
STRANGERS: Final = Rate(6000, 6000)
"""Cookies of links that opened nothing here so far, by address: each of them asks the database."""
FRESH: Final = Rate(20, 20)
"""Fresh links asked for, by address."""
FIRST_PAGE: Final = Rate(1200, 3000)
"""All that is asked of the first page, by address."""
_FILE: Final = re.compile(
    r"POST /form/[0-9a-f]{16}/(papers/form|workbook)|PUT /form/[0-9a-f]{16}/papers/[0-9a-f-]{36}/[0-9]+"
)
AWAY: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
UNHEARD: Final = Response(status_code=400)
"""The answer to a line that broke before all of the request came: nobody hears it."""
Endpoint = Callable[[Request], Awaitable[Response]]


class Bounded:
    """An application that answers so many requests at once, and reads forms of a bounded size."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._at_once = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or ask to come again."""
        if scope["type"] != "http" or _is_file(scope):
            return await self._app(scope, receive, send)
        if not _is_small(scope):
            return await PlainTextResponse("too large\n", 413)(scope, receive, send)
        if self._at_once >= MOST_AT_ONCE:
            busy = words_for(Request(scope))("fault.full")
            return await PlainTextResponse(busy + "\n", 503, {"Retry-After": "30"})(scope, receive, send)
        self._at_once += 1
        try:
            return await self._app(scope, receive, send)
        finally:
            self._at_once -= 1


def _is_file(scope: Scope) -> bool:
    """True for a paper, a part of one or a workbook, which are cut at a limit of their own while they come."""
    return bool(_FILE.fullmatch(f"{scope['method']} {scope['path']}"))


def _is_small(scope: Scope) -> bool:
    """True if a request says how long it is, and is not too long. The server reads no further than it says."""
    if scope["method"] in SAFE:
        return True
    headers = dict(scope["headers"])
    length = headers.get(b"content-length", b"")
    return length.isdigit() and int(length) <= MOST_BYTES and b"transfer-encoding" not in headers


def inside(endpoint: Inside, rate: Rate = PAGES, *, once_closed: bool = False) -> Endpoint:
    """Return an endpoint for whoever holds a link and began in this browser. Nobody else gets further.

    `once_closed`: it also serves a form by which nothing more is handed in. Any other then leads to the state, or says
    that it is closed where something was sent to it.
    """

    async def answer(request: Request) -> Response:
        link, guard = held_link(request), guard_of(request)
        if link is None:
            return unknown(request)
        if seconds := guard.wait(request, link, rate):
            return often(request, seconds)
        if not guard.places.take(link.name):
            return often(request, 1)
        try:
            visit = await _visit(request)
            if visit is None:
                return unknown(request)
            if visit.form.closed and not once_closed:
                return _closed(request, visit)
            return await endpoint(request, visit)
        except ClientDisconnect:
            return UNHEARD
        except AWAY:
            return trouble(request, 503, words_for(request)("trouble.away"))
        finally:
            guard.places.leave(link.name)

    return answer


class LinkGuard:
    """The bounds of links in one process: how often each asks, how much at once, and which opened something here."""

    def __init__(self) -> None:
        self.limits = RateLimits()
        self.places = Places(MOST_AT_ONCE, MOST_OF_A_LINK)
        self._known = dict[str, None]()

    def wait(self, request: Request, link: GranteeLink, rate: Rate) -> int:
        """Return the seconds after which a link may ask. One that opened nothing here so far counts by address too."""
        is_known = link.name in self._known
        seconds = 0 if is_known else self.limits.wait(host(request), STRANGERS)
        return seconds or self.limits.wait(link.name, rate)

    def note(self, link: GranteeLink) -> None:
        """Note that a link opened something. Beyond so many, the first that did is forgotten."""
        self._known[link.name] = None
        if len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]


def guard_of(request: Request) -> LinkGuard:
    """Return the guard of this process."""
    guard: LinkGuard = request.app.state.guard
    return guard


async def _visit(request: Request) -> Visit | None:
    visit = await visit_of(request)
    if visit is not None:
        guard_of(request).note(visit.link)
    return visit


def _closed(request: Request, visit: Visit) -> Response:
    """Return the answer of a form that takes nothing more: what was sent to it is not saved, and that is said."""
    if request.method in SAFE:
        return RedirectResponse(f"{visit.home}/status", 303)
    if request.method == "PUT":
        return JSONResponse({"fault": visit.words("fault.closed")}, 410)
    return page(request, "status.html", {"fault": visit.words("fault.closed")}, 410, visit)


async def entered_within_rate(request: Request) -> tuple[GranteeLink, OpenForm] | None:
    """Return the link and the form of a browser that began. None also where a link brings parts too often."""
    link = held_link(request)
    if link is None or guard_of(request).wait(request, link, PARTS):
        return None
    visit = await _visit(request)
    return (visit.link, visit.form) if visit is not None else None


def outside(endpoint: Endpoint, rate: Rate = FIRST_PAGE) -> Endpoint:
    """Return an endpoint for anybody, bounded by address."""

    async def answer(request: Request) -> Response:
        if seconds := wait(request, host(request), rate):
            return often(request, seconds)
        try:
            return await endpoint(request)
        except ClientDisconnect:
            return UNHEARD
        except AWAY:
            return trouble(request, 503, words_for(request)("trouble.away"))

    return answer


def unknown(request: Request) -> Response:
    """Return the one page for a link that expired, was revoked, is another's, or is mistyped."""
    if seconds := wait(request, host(request), UNKNOWN):
        return often(request, seconds)
    return gone(request, request.path_params.get("secret", ""))


def gone(request: Request, secret: str) -> Response:
    """Render the page of a link that opens nothing, which offers a fresh one. `secret`: as it stands in the address."""
    name = "" if secret else request.path_params.get("name", "")
    return page(
        request, "gone.html", {"sent": False, "address": f"/f/{secret}/fresh" if secret else f"/form/{name}/fresh"}, 404
    )


def often(request: Request, seconds: int) -> Response:
    """Return the page for whoever asked too often."""
    words = words_for(request)
    answer = trouble(request, 429, words("fault.often", seconds=seconds), words)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def wait(request: Request, asker: str, rate: Rate) -> int:
    """Return the seconds after which an asker may ask again, 0 for now."""
    return guard_of(request).limits.wait(asker, rate)


def host(request: Request) -> str:
    """Return the address that asks."""
    return request.client.host if request.client else ""
