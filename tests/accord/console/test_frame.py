"""The parts of every page stand in the same order on each. Nothing plays, moves or reloads by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from accord.client.desk import Desk
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.accord.console.serving.test_access import FILLED, READ

CURRENT = ' aria-current="page"'
"""What the way to the page itself bears, beside the others."""
WITHOUT_A_FRAME = {"/find", "/ticked"}
"""What leads to a page, and what a page asks for."""
MOVING = re.compile(r"<(?:audio|video|marquee|iframe|object|embed|animate)\b|http-equiv|\bautofocus\b|\bautoplay\b")


@pytest.fixture(scope="module")
async def known(desk: Desk, worker: None) -> str:
    """A partnership that waits for approval."""
    return await waiting_for_approval(desk, "P-2026-0811")


def around(page: str) -> tuple[str, str]:
    """The parts before the content of a page, and after it."""
    _, _, body = page.partition("<body")
    before, _, rest = body.partition("<main")
    return before[before.index("<a class") :], rest.partition("</main>")[2]


async def shown(visitor: Any, path: str, known: str) -> str:
    return (await visitor.get(path.format_map({**FILLED, "partnership": known, "position": "1"}))).text


@pytest.mark.slow
async def test_ways_and_help_stand_in_the_same_order_on_every_page(visit: Callable[[str], Any], known: str) -> None:
    """Given every page that is read, then all but its content is the same on each (WCAG 3.2.3 and 3.2.6)."""
    visitor = await visit("femi.ade")
    frames = {path: around(await shown(visitor, path, known)) for path in READ if path not in WITHOUT_A_FRAME}
    assert {tuple(one.replace(CURRENT, "") for one in frame) for frame in frames.values()} == {
        tuple(one.replace(CURRENT, "") for one in frames["/"])
    }
    assert all(one in "".join(frames["/"]) for one in ('aria-label="Pages"', 'role="search"', "<kbd>j</kbd>"))


@pytest.mark.sampled(4)
@pytest.mark.parametrize(("reader", "led"), [("pia.berg", True), ("otto.audit", False), ("femi.ade", False)])
@pytest.mark.parametrize("path", ["/", "/?true=2026-01-01", "/portfolio", "/?view=all&text=nothing-is-called-this"])
async def test_who_may_propose_is_led_to_it_and_nobody_else(
    visit: Callable[[str], Any], path: str, reader: str, led: bool
) -> None:
    """Given a page, of another day too, then its menu leads to a proposal whoever may begin one."""
    shown_page = (await (await visit(reader)).get(path)).text
    assert ('href="/propose"' in shown_page) is led


@pytest.mark.sampled(8)
@pytest.mark.parametrize("path", READ)
async def test_nothing_moves_or_takes_the_focus_by_itself(visit: Callable[[str], Any], known: str, path: str) -> None:
    """Given a page, then nothing in it plays, reloads or takes the focus (WCAG 1.4.2, 2.2.2 and 3.2.1)."""
    found = MOVING.findall(await shown(await visit("femi.ade"), path, known))
    assert found == []
