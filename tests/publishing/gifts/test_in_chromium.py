"""The donor's page in a browser without a network, out of a copied folder: what holds, and what is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proof.notes import SIGNATURE, SigningKey
from publishing.gifts.effects import GiftLine
from publishing.gifts.statement import GiftStatement, statement_of
from tests.accord.console.auditing import faults_of
from tests.browsers import browser as browser
from tests.publishing.gifts.telling import Telling

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

FOREIGN: Final = SigningKey("ledger.other.example", SIGNATURE, Ed25519PrivateKey.from_private_bytes(bytes(32)))
SUBMIT: Final = """(text) => {
  document.getElementById("given").value = text;
  document.getElementById("form").requestSubmit();
}"""
Change = Callable[[dict[str, Any]], None]


def resigned(statement: GiftStatement, change: Change, *, lines: tuple[GiftLine, ...] | None = None) -> GiftStatement:
    """The extract with a change that the house itself made and signed."""
    content = json.loads(statement.text)
    change(content)
    own_lines = statement.lines if lines is None else lines
    return statement._replace(text=json.dumps(content, sort_keys=True), lines=own_lines)


def omitted(content: dict[str, Any]) -> None:
    """A use is left out as if it had never been, and the sums are made to fit."""
    del content["lines"][4]
    content["bookings"] = [one for one in content["bookings"] if one["use"] != "P-2026-0911"]
    content["sums"] |= {"spent": "7500.00", "committed": "20000.00"}
    content["versions"] = 8


def doubled(content: dict[str, Any]) -> None:
    content["lines"].insert(5, content["lines"][4])


def other_sum(content: dict[str, Any]) -> None:
    content["sums"]["available"] = "18000.00"


def counted_twice(content: dict[str, Any]) -> None:
    content["bookings"].append(content["bookings"][1])


def borrowed(telling: Telling) -> GiftStatement:
    """The payment of another gift's fund stands in the place of one of this fund."""
    statement, other = telling.statement(), statement_of(telling.cast.source(Telling.OTHER))
    place = len(other.lines) - 1
    assert other.lines[place].occurrence.event.event_type == "FundsSpent"
    theirs = json.loads(other.text)["lines"][place]

    def change(content: dict[str, Any]) -> None:
        content["lines"][4] = {**theirs, "version": 5}

    lines = (*statement.lines[:4], other.lines[place], *statement.lines[5:])
    positions = tuple(sorted({*statement.positions, theirs["position"]}))
    return resigned(statement, change, lines=lines)._replace(positions=positions)


async def verdict(page: Page, file: Path, content: bytes, brought: str) -> list[str]:
    """What the page says of itself: the sentence of each check that fails."""
    file.write_bytes(content)  # noqa: ASYNC240 - a small file of a test
    await page.goto(file.as_uri())
    await page.evaluate(SUBMIT, brought)
    await page.locator("#verdict:not(:empty)").wait_for()
    return [one.strip() for one in await page.locator("#checks .why").all_inner_texts()]


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
    assert "USD 27,500.00 was paid to 2 grants" in await page.inner_text("#story")
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
    forged = good.replace(b'\\"amount\\":\\"20000.00\\"', b'\\"amount\\":\\"21000.00\\"')
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
        (cast.page(resigned(statement, doubled)), root, "stands here twice"),
        (cast.page(resigned(statement, other_sum)), root, "The lines come to USD 18,500.00"),
        (cast.page(resigned(statement, counted_twice)), root, "is counted twice"),
        (cast.page(borrowed(telling)), root, f"is of another fund, FD-{Telling.OTHER}"),
    ):
        sentences = await verdict(page, tmp_path / "index.html", content, brought)
        assert any(sentence in one for one in sentences), (sentence, sentences)
    await page.context.close()
