"""Refusals that come back to the page that was asked: what was not recorded, what happened meanwhile, what is next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

_REFUSED: Final = 422


class ActRefusal(NamedTuple):
    """A refusal as a page says it above its content."""

    words: str
    meanwhile: tuple[str, ...] = ()
    """What others did, each in a sentence, the newest last."""
    following: str = ""
    """What can be done now."""
    is_closed: bool = False
    """True if the act cannot be gone on with now."""


def asked_again(request: Request, path: str, parameters: Mapping[str, Any], query: str = "") -> Request:
    """Return a request for another page, by whoever sent this one, with the refusal that stands in its state."""
    asked = {"method": "GET", "path": path, "path_params": dict(parameters), "query_string": query.encode()}
    return Request({**request.scope, **asked}, request.receive)


async def on_its_page(request: Request, words: str) -> Response | None:
    """Show a refusal on the page that it was asked on, or on the nearest one above it. None if there is no such page.

    The page is asked for as if its reader opened it: it has its own rule of access.
    """
    if not request.state.reader or getattr(request.state, "refused", None) is not None:
        return None
    request.state.refused = ActRefusal(words)
    for path, query in _pages_near(request):
        for route in request.app.routes:
            match, found = route.matches({**request.scope, "method": "GET", "path": path})
            if isinstance(route, Route) and match is Match.FULL:
                answer: Response = await route.endpoint(asked_again(request, path, found["path_params"], query))
                if answer.status_code == _REFUSED:
                    return answer
                break
    request.state.refused = None
    return None


def _pages_near(request: Request) -> Iterator[tuple[str, str]]:
    """Return the addresses of the page with the button, of the form itself, and of the pages above, each with a query.

    A browser says which page it was on to our own pages alone (Referrer-Policy).
    """
    before, origin = urlsplit(request.headers.get("referer", "")), urlsplit(request.app.state.site.settings.origin)
    if (before.scheme, before.netloc) == (origin.scheme, origin.netloc) and before.path != request.url.path:
        yield before.path, before.query
    if request.method != "GET":
        yield request.url.path, ""
    parts = request.url.path.split("/")
    yield from (("/".join(parts[:length]), "") for length in range(len(parts) - 1, 1, -1))
