"""The console's two applications: pages for reading and preparing, and the page that signs, on an origin of its own."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import asyncpg
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from accord.console.deciding import bulk, deciding, proposing, signing, truths
from accord.console.organisation import enrolling, founding, funders, funds, people
from accord.console.pages import figures, overview, partnership, tables, views, work
from accord.console.pages.pages import FOLDER, ask_again, is_form, problem
from accord.console.serving import live, login, me, payloads
from accord.console.serving.desk import Console
from accord.console.serving.limits import AT_AN_ADDRESS, AT_THE_DOOR, CHANGES, DECODINGS, EXPORTS, RateLimits
from accord.console.serving.outages import AWAY, first_line
from accord.console.serving.security import Guarded
from accord.console.serving.sessions import COOKIE
from accord.presentation.faults import BadInput, Refused
from domain.directory.people import StaffMember

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

    def route(self) -> Route:
        """Return the route to it, behind its rule of access."""
        return Route(self.path, _behind(self.access, self.endpoint), methods=list(self.methods))


PAGES: Final = (
    Page("/welcome", login.welcome, Access.ANYBODY),
    Page("/login", login.sign_in, Access.ANYBODY),
    Page(login.BACK, login.signed_in, Access.ANYBODY),
    Page("/logout", login.sign_out, Access.READER, ("POST",)),
    Page("/found", founding.form, Access.ANYBODY),
    Page("/found", founding.prepare, Access.ANYBODY, ("POST",)),
    Page("/found/{address}", founding.show, Access.ADDRESS),
    Page("/", work.queue, Access.READER),
    Page("/views", views.change, Access.READER, ("POST",)),
    Page("/me", me.show, Access.READER),
    Page("/payments", tables.payments, Access.READER),
    Page("/obligations", tables.owed, Access.READER),
    Page("/payments/exceptions", overview.exceptions, Access.READER),
    Page("/payments/files", overview.files, Access.READER),
    Page("/portfolio", figures.show, Access.READER),
    Page("/registers", overview.registers, Access.READER),
    Page("/proof/{position}", overview.proof, Access.READER),
    Page("/proof/{position}/receipt", overview.receipt, Access.READER),
    Page("/operations", overview.operations, Access.READER),
    Page("/funds", tables.funds, Access.READER),
    Page("/funds/open", funds.open_form, Access.READER),
    Page("/funds/open", funds.prepare_opening, Access.READER, ("POST",)),
    Page("/funds/{fund}", funds.show, Access.READER),
    Page("/funds/{fund}/{change}", funds.change_form, Access.READER),
    Page("/funds/{fund}/{change}", funds.prepare_change, Access.READER, ("POST",)),
    Page("/funds/{fund}/confirm/{request}", funds.prepare_confirmation, Access.READER, ("POST",)),
    Page("/people", people.listing, Access.READER),
    Page("/people/{staff}", people.show, Access.READER),
    Page("/people/{staff}/{change}", people.change_form, Access.READER),
    Page("/people/{staff}/{change}", people.prepare_change, Access.READER, ("POST",)),
    Page("/directory/person", people.person_form, Access.READER),
    Page("/directory/person", people.prepare_person, Access.READER, ("POST",)),
    Page("/directory/funder", funders.form, Access.READER),
    Page("/directory/funder", funders.prepare, Access.READER, ("POST",)),
    Page("/directory/changes/{change}", people.change, Access.READER),
    Page("/directory/changes/{change}", people.prepare_confirmation, Access.READER, ("POST",)),
    Page("/propose", proposing.drafts, Access.READER),
    Page("/propose", proposing.begin, Access.READER, ("POST",)),
    Page("/propose/{draft}", proposing.step, Access.READER),
    Page("/propose/{draft}", proposing.change, Access.READER, ("POST",)),
    Page("/bulk", bulk.form, Access.READER),
    Page("/bulk", bulk.begin, Access.READER, ("POST",)),
    Page("/bulk/{batch}", bulk.show, Access.READER),
    Page("/bulk/{batch}/next", bulk.following, Access.READER),
    Page("/live", live.live, Access.READER),
    Page(payloads.PATH, payloads.allow, Access.ANYBODY, ("OPTIONS",)),
    Page(payloads.PATH, payloads.decode, Access.READER, ("POST",)),
    Page(payloads.TRIAL_PATH, payloads.allow, Access.ANYBODY, ("OPTIONS",)),
    Page(payloads.TRIAL_PATH, payloads.decode_with_token, Access.ANYBODY, ("POST",)),
    Page("/truths", truths.listed, Access.READER),
    Page("/truths/tell", truths.tell, Access.READER),
    Page("/truths/tell", truths.prepare_telling, Access.READER, ("POST",)),
    Page("/truths/{truth}", truths.answer, Access.READER),
    Page("/truths/{truth}", truths.prepare_answer, Access.READER, ("POST",)),
    Page("/{partnership}", partnership.show, Access.READER),
    Page("/{partnership}/{act}", deciding.form, Access.READER),
    Page("/{partnership}/{act}", deciding.prepare, Access.READER, ("POST",)),
)
SIGNING_PAGES: Final = (
    Page("/sign/{address}", signing.confirm, Access.ADDRESS),
    Page("/sign/{address}", signing.decide, Access.ADDRESS, ("POST",)),
    Page("/enrol/{staff}", enrolling.enrol, Access.ADDRESS),
    Page("/enrol/{staff}", enrolling.keep, Access.ADDRESS, ("POST",)),
)


_UNREADABLE: Final = (asyncpg.DataError, asyncpg.ProgramLimitExceededError)


def _behind(access: Access, endpoint: Endpoint) -> Endpoint:
    async def answer(request: Request) -> Response:
        console: Console = request.app.state.console
        request.state.reader, request.state.member = "", None
        try:
            if access is Access.READER:
                request.state.member = member = await _reader(request, console)
                if member is None:
                    return await _sent_away(request, console.limits)
                request.state.reader = member.staff_id
            if seconds := _seconds_to_wait(request, access, console.limits):
                return await _asked_too_often(request, seconds)
            return await endpoint(request)
        except Refused as fault:
            return problem(request, 422, str(fault))
        except BadInput as fault:
            return await ask_again(request, 422, str(fault))
        except _UNREADABLE:
            return problem(request, 422, "what was asked holds something that no text or number holds; write it anew")
        except AWAY as fault:
            return await ask_again(request, 503, f"{first_line(fault)}; nothing was recorded, try again")

    return answer


def _seconds_to_wait(request: Request, access: Access, limits: RateLimits) -> int:
    """Return the seconds after which this may be asked, 0 for now.

    A decision that waits to be signed waits for nothing else.
    """
    reader, host = request.state.reader, request.client.host if request.client else ""
    if access is Access.ANYBODY:
        return limits.wait(host, DECODINGS if request.url.path.startswith("/codec/") else AT_THE_DOOR)
    if access is Access.ADDRESS:
        return limits.wait(host, AT_AN_ADDRESS)
    if access is Access.READER and request.query_params.get("format"):
        return limits.wait(reader, EXPORTS)
    if access is Access.READER and request.url.path == payloads.PATH:
        return limits.wait(reader, DECODINGS)
    return limits.wait(reader, CHANGES) if access is Access.READER and request.method == "POST" else 0


async def _asked_too_often(request: Request, seconds: int) -> Response:
    fault = f"this was asked too often; nothing was recorded, ask again in {seconds} seconds"
    answer = await ask_again(request, 429, fault)
    answer.headers["Retry-After"] = str(seconds)
    return answer


async def _reader(request: Request, console: Console) -> StaffMember | None:
    """Return the reader, or None if they left the staff directory since they signed in."""
    by_person = request.headers.get("accord-attended") != "no" and request.url.path != "/live"
    return await console.reader(request.cookies.get(COOKIE), by_person)


MOST_SHOWN_AGAIN: Final = 262_144
"""Bytes of a form that is shown again to somebody whose session ended."""


async def _sent_away(request: Request, limits: RateLimits) -> Response:
    if request.method == "GET" and request.url.path != "/live":
        return RedirectResponse("/welcome", 303)
    length = request.headers.get("content-length", "")
    small = length.isdecimal() and int(length) <= MOST_SHOWN_AGAIN
    host = request.client.host if request.client else ""
    # Whoever never had a session, or hammers, has nothing here that is read.
    if COOKIE in request.cookies and is_form(request) and small and not limits.wait(host, AT_THE_DOOR):
        return await ask_again(request, 401, "you are not signed in any more; nothing was recorded")
    return JSONResponse({"refused": "you are not signed in, or not any more: open the console and sign in"}, 401)


async def _nowhere(request: Request, fault: Exception) -> Response:
    status = fault.status_code if isinstance(fault, HTTPException) else 404
    return problem(request, status, "there is no such page, or it does not take this")


async def _failed(request: Request, _: Exception) -> Response:
    """Answer an unforeseen failure with a page. The server's log has the reason."""
    return problem(request, 500, "this failed; nothing was recorded that you did not see recorded. Tell an operator")


