"""Somebody with a keyboard and no mouse: a control is come to by Tab, and whatever has the focus can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import ElementHandle, Page

from accord.client.desk import Desk
from accord.organisation.passkeys import Registration, passkey_of
from domain.directory.people import KeyEnrolled
from tests.accord.console.conftest import Person
from tests.governing import decree

MOST_STOPS: Final = 40
"""Stops after which nobody looks for a control any further."""
UNHURRIED: Final = {"reduced_motion": "reduce"}
"""Nothing glides, so that where a thing stands can be asked at once."""

FOCUS: Final = """target => {
  const one = document.activeElement;
  if (!one || one === document.body) return { html: "", here: false, fault: "the focus is nowhere on the page" };
  (window.comeTo ??= new Set()).add(one);
  const style = getComputedStyle(one), rects = [...one.getClientRects()];
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const places = rects.flatMap((box) => [0.1, 0.5, 0.9].flatMap((across) => [0.2, 0.5, 0.8].map((down) =>
    document.elementFromPoint(box.left + box.width * across, box.top + box.height * down))));
  const seen = places.some((found) => found && (one.contains(found) || found.control === one));
  const fault = !outlined ? "nothing marks the focus" : !seen ? "the focus is hidden" : "";
  return { html: one.cloneNode(false).outerHTML, here: one === target, fault };
}"""
"""What has the focus, whether it is what is looked for, and what is wrong with how it shows (WCAG 2.4.7 and 2.4.11)."""
UNDER: Final = """target => {
  const closed = [];
  for (let at = target.parentElement; at; at = at.parentElement)
    if (at.tagName === "DETAILS" && !at.open && target !== at.firstElementChild) closed.push(at);
  return closed.length ? closed.pop().querySelector("summary") : null;
}"""
"""The heading that is to be opened before a control can be come to."""
MOST_ON_A_PAGE: Final = 500
PASSED_OVER: Final = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.tabIndex >= 0 && !one.disabled)
  .filter((one) => one.type !== "radio" || one.checked)
  .filter((one) => !window.comeTo.has(one)).map((one) => one.outerHTML)"""
"""What can be seen and used, but was not come to. Of radio buttons Tab comes to one, and arrows to the others."""
IS_BEFORE: Final = """target =>
  !!(document.activeElement.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING)"""


