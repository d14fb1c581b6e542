"""The donor's page in a browser without a network, out of a copied folder: what holds, and what is found."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accord.console.auditing import faults_of
from tests.browsers import browser as browser
from tests.publishing.gifts.movements import KEPT, LATER, MOVEMENTS, effects_of, kept_by
from tests.publishing.gifts.tampering import (
    FOREIGN,
    borrowed,
    counted_twice,
    doubled,
    omitted,
    omitted_without_a_number,
    other_sum,
    resigned,
)
from tests.publishing.gifts.telling import Telling

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

SUBMIT: Final = """(text) => {
  document.getElementById("given").value = text;
  document.getElementById("form").requestSubmit();
}"""


ADD_UP: Final = """(effects) => {
  const { sums } = sumsOf(effects.map((says) => ({ says })));
  return Object.fromEntries(Object.entries(sums).map(([name, amount]) => [name, amount.toString()]));
}"""


async def verdict(page: Page, file: Path, content: bytes, brought: str) -> list[str]:
    """What the page says of itself: the sentence of each check that fails."""
    file.write_bytes(content)  # noqa: ASYNC240 - a small file of a test
    await page.goto(file.as_uri())
    await page.evaluate(SUBMIT, brought)
    await page.locator("#verdict:not(:empty)").wait_for()
    return [one.strip().replace("\u00a0", " ") for one in await page.locator("#checks .why").all_inner_texts()]


async def opened(browser: Browser) -> tuple[Page, list[str]]:
    """A page without a network, and the addresses that it asks for."""
    context = await browser.new_context(offline=True, viewport={"width": 380, "height": 800})
    asked = list[str]()
    context.on("request", lambda request: asked.append(request.url))
    return await context.new_page(), asked


async def test_the_page_verifies_itself_offline(browser: Browser, tmp_path: Path) -> None:
    """Given a page in a copied folder and no network, when a root is brought, then it holds, and one left out shows."""
    telling = Telling()
    cast, statement, root = telling.cast, telling.statement(), telling.cast.checkpoint()
    page, asked = await opened(browser)
    file = tmp_path / "index.html"
    assert await verdict(page, file, cast.page(statement), root) == []
    assert "Everything" in await page.inner_text("#verdict")
    assert [mark for mark in await page.locator(".lines .mark").all_inner_texts() if "holds" not in mark] == []
    assert "USD\u00a027,500.00 was paid to 2 grants" in await page.inner_text("#story")
    assert await faults_of(page) == []
    sentences = await verdict(page, file, cast.page(resigned(statement, omitted)), root)
    assert sentences == ["Line 5 of the fund is missing: a use, or what came in, is omitted."]
    assert "Do not rely" in await page.inner_text("#verdict")
    assert {address.partition("/index")[0] for address in asked} == {tmp_path.as_uri()}, "nothing else was asked for"
    await page.context.close()


@pytest.mark.slow
async def test_each_change_shows_a_cross_with_a_sentence(browser: Browser, tmp_path: Path) -> None:
    """Given what others changed, and what the house itself changed and signed again, then the page says what fails."""
    telling = Telling()
    cast, statement, root = telling.cast, telling.statement(), telling.cast.checkpoint()
    page, _ = await opened(browser)
    size = cast.head.size
    good, smaller, foreign = cast.page(statement), cast.checkpoint(size=40), cast.checkpoint(FOREIGN)
    forged = good.replace(b'{\\"amount\\":\\"20000.00\\",\\"at', b'{\\"amount\\":\\"21000.00\\",\\"at')
    unsigned = good.replace(b'\\"recipient\\":\\"River', b'\\"recipient\\":\\"Silver')
    assert good not in (forged, unsigned)
    for content, brought, sentence in (
        (good, "", "No public key"),
        (good, smaller, "older than this page: it holds 40 events"),
        (good, foreign, "is of the ledger ledger.other.example"),
        (good, cast.checkpoint(root=bytes(32)), "two histories"),
        (good, root.replace(f"\n{size}\n", f"\n{size - 1}\n"), "did not sign the checkpoint"),
        (cast.page(statement, FOREIGN), root, "did not sign this extract"),
        (unsigned, root, "did not sign this extract"),
        (forged, root, "is not what the ledger holds"),
        (cast.page(resigned(statement, omitted_without_a_number)), root, "no number of the fund’s lines"),
        (cast.page(resigned(statement, doubled)), root, "stands here twice"),
        (cast.page(resigned(statement, other_sum)), root, "The lines come to USD 18,500.00"),
        (cast.page(resigned(statement, counted_twice)), root, "is counted twice"),
        (cast.page(borrowed(telling)), root, f"is of another fund, FD-{Telling.OTHER}"),
    ):
        sentences = await verdict(page, tmp_path / "index.html", content, brought)
        assert any(sentence in one for one in sentences), (sentence, sentences)
    await page.context.close()


@pytest.mark.slow
async def test_its_script_adds_up_as_a_fund_does(browser: Browser, tmp_path: Path) -> None:
    """Given any movements of a fund, then the page's own script comes to the fund's balance."""
    file = tmp_path / "index.html"
    telling = Telling()
    file.write_bytes(
        telling.cast.page(resigned(telling.statement(), lambda said: said.update(as_of=LATER.isoformat())))
    )
    page, _ = await opened(browser)
    await page.goto(file.as_uri())
    stories: list[list[Any]] = []

    @settings(max_examples=200, database=None)
    @given(st.lists(MOVEMENTS, max_size=8))
    def collect(movements: list[Any]) -> None:
        stories.append(movements)

    collect()
    for movements in stories:
        sums = await page.evaluate(ADD_UP, effects_of(movements))
        assert [Decimal(sums[name]) / 100 for name in KEPT] == [*kept_by(movements)], movements
    await page.context.close()
