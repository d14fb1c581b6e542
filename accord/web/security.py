"""The console's headers for the browser on every answer, and the requests of other pages that it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'{forms}; base-uri 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy: nothing inline, nothing evaluated, nothing from elsewhere, in nobody's frame."""

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), publickey-credentials-get=(self)",
    "Strict-Transport-Security": "max-age=31536000",
    "Cache-Control": "no-store",
}
_NOBODY: Final[Mapping[str, str]] = MappingProxyType({})
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Guarded:
    """An ASGI application with those headers, which accepts changes from its own pages alone.

    A browser says where a request comes from (Sec-Fetch-Site; Origin, for older ones). One that says neither is no
    browser, and bears no cookie that it was not given.
    """

    def __init__(
        self,
        app: ASGIApp,
        origin: str,
        refusing: ASGIApp,
        forms: tuple[str, ...] = (),
        read_by: Mapping[str, str] = _NOBODY,
    ) -> None:
        """Guard an application that is served at `origin`.

        `refusing`: the answer to a change from another page. `forms`: other origins that a form may lead to. `read_by`:
        paths that change nothing, and that pages of one other origin ask with a request's body.
        """
        self._app = app
        self._refusing = refusing
        self._origin = origin
        self._read_by = read_by
        self._policy = POLICY.format(forms="".join(f" {form_origin}" for form_origin in forms))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        app = self._app if scope["method"] in SAFE or self._may_ask(scope) else self._refusing
        return await app(scope, receive, self._with_headers(send))

    def _may_ask(self, scope: Scope) -> bool:
        headers, reader_origin = Headers(scope=scope), self._read_by.get(scope["path"])
        return self._is_own(headers) or (bool(reader_origin) and headers.get("origin") == reader_origin)

    def _is_own(self, headers: Headers) -> bool:
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None and site != "same-origin":
            return False
        return origin == self._origin if origin is not None else site == "same-origin"

    def _with_headers(self, send: Send) -> Send:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                own_policy = headers.get("Content-Security-Policy")  # of several policies a browser keeps every one
                headers["Content-Security-Policy"] = f"{own_policy}, {self._policy}" if own_policy else self._policy
                for name, content in HEADERS.items():
                    headers.setdefault(name, content)
            await send(message)

        return sent


def refusing_with(words: str) -> ASGIApp:
    """Return the answer to a change from another page in words, which say where it is made instead."""
    return PlainTextResponse(f"This came from another page. {words}\n", 403)
