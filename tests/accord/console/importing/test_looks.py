"""The pages on partnerships of before can be read by everybody: in each look, and on a small screen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import pytest

from accord.client.desk import Desk
from accord.organisation.imports.applying import apply_import
from tests.accord.console.auditing import faults_of
from tests.accord.console.conftest import Person
from tests.accord.console.organisation.signing import with_key
from tests.accord.console.test_looks import LOOKS
from tests.accord.organisation.imports.test_bringing_in import signed_by_two, silent, table
from tests.imports.grants import mapping
from tests.thoroughness import THOROUGH

PICTURES: Final = os.environ.get("ACCORD_PICTURES", "")
"""A folder in which a picture of each page is left, or ''."""
FEW: Final = ("a table with faults", "what is signed")
"""Pages that stand for the others every day: a table with a comment at each fault and a form, and what is signed."""


async def a_house(desk: Desk, folder: Path) -> Path:
    """Bring a table in, and return the path of a folder with another one, which has faults and a good row."""
    before = table({}, {"Purpose": None})
    if not await desk.ledger.count("imported/"):
        await signed_by_two(desk, before)
        await apply_import(desk, before, silent)
    changes = ({"Ref": "H-1", "Country": "Kenya"}, {"Ref": "H-2", "Amount": "50.000,00"}, {"Ref": "H-3"})
    (folder / "grants.xlsx").write_bytes(table(*changes).content)
    (folder / "mapping.json").write_text(mapping().model_dump_json(), "utf-8")
    return folder


async def looked_at(desk: Desk, at_a_browser: Any, visit: Any, look: str, folder: Path) -> dict[str, Any]:
    """What is wrong with each page, by its name, and with the page that signs."""
    person: Person = await at_a_browser("femi.ade", **LOOKS[look])
    await with_key(desk, person.settings, "femi.ade")
    await a_house(desk, folder)
    await person.begin(await visit(person.staff_id))
    page, found = person.page, dict[str, Any]()

    async def look_at(name: str) -> None:
        if name in FEW or THOROUGH or look != "light":
            found[name] = await faults_of(page)
            await kept(person, look, name)

    await page.goto(f"{person.settings.origin}/imports")
    await look_at("the list")
    await page.locator("a[href^='/before/']").first.click()
    await page.locator("text=Before money is paid of it").wait_for()
    await look_at("one of before")
    await page.goto(f"{person.settings.origin}/partnerships")
    await look_at("beside those of here")
    await page.goto(f"{person.settings.origin}/imports")
    await page.set_input_files("#table", folder / "grants.xlsx")
    await page.set_input_files("#mapping", folder / "mapping.json")
    await page.click("button:has-text('Check it')")
    await page.locator("text=What stands against it").wait_for()
    await look_at("a table")
    await page.click("button:has-text('Continue to signing')")
    await page.locator("#faults").wait_for()
    await look_at("a table with faults")
    figures = {"agreed": "50,000", "paid": "15,000", "returned": "1,000", "not_paid": "30,000"}
    for name, figure in figures.items():
        await page.fill(f"#{name}-USD", figure)
    for name, figure in (("partnerships", "1"), ("year-2024-USD", "5,000"), ("year-2025-USD", "10,000")):
        await page.fill(f"#{name}", figure)
    await page.click("button:has-text('Continue to signing')")
    await page.locator("text=Compare on another machine").wait_for()
    await look_at("what is signed")
    found["the browser complains"] = [words for words in person.complaints if "status of" not in words]
    return {name: faults for name, faults in found.items() if faults}


async def kept(person: Person, look: str, name: str) -> None:
    """Leave a picture of a page, where somebody asked for pictures."""
    if PICTURES:
        await person.page.screenshot(path=Path(PICTURES) / f"{look}-{name}.png", full_page=True)


async def test_axe_finds_nothing(desk: Desk, at_a_browser: Any, visit: Any, tmp_path: Path) -> None:
    """Given the list, a table, its faults and what is signed, then axe finds nothing."""
    assert await looked_at(desk, at_a_browser, visit, "light", tmp_path) == {}


@pytest.mark.slow
@pytest.mark.parametrize("look", [look for look in LOOKS if look != "light"])
async def test_axe_finds_nothing_in_any_look(
    desk: Desk, at_a_browser: Any, visit: Any, tmp_path: Path, look: str
) -> None:
    """Given each other look, and a small screen, then axe finds nothing there either."""
    assert await looked_at(desk, at_a_browser, visit, look, tmp_path) == {}
