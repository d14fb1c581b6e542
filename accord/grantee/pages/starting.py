"""The first page of a link: it shows what it is, and one button. Opening it changes nothing, however often."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.grantee.guarding import FRESH, host, often, unknown, wait
from accord.grantee.rendering import page
from accord.grantee.store import GranteeLink
from accord.grantee.visit import COOKIE, Visit, hold, known_browser, let_go, name_of, new_browser


async def look(request: Request) -> Response:
    """Show the form that a link opens. Scanners of mail open every link: nothing is begun, and nothing used up."""
    visit = await _look(request)
    return (
        unknown(request) if visit is None else page(request, "start.html", {"address": _address(request)}, visit=visit)
    )


async def speak(request: Request) -> Response:
    """Show the first page in another language. It begins nothing."""
    visit = await _look(request)
    if visit is None:
        return unknown(request)
    return await _spoken(request, visit, _address(request))


async def speak_inside(request: Request, visit: Visit) -> Response:
    """Show the pages of a link in another language, from where its reader is."""
    return await _spoken(request, visit, visit.home)


async def _spoken(request: Request, visit: Visit, home: str) -> Response:
    form_fields = await request.form(max_fields=5, max_files=0)
    await visit.spoken(form_fields)
    back = str(form_fields.get("back", ""))
    return RedirectResponse(back if back.startswith(f"{home}/") else home, 303)


async def begin(request: Request) -> Response:
    """Begin in this browser, and lead to an address without the secret."""
    secret = request.path_params["secret"]
    name = name_of(secret)
    browser = known_browser(request) or new_browser()
    link = GranteeLink(request.app.state.pool, secret, browser)
    if not await link.enter():
        return unknown(request)
    answer = RedirectResponse(f"/form/{name}", 303)
    hold(answer, secret, browser)
    return answer


async def fresh(request: Request) -> Response:
    """Have a fresh link sent to the same address, if there is one. Everybody is told the same."""
    if seconds := wait(request, host(request), FRESH):
        return often(request, seconds)
    secret = request.path_params.get("secret") or request.cookies.get(
        COOKIE.format(name=request.path_params["name"]), ""
    )
    await GranteeLink(request.app.state.pool, secret.partition(".")[0], "").ask_fresh()
    return page(request, "gone.html", {"sent": True, "address": ""})


async def not_me(request: Request) -> Response:
    """Show the page that ends a link which somebody else opened."""
    visit = await _look(request)
    if visit is None:
        return unknown(request)
    return page(
        request, "revoke.html", {"address": f"{_address(request)}/not-me", "back": _address(request)}, visit=visit
    )


async def end(request: Request) -> Response:
    """End a link, and those of all whom it invited."""
    visit = await _look(request)
    if visit is None:
        return unknown(request)
    await visit.link.revoke()
    return page(request, "ended.html", {}, visit=None, words=visit.words)


async def end_inside(request: Request, visit: Visit) -> Response:
    """End the link that this browser holds."""
    await visit.link.revoke()
    answer = page(request, "ended.html", {}, words=visit.words)
    let_go(answer, visit.link.name)
    return answer


async def not_me_inside(request: Request, visit: Visit) -> Response:
    """Show the page that ends a link, to whoever holds it here."""
    return page(request, "revoke.html", {"address": f"{visit.home}/not-me", "back": visit.home}, visit=visit)


async def leave(request: Request) -> Response:
    """Let this browser forget a link: a library's next reader finds nothing."""
    answer = page(request, "left.html", {})
    let_go(answer, request.path_params["name"])
    return answer


async def _look(request: Request) -> Visit | None:
    link = GranteeLink(request.app.state.pool, request.path_params["secret"], "")
    form = await link.look()
    return Visit(link, form) if form is not None else None


def _address(request: Request) -> str:
    return f"/f/{request.path_params['secret']}"
