"""The form in a browser: few clicks, saved by itself, rows and ticks without a reload, and all without a script."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any, Final

import pytest
from playwright.async_api import Page, Route

from accord.client.desk import Desk
from accord.console.proposing.drafts import COOKIE
from accord.web.sessions import COOKIE as SESSION
from tests.accord.console.auditing import faults_of
from tests.accord.console.conftest import Person, Visitor
from tests.accord.console.proposing.drafting import Visit, author, begun, complete, everything_open
from tests.builders import funds_out, party, proposal
from tests.lives import Life, until_shown

MOST_CLICKS: Final = 12
MOST_FIELDS: Final = 14
COUNTING: Final = """
  addEventListener("pointerdown", () => { sessionStorage.clicks = 1 + Number(sessionStorage.clicks || 0) }, true);
  addEventListener("input", ({ target }) => {
    if (["checkbox", "radio"].includes(target.type)) return;
    const names = new Set(JSON.parse(sessionStorage.fields || "[]"));
    sessionStorage.fields = JSON.stringify([...names.add(target.name)]);
  }, true);
"""
"""Counts the clicks of a person, and the fields in which they write or choose, over all pages of a window."""


@pytest.fixture
async def at_the_form(visit: Visit, at_a_browser: Callable[..., Any]) -> Any:
    """Return somebody at a browser with their session and the key of their drafts."""

    async def person(**options: Any) -> tuple[Person, Visitor]:
        visitor = await author(visit)
        sat: Person = await at_a_browser("pia.berg", **options)
        url = sat.settings.origin.replace("http:", "https:")
        names = {SESSION: visitor.cookie.partition(";")[0], COOKIE: "a-secret-of-this-browser"}
        await sat.context.add_cookies([{"name": n, "value": v, "url": url, "secure": True} for n, v in names.items()])
        return sat, visitor

    return person


async def saved(page: Page) -> None:
    """Wait until all that was typed is kept."""
    await page.locator("#saved", has_text=re.compile("^Saved$")).wait_for()


@pytest.fixture
async def known(desk: Desk, new_reference: Callable[[], str]) -> str:
    """A partner of an earlier proposal, with the person who signs for it."""
    people = [{"name": "Ines Marek", "role": role} for role in ("SIGNATORY", "DIRECTOR")]
    partner = party("Valley Radio Cooperative", ein="001000001", principals=people, nobody_owns=True)
    reference = new_reference()
    await desk.propose(proposal(reference, partner=partner, funds_out=funds_out(payee=partner)), "pia.berg")
    await Life(desk, reference).until_quiet()
    await until_shown(desk)
    return partner.name


@pytest.mark.slow
async def test_the_shortest_grant_to_a_known_partner_takes_few_clicks_and_fields(at_the_form: Any, known: str) -> None:
    """Given a partner that is known, when a grant with one payee is proposed, then clicks and fields are few."""
    person, _ = await at_the_form()
    page, own = person.page, person.settings.origin
    await page.add_init_script(COUNTING)
    await page.goto(f"{own}/propose")
    await page.click("button:has-text('Begin a proposal')")
    await page.fill("[name=title]", "Radio lessons for valley schools")
    await page.fill("#find-partner", "Valley Radio")
    await page.click("button:has-text('Find')")
    await page.locator(".known", has_text=known).wait_for()
    await page.click("button:has-text('Save and continue')")
    await page.select_option("[name='from:funds_out']", "ISOC")
    await page.fill("[name='funds_out.tranches.0.money.amount']", "20,000.00")
    await page.fill("[name='funds_out.purpose']", "Radio lessons, recorded with teachers")
    await page.click("text=The programme itself")
    await page.click("text=None of these is true")
    await page.click("button:has-text('Save and continue')")
    await page.select_option("[name='public_interest.objective']", "CONNECT")
    await page.fill("[name='public_interest.community_served']", "Pupils of three schools in the Lower Valley")
    await page.select_option("[name='public_interest.community.kind']", "LEARNERS")
    await page.fill("[name='public_interest.community.places.0.country']", "United States")
    await page.fill("[name='public_interest.community.number']", "1,260")
    await page.fill("[name='public_interest.statement']", "The lessons are free to hear and to copy")
    await page.select_option("[name='funds_out.no_private_benefit']", "OPEN_TO_ALL")
    await page.click(".steps button:has-text('Check your answers')")
    assert "USD 20,000.00" in await page.inner_text(".huge")
    assert "nothing against it" in await page.inner_text("#foresight")
    counted = await page.evaluate("[sessionStorage.clicks, sessionStorage.fields]")
    await page.click("button:has-text('Continue to signing')")
    await page.wait_for_url(f"{person.settings.signing_origin}/sign/*")
    clicks, fields = int(counted[0]) + 2, json.loads(counted[1])  # this one, and the touch of the key
    assert 8 < clicks <= MOST_CLICKS
    assert 10 < len(fields) <= MOST_FIELDS, fields
    assert person.complaints == []


@pytest.mark.slow
async def test_what_is_typed_is_saved_by_itself_and_what_depends_on_it_follows(at_the_form: Any) -> None:
    """Given a draft, when a field is left, then it is kept and not missing any more, and nobody pressed a button."""
    person, visitor = await at_the_form()
    page, draft = person.page, await begun(visitor)
    await page.goto(person.settings.origin + draft)
    assert "What is it called?" in await page.inner_text("#foresight")
    await page.fill("[name=title]", "Radio lessons for valley schools")
    await page.keyboard.press("Tab")
    await saved(page)
    assert await page.get_attribute("#saved", "role") == "status"
    assert "What is it called?" not in await page.inner_text("#foresight")
    await page.reload()
    assert await page.input_value("[name=title]") == "Radio lessons for valley schools"
    await page.goto(f"{person.settings.origin}{draft}?step=2")
    await page.fill("#funds_out-tranches-0-money-amount", "20.000")
    await page.locator("#funds_out-tranches-0-money-amount-told", has_text="may be 20,000.00 or 20.00").wait_for()
    assert await page.get_attribute("#funds_out-tranches-0-money-amount", "aria-invalid") == "true"
    await page.fill("#funds_out-tranches-0-money-amount", "20000")
    await page.locator("#funds_out-tranches-0-money-amount-told", has_text="Read as USD 20,000.00").wait_for()
    assert await page.get_attribute("#funds_out-tranches-0-money-amount", "aria-invalid") is None
    assert "USD 20,000.00" in await page.inner_text("#payments tfoot")
    assert person.complaints == []


@pytest.mark.slow
async def test_what_is_typed_before_the_script_is_there_is_saved_once_it_is(at_the_form: Any) -> None:
    """Given a slow line, when a field is filled in before the form's script came, then it is kept all the same."""
    person, visitor = await at_the_form()
    page, draft, coming = person.page, await begun(visitor), asyncio.Event()

    async def late(route: Route) -> None:
        await coming.wait()
        await route.continue_()

    await page.route("**/static/draft.js", late)
    await page.goto(person.settings.origin + draft, wait_until="commit")
    await page.fill("[name=title]", "Radio lessons for valley schools")
    coming.set()
    await page.locator("#foresight:not(:has-text('What is it called?'))").wait_for()
    await saved(page)
    assert 'value="Radio lessons for valley schools"' in (await visitor.get(draft)).text
    assert person.complaints == []


