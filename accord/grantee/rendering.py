"""Render the door's pages: one frame, small enough for a slow connection, and every word from the tables."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from accord.grantee.refusals import refusal_reason
from accord.grantee.visit import Visit, words_for
from accord.grantee.words import TABLES, DoorWords

FOLDER: Final = Path(__file__).parent
STATIC: Final = FOLDER / "static"
EDITION: Final = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(STATIC.iterdir()))).hexdigest()[:12]
"""The edition of style and script: a browser keeps them until there is another."""


@cache
def templates() -> Environment:
    """Return the door's templates, which a process compiles once."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.globals["edition"] = EDITION
    environment.globals["refusal_reason"] = refusal_reason
    return environment


def page(
    request: Request, template: str, content: Mapping[str, Any], status: int = 200, visit: Visit | None = None,
    words: DoorWords | None = None,
) -> Response:  # fmt: skip
    """Render a page of a visit, or of nobody's."""
    table = words or (visit.words if visit is not None else words_for(request))
    around = {
        "t": table,
        "language": table.language,
        "visit": visit,
        "shown": visit.shown if visit is not None else None,
        "title": visit.sheet.title if visit is not None else "",
        "languages": [
            (language, names["frame.language"]) for language, names in TABLES.items() if language != table.language
        ],
        "speaking": _speaking(request, visit),
    }
    text = request.app.state.templates.get_template(template).render({**around, **content})
    return HTMLResponse(text, status, {"Referrer-Policy": "strict-origin", "Content-Language": table.language})


def _speaking(request: Request, visit: Visit | None) -> tuple[str, str]:
    """Return the address to which a language is sent, and that to which it then leads back."""
    path = request.url.path
    if visit is None:
        return "", ""
    if not visit.form.entered:
        first_page = path.removesuffix("/not-me")
        return f"{first_page}/language", path
    return f"{visit.home}/language", path.removesuffix("/code") if request.method == "POST" else path


def trouble(request: Request, status: int, reason: str, words: DoorWords | None = None) -> Response:
    """Render a page that says why there is no other."""
    return page(request, "trouble.html", {"reason": reason}, status, words=words)


class KeptStatic(StaticFiles):
    """Style and script, which a browser keeps: their address has their edition in it."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, or the answer that there is none."""
        response = await super().get_response(path, scope)
        if response.status_code in {200, 304}:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
