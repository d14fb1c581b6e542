"""The API's application: its paths, and what every request passes before it is answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import asyncpg
from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from accord.api import openapi
from accord.api.bearer import require_scope, token_of
from accord.api.bodies import read_body
from accord.api.bounds import BoundedApi, often, often_by_address
from accord.api.faults import ApiProblem, away
from accord.api.ledger_answers import LedgerAnswers
from accord.api.list_answers import ListAnswers
from accord.api.parameters import read_parameters
from accord.api.requests import JSON, ApiPath, ApiRequest
from accord.api.routes import PATHS
from accord.api.settings import ApiSettings
from accord.web.limits import RateLimits
from domain.organisation.tokens import ApiToken, Scope
from ledger import LedgerUnavailable
from records.keys.api_tokens import TokensOnRecord

AWAY: Final = (LedgerUnavailable, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
_LOOK: Final = "SELECT console.look($1, $2)"
"""A line of the access log, before anything is given away: what cannot be noted is not answered."""
_METHODS: Final = {path.path: path.method for path in PATHS}
_OTHERWISE: Final[Mapping[str, tuple[str, str]]] = {
    "GET": ("it is only read", "ask with GET"),
    "POST": ("it only takes", "hand in with POST"),
}
"""The words for another method than that of a path."""
PATIENCE: Final = 5.0
"""Seconds in which the database must answer whoever looks whether requests are answered."""


def application(pool: asyncpg.Pool, settings: ApiSettings, limits: RateLimits | None = None) -> ASGIApp:
    """Return the application that answers with what a database holds. `limits`: of how often somebody may ask."""
    routes = [
        Route("/health", _health),
        Route(openapi.PATH, _description),
        *(Route(path.path, _behind(path), methods=[path.method]) for path in PATHS),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _nowhere, Exception: _failed})
    app.router.redirect_slashes = False  # it would lead to whatever host the request names
    answers = LedgerAnswers(pool, settings.checkpoints)
    app.state.pool, app.state.limits, app.state.answers = pool, limits or RateLimits(), answers
    app.state.description = json.dumps(openapi.openapi(PATHS, settings.origin), indent=1)
    app.state.lists = ListAnswers(pool)
    app.state.tokens = TokensOnRecord(answers.ledger)
    return BoundedApi(GZipMiddleware(app, minimum_size=500, compresslevel=1))


def _behind(path: ApiPath) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of a path: token, scope and rate come before its parameters are looked at."""

    async def answer(request: Request) -> Response:
        return await _or_problem(_answered(request, path))

    return answer


async def _or_problem(answering: Awaitable[Response]) -> Response:
    try:
        return await answering
    except ApiProblem as problem:
        return problem.answer()
    except AWAY as fault:
        return away(f"the database does not answer ({type(fault).__name__})").answer()


async def _let_in(request: Request, scope: Scope) -> ApiToken:
    """Return the token of a request, which has a scope and does not ask too often. Raises ApiProblem."""
    state = request.app.state
    try:
        token = await token_of(request, state.tokens)
    except ApiProblem:
        often_by_address(state.limits, request)
        raise
    often(state.limits, token.token_id)
    require_scope(token, scope)
    return token


async def _answered(request: Request, path: ApiPath) -> Response:
    state = request.app.state
    token = await _let_in(request, path.scope)
    values = read_parameters(path.parameters, request.query_params, request.path_params)
    log = (await state.tokens.directory()).log
    if path.is_noted:
        await state.pool.execute(_LOOK, token.token_id, request.url.path[:200])
    name = log.origin if log is not None else ""
    body = await read_body(request, path.takes) if path.takes is not None else ""
    content = await path.answer(ApiRequest(values, state.answers, name, state.lists, token, body))
    is_new = path.takes is not None and path.takes.is_new(content)
    return Response(_written(content, path), 201 if is_new else 200, media_type=path.media_type)


def _written(content: Any, path: ApiPath) -> str | bytes:
    return to_json(content) if path.media_type == JSON else content


async def _health(request: Request) -> Response:
    """Tell an asker that requests are answered: the process lives, and its database answers."""
    try:
        await asyncio.wait_for(request.app.state.pool.fetchval("SELECT 1"), PATIENCE)
    except (*AWAY, TimeoutError):
        return PlainTextResponse("the database does not answer\n", 503)
    return PlainTextResponse("serves\n")


async def _description(request: Request) -> Response:
    """Describe the API's answers. The description is no secret, and needs no token."""
    try:
        often_by_address(request.app.state.limits, request)
    except ApiProblem as problem:
        return problem.answer()
    return Response(request.app.state.description, media_type=JSON)


async def _nowhere(request: Request, fault: Exception) -> Response:
    status = fault.status_code if isinstance(fault, HTTPException) else 404
    place = f"{request.method[:10]} {request.url.path[:100]}"
    if status == 405:
        method = _METHODS.get(request.url.path, "GET")
        answer = ApiProblem(405, place, *_OTHERWISE[method]).answer()
        answer.headers["Allow"] = "GET, HEAD" if method == "GET" else method
        return answer
    return ApiProblem(404, place, "there is no such path", "/v1/openapi.json names every path").answer()


async def _failed(request: Request, _: Exception) -> Response:
    """Answer an unforeseen failure. The server's log has the reason."""
    return ApiProblem(500, request.url.path[:100], "this failed", "tell an operator; nothing was changed").answer()
