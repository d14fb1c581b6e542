"""The rules of access of pages: who may open one, how often, and what whoever may not is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import asyncpg
from jinja2 import Environment
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from accord.presentation.faults import BadInput, Refused
from accord.presentation.refusals import refusal_in_words
from accord.presentation.times.zones import COOKIE, write_times_in
from accord.presentation.words.values import NamesInWords
from accord.web.assets import ASSETS
from accord.web.limits import AT_AN_ADDRESS, AT_THE_DOOR, CHANGES, EXPORTS, HEALTH_LOOKS, Rate
from accord.web.login import way_in
from accord.web.outages import AWAY, first_line
from accord.web.pages import ask_again, is_form, problem, without_field
from accord.web.refusing import on_its_page
from accord.web.site import Site
from domain.directory.people import StaffMember

LIVE: Final = "/live"
"""The address of a stream that a page opens by itself: asking for it keeps no session open."""
PATIENCE: Final = 5.0
"""Seconds in which the database must answer whoever looks whether pages are served."""
Endpoint = Callable[[Request], Awaitable[Response]]


class Access(Enum):
    """The readers of a page. The right to decide is not asked here: a key and a role say so, at the gates."""

    ANYBODY = "anybody"
    READER = "whoever is signed in and in the staff directory"
    ADDRESS = "whoever has its address, which is 256 bits of chance or shows nothing secret"


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its address, what answers, and who may open it. There is no other way to add one."""

    path: str
    endpoint: Endpoint
    access: Access
    methods: tuple[str, ...] = ("GET",)
    rate: Rate | None = None
    """How often one asks for it, or None for the rate of its kind."""

    def route(self) -> Route:
        """Return the route to it, behind its rule of access."""
        return Route(self.path, _behind(self), methods=list(self.methods))


_UNREADABLE: Final = (asyncpg.DataError, asyncpg.ProgramLimitExceededError)


def _behind(page: Page) -> Endpoint:
    async def answer(request: Request) -> Response:
        site: Site = request.app.state.site
        request.state.reader, request.state.member = "", None
        write_times_in(request.cookies.get(COOKIE, ""))
        try:
            if page.access is Access.READER:
                request.state.member = member = await _reader(request, site)
                if member is None:
                    return await _sent_away(request, site)
                request.state.reader = member.staff_id
            if seconds := _seconds_to_wait(request, page, site):
                return await _asked_too_often(request, seconds)
            if request.state.reader and request.app.state.counting is not None:
                request.state.counts = await request.app.state.counting(request)
            return await _answered(request, page.endpoint)
        except Refused as fault:
            words = refusal_in_words(fault, NamesInWords(await site.desk.directory()))
            return await on_its_page(request, words) or problem(request, 422, words)
        except BadInput as fault:
            return await ask_again(request, 422, str(fault))
        except _UNREADABLE:
            return problem(request, 422, "what was asked holds something that no text or number holds; write it anew")
        except AWAY as fault:
            return await ask_again(request, 503, f"{first_line(fault)}; nothing was recorded, try again")

    return answer


async def _answered(request: Request, endpoint: Endpoint) -> Response:
    """Answer a request. A field of an address that cannot be read is said on its page, which is shown without it."""
    try:
        return await endpoint(request)
    except BadInput as fault:
        readable_request = without_field(request, str(fault)) if request.state.reader else None
        if readable_request is None:
            raise
        return await _answered(readable_request, endpoint)


def _seconds_to_wait(request: Request, page: Page, site: Site) -> int:
    """Return the seconds after which this may be asked, 0 for now.

    A decision that waits to be signed waits for nothing else.
    """
    rate = page.rate or _rate_of(request, page.access)
    asker = request.state.reader if page.access is Access.READER else _host(request)
    return site.limits.wait(asker, rate) if rate is not None else 0


def _rate_of(request: Request, access: Access) -> Rate | None:
    if access is not Access.READER:
        return AT_THE_DOOR if access is Access.ANYBODY else AT_AN_ADDRESS
    if request.query_params.get("format"):
        return EXPORTS
    return CHANGES if request.method == "POST" else None


def _host(request: Request) -> str:
    return request.client.host if request.client else ""


async def _asked_too_often(request: Request, seconds: int) -> Response:
    fault = f"this was asked too often; nothing was recorded, ask again in {seconds} seconds"
    answer = await ask_again(request, 429, fault)
    answer.headers["Retry-After"] = str(seconds)
    return answer


async def _reader(request: Request, site: Site) -> StaffMember | None:
    """Return the reader, or None if they left the staff directory since they signed in."""
    by_person = request.headers.get("accord-attended") != "no" and request.url.path != LIVE
    return await site.reader(request.cookies.get(site.sessions.cookie), by_person)


MOST_SHOWN_AGAIN: Final = 262_144
"""Bytes of a form that is shown again to somebody whose session ended."""


async def _sent_away(request: Request, site: Site) -> Response:
    if request.method == "GET" and request.url.path != LIVE:
        return RedirectResponse(way_in(request), 303)
    length = request.headers.get("content-length", "")
    small = length.isdecimal() and int(length) <= MOST_SHOWN_AGAIN
    may_ask = not site.limits.wait(_host(request), AT_THE_DOOR)
    # Whoever never had a session, or hammers, has nothing here that is read.
    if site.sessions.cookie in request.cookies and is_form(request) and small and may_ask:
        return await ask_again(request, 401, "you are not signed in any more; nothing was recorded")
    return JSONResponse({"refused": "you are not signed in, or not any more: open the first page and sign in"}, 401)


async def _nowhere(request: Request, fault: Exception) -> Response:
    status = fault.status_code if isinstance(fault, HTTPException) else 404
    return problem(request, status, "there is no such page, or it does not take this")


async def _failed(request: Request, _: Exception) -> Response:
    """Answer an unforeseen failure with a page. The server's log has the reason."""
    return problem(request, 500, "this failed; nothing was recorded that you did not see recorded. Tell an operator")


_HANDLERS: Final = {HTTPException: _nowhere, Exception: _failed}


async def _health(request: Request) -> Response:
    """Answer whether pages are served: the process lives, and its database answers."""
    site: Site = request.app.state.site
    try:
        await asyncio.wait_for(site.sessions.pool.fetchval("SELECT 1"), PATIENCE)
    except (*AWAY, TimeoutError):
        return PlainTextResponse("the database does not answer\n", 503)
    return PlainTextResponse("serves\n")


HEALTH: Final = Page("/health", _health, Access.ANYBODY, rate=HEALTH_LOOKS)
"""The page for whoever balances loads, on each origin: it says nothing of what is served."""


def application(site: Site, templates: Environment, pages: tuple[Page, ...], lifespan: Any = None) -> Starlette:
    """Return the application that serves these pages of a site, and nothing else."""
    app = Starlette(routes=_routes(pages), lifespan=lifespan, exception_handlers=_HANDLERS)
    app.router.redirect_slashes = False  # it would lead to whatever host the request names
    app.state.site, app.state.templates, app.state.counting = site, templates, None
    return app


def _routes(pages: tuple[Page, ...]) -> list[Route | Mount]:
    return [ASSETS, *(page.route() for page in pages)]
