"""Signing in by OpenID Connect (authlib). It names the reader: a passkey that signs decisions is never a login."""

from __future__ import annotations

import secrets
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from authlib.integrations.starlette_client import OAuth, OAuthError
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.web.pages import page, problem
from accord.web.site import SignIn, Site
from deploy.processes.table import OIDC_RETURN

LOGIN_COOKIE: Final = "__Host-accord-login"
MOST_LETTERS: Final = 2000
"""Letters of an address to which signing in leads on."""


def provider_of(settings: SignIn) -> Any:
    """Return the client of the OpenID provider: authorisation code with PKCE, state and nonce bound to the browser."""
    oauth = OAuth()
    return oauth.register(
        "provider",
        client_id=settings.client,
        client_secret=settings.secret or secrets.token_urlsafe(16),
        server_metadata_url=f"{settings.issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid", "code_challenge_method": "S256"},
    )


def way_in(request: Request) -> str:
    """Return the address of the page for signing in, which leads on to the page that was asked for."""
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/welcome" if asked == "/" or not _is_own(asked) else f"/welcome?{urlencode({'next': asked})}"


def _is_own(address: str) -> bool:
    """True if an address is a page here, and no other site: a browser reads // and a backslash as the start of one."""
    is_plain = address.isascii() and address.isprintable() and "\\" not in address and len(address) <= MOST_LETTERS
    return is_plain and address.startswith("/") and not address.startswith("//")


async def sign_in(request: Request) -> Response:
    """Lead the browser to the provider, and keep where it goes afterwards."""
    site: Site = request.app.state.site
    following = request.query_params.get("next", "")
    request.session["next"] = following if _is_own(following) else "/"
    try:
        answer: Response = await site.provider.authorize_redirect(request, site.settings.origin + OIDC_RETURN)
    except (httpx.HTTPError, OAuthError) as fault:
        return problem(request, 503, f"{site.settings.issuer} does not answer ({type(fault).__name__}); try again")
    return answer


async def signed_in(request: Request) -> Response:
    """Begin a session for whoever the provider says comes back."""
    site: Site = request.app.state.site
    try:
        token = await site.provider.authorize_access_token(request)
        staff_id = str(token["userinfo"].get(site.settings.claim, ""))
    except (httpx.HTTPError, OAuthError, JoseError, LookupError, ValueError) as fault:
        return problem(request, 400, f"signing in failed ({fault or type(fault).__name__}); begin again")
    if (await site.desk.directory()).person(staff_id) is None:
        return problem(request, 403, f"the staff directory holds nobody named {staff_id!r}; ask a director")
    cookie = await site.sessions.begin(staff_id)
    following = str(request.session.pop("next", "/"))
    answer = RedirectResponse(following if _is_own(following) else "/", 303)
    answer.set_cookie(site.sessions.cookie, cookie, secure=True, httponly=True, samesite="lax", path="/")
    return answer


async def welcome(request: Request) -> Response:
    """Show the page for signing in."""
    site: Site = request.app.state.site
    following = request.query_params.get("next", "")
    way = f"/login?{urlencode({'next': following})}" if _is_own(following) else "/login"
    return page(request, "welcome.html", {"is_founded": bool((await site.desk.directory()).version), "way": way})


async def sign_out(request: Request) -> Response:
    """End the session that asks, or another one of its owner."""
    site: Site = request.app.state.site
    form = await request.form()
    session_id = str(form.get("session") or "")
    open_still = await site.sessions.of(request.state.reader, request.cookies[site.sessions.cookie])
    current_id = next((session.id for session in open_still if session.own), "")
    await site.sessions.end(request.state.reader, session_id or current_id)
    return RedirectResponse("/me" if session_id and session_id != current_id else "/welcome", 303)
