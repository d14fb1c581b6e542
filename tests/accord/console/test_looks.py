"""Every page can be read by everybody: without a mouse, without good eyes, on a small screen, and kept up to date."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from accord.client.desk import Desk
from accord.web.pages import LABELS
from accord.web.sessions import COOKIE
from bench.ledger.rows import fill
from domain.directory.people import StaffRegistered
from domain.directory.tiers import Role
from domain.partnership import commands as c
from tests.accord.console.auditing import faults_of
from tests.accord.console.conftest import Person, Visitor
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.accord.console.organisation.signing import with_key
from tests.accord.machine_words import machine_words_in, open_words
from tests.builders import member
from tests.governing import decree
from tests.lives import until_shown
from tests.references import next_reference
from tests.waiting import BACKSTOP

Browsers = Callable[..., Any]
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
    "small": {"viewport": {"width": 320, "height": 700}},
}
FEW = ("a draft with money", "queue", "partnership", "form with faults", "sign")
"""States that stand for the others every day: a long form, a list, a record, a form with faults, and what is signed."""


async def states_of(person: Person, reference: str, other: str) -> dict[str, Any]:
    """Every page, in each of its states: how one comes to it."""
    own, page = person.settings.origin, person.page

    def at(address: str) -> Any:
        return lambda: page.goto(address)

    async def with_faults() -> None:
        await person.prepare(reference, "hold", reason="x")

    async def drafted() -> None:
        await page.goto(f"{own}/propose")
        await page.click("button:has-text('Begin a proposal')")

    async def drafted_money() -> None:
        await page.click('.steps button[value="go 2"]')
        await page.click("#add-payment")
        await page.locator("#funds_out-tranches-1-due_on").wait_for()
        for tick in ("sponsorship", "barrier", "benefit"):
            await page.check(f"#is-funds_out-{tick}")
            await page.locator(f".opens [id^=funds_out-{tick}]").first.wait_for()

    async def drafted_wrong() -> None:
        await page.fill("#funds_out-tranches-0-money-amount", "30.000")
        await page.locator("#funds_out-tranches-0-money-amount-told .oops").wait_for()

    async def drafted_to_check() -> None:
        await page.click('.steps button[value="go 5"]')

    async def with_views() -> None:
        await page.goto(f"{own}/?view=all&country=US")
        await page.click("summary:has-text('Save this view')")
        await page.fill(".views input[maxlength]", "What I watch")
        await page.click(".views button:has-text('Save')")
        await page.click("summary:has-text('Saved views')")

    async def with_columns() -> None:
        await page.goto(f"{own}/partnerships?sort=-amount")
        await page.click("summary:has-text('Columns')")

    async def ticked() -> None:
        await page.goto(f"{own}/?view=all")
        for box in await page.locator("input[name=p]").all():
            await box.check()
        await page.locator("#ticked:has-text(' ticked')").wait_for()

    async def listed() -> None:
        await page.goto(f"{own}/bulk?act=comment&p={reference}&p={other}")
        await page.fill("textarea[name=text]", "a word to both of them")
        await page.click("button:has-text('Begin')")
        await page.click("text=Sign the next")
        await page.locator("text=Compare on another machine").wait_for()

    async def in_the_menu() -> None:
        await page.goto(f"{own}/funds")
        await page.click("summary:has-text('More')")

    return {
        "propose": at(f"{own}/propose"),
        "a draft": drafted,
        "a draft with money": drafted_money,
        "a draft with faults": drafted_wrong,
        "a draft to check": drafted_to_check,
        "drafts": at(f"{own}/propose"),
        "more": in_the_menu,
        "together": at(f"{own}/bulk?act=approve&p={reference}&p=P-2026-9999"),
        "a batch": lambda: batched(person, reference),
        "figures": at(f"{own}/portfolio"),
        "registers": at(f"{own}/registers"),
        "exceptions": at(f"{own}/payments/exceptions"),
        "no such exception": at(f"{own}/payments/exceptions/EX-0000000000"),
        "files": at(f"{own}/payments/files"),
        "proof": at(f"{own}/proof/1"),
        "operations": at(f"{own}/operations"),
        "filtered": at(f"{own}/?view=all&country=US&sum=1..9000000"),
        "wrong filter": at(f"{own}/?view=all&sum=many"),
        "welcome": at(f"{own}/welcome"),
        "queue": at(f"{own}/?view=mine"),
        "empty queue": at(f"{own}/?view=all&text=nothing-is-called-this"),
        "all": at(f"{own}/?view=all"),
        "ticked": ticked,
        "partnerships": at(f"{own}/partnerships"),
        "no partnerships": at(f"{own}/partnerships?text=nothing-is-called-this"),
        "columns": with_columns,
        "signing in, to go on": at(f"{own}/welcome?next=/partnerships"),
        "partnership": at(f"{own}/{reference}"),
        "form": at(f"{own}/{reference}/approve"),
        "form with faults": with_faults,
        "form that offers people": at(f"{own}/{reference}/assign"),
        "views": with_views,
        "sign a list": listed,
        "closed": at(f"{own}/{reference}/release"),
        "nowhere": at(f"{own}/P-2026-9999"),
        "me": at(f"{own}/me"),
        "payments": at(f"{own}/payments"),
        "funds": at(f"{own}/funds"),
        "the book": at(f"{own}/books"),
        "periods of the book": at(f"{own}/books/periods"),
        "owed": at(f"{own}/obligations"),
        "people": at(f"{own}/people"),
        "of a past version": at(f"{own}/{reference}?version=1"),
        "enrol": at(f"{person.settings.signing_origin}/enrol/femi.ade"),
        "sign": lambda: person.prepare(reference, "approve", reason="within the budget", no_interest="yes"),
        "nothing to sign": at(f"{person.settings.signing_origin}/sign/nothing"),
    }


async def batched(person: Person, reference: str) -> None:
    """Begin a batch from the queue, as its reader does."""
    await person.page.goto(f"{person.settings.origin}/?view=all&text={reference}")
    await person.page.check(f'input[name=p][value="{reference}"]')
    await person.page.click(".bulk summary")
    await person.page.click('.bulk button[value="hold"]')
    await person.type("reason", "a question to the payee")
    await person.page.click("button:has-text('Begin')")
    await person.page.locator("text=Sign the next").wait_for()


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_on_any_page_in_any_state(
    at_a_browser: Browsers, visit: Any, desk: Desk, reference: str, look: str
) -> None:
    other = await waiting_for_approval(desk, next_reference())
    person = await seated(at_a_browser, visit, desk, reference, look)
    assert await looked_at(person, await states_of(person, reference, other)) == {}


async def test_axe_finds_nothing_on_a_few_pages(at_a_browser: Browsers, visit: Any, desk: Desk, reference: str) -> None:
    person = await seated(at_a_browser, visit, desk, reference, "light")
    states = await states_of(person, reference, reference)
    await states["a draft"]()  # from which that with money goes on
    assert await looked_at(person, states, FEW) == {}


async def seated(at_a_browser: Browsers, visit: Any, desk: Desk, reference: str, look: str) -> Person:
    """Somebody who has a key and may approve a partnership that waits for it, at a browser in one look."""
    await waiting_for_approval(desk, reference)
    await until_shown(desk)
    await decree(desk, StaffRegistered(member=member("femi.ade", Role.FINANCE_APPROVER, Role.PROPOSER)))
    person: Person = await at_a_browser("femi.ade", **LOOKS[look])
    await with_key(desk, person.settings, "femi.ade")
    await person.begin(await visit("femi.ade"))
    return person


async def looked_at(person: Person, states: dict[str, Any], few: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the faults of every page, or of few of them, by its state."""
    found: dict[str, Any] = {}
    for name in few or states:
        await states[name]()
        found[name] = [*await faults_of(person.page), *machine_words_in(open_words(await person.page.content()))]
    found["the browser complains"] = [one for one in person.complaints if "status of" not in one]
    return {name: one for name, one in found.items() if one}


