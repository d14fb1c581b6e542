"""The inbox in Chromium: axe finds nothing on it, in any look, at any width."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from domain.partnership.partners import key_of
from tests.accord.console.auditing import faults_of
from tests.accord.console.door.test_inbox import reported
from tests.accord.console.test_looks import LOOKS
from tests.lives import until_shown


async def faults_by_page(
    at_a_browser: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str, look: str
) -> dict[str, Any]:
    """The faults of each page of the inbox, in one look."""
    number = await reported(desk, office_pool, reference)
    await until_shown(desk)
    person = await at_a_browser("pia.berg", **LOOKS[look])
    await person.sign_in()
    partner = key_of((await desk.known_partnership(reference)).proposed.partner)
    paths = (
        "/inbox", f"/inbox/{number}", f"/{reference}/report?submission={number}", f"/{reference}/door-invite",
        f"/partners/{partner}",
    )  # fmt: skip
    found = {}
    for path in paths:
        answer = await person.page.goto(f"{person.settings.origin}{path}")
        assert answer.status == 200, path
        found[path] = await faults_of(person.page)
    return {path: faults for path, faults in found.items() if faults}


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_on_the_inbox_in_any_look(
    at_a_browser: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str, look: str
) -> None:
    assert await faults_by_page(at_a_browser, desk, office_pool, reference, look) == {}
