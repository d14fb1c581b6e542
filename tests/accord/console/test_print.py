"""A page that is printed is its content alone: no menu, no button, nothing to sign, and nothing beyond the sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from accord.client.desk import Desk
from tests.accord.console.conftest import Person
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.lives import until_shown

A4: Final = {"width": 658, "height": 990}
"""The part of a sheet of paper within its margins of 18 mm, in pixels of 96 to an inch."""
SHOWN: Final = """() => [...document.querySelectorAll(
  "header, nav, footer, button, input, form.decide, .decide, .bulk, .skip, .menu, [role=search]"
)].filter((one) => one.checkVisibility()).map((one) => one.outerHTML.slice(0, 120))"""
"""The parts that are for a screen alone, as far as they are printed."""
EMPTY: Final = """() => [...document.querySelectorAll("main h2")].filter((one) => one.checkVisibility())
  .filter((one) => ![...one.closest("section, div").children].some((other) =>
    other !== one && other.checkVisibility() && other.textContent.trim()))
  .map((one) => one.textContent)"""
"""Headings below which nothing is printed."""
SIDEWAYS: Final = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.sampled(1)
@pytest.mark.parametrize("path", ["/{}", "/portfolio", "/payments", "/partnerships", "/funds", "/obligations"])
async def test_a_page_prints_its_content_and_no_more(
    at_a_browser: Callable[..., Any], visit: Any, desk: Desk, reference: str, path: str
) -> None:
    """Given a page that people print, then a sheet shows its heading and its content, and nothing to press."""
    await waiting_for_approval(desk, reference)
    await until_shown(desk)
    person: Person = await at_a_browser("femi.ade", viewport=A4)
    await person.begin(await visit("femi.ade"))
    page = person.page
    await page.goto(person.settings.origin + path.format(reference))
    await page.emulate_media(media="print")
    assert await page.locator("h1").is_visible()
    assert (await page.evaluate(SHOWN), await page.evaluate(EMPTY), await page.evaluate(SIDEWAYS)) == ([], [], 0)
    assert (await page.pdf()).startswith(b"%PDF")
