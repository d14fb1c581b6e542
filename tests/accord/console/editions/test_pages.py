"""Editions by browser: read in each language, asked for from a workbook, and confirmed by another person."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import uuid4

import httpx
import pytest

from accord.client.desk import Desk
from accord.organisation import editions
from accord.presentation.editions.reading import MOST_FILE_BYTES, edition_in
from accord.presentation.editions.workbook_out import workbook_of
from domain.editions.content import EditionContent
from domain.editions.kinds import EditionKind
from domain.editions.models import digest_of_content
from records.editions import Editions
from tests.accord.console.auditing import faults_of
from tests.accord.console.conftest import Person, Visitor
from tests.accord.console.deciding.test_bulk import handed_in
from tests.accord.console.organisation.signing import statement_in, touched, with_key
from tests.accord.console.organisation.test_looks import kept
from tests.accord.console.test_looks import LOOKS
from tests.accord.machine_words import machine_words_in, open_words
from tests.domain.editions.contents import SAMPLES, SHORT, content

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def new(name: str = "", **more: Any) -> EditionContent:
    """The first edition of a series that no other test has, or the next one."""
    return content(SHORT, name=name or f"report-{uuid4().hex[:8]}", **more)


async def sent(visitor: Visitor, file: bytes, reason: str = "as the committee asked", **more: str) -> httpx.Response:
    headers = {**visitor._headers(), "Origin": visitor.settings.origin, "Sec-Fetch-Site": "same-origin"}
    files = {"file": ("report.xlsx", file, WORKBOOK)}
    address = f"{visitor.settings.origin}/editions/ask"
    return await visitor.asking.post(address, data={"reason": reason, **more}, files=files, headers=headers)


async def asked(desk: Desk, visit: Any, read: EditionContent, **more: str) -> tuple[Visitor, str]:
    """An edition that a proposer asked for by browser, and what the page that signed it said."""
    visitor = await visit("pia.berg")
    key = await with_key(desk, visitor.settings, "pia.berg")
    answer = await sent(visitor, workbook_of(read), **more)
    assert answer.status_code == 303, answer.text
    place = answer.headers["location"]
    said = (await visitor.asking.get(place)).text
    told = await touched(visitor, key, place)
    assert (
        told.get("told") == "Recorded: Interim report " + read.edition + " waits for director or programme approver."
    ), told
    return visitor, said


async def confirmed(desk: Desk, visit: Any, read: EditionContent) -> tuple[Visitor, str]:
    visitor = await visit("ana.silva")
    key = await with_key(desk, visitor.settings, "ana.silva")
    shown = (await visitor.get(f"/editions/questions/{read.name}")).text
    (address,) = re.findall(r'action="(/editions/[^"]*/confirm/[^"]*)"', shown)
    answer = await visitor.post(address, {})
    assert answer.status_code == 303, answer.text
    said = (await visitor.asking.get(answer.headers["location"])).text
    told = await touched(visitor, key, answer.headers["location"])
    assert f"{read.edition} is in force" in told.get("told", str(told))
    return visitor, said


async def test_an_edition_is_asked_for_from_a_workbook_and_confirmed_by_another(desk: Desk, visit: Any) -> None:
    read = new()
    _, said = await asked(desk, visit, read)
    assert "You ask for edition 2026.1 of Interim report" in said
    assert "What was done? (text, up to 200 words, needed, becomes “In short”)" in said
    visitor, said = await confirmed(desk, visit, read)
    assert "You confirm edition 2026.1 of Interim report, and it is in force from now on." in said
    assert "Pia Berg" in said
    series = await Editions(desk.reader).read(EditionKind.QUESTIONS, read.name)
    assert [one.sha256 for one in series.confirmed] == [digest_of_content(read.canonical())]
    listed, shown = (await visitor.get("/editions")).text, (await visitor.get(f"/editions/questions/{read.name}")).text
    assert f'href="/editions/questions/{read.name}"' in listed
    assert "In force" in shown
    assert "asked if: As planned? no" in shown
    taken = await visitor.get(f"/editions/questions/{read.name}?format=xlsx")
    assert edition_in("x.xlsx", taken.content).content == read


@pytest.mark.slow
async def test_the_next_edition_shows_what_differs_side_by_side(desk: Desk, visit: Any) -> None:
    first = new()
    await asked(desk, visit, first)
    await confirmed(desk, visit, first)
    next_one = new(first.name, edition="2026.2", **{"words__es__summary.label": "¿Qué se hizo?"})
    visitor, said = await asked(desk, visit, next_one, starts_on="2099-01-01")
    assert "Changed since 2026.1" in said
    assert "What was done? (summary), label (es): “What was done?” becomes “¿Qué se hizo?”" in said
    shown = (await visitor.get(f"/editions/questions/{first.name}")).text
    assert "What differs from 2026.1" in shown
    assert '<td data-label="2026.2">¿Qué se hizo?</td>' in shown
    assert "You asked for it, so somebody else confirms it." in shown
    spanish = (await visitor.get(f"/editions/questions/{first.name}?edition=2026.2&language=es")).text
    assert '<div class="gap" lang="es" dir="ltr">' in spanish
    await confirmed(desk, visit, next_one)
    later = (await visitor.get(f"/editions/questions/{first.name}?edition=2026.2")).text
    assert "From 1 January 2099" in later or "2099" in later
    assert "In force" in (await visitor.get(f"/editions/questions/{first.name}")).text


@pytest.mark.slow
async def test_no_page_of_an_edition_says_a_word_of_the_machine(desk: Desk, visit: Any) -> None:
    """Given an edition that is asked for, and then in force, then its pages say none before a disclosure is opened."""
    read = new()
    visitor, said = await asked(desk, visit, read)
    pages = {"what is asked for": said, "as it waits": (await visitor.get(f"/editions/questions/{read.name}")).text}
    visitor, pages["what is confirmed"] = await confirmed(desk, visit, read)
    for address in (f"/editions/questions/{read.name}", f"/editions/questions/{read.name}?language=es", "/editions"):
        pages[address] = (await visitor.get(address)).text
    assert {name: found for name, page in pages.items() if (found := machine_words_in(open_words(page)))} == {}


@pytest.mark.slow
async def test_each_fault_of_a_file_is_told_with_its_place_and_nothing_is_recorded(desk: Desk, visit: Any) -> None:
    visitor = await visit("pia.berg")
    bad = new(facts__summary="/nothing")
    answer = await sent(visitor, workbook_of(bad), reason="because of <this>", starts_on="2027-01-01")
    assert answer.status_code == 422
    assert "Questions!F2: facts.summary: /nothing is no fact of a report" in answer.text
    assert "because of &lt;this&gt;" in answer.text
    assert 'value="2027-01-01"' in answer.text
    assert (await Editions(desk.reader).read(EditionKind.QUESTIONS, bad.name)).version == 0
    for file, words in (
        (b"x" * (MOST_FILE_BYTES + 1), "which no edition"),
        (b"PK\x03\x04", "is no workbook"),
        (b"", "is no JSON"),
    ):
        refused = await sent(visitor, file)
        assert (refused.status_code, words in refused.text) == (422, True), refused.text
    assert "reason: say why" in (await sent(visitor, workbook_of(new()), reason="")).text


@pytest.mark.slow
async def test_who_may_not_is_told_and_what_does_not_wait_is_not_confirmed(desk: Desk, visit: Any) -> None:
    read = new()
    visitor, _ = await asked(desk, visit, read)
    series = await Editions(desk.reader).read(EditionKind.QUESTIONS, read.name)
    place = f"/editions/questions/{read.name}/confirm/"
    assert (await visitor.post(f"{place}{series.request_id}", {})).status_code == 422
    assert (await visitor.post(f"{place}{uuid4()}", {})).status_code == 404
    assert (await visitor.post(f"{place}nothing", {})).status_code == 404
    for path in (
        "/editions/questions/no-such",
        "/editions/shoes/no-such",
        f"/editions/questions/{read.name}?edition=2030.1",
    ):
        assert (await visitor.get(path)).status_code == 404
    payer = await visit("paul.nkosi")
    assert "Your role does not include it." in (await payer.get("/editions/ask")).text
    assert (await sent(payer, workbook_of(new()))).status_code == 422


@pytest.mark.slow
async def test_another_edition_asked_for_before_the_touch_is_not_confirmed(desk: Desk, visit: Any) -> None:
    """Given a page that signs a confirmation, when another content takes its place, then the touch is refused."""
    read = new()
    await asked(desk, visit, read)
    visitor = await visit("ana.silva")
    key = await with_key(desk, visitor.settings, "ana.silva")
    shown = (await visitor.get(f"/editions/questions/{read.name}")).text
    (address,) = re.findall(r'action="(/editions/[^"]*/confirm/[^"]*)"', shown)
    place = (await visitor.post(address, {})).headers["location"]
    statement_page = (await visitor.asking.get(place)).text
    await asked(desk, visit, new(read.name, words__en__title="Interim report", **{"words__en__summary.label": "Other"}))
    answer = (await handed_in(visitor, place, key.sign(statement_in(statement_page)).model_dump_json())).json()
    assert "does not wait (any more)" in answer["refused"]
    assert (await Editions(desk.reader).read(EditionKind.QUESTIONS, read.name)).confirmed == ()


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_in_any_look(desk: Desk, visit: Any, at_a_browser: Any, look: str) -> None:
    """Given the sample's report with a next edition that waits, when each page is read, then anybody can."""
    name = f"report-{uuid4().hex[:8]}"
    sample = json.loads((SAMPLES / "interim-report.json").read_text("utf-8"))
    for changes in ({}, {"edition": "2026.2", "words__es__summary.label": "¿Qué se hizo?"}):
        await editions.ask(desk, content(sample, name=name, **changes), "as the committee asked", None, "pia.berg")
        series = await Editions(desk.reader).read(EditionKind.QUESTIONS, name)
        if not changes:
            await editions.confirm(desk, series, series.waiting.sha256[:8], "ana.silva")
    person: Person = await at_a_browser("mira.sato", **LOOKS[look])
    await with_key(desk, person.settings, "mira.sato")
    await person.sign_in()
    found: dict[str, Any] = {}
    pages = {"editions": "/editions", "an edition": f"/editions/questions/{name}", "asking": "/editions/ask",
             "in force": f"/editions/questions/{name}?edition=2026.1&language=fr"}  # fmt: skip
    for page, address in pages.items():
        await person.page.goto(person.settings.origin + address)
        found[page] = await faults_of(person.page)
        await kept(person, look, page)
    await person.page.goto(person.settings.origin + pages["an edition"])
    await person.page.click("button:has-text('Confirm…')")
    await person.page.locator("text=Compare on another machine").wait_for()
    found["signs"] = await faults_of(person.page)
    await kept(person, look, "signs an edition")
    await person.page.goto(person.settings.origin + "/editions/ask")
    bad = workbook_of(content(SHORT, facts__summary="/nothing", name=name))
    await person.page.set_input_files("#file", {"name": "report.xlsx", "mimeType": WORKBOOK, "buffer": bad})
    await person.page.fill("#reason", "as the committee asked")
    await person.page.click("button:has-text('Continue to signing')")
    await person.page.locator("text=is no fact of a report").wait_for()
    found["faults"] = await faults_of(person.page)
    await kept(person, look, "faults of an edition")
    found["the browser complains"] = [one for one in person.complaints if "status of" not in one]
    assert {page: one for page, one in found.items() if one} == {}
