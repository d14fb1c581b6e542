"""A grant is proposed, decided, signed and released without a mouse. On no page is the focus hidden."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from accord.audit.signatures import authorship_of
from accord.client.desk import Desk
from domain.directory.people import StaffRegistered
from domain.directory.tiers import Role
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import BankStatus
from domain.streams import StreamId
from tests.accord.console.conftest import Person, Visitor
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.accord.console.deciding.test_life import DECISIONS, STEPS
from tests.accord.console.keyboard import FOCUS, UNHURRIED, Keys
from tests.accord.console.test_looks import states_of
from tests.builders import member
from tests.governing import decree, hire
from tests.lives import Life, until_shown

Browsers = Callable[..., Any]


async def seated(person: Person, desk: Desk, folder: Path, visitor: Visitor | None = None) -> Keys:
    """Somebody who signs in, or goes on in a session, and makes a passkey, with keys alone."""
    keys = Keys(person)
    await person.plug_in()
    if visitor is None:
        await keys.sign_in()
    else:
        await person.begin(visitor)
        await keys.page.goto(person.settings.origin)
    await keys.enrol(desk, folder)
    await keys.page.goto(person.settings.origin)
    return keys


async def propose(keys: Keys, reference: str) -> None:
    """Propose step by step, up to the page that signs."""
    await keys.go("nav a:has-text('Propose')")
    await keys.go("button:has-text('Begin a proposal')")
    await keys.fill("reference", reference)
    for step in STEPS:
        for name, text in step.items():
            if name.strip() == "add":
                rows = await keys.page.locator(f'button[value^="remove {text}."]').count()
                await keys.reach(f'button[value="add {text}"]')
                await keys.page.keyboard.press("Enter")
                await keys.page.locator(f'button[value="remove {text}.{rows}"]').wait_for()
            else:
                await keys.fill(name, text)
                await keys.page.locator("#saved", has_text=re.compile("^Saved$")).wait_for()
        await keys.go("button:has-text('Save and continue')")
    await keys.go("button:has-text('Continue to signing')")


async def decide(keys: Keys, reference: str, act: str, given: dict[str, str]) -> str:
    """Find a partnership, decide on it, and return what the page said once the key was touched."""
    await keys.open(reference)
    await keys.go(f'.decide a[href$="/{act}"]')
    for name, text in given.items():
        await keys.fill(name, text)
    await keys.go("button:has-text('Continue to signing')")
    return await keys.touch()


@pytest.mark.slow
async def test_a_grant_lives_from_its_proposal_to_its_settlement_by_keys_alone(
    at_a_browser: Browsers, visit: Any, desk: Desk, reference: str, tmp_path: Path
) -> None:
    """Given five people without a mouse, when each acts with keys alone, then it is paid as they signed."""
    await hire(desk, "rita.moss", Role.DIRECTOR)
    life, proposer = Life(desk, reference), await seated(await at_a_browser("pia.berg", **UNHURRIED), desk, tmp_path)
    account = (await life.account("Riverbend Library Network")).reference
    await propose(proposer, reference)
    assert "Recorded as entry " in await proposer.touch()
    await life.until(lambda known: known.stage is Stage.APPROVAL)
    for staff_id, act, given in DECISIONS:
        person = await at_a_browser(staff_id, **UNHURRIED)
        keys = await seated(person, desk, tmp_path, await visit(staff_id))
        await until_shown(desk)
        answers = {name: account if name == "account" else one for name, one in given.items()}
        assert "Recorded as entry " in await decide(keys, reference, act, answers)
        assert person.complaints == []
    await life.bank_says(await life.instructed(), BankStatus.SETTLED)
    assert (await life.until_tranche(TrancheState.SETTLED)).settled_sum == 5000
    faults = await authorship_of(desk.ledger, desk.registrar, StreamId.partnership(reference))
    assert set(faults.values()) == {None}


PAGES: Final = ("a draft", "a draft with money", "partnership", "figures")
"""Pages of each kind; all of them, in each of their states, are walked through by the slow form."""


async def walked(at_a_browser: Browsers, desk: Desk, reference: str, tmp_path: Path, names: Sequence[str]) -> None:
    """Walk through pages by Tab from end to end."""
    await waiting_for_approval(desk, reference)
    other = await waiting_for_approval(desk, f"{reference}9"[:13])
    await until_shown(desk)
    await decree(desk, StaffRegistered(member=member("femi.ade", Role.FINANCE_APPROVER, Role.PROPOSER)))
    person = await at_a_browser("femi.ade", **UNHURRIED)
    await person.plug_in()
    await person.enrol(desk, tmp_path)
    await person.sign_in()
    for name, come in (await states_of(person, reference, other)).items():
        if not names or name in names:
            await come()
            assert await Keys(person).walk() > 0, name


@pytest.mark.slow
async def test_on_a_page_of_each_kind_every_control_is_come_to_by_tab_and_seen(
    at_a_browser: Browsers, desk: Desk, reference: str, tmp_path: Path
) -> None:
    await walked(at_a_browser, desk, reference, tmp_path, PAGES)


@pytest.mark.slow
async def test_on_every_page_in_every_state_every_control_is_come_to_by_tab_and_seen(
    at_a_browser: Browsers, desk: Desk, reference: str, tmp_path: Path
) -> None:
    await walked(at_a_browser, desk, reference, tmp_path, ())


@pytest.mark.slow
async def test_a_menu_that_was_left_open_hides_nothing_that_has_the_focus(at_a_browser: Browsers, visit: Any) -> None:
    """Given an open menu, when its reader tabs on past it, then it hides nothing. Escape closes it as well."""
    keys = Keys(await at_a_browser("femi.ade", viewport={"width": 1000, "height": 700}, **UNHURRIED))
    await keys.person.begin(await visit("femi.ade"))
    await keys.page.goto(f"{keys.person.settings.origin}/payments")
    await keys.reach(".menu > summary")
    await keys.page.keyboard.press("Enter")
    await keys.reach("main a >> nth=-1")
    await keys.reach(".menu > summary")
    await keys.page.keyboard.press("Enter")
    await keys.reach(".menu a:visible >> nth=0")
    await keys.page.keyboard.press("Escape")
    assert (await keys.focus())["html"] == "<summary></summary>"
    assert not await keys.page.locator(".menu a >> nth=0").is_visible()


HIDING = """<!doctype html><html lang="en"><title>Hiding</title><style>:focus { outline: 3px solid }
#plain { outline: none } header { position: fixed; inset: 0 0 auto; height: 4rem; background: #fff }
main { margin-top: 5rem }</style><header></header><button>under the header</button>
<main><button id="plain">plain</button><button>well</button></main></html>"""


@pytest.mark.slow
async def test_a_focus_that_is_hidden_or_that_nothing_marks_is_found(at_a_browser: Browsers) -> None:
    """Given a button under a header, one without an outline and one with, then two are at fault (2.4.7, 2.4.11)."""
    page = (await at_a_browser("femi.ade", **UNHURRIED)).page
    await page.set_content(HIDING)
    faults = []
    for _ in range(3):
        await page.keyboard.press("Tab")
        faults.append((await page.evaluate(FOCUS))["fault"])
    assert faults == ["the focus is hidden", "nothing marks the focus", ""]


@pytest.mark.slow
async def test_the_first_stop_of_a_page_leads_past_what_every_page_has(at_a_browser: Browsers, visit: Any) -> None:
    """Given a page, when its reader presses Tab and Enter, then the next Tab is at its content (WCAG 2.4.1)."""
    keys = Keys(await at_a_browser("femi.ade", **UNHURRIED))
    await keys.person.begin(await visit("femi.ade"))
    await keys.page.goto(f"{keys.person.settings.origin}/payments")
    for key in ("Tab", "Enter", "Tab"):
        await keys.page.keyboard.press(key)
    assert await keys.page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.slow
async def test_a_letter_does_something_only_for_whoever_wants_it(at_a_browser: Browsers, visit: Any) -> None:
    """Given keys of one letter, when their reader turns them off, then they stay off on every page (WCAG 2.1.4)."""
    keys = Keys(await at_a_browser("femi.ade", **UNHURRIED))
    await keys.person.begin(await visit("femi.ade"))
    for wanted, button in ((True, "Turn these keys off"), (False, "Turn these keys on")):
        await keys.page.goto(f"{keys.person.settings.origin}/people")
        await keys.page.keyboard.press("/")
        assert await keys.page.evaluate("document.activeElement.id === 'jump'") is wanted
        await keys.reach(f"button:has-text('{button}')")
        await keys.page.keyboard.press("Enter")
