"""The pages of funds, people and keys can be read by everybody: in each look, and on a small screen."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from accord.client.desk import Desk
from accord.organisation.funds import ask, confirm, open_fund
from accord.organisation.governance import change_directory
from domain.directory.people import KeyEnrolled, StaffRegistered
from domain.directory.sealing import change_id_of
from domain.directory.tiers import Role
from domain.funds.events import FundKind
from tests.accord.console.auditing import faults_of
from tests.accord.console.conftest import Person
from tests.accord.console.organisation.signing import a_name, with_key
from tests.accord.console.test_looks import LOOKS
from tests.authenticators.passkeys import Authenticator
from tests.builders import member
from tests.thoroughness import THOROUGH

FEW: Final = ("a fund", "a person", "roles")
"""Pages that stand for the others every day: a record with its acts, a person, and a form."""

PICTURES: Final = os.environ.get("ACCORD_PICTURES", "")
"""A folder in which a picture of each page is left, or ''."""


async def a_house(desk: Desk, person: Person) -> dict[str, str]:
    """A fund with a change that waits, and a change of the directory that waits: the pages, by name."""
    fund_id, other, year = a_name(), a_name(), {"first_day": date(2026, 1, 1), "last_day": date(2026, 12, 31)}
    about = {"fund_kind": FundKind.PROGRAMME, "funder": "ISOC", "currency": "USD", **year}
    for one, name in ((fund_id, "Connect"), (other, "Skills")):
        await open_fund(desk, one, "femi.ade", name=f"{name} 2026", programme=name, **about)
    asked = await ask(desk, fund_id, {"kind": "budget", "amount": "600000"}, "resolution 12", "femi.ade")
    await confirm(desk, fund_id, str(asked.change_id), "dora.kim")
    await ask(desk, fund_id, {"kind": "transfer", "to": other, "amount": "20000"}, "resolution 14", "femi.ade")
    changes = (
        StaffRegistered(member=member("vera.lind", Role.VERIFIER, Role.PROPOSER)),
        KeyEnrolled(
            staff_id="vera.lind", key=Authenticator(origin=person.settings.signing_origin, party="localhost").key
        ),
    )
    directory = await desk.directory()
    await change_directory(desk, changes, "otto.audit")
    waits = f"/directory/changes/{change_id_of(directory, changes)}"
    return {
        "a fund": f"/funds/{fund_id}", "funds": "/funds", "a new fund": "/funds/open", "people": "/people",
        "money to move": f"/funds/{fund_id}/transfer", "a person": "/people/vera.lind", "a change that waits": waits,
        "a new person": "/directory/person", "a passkey to enter": "/people/vera.lind/passkey",
        "roles": "/people/vera.lind/roles",
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("look", [one for one in LOOKS if one != "light"])
async def test_axe_finds_nothing_in_any_look(desk: Desk, at_a_browser: Any, visit: Any, look: str) -> None:
    assert await looked_at(desk, at_a_browser, visit, look) == {}


async def test_axe_finds_nothing(desk: Desk, at_a_browser: Any, visit: Any) -> None:
    assert await looked_at(desk, at_a_browser, visit, "light", None if THOROUGH else FEW) == {}


async def looked_at(
    desk: Desk, at_a_browser: Any, visit: Any, look: str, only: tuple[str, ...] | None = None
) -> dict[str, Any]:
    """What is wrong with each page, or with these only, by its name, and with the pages that sign."""
    person: Person = await at_a_browser("mira.sato", **LOOKS[look])
    await with_key(desk, person.settings, "mira.sato")
    pages = await a_house(desk, person)
    await person.begin(await visit(person.staff_id))
    found: dict[str, Any] = {}
    for name, address in pages.items():
        if only is not None and name not in only:
            continue
        await person.page.goto(person.settings.origin + address)
        found[name] = await faults_of(person.page)
        await kept(person, look, name)
    for name, button in (("a fund", "Confirm…"), ("a change that waits", "Continue to signing")):
        if only is not None and name not in only:
            continue
        await person.page.goto(person.settings.origin + pages[name])
        await person.page.click(f"button:has-text('{button}')")
        await person.page.locator("text=Compare on another machine").wait_for()
        found[f"signs {name}"] = await faults_of(person.page)
        await kept(person, look, f"signs {name}")
    await person.page.goto(person.settings.origin + pages["a new person"])
    await person.page.click("button:has-text('Continue to signing')")
    found["faults"] = await faults_of(person.page)
    await kept(person, look, "faults")
    found["the browser complains"] = [one for one in person.complaints if "status of" not in one]
    return {name: one for name, one in found.items() if one}


async def kept(person: Person, look: str, name: str) -> None:
    if PICTURES:
        await person.page.screenshot(path=Path(PICTURES) / f"{look} {name}.png".replace(" ", "-"), full_page=True)
