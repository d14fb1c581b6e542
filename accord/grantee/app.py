"""The door's application: its pages, on an origin of its own, for whoever has a link."""

from __future__ import annotations

import asyncio
from typing import Final

import asyncpg
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from accord.grantee.guarding import AWAY, MESSAGES, Bounded, LinkGuard, entered_within_rate, inside, outside
from accord.grantee.pages import (
    afterwards,
    as_pdf,
    colleagues,
    filling,
    handing_in,
    saving,
    saying,
    starting,
    workbooks,
)
from accord.grantee.paper_routes import paper_routes
from accord.grantee.papers import PaperDoor
from accord.grantee.rendering import STATIC, KeptStatic, templates, trouble
from accord.grantee.settings import DoorSettings
from accord.grantee.visit import words_for
from accord.web.security import Guarded
from papers.quarantine import Quarantine
from papers.store import Store

FORM: Final = "/form/{name:str}"
"""The address of a form's pages, without the secret."""
PATIENCE: Final = 5.0
"""Seconds in which the database must answer whoever looks whether pages are served."""


def application(pool: asyncpg.Pool, settings: DoorSettings) -> ASGIApp:
    """Return the application of the door."""
    papers = paper_routes(PaperDoor(Quarantine(Store(settings.quarantine))), entered_within_rate, f"{FORM}/papers")
    routes = [Mount("/static", KeptStatic(directory=STATIC)), *papers, *_routes()]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _nowhere, Exception: _failed})
    app.router.redirect_slashes = False  # it would lead to whatever host the request names
    app.state.pool, app.state.guard, app.state.templates = pool, LinkGuard(), templates()
    app.state.settings, app.state.press, app.state.workbooks = settings, as_pdf.Press(), workbooks.WorkbookDoor()
    return Guarded(Bounded(GZipMiddleware(app, minimum_size=500)), settings.origin, _refusing(app))


def _refusing(app: Starlette) -> ASGIApp:
    """Return the answer to a change from another page: a page of the door, which leads back by the link."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request({**scope, "app": app, "path_params": {}}, receive)
        await trouble(request, 403, words_for(request)("trouble.elsewhere"))(scope, receive, send)

    return answer


def _routes() -> list[Route]:
    return [
        Route("/health", _health),
        Route("/f/{secret:str}", outside(starting.look), methods=["GET"]),
        Route("/f/{secret:str}", outside(starting.begin), methods=["POST"]),
        Route("/f/{secret:str}/language", outside(starting.speak), methods=["POST"]),
        Route("/f/{secret:str}/fresh", outside(starting.fresh), methods=["POST"]),
        Route("/f/{secret:str}/not-me", outside(starting.not_me), methods=["GET"]),
        Route("/f/{secret:str}/not-me", outside(starting.end), methods=["POST"]),
        Route(f"{FORM}/fresh", outside(starting.fresh), methods=["POST"]),
        Route(f"{FORM}/leave", outside(starting.leave), methods=["POST"]),
        Route(f"{FORM}/language", inside(starting.speak_inside, once_closed=True), methods=["POST"]),
        Route(FORM, inside(filling.tasks), methods=["GET"]),
        Route(f"{FORM}/page/{{page:str}}", inside(filling.show), methods=["GET"]),
        Route(f"{FORM}/page/{{page:str}}", inside(filling.save), methods=["POST"]),
        Route(f"{FORM}/field/{{field:str}}", inside(saving.put), methods=["PUT"]),
        Route(f"{FORM}/workbook", inside(workbooks.show), methods=["GET"]),
        Route(f"{FORM}/workbook", inside(workbooks.bring, workbooks.WORKBOOKS), methods=["POST"]),
        Route(f"{FORM}/workbook/form.xlsx", inside(workbooks.fetch, workbooks.WORKBOOKS), methods=["GET"]),
        Route(f"{FORM}/choose", inside(filling.choose), methods=["POST"]),
        Route(f"{FORM}/check", inside(handing_in.check), methods=["GET"]),
        Route(f"{FORM}/check", inside(handing_in.ask_code, MESSAGES), methods=["POST"]),
        Route(f"{FORM}/code", inside(handing_in.show_code), methods=["GET"]),
        Route(f"{FORM}/code", inside(handing_in.hand_in, MESSAGES), methods=["POST"]),
        Route(f"{FORM}/done", inside(afterwards.done, once_closed=True), methods=["GET"]),
        Route(f"{FORM}/receipt/{{sha256:str}}", inside(afterwards.receipt, once_closed=True), methods=["GET"]),
        Route(f"{FORM}/seen", inside(afterwards.seen, once_closed=True), methods=["GET"]),
        Route(f"{FORM}/seen", inside(afterwards.ask_to_see, MESSAGES, once_closed=True), methods=["POST"]),
        Route(f"{FORM}/seen/code", inside(afterwards.open_seen, MESSAGES, once_closed=True), methods=["POST"]),
        Route(f"{FORM}/answers/{{sha256:str}}", inside(as_pdf.answers, MESSAGES, once_closed=True), methods=["GET"]),
        Route(f"{FORM}/status", inside(afterwards.status, once_closed=True), methods=["GET"]),
        Route(f"{FORM}/colleagues", inside(colleagues.show), methods=["GET"]),
        Route(f"{FORM}/colleagues", inside(colleagues.ask, MESSAGES), methods=["POST"]),
        Route(f"{FORM}/colleagues/code", inside(colleagues.invite, MESSAGES), methods=["POST"]),
        Route(f"{FORM}/colleagues/end", inside(colleagues.end, MESSAGES), methods=["POST"]),
        Route(f"{FORM}/not-me", inside(starting.not_me_inside, once_closed=True), methods=["GET"]),
        Route(f"{FORM}/not-me", inside(starting.end_inside, once_closed=True), methods=["POST"]),
        Route(f"{FORM}/say/{{kind:str}}", inside(saying.show, once_closed=True), methods=["GET"]),
        Route(f"{FORM}/say/{{kind:str}}", inside(saying.send, MESSAGES, once_closed=True), methods=["POST"]),
    ]


async def _health(request: Request) -> Response:
    """Tell an asker that pages are served: the process lives, and its database answers."""
    try:
        await asyncio.wait_for(request.app.state.pool.fetchval("SELECT 1"), PATIENCE)
    except (*AWAY, TimeoutError):
        return PlainTextResponse("the database does not answer\n", 503)
    return PlainTextResponse("serves\n")


async def _nowhere(request: Request, fault: Exception) -> Response:
    status = fault.status_code if isinstance(fault, HTTPException) else 404
    return trouble(request, status, words_for(request)("trouble.nowhere"))


async def _failed(request: Request, _: Exception) -> Response:
    """Answer an unforeseen failure with a page. The server's log has the reason."""
    return trouble(request, 500, words_for(request)("trouble.failed"))
