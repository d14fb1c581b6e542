"""The standard of every page: axe's rules, the size of all that is touched, and no sideways scrolling at any width."""

from __future__ import annotations

from typing import Any, Final

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

RULES: Final[dict[str, Any]] = {
    "resultTypes": ["violations", "incomplete"], "rules": {"target-size": {"enabled": True}},
}  # fmt: skip
"""The size of targets (WCAG 2.5.8) is a rule that axe leaves out unless it is asked for."""
JUDGED: Final = frozenset({"target-size"})
"""Rules of which axe leaves nothing open on these pages: what it cannot say counts as found."""

SMALL: Final = """() => [...document.querySelectorAll("svg a")].filter((one) => {
  const box = one.getBoundingClientRect(), href = one.getAttribute("href");
  const others = [...document.querySelectorAll("a[href]:not(svg *)")];
  return Math.min(box.width, box.height) < 24 && !others.some((other) => other.getAttribute("href") === href);
}).map((one) => one.outerHTML)"""
"""Links in pictures, which axe does not take for targets; one that a link of the page's text equals may be small."""
SIDEWAYS: Final = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def faults_of(page: Page) -> list[tuple[str, list[str]]]:
    """The faults of a page as it stands: each broken rule, and the elements that break it."""
    told = (await Axe().run(page, options=RULES)).response
    open_ones = [one for one in told["incomplete"] if one["id"] in JUDGED]
    found = [(one["id"], [node["html"] for node in one["nodes"]]) for one in (*told["violations"], *open_ones)]
    if small := await page.evaluate(SMALL):
        found.append(("too small to touch", small))
    if await page.evaluate(SIDEWAYS):
        found.append(("scrolls sideways", [page.url]))
    return found
