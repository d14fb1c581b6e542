"""From an empty database to a directory that four people keep by browser: one command records what they prepared."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from accord.client.desk import Desk
from accord.organisation.passkeys import passkey_of
from deploy.embedded.stack import Stack
from records.funds import Funds
from tests.accord.console.auditing import faults_of
from tests.accord.console.conftest import Person
from tests.accord.console.organisation.empty import an_empty_house
from tests.accord.console.organisation.test_looks import kept
from tests.accord.shell import Shell
from tests.conftest import Office

PEOPLE: Final = {
    "ada.obi": ("Ada Obi", ("DIRECTOR", "PROGRAMME_APPROVER")),
    "ben.roy": ("Ben Roy", ("AUDITOR", "VERIFIER")),
    "cleo.tan": ("Cleo Tan", ("DIRECTOR", "PAYER")),
    "dan.ito": ("Dan Ito", ("FINANCE_APPROVER", "PROPOSER")),
}


@pytest.fixture(scope="module")
async def office(stack: Stack, template: str) -> AsyncIterator[Office]:
    """A database in which nobody founded a directory."""
    async with an_empty_house(stack, template) as house:
        yield house


@pytest.fixture(scope="module")
def operator(stack: Stack, office: Office) -> Shell:
    """A terminal of whoever runs the database."""
    return Shell(ACCORD_DATABASE_URL=office.url, TEMPORAL_ADDRESS=stack.state.temporal_address)


async def people_at_browsers(at_a_browser: Any, folder: Path) -> dict[str, tuple[Person, str]]:
    """The four, each with a passkey that they made, by their ids."""
    made = {}
    for staff_id in PEOPLE:
        person: Person = await at_a_browser(staff_id)
        await person.plug_in()
        made[staff_id] = (person, passkey_of(await person.make_passkey(folder)).key_id)
    return made


async def prepared(person: Person, keys: dict[str, str]) -> str:
    """Fill in who the first people are, and return the code under which it waits."""
    await person.page.goto(person.settings.origin + "/welcome")
    await person.page.click("text=Found the directory")
    for number, (staff_id, (name, roles)) in enumerate(PEOPLE.items()):
        await person.type(f"name_{number}", name)
        await person.type(f"staff_id_{number}", staff_id)
        await person.type(f"key_{number}", keys[staff_id])
        for role in roles:
            await person.page.check(f'[name="roles_{number}"][value="{role}"]')
    assert await faults_of(person.page) == []
    await kept(person, "light", "founding form")
    await person.page.click("text=Prepare the founding")
    await person.page.locator("text=The founding waits").wait_for()
    assert await faults_of(person.page) == []
    await kept(person, "light", "founding waits")
    await person.page.set_viewport_size({"width": 320, "height": 700})
    assert await faults_of(person.page) == []
    found = re.search(r"accord directory found ([0-9a-f ]+)", await person.page.inner_text("main"))
    assert found is not None
    return found[1].strip()


async def decided(first: Person, second: Person, path: str, **given: str) -> None:
    """Let one guardian propose a change of the directory at a browser, and another confirm it."""
    await first.page.goto(first.settings.origin + path)
    for name, text in given.items():
        await first.type(name, text)
    await first.page.click("text=Continue to signing")
    assert "it counts once another guardian confirms it" in await first.touch()
    await second.page.goto(second.settings.origin + "/people")
    await second.page.click("text=Look at it")
    await second.page.click("text=Continue to signing")
    assert "it counts from now on" in await second.touch()


async def signed(person: Person, path: str, **given: str) -> None:
    """Let somebody fill in a form, and sign what it asks for."""
    await person.page.goto(person.settings.origin + path)
    for name, text in given.items():
        await person.type(name, text)
    await person.page.click("text=Continue to signing")
    assert "Recorded" in await person.touch()


async def test_four_people_found_a_directory_and_keep_it_by_browser(
    at_a_browser: Any, operator: Shell, desk: Desk, tmp_path: Path
) -> None:
    """Given an empty database, when one command recorded four people with passkeys, then all else is by browser."""
    made = await people_at_browsers(at_a_browser, tmp_path)
    ada, ben, cleo, dan = (made[staff_id][0] for staff_id in PEOPLE)
    code = await prepared(ada, {staff_id: key for staff_id, (_, key) in made.items()})
    assert (await desk.directory()).version == 0
    told = (await operator.done("directory", "found", *code.split(), "--yes")).words
    assert "Ada Obi (ada.obi) joins as programme approver and director" in told
    assert made["ada.obi"][1] in told
    directory = await desk.directory()
    assert directory.sealed
    assert directory.epoch is not None
    assert {held.key.key_id for held in directory.keys} == {key for _, key in made.values()}

    for person in (ada, ben, cleo, dan):
        await person.sign_in()
    await decided(ada, ben, "/people/dan.ito/roles", limits="USD 5,000.00")
    member = (await desk.directory()).person("dan.ito")
    assert member is not None
    assert [str(limit.amount) for limit in member.limits] == ["5000.00"]
    await decided(cleo, ben, "/directory/funder", name="Lake Fund", funder_id="LAKE", account="BA-W7SW7OMSGC5X")
    await signed(dan, "/funds/open", name="Connect", fund="FD-2026-CONNECT", programme="Connect")
    await signed(dan, "/funds/FD-2026-CONNECT/budget", amount="60,000.00", reason="resolution 1")
    await ada.page.goto(ada.settings.origin + "/funds/FD-2026-CONNECT")
    await ada.page.click("text=Confirm")
    assert "the budget of Connect becomes USD 60,000.00" in await ada.page.inner_text("h1")
    await ada.touch()
    assert (await Funds(desk.reader).read("FD-2026-CONNECT")).budget == Decimal(60000)
    assert [person.complaints for person in (ada, ben, cleo, dan)] == [[]] * 4

    refused = await operator("directory", "found", *code.split(), "--yes")
    assert "founded already" in refused.words
    page = await ada.page.goto(ada.settings.origin + "/found")
    assert page is not None
    assert page.status == 401
