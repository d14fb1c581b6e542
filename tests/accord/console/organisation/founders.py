"""Four people at browsers who found a directory, keep it, and sign what its forms ask for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from accord.organisation.passkeys import passkey_of
from domain.directory.roles import Role
from tests.accord.console.auditing import faults_of
from tests.accord.console.conftest import Person
from tests.accord.console.organisation.test_looks import kept

PEOPLE: Final = {
    "ada.obi": ("Ada Obi", ("DIRECTOR", "PROGRAMME_APPROVER")),
    "ben.roy": ("Ben Roy", ("AUDITOR", "VERIFIER")),
    "cleo.tan": ("Cleo Tan", ("DIRECTOR", "PAYER")),
    "dan.ito": ("Dan Ito", ("FINANCE_APPROVER", "PROPOSER")),
}


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
        for role in Role:
            await person.page.set_checked(f'[name="roles_{number}"][value="{role}"]', role in roles)
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