SMALL = """<!doctype html><html lang="en"><title>Small</title>
<style>.small { all: unset; display: block; width: 9px; height: 9px }</style><main><h1>Small</h1>
<button class="small" aria-label="A"></button><input class="small" type="date" aria-label="B">
<details><summary class="small">C</summary></details>
<svg width="90" height="90"><a href="/d"><text y="20">D</text></a><a href="/e"><text y="40">E</text></a></svg>
<p><a href="/e">E</a> in words</p></main></html>"""


@pytest.mark.slow
async def test_a_target_that_is_too_small_is_found(at_a_browser: Browsers) -> None:
    """Given small controls close to each other, then each is named, but for a picture's link that words equal."""
    page = (await at_a_browser("femi.ade")).page
    await page.set_content(SMALL)
    found = dict(await faults_of(page))
    assert [re.search(r">?([A-E])[<\"]", html)[1] for html in found["target-size"]] == ["A", "B", "C"]
    assert ['href="/d"' in html for html in found["too small to touch"]] == [True]


@pytest.mark.slow
async def test_a_form_keeps_what_was_typed_and_names_the_fault_beside_its_field(
    visit: Any, desk: Desk, reference: str
) -> None:
    await waiting_for_approval(desk, reference)
    visitor: Visitor = await visit("femi.ade")
    version = str((await desk.known_sight(reference)).version)
    answer = await visitor.post(f"/{reference}/approve", {"version": version, "reason": "   ", "no_interest": "yes"})
    assert answer.status_code == 422
    assert "Nothing was recorded" in answer.text
    assert "checked" in answer.text
    stale = await visitor.post(f"/{reference}/approve", {"version": "1", "reason": "<b>kept & shown</b>"})
    assert stale.status_code == 422
    assert "&lt;b&gt;kept &amp; shown&lt;/b&gt;" in stale.text
    assert "omebody acted meanwhile" in stale.text


