"""A table is looked at in the console, signed by two with their keys, and listed; whoever else looks finds nothing."""

from __future__ import annotations

import io
import re
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from accord.client.desk import Desk
from accord.organisation.imports.applying import apply_import
from accord.organisation.imports.checking import SourceFile
from domain.imported.standing import ImportStanding
from records.imports import read_orders
from tests.accord.console.conftest import Visitor
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.accord.console.organisation.signing import place_of, touched, with_key
from tests.accord.organisation.imports.test_bringing_in import signed_by_two, silent, table
from tests.imports.grants import mapping
from tests.lives import until_shown
from tests.waiting import until

FIGURES = {
    "partnerships": "2", "agreed-USD": "100,000.00", "paid-USD": "30000", "returned-USD": "2,000",
    "not_paid-USD": "60,000", "year-2024-USD": "10,000", "year-2025-USD": "20,000",
}  # fmt: skip


async def sent(visitor: Visitor, file: SourceFile, with_mapping: bool = True) -> httpx.Response:
    """Send a table, with its mapping or without."""
    files = {"table": (file.name, file.content)}
    if with_mapping:
        files["mapping"] = ("mapping.json", mapping().model_dump_json().encode())
    headers = visitor._headers() | {"Origin": visitor.settings.origin, "Sec-Fetch-Site": "same-origin"}
    return await visitor.asking.post(visitor.settings.origin + "/imports", files=files, headers=headers)


async def address_of(visitor: Visitor, file: SourceFile, with_mapping: bool = True) -> str:
    """Return the address of a table that was sent."""
    answer = await sent(visitor, file, with_mapping)
    assert answer.status_code == 303, re.sub(r"<[^>]+>", " ", answer.text)
    return str(answer.headers["location"])


async def is_written(visitor: Visitor) -> bool:
    """True once the list says that both records stand."""
    return "2 of 2" in (await visitor.get("/imports")).text


async def newest_order(desk: Desk) -> ImportStanding:
    """Return the standing of the newest import."""
    return (await read_orders(desk.reader))[-1][1]


async def test_two_people_bring_a_table_in_by_browser(desk: Desk, visit: Any) -> None:
    """Given a table and its totals, when two touch their keys, then it may be written, and the list says what it is."""
    file = table({}, {"Purpose": None})
    femi, dora = await visit("femi.ade"), await visit("dora.kim")
    first = await address_of(femi, file)
    shown = (await femi.get(first)).text
    assert re.search(r"<b>2</b>.*?new", shown, re.S)
    wrong = await femi.post(f"{first}/sign", {**FIGURES, "agreed-USD": "100,000.01"})
    assert (wrong.status_code, "USD 100000.01 typed, USD 100000.00 in the table" in wrong.text) == (422, True)
    place = await place_of(femi, f"{first}/sign", FIGURES)
    assert "You bring in 2 partnerships of before" in (await femi.asking.get(place)).text
    key = await with_key(desk, femi.settings, "femi.ade")
    assert "another person confirms it now" in str(await touched(femi, key, place))
    alone = await femi.post(f"{first}/confirm", {})
    assert (alone.status_code, "another person confirms it" in alone.text) == (422, True)
    second = await address_of(dora, file, with_mapping=False)
    place = await place_of(dora, f"{second}/confirm", {})
    key = await with_key(desk, dora.settings, "dora.kim")
    assert "its records may be written" in str(await touched(dora, key, place))
    standing = await newest_order(desk)
    assert (standing.signer, standing.confirmer) == ("femi.ade", "dora.kim")
    assert (await dora.post(f"{second}/write", {})).status_code == 303
    await until(lambda: is_written(dora))
    listed = (await dora.get("/imports")).text
    assert ("P-2026-5001" in listed, "US tax number, purpose" in listed) == (True, True)