@pytest.mark.slow
async def test_rows_and_ticks_come_without_a_reload_and_lose_nothing_that_is_typed_meanwhile(at_the_form: Any) -> None:
    person, visitor = await at_the_form()
    page, draft = person.page, await begun(visitor)
    await page.goto(f"{person.settings.origin}{draft}?step=2")
    await page.evaluate("document.here = true")
    await page.fill("#funds_out-tranches-0-money-amount", "30000")
    await page.click("text=Add a payment")
    await page.fill("[name='funds_out.purpose']", "Radio lessons, recorded with teachers")
    await page.locator("#funds_out-tranches-1-money-amount").fill("12000.50")
    await page.check("#is-funds_out-barrier")
    await page.locator("textarea[name='funds_out.barrier']").fill("The three stations have their licences")
    await page.click("text=Add a payment")
    await page.locator("#funds_out-tranches-2-due_on").wait_for()
    assert await page.evaluate("document.activeElement.id") == "funds_out-tranches-2-due_on"
    await page.click("[aria-label='Remove payment 3']")
    await page.locator("#funds_out-tranches-2-due_on").wait_for(state="detached")
    assert await page.evaluate("document.activeElement.id") == "add-payment"
    await saved(page)
    assert await page.evaluate("document.here"), "no page was loaded anew"
    await page.reload()
    assert "USD 42,000.50" in await page.inner_text("#payments tfoot")
    assert await page.input_value("[name='funds_out.purpose']") == "Radio lessons, recorded with teachers"
    assert await page.input_value("[name='funds_out.barrier']") == "The three stations have their licences"
    assert person.complaints == []