@pytest.mark.parametrize("rubbish", ["P-2026-0001'--", "..%2f..", "%00", "P-2026-0001/%F0%9F%98%80", "x" * 3000])
async def test_rubbish_in_an_address_is_a_page_that_says_so(visit: Any, rubbish: str) -> None:
    answer = await (await visit("femi.ade")).get(f"/{rubbish}")
    assert answer.status_code in {404, 422}, answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("query", ["after=rubbish", "after=2026-01-01~x", "view=nobody", "stage='", "text=%25%27'%26"])
async def test_rubbish_in_a_filter_is_no_fault(visit: Any, query: str) -> None:
    assert (await (await visit("femi.ade")).get(f"/?{query}")).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "stage=%00", "after=%00", "after=" + "x" * 300, "funder=" + "x" * 3000, "sum=1e999999", "sum=1,50", "sum=²",
        "held=x", "known=0001-01-01T00:00:00%2B10:00", "true=9999-12-31",
    ],
)  # fmt: skip
async def test_what_cannot_be_asked_is_said_in_a_line(visit: Any, query: str) -> None:
    visitor = await visit("femi.ade")
    answer = await visitor.get(f"/?{query}")
    assert answer.status_code == 422, answer.text
    name = query.partition("=")[0]
    assert f"{LABELS.get(name, name.capitalize())}: " in answer.text


@pytest.mark.parametrize("page", ["/", "/partnerships", "/payments", "/portfolio"])
async def test_what_cannot_be_asked_is_said_above_the_list_without_it(visit: Any, page: str) -> None:
    """Given filters of which some cannot be read, then each is named with what is allowed, above the page."""
    visitor = await visit("femi.ade")
    plain = await visitor.get(page)
    answer = await visitor.get(f"{page}?true=yesterday&known=never&text=lamps")
    assert (answer.status_code, plain.status_code) == (422, 200)
    for label, typed in (("True on", "yesterday"), ("Known on", "never")):
        assert f"{label}: " in answer.text
        assert f'value="{typed}" aria-invalid="true"' in answer.text
    assert "write 2026-06-30 or 2026-06-30T12:00" in answer.text
    assert '<input type="hidden" name="text" value="lamps">' in answer.text
    [heading] = re.findall(r"<h1>[^<]*</h1>", plain.text)
    assert heading in answer.text


async def test_a_file_of_what_cannot_be_asked_is_refused(visit: Any) -> None:
    """Given a filter that cannot be read, when a file is asked for, then there is none: it could not say so itself."""
    answer = await (await visit("femi.ade")).get("/partnerships?sum=many&format=csv")
    assert (answer.status_code, answer.headers.get("content-disposition")) == (422, None)


@pytest.mark.slow
async def test_a_partnership_that_there_is_not_leads_to_those_there_are(visit: Any) -> None:
    """Given an id that nothing has, then its page leads to the list, and names no command."""
    for path in ("/P-2026-9999", "/P-2026-9999/approve"):
        answer = await (await visit("femi.ade")).get(path)
        assert (answer.status_code, "accord list" in answer.text) == (404, False)
        assert 'href="/partnerships">All partnerships</a>' in answer.text


@pytest.mark.slow
async def test_after_a_thousand_events_a_page_that_was_cut_off_is_as_one_that_is_loaded_anew(
    at_a_browser: Browsers, desk: Desk, reference: str
) -> None:
    await waiting_for_approval(desk, reference)
    person = await at_a_browser("femi.ade")
    await person.sign_in()
    await person.page.goto(f"{person.settings.origin}/{reference}")
    await person.page.wait_for_function("document.getElementById('live') !== null")
    await person.context.set_offline(True)
    await fill(desk.ledger, 1000)
    seen = await desk.known_sight(reference)
    await desk.decide(seen, c.PlaceHold, "vera.lind", reason="a question to the payee")
    await person.context.set_offline(False)
    await person.page.locator(".note.held", has_text="a question to the payee").wait_for(timeout=60_000)
    await until_shown(desk)
    parts = "() => [...document.querySelectorAll('[data-live]')].map((one) => one.innerHTML)"
    kept = await person.page.evaluate(parts)
    await person.page.reload()
    assert await person.page.evaluate(parts) == kept


@pytest.mark.slow
async def test_whoever_comes_back_with_an_old_position_is_told_the_newest_at_once(
    visit: Any, desk: Desk, reference: str
) -> None:
    await waiting_for_approval(desk, reference)
    visitor: Visitor = await visit("femi.ade")
    headers = {"Cookie": f"{COOKIE}={visitor.cookie}", "Last-Event-ID": "1"}
    head = await desk.ledger.head()
    address = f"{visitor.settings.origin}/live"
    async with httpx.AsyncClient(timeout=BACKSTOP) as asking, asking.stream("GET", address, headers=headers) as told:
        async for line in told.aiter_lines():
            if line.startswith("id: ") and int(line[4:]) >= head:
                return
    pytest.fail("the stream ended before it told the newest position")