@dataclass
class Keys:
    """The keyboard of a person, who has nothing else."""

    person: Person

    @property
    def page(self) -> Page:
        return self.person.page

    @property
    def is_ours(self) -> bool:
        settings = self.person.settings
        return self.page.url.startswith((settings.origin, settings.signing_origin))

    async def focus(self, target: ElementHandle | None = None) -> dict[str, Any]:
        """The element that has the focus. On our pages, it must be seen."""
        found = await self.page.evaluate(FOCUS, target)
        assert not (self.is_ours and found["fault"]), f"{found['fault']}: {found['html']} on {self.page.url}"
        return found

    async def reach(self, selector: str) -> None:
        """Come to a control by Tab, or Shift and Tab where it stands before. A fold over it is opened on the way."""
        target = await self.page.locator(selector).first.element_handle()
        while heading := (await target.evaluate_handle(UNDER)).as_element():
            await self._tab_to(heading)
            await self.page.keyboard.press("Enter")
        await self._tab_to(target)

    async def _tab_to(self, target: ElementHandle) -> None:
        if await self.page.evaluate("one => one === document.activeElement", target):
            return
        key = "Shift+Tab" if await self.page.evaluate(IS_BEFORE, target) else "Tab"
        for _ in range(MOST_STOPS):
            await self.page.keyboard.press(key)
            if (await self.focus(target))["here"]:
                return
        pytest.fail(f"not come to within {MOST_STOPS} stops: {await target.evaluate('one => one.outerHTML')}")

    async def go(self, selector: str) -> None:
        """Press Enter on what leads to another page."""
        await self.reach(selector)
        await self.enter()

    async def enter(self) -> None:
        """Press Enter, which leads to another page."""
        async with self.page.expect_navigation(wait_until="domcontentloaded"):
            await self.page.keyboard.press("Enter")

    async def write(self, selector: str, text: str) -> None:
        await self.reach(selector)
        await self.page.keyboard.type(text)

    async def fill(self, name: str, text: str) -> None:
        """Answer a field by name, and value: a box is ticked, a choice is come to by the arrows, a day is typed."""
        name, _, value = name.partition("=")
        selector = f'[name="{name}"]:not([type=hidden])' + (f'[value="{value}"]' if value else "")
        await self.reach(selector)
        field = self.page.locator(selector).first
        match await field.get_attribute("type"), await field.evaluate("one => one.tagName"):
            case "checkbox", _:
                await self.page.keyboard.press("Space")
            case "date", _:
                year, month, day = text.split("-")
                await self.page.keyboard.type(month + day + year)
            case _, "SELECT":
                await self._choose(text)
            case _:
                await self.page.keyboard.type(text)
        assert text in {"yes", await field.input_value()}

    async def _choose(self, value: str) -> None:
        await self.page.keyboard.press("Home")
        while await self.page.evaluate("document.activeElement.value") != value:
            before = await self.page.evaluate("document.activeElement.selectedIndex")
            await self.page.keyboard.press("ArrowDown")
            assert await self.page.evaluate("document.activeElement.selectedIndex") > before, f"{value} is no choice"

    async def sign_in(self) -> None:
        await self.page.goto(self.person.settings.origin + "/welcome")
        await self.go("text=Sign in >> nth=-1")
        await self.write("input[name=sub]", self.person.staff_id)
        await self.go("button:has-text('Authorize')")
        await self.page.wait_for_url(self.person.settings.origin + "/")

    async def enrol(self, desk: Desk, folder: Path) -> str:
        """Make a passkey, which two guardians enter, and return its id."""
        await self.go("nav a[href='/me']")
        await self.go("a:has-text('Make a')")
        await self.write("#name", "the key on the ring")
        await self.reach("#make")
        await self.page.keyboard.press("Enter")
        await self.page.locator("#file").wait_for()
        await self.reach("#file")
        async with self.page.expect_download() as coming:
            await self.page.keyboard.press("Enter")
        path = folder / f"{self.person.staff_id}.json"
        await (await coming.value).save_as(path)
        key = passkey_of(Registration.model_validate_json(path.read_bytes()))
        await decree(desk, KeyEnrolled(staff_id=self.person.staff_id, key=key))
        return key.key_id

    async def walk(self) -> int:
        """Tab through a page from its start to its end: each control is come to. Returns how many stops there were."""
        await self.page.evaluate("document.body.tabIndex = -1, document.body.focus()")
        for stops in range(MOST_ON_A_PAGE):
            await self.page.keyboard.press("Tab")
            found = await self.page.evaluate(FOCUS)
            if not found["html"]:
                assert await self.page.evaluate(PASSED_OVER) == [], self.page.url
                return stops
            assert not found["fault"], f"{found['fault']}: {found['html']} on {self.page.url}"
        pytest.fail(f"after {MOST_ON_A_PAGE} stops there is no end to {self.page.url}")

    async def open(self, reference: str) -> None:
        """Open a partnership by the search that every page has."""
        await self.write("#jump", reference)
        await self.enter()
        await self.page.wait_for_url(f"**/{reference}")

    async def touch(self) -> str:
        """Touch the key, follow the link that the page then offers, and return what it said."""
        await self.reach("#sign")
        await self.page.keyboard.press("Enter")
        outcome = self.page.locator("#outcome")
        await outcome.filter(has_text="ecorded").wait_for(timeout=60_000)
        told = await outcome.inner_text()
        assert (await self.focus())["html"].startswith("<a href="), "the focus stands on what leads back"
        await self.enter()
        return told
