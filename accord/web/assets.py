"""Style, scripts and the icon of pages: sent compressed, and kept by a browser that asks whether they are still so."""

from __future__ import annotations

from typing import Final

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from accord.web.pages import FOLDER

_LEAST: Final = 300
"""Bytes of the shortest file that is compressed."""


class _KeptFiles(StaticFiles):
    """Files that a browser keeps. Their addresses stay over releases, so it asks each time whether they do, too."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, the answer that it is as it was, or that there is none."""
        response = await super().get_response(path, scope)
        if response.status_code in {200, 304}:
            response.headers["Cache-Control"] = "no-cache"
        return response


ASSETS: Final = Mount("/static", GZipMiddleware(_KeptFiles(directory=FOLDER / "static"), minimum_size=_LEAST))
"""The way to them. Pages themselves are not compressed here: they hold what a length may tell, beside typed text."""
