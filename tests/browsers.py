"""One Chromium for all tests of a process: each person has a context of their own, and to start it takes a second."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from playwright.async_api import Browser

NO_CHROMIUM: Final = "no Chromium is on this machine; `make check` needs one"
NEEDED: Final = "REQUIRE_BROWSER"
"""Set by `make check`: a missing browser is a failure there, and no reason to skip."""
NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
QUIET: Final = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync")  # fmt: skip


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The machine's own Chromium."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        if os.environ.get(NEEDED):
            pytest.fail("no Chromium is on this machine, and `make check` needs one")
        pytest.skip(NO_CHROMIUM)
    from playwright.async_api import async_playwright

    async with async_playwright() as playing:
        started = await playing.chromium.launch(executable_path=program, args=list(QUIET))
        yield started
        await started.close()
