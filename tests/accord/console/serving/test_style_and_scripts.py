"""Style and scripts travel once and compressed: a page is light because a browser has them already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accord.web.pages import FOLDER

FILES = sorted(one.name for one in (FOLDER / "static").iterdir())


@pytest.mark.parametrize("name", FILES)
async def test_a_file_is_kept_by_the_browser_and_sent_compressed(visit: Callable[[str], Any], name: str) -> None:
    """Given a file of pages, then it comes compressed if that makes it smaller, and not again while it is as it was."""
    visitor = await visit("")
    first = await visitor.get(f"/static/{name}")
    assert (first.status_code, first.content) == (200, (FOLDER / "static" / name).read_bytes())
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers.get("content-encoding", "") == ("gzip" if len(first.content) >= 300 else "")
    kept = {"If-None-Match": first.headers["etag"]}
    for origin in (visitor.settings.origin, visitor.settings.signing_origin):
        again = await visitor.asking.get(f"{origin}/static/{name}", headers=kept)
        assert (again.status_code, again.content) == (304, b"")


async def test_a_page_itself_is_kept_by_nobody(visit: Callable[[str], Any]) -> None:
    """Given a page, which may name people, then no browser stores it."""
    answer = await (await visit("femi.ade")).get("/")
    assert answer.headers["cache-control"] == "no-store"
    assert "content-encoding" not in answer.headers