_HANDLERS: Final = {HTTPException: _nowhere, Exception: _failed}


PATIENCE: Final = 5.0
"""Seconds that the tasks of a console get to end."""


def console_app(console: Console) -> ASGIApp:
    """Return the application of the pages."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(coroutine) for coroutine in (app.state.positions.follow(), console.prepared.forget())
        ]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=PATIENCE)

    app = _application(PAGES, lifespan)
    app.state.console, app.state.positions = console, live.Positions(console.desk)
    app.add_middleware(
        SessionMiddleware, secret_key=secrets.token_hex(32), session_cookie=login.LOGIN_COOKIE, max_age=600,
        same_site="lax", https_only=True,
    )  # fmt: skip
    by_token = payloads.TRIAL_PATH.format(token=console.settings.codec_token)
    read_by = dict.fromkeys((payloads.PATH, by_token), console.settings.temporal_ui)
    return Guarded(app, console.settings.origin, (console.settings.signing_origin,), read_by)


def signing_app(console: Console) -> ASGIApp:
    """Return the application that signs, and serves nothing else."""
    app = _application(SIGNING_PAGES)
    app.state.console = console
    return Guarded(app, console.settings.signing_origin)


def _application(pages: tuple[Page, ...], lifespan: Any = None) -> Starlette:
    app = Starlette(routes=_routes(pages), lifespan=lifespan, exception_handlers=_HANDLERS)
    app.router.redirect_slashes = False  # it would lead to whatever host the request names
    return app


def _routes(pages: tuple[Page, ...]) -> list[Route | Mount]:
    return [Mount("/static", StaticFiles(directory=FOLDER / "static")), *(page.route() for page in pages)]
