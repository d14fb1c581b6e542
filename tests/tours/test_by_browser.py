"""The tour by browser: each step of the tutorial is done as it is written, and the page says what it is to say."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, Locator, Page

from deploy.settings import StackState
from tests.accord.console.conftest import DEVICE, OPEN_ABOVE
from tests.tours.documents import Reading, Typed, by_browser
from tests.tours.steps import Step, numbered, steps_of
from tests.tours.terminal import Terminal, a_stack, a_terminal, faults_of, place, stack_in

PLAIN: Final = 1
EVENING_COURSES: Final = 32
DEMO_OF_ONE: Final = f"""
from accord.cli import main
from accord.cli.installation import demo

demo.CASES = tuple(one for one in demo.CASES if one.number == {PLAIN})
demo.HOUSE = tuple(one for one in demo.HOUSE if one.number in {{{EVENING_COURSES}, demo.TO_BE_PAID}})
main.main()
"""
"""A demo with nothing but what the tour is about."""


class Reader:
    """Somebody with a browser, a security key and a terminal, who does what a document says."""

    def __init__(self, page: Page, terminal: Terminal, stack: StackState, folder: Path) -> None:
        self._page, self._terminal, self._reading = page, terminal, Reading()
        self._stack, self._folder = stack, folder

    async def do(self, step: Step) -> None:
        """Do a step, or see what it says. Raises if the page has no such thing."""
        match step.does:
            case "open":
                await self._page.goto(
                    {"console": self._stack.console_url, "counter": self._stack.counter_url}[step.words]
                )
            case "press":
                await self._press(step.words)
            case "sees":
                await self._named(step.words).wait_for(state="attached")
            case "write":
                await self._page.get_by_label(step.words).first.fill(step.text)
            case "tick":
                await self._page.get_by_label(step.words).first.check()
            case "says":
                await self._page.locator("main", has_text=step.words).wait_for()
            case _:
                assert step.typed is not None
                await self._type(step.typed)

    async def _press(self, words: str) -> None:
        what = self._named(words)
        await what.wait_for(state="attached")
        await what.evaluate(OPEN_ABOVE)
        await (what.click() if await what.get_attribute("download") is None else self._save(what))

    async def _save(self, what: Locator) -> None:
        async with self._page.expect_download() as coming:
            await what.click()
        file = await coming.value
        await file.save_as(self._folder / file.suggested_filename)

    def _named(self, words: str) -> Locator:
        """What is pressed: a link, a button or what opens, by its own words or by those of its line."""
        pressed = ":is(a, button, summary)"
        by_its_line = self._page.locator("main tr", has_text=words).locator("th a, td a")
        by_its_label = self._page.locator(f"{pressed}[aria-label^={words!r}]")
        return (
            self._page.locator(pressed, has_text=re.compile(rf"(?<![a-z]){re.escape(words)}(?![a-z])"))
            .or_(by_its_label)
            .or_(by_its_line)
            .first
        )

    async def _type(self, typed: Typed) -> None:
        assert not (faults := await faults_of(self._terminal, self._reading, typed)), faults


@pytest.fixture
async def reader(browser: Browser, tmp_path: Path) -> AsyncIterator[Reader]:
    """A reader beside a demo that is up."""
    folder = tmp_path / "reader"
    environment = place(folder)
    context = await browser.new_context(accept_downloads=True)
    page = await context.new_page()
    devices = await context.new_cdp_session(page)
    await devices.send("WebAuthn.enable")
    await devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    async with a_stack(folder, environment, "-c", DEMO_OF_ONE, "demo"), a_terminal(folder, environment) as terminal:
        yield Reader(page, terminal, stack_in(folder), folder)
    await context.close()


@pytest.mark.slow
async def test_each_step_of_the_tutorial_can_be_done_as_it_is_written(reader: Reader) -> None:
    for item in numbered(by_browser()):
        for step in steps_of(item):
            try:
                await reader.do(step)
            except Exception as fault:
                raise AssertionError(
                    f"“{' '.join(item.split())[:100]}…”: {step.does} {step.words!r}: {fault}"
                ) from None


def test_each_step_of_the_tutorial_says_what_is_done_or_seen() -> None:
    """Given the numbered steps, then each is understood, and together they press, write, tick, type and read."""
    steps = [[*steps_of(item)] for item in numbered(by_browser())]
    assert all(steps)
    assert {"open", "press", "write", "tick", "says", "type"} <= {step.does for item in steps for step in item}
    assert [step.words for item in steps for step in item if "passkey" in step.words and step.does == "press"] == [
        "Make a passkey", "Make the passkey", "Sign with your passkey",
    ]  # fmt: skip