@pytest.mark.slow
async def test_what_cannot_be_saved_is_said_and_stays_and_goes_with_what_comes_next(at_the_form: Any) -> None:
    person, visitor = await at_the_form()
    page, draft = person.page, await begun(visitor)
    await page.goto(person.settings.origin + draft)
    await person.context.set_offline(True)
    await page.fill("[name=title]", "Radio lessons for valley schools")
    await page.locator("#saved", has_text="Not saved").wait_for()
    await person.context.set_offline(False)
    await page.fill("#partner-name", "Valley Radio")
    await saved(page)
    await page.reload()
    typed = [await page.input_value(f"[name='{name}']") for name in ("title", "partner.name")]
    assert typed == ["Radio lessons for valley schools", "Valley Radio"]


@pytest.mark.slow
async def test_without_a_script_the_same_is_done_by_buttons_that_come_back_to_their_place(at_the_form: Any) -> None:
    person, visitor = await at_the_form(java_script_enabled=False)
    page, draft = person.page, await begun(visitor)
    await page.goto(f"{person.settings.origin}{draft}?step=2")
    await page.fill("#funds_out-tranches-0-money-amount", "30,000")
    await page.click("text=Add a payment")
    assert page.url.endswith(f"{draft}?step=2#payments")
    await page.fill("#funds_out-tranches-1-money-amount", "20,000")
    await page.check("#is-funds_out-exchange")
    await page.click("text=Open what is ticked")
    assert page.url.endswith("#any-out")
    await page.select_option("[name='funds_out.exchange.operator_is_nonprofit']", "yes")
    await page.click("button.noscript:text-is('Save')")
    assert "USD 50,000.00" in await page.inner_text("#payments tfoot")
    assert await page.input_value("[name='funds_out.exchange.operator_is_nonprofit']") == "yes"
    await page.goto(f"{person.settings.origin}{draft}")
    await page.click("button:has-text('Find')")
    assert "write the US tax number, or words of the name" in await page.inner_text("#faults")


@pytest.mark.slow
async def test_a_draft_is_deleted_only_after_it_is_asked(at_the_form: Any) -> None:
    person, visitor = await at_the_form()
    page, draft = person.page, await begun(visitor)
    await page.goto(person.settings.origin + draft)
    assert not await page.is_visible("button[value=drop]")
    await page.click("text=Delete this draft")
    await page.click("text=Yes, delete the draft")
    assert page.url.endswith("/propose")
    assert (await visitor.get(draft)).status_code == 404


LOOKS: Final[dict[str, dict[str, Any]]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "small": {"viewport": {"width": 320, "height": 700}},
    "forced colours": {"forced_colors": "active"},
}


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_on_any_page_of_the_form(at_the_form: Any, look: str) -> None:
    """Given a draft with every group open, and a complete one, then each page of both can be read by everybody."""
    person, visitor = await at_the_form(**LOOKS[look])
    every = await begun(visitor)
    await everything_open(visitor, every)
    found = {}
    for draft in (every, await complete(visitor)):
        for step in range(1, 6):
            await person.page.goto(f"{person.settings.origin}{draft}?step={step}")
            if faults := await faults_of(person.page):
                found[f"{draft}?step={step}"] = faults
    assert found == {}
    assert person.complaints == []
