"""A link survives signing in, and leads to no other site."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


async def test_whoever_follows_a_link_is_there_once_they_signed_in(at_a_browser: Callable[..., Any]) -> None:
    """Given nobody signed in, when a link is opened and they sign in, then they see what it leads to."""
    person = await at_a_browser("otto.audit")
    await person.page.goto(person.settings.origin + "/partnerships?country=US&sort=-amount")
    await person.page.click("a:has-text('Sign in')")
    await person.page.fill("input[name=sub]", "otto.audit")
    await person.page.click("button:has-text('Authorize')")
    await person.page.wait_for_url(person.settings.origin + "/partnerships?country=US&sort=-amount")
    assert await person.page.inner_text("h1") == "Partnerships"


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/x\n/y"])
async def test_an_address_elsewhere_is_not_kept(visit: Callable[[str], Any], address: str) -> None:
    """Given a link to the page for signing in that names another site, then that page does not hold it."""
    page = (await (await visit("")).get("/welcome", params={"next": address})).text
    assert ('href="/login"' in page, "evil" in page.partition("<main")[2]) == (True, False)
