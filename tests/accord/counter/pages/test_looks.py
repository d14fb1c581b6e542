"""The standard of the counter's pages: axe finds nothing, nothing scrolls sideways, and none of them needs a script."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.counter.pages.settings import CounterSettings
from tests import paying
from tests.accord.console.auditing import faults_of
from tests.accord.counter.files import booked, made_file, told_now
from tests.accord.counter.pages.conftest import AtTheCounter

Sits = Callable[..., Awaitable[AtTheCounter]]
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark, 320 px": {"color_scheme": "dark", "viewport": {"width": 320, "height": 700}},
    "forced colours": {"forced_colors": "active", "viewport": {"width": 1280, "height": 900}},
}


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_on_any_page(
    at_the_counter: Sits, counter: CounterSettings, desk: Desk, reference: str, tmp_path: Path, look: str
) -> None:
    await paying.released(desk, reference)
    noor = await at_the_counter("noor.haddad", **LOOKS[look])
    found = {}
    for path in ("/", "/files", "/answers", "/accounts", "/nowhere"):
        await noor.open(path)
        found[path] = await faults_of(noor.page)
    await noor.open("/accounts")
    await noor.page.click("summary:has-text('Record an account')")
    found["the form"] = await faults_of(noor.page)
    await noor.page.click("main table a >> nth=0")
    found["an account"] = await faults_of(noor.page)
    paul = await at_the_counter("paul.nkosi", **LOOKS[look])
    file = await made_file(desk)
    await paul.open(f"/files/{file.message_id}")
    found["a file"] = await faults_of(paul.page)
    answer = tmp_path / "bank.xml"
    answer.write_bytes(told_now(booked("ACCNOBODYS"), message=reference))
    await paul.open("/answers")
    await paul.page.set_input_files("#file", answer)
    await paul.press("Read it")
    found["an answer"] = await faults_of(paul.page)
    await paul.press("Sign and bring it in")
    await paul.page.wait_for_url(counter.signing_origin + "/**")
    found["the page that signs"] = await faults_of(paul.page)
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.slow
async def test_every_page_works_without_a_script_up_to_the_touch(
    at_the_counter: Sits, counter: CounterSettings, desk: Desk, reference: str
) -> None:
    await paying.released(desk, reference)
    paul = await at_the_counter("paul.nkosi")
    context = await paul.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    try:
        await context.add_cookies(await paul.context.cookies())  # type: ignore[arg-type]
        page = await context.new_page()
        await page.goto(counter.origin + "/")
        assert await page.locator("script").count() == 0
        await page.click("button:has-text('Make the file')")
        await page.wait_for_url(counter.signing_origin + "/**")
        assert "Signing with a key needs JavaScript on this page alone" in await page.inner_text("main")
    finally:
        await context.close()