async def test_each_fault_stands_at_its_cell_on_the_page_and_in_the_workbook(visit: Any) -> None:
    """Given a table with faults, then page and workbook say each at its cell, and nobody else opens either."""
    femi = await visit("femi.ade")
    address = await address_of(femi, table({"Country": "Kenya"}, {"Amount": "50.000,00"}))
    shown = (await femi.get(address)).text
    assert re.search(r"D2</th>.*?Kenya&#39; is not an ISO 3166-1", shown, re.S)
    assert re.search(r"H3</th>.*?is no sum", shown, re.S)
    book = load_workbook(io.BytesIO((await femi.get(f"{address}/checked.xlsx")).content))
    comment = book["Grants"]["D2"].comment
    assert comment is not None
    assert "ISO 3166-1" in comment.text
    other = await visit("dora.kim")
    assert [(await other.get(path)).status_code for path in (address, f"{address}/checked.xlsx")] == [404, 404]
    await femi.post(f"{address}/forget", {})
    assert (await femi.get(address)).status_code == 404


@pytest.mark.parametrize(
    ("file", "with_mapping", "words"),
    [
        (SourceFile("grants.xlsx", b"Ref,Title"), True, "is no workbook; save it as .xlsx"),
        (table({"Title": "A table of nobody"}), False, "choose the mapping of its columns"),
        (SourceFile("", b""), True, "choose the table"),
    ],
)
async def test_a_table_that_cannot_be_read_is_refused_on_the_page(
    visit: Any, file: SourceFile, with_mapping: bool, words: str
) -> None:
    """Given no table, no mapping or no workbook, then the page says so, and nothing is kept."""
    answer = await sent(await visit("femi.ade"), file, with_mapping)
    assert (answer.status_code, words in answer.text) == (422, True), answer.text


async def test_whoever_may_not_sign_is_offered_no_signature(visit: Any) -> None:
    """Given a proposer, then they see the check, and neither the form nor its address lets them sign."""
    pia = await visit("pia.berg")
    address = await address_of(pia, table({"Title": "Skills for the proposer"}))
    assert f'action="{address}/sign"' not in (await pia.get(address)).text
    refused = await pia.post(f"{address}/sign", {**FIGURES, "partnerships": "1"})
    assert refused.status_code == 422


async def test_a_mapping_is_begun_from_a_table(visit: Any) -> None:
    """Given a table, then a mapping of its columns is handed out; without a reference the page says what it lacks."""
    femi = await visit("femi.ade")
    file, typed = table({}), {"source": "grants-database", "first": "p-2026-5001"}
    headers = femi._headers() | {"Origin": femi.settings.origin, "Sec-Fetch-Site": "same-origin"}
    address, files = femi.settings.origin + "/imports/mapping.toml", {"table": (file.name, file.content)}
    answer = await femi.asking.post(address, data=typed, files=files, headers=headers)
    assert 'partner = { column = "Organisation" }' in answer.text
    refused = await femi.asking.post(address, data={**typed, "first": "5001"}, files=files, headers=headers)
    assert (refused.status_code, "write the first reference" in refused.text) == (422, True)


@pytest.mark.slow
async def test_the_past_stands_on_its_partners_page_and_is_found(desk: Desk, visit: Any, reference: str) -> None:
    """Given a partner of here who was one before, then its page shows the claim, and the list finds it by its words."""
    await waiting_for_approval(desk, reference)
    await until_shown(desk)
    out = (await desk.known_partnership(reference)).proposed.funds_out
    assert out is not None
    payee = out.payee
    file = table({"Ref": "PAST-1", "Title": "Courses of long ago", "Organisation": payee.name, "EIN": payee.ein})
    await signed_by_two(desk, file, mapping(answers={"PAST-1": "it is the same body, by its statutes"}))
    await apply_import(desk, file, silent)
    femi = await visit("femi.ade")
    shown = (await femi.get(f"/partners/EIN {payee.ein}")).text
    assert ("Before Accord, as its books claim" in shown, "Courses of long ago" in shown) == (True, True)
    assert "Courses of long ago" in (await femi.get("/imports?text=LONG%20ago")).text
    assert "No partnership of before holds these words" in (await femi.get("/imports?text=nothing-of-it")).text
