"""A public office is asked at each person, and a declaration stays with the name that it was made for."""

from __future__ import annotations

import html
from typing import Any

import pytest
from starlette.datastructures import FormData

from accord.client.desk import Desk
from accord.console.proposing.answers import typed_in
from accord.console.proposing.content import blank, read_draft, texts_of
from accord.console.proposing.drafts import Draft
from accord.presentation import form_content
from accord.presentation.words.codes import CODES
from domain.directory.directory import Directory
from domain.public_office import OfficeTie
from tests.accord.console.proposing.drafting import FIRST, Visit, author, begun, complete, press
from tests.accord.console.rendering import case_page
from tests.builders import funds_out
from tests.domain.partnership import specification as s
from tests.governing import ask_for_offices
from tests.offices import MINISTER, NO_OFFICE, behind, led_by

AT = "partner.principals.0"
OFFICE = f"{AT}.public_office"
DECLARED = {
    f"{OFFICE}.tie": "HOLDER", f"{OFFICE}.office": "Mayor of Riverbend", f"{OFFICE}.declared_by": "Rosa Quiroga",
    f"{OFFICE}.declared_on": "2026-11-02",
}  # fmt: skip


def drafted(*people: dict[str, Any]) -> Draft:
    content = blank("P-2026-0042", "USD", "ISOC")
    content["partner"]["principals"] = texts_of(list(people))
    return Draft("a name", content)


def typed(draft: Draft, **inputs: str) -> Draft:
    return typed_in(draft, FormData([*inputs.items()]), Directory())


def office_in(draft: Draft) -> Any:
    return form_content.at(draft.content, OFFICE)


async def test_it_is_asked_at_the_person_and_said_where_answers_are_checked(visit: Visit) -> None:
    visitor = await author(visit)
    draft = await begun(visitor)
    await press(visitor, draft, 1, "save", **FIRST)
    await press(visitor, draft, 1, "add partner.principals")
    await press(visitor, draft, 1, f"add {OFFICE}", **{f"{AT}.name": "Rosa Quiroga", f"{AT}.role": "DIRECTOR"})
    shown = html.unescape((await visitor.get(f"{draft}?step=1")).text)
    assert "Whose office, of person 1" in shown
    assert "judge of a high court" in shown
    assert all(f'<option value="{tie}">' in shown for tie in OfficeTie)
    await press(visitor, draft, 1, "save", **DECLARED)
    checked = html.unescape((await visitor.get(f"{draft}?step=5")).text)
    assert "Rosa Quiroga, governs it (public office: their own, now or before: Mayor of Riverbend)" in checked


@pytest.mark.slow
async def test_an_author_reads_that_the_organisation_asks_and_who_declared_nothing(visit: Visit, desk: Desk) -> None:
    """Given an organisation that asks, then the form says so, and the check names who has not declared anything."""
    visitor = await author(visit)
    draft = await complete(visitor)
    people = {
        f"partner.principals.0.{name}": text for name, text in {"name": "Rosa Quiroga", "role": "DIRECTOR"}.items()
    }
    await press(visitor, draft, 1, "add partner.principals")
    await press(visitor, draft, 1, "save", **FIRST, **people)
    told = "Each declares a prominent public office, or none"
    assert told not in html.unescape((await visitor.get(f"{draft}?step=1")).text)
    await ask_for_offices(desk)
    assert told in html.unescape((await visitor.get(f"{draft}?step=1")).text)
    checked = html.unescape((await visitor.get(f"{draft}?step=5")).text)
    assert "Rosa Quiroga, director of Riverbend Library Network, has not declared whether they" in checked


def test_an_office_without_its_place_is_named_by_its_field() -> None:
    draft = typed(drafted(behind("Rosa Quiroga", MINISTER)), **{f"{OFFICE}.office": "Mayor"})
    faults = dict(read_draft(draft).faults)
    assert "such as Mayor of Riverbend" in faults[f"{OFFICE}.office"]


@pytest.mark.parametrize("name", ["Abel Mbeki", "Rosa Quirogo", "", "R. Quiroga"])
def test_another_name_in_a_persons_place_has_not_declared_anything(name: str) -> None:
    draft = drafted(behind("Rosa Quiroga", NO_OFFICE), behind("Ana Far", NO_OFFICE))
    changed = typed(draft, **{f"{AT}.name": name})
    assert office_in(changed) is None
    assert form_content.at(changed.content, "partner.principals.1.public_office.tie") == "NONE"


@pytest.mark.parametrize("name", ["Rosa Quiroga", "rosa quiroga", "Rosa   Quiroga "])
def test_the_same_name_as_people_write_it_keeps_what_was_declared(name: str) -> None:
    assert office_in(typed(drafted(behind("Rosa Quiroga", NO_OFFICE)), **{f"{AT}.name": name}))["tie"] == "NONE"


def test_what_is_declared_with_the_new_name_is_theirs() -> None:
    changed = typed(drafted(behind("Rosa Quiroga", NO_OFFICE)), **{f"{AT}.name": "Abel Mbeki", **DECLARED})
    assert office_in(changed)["office"] == "Mayor of Riverbend"


def test_the_case_says_who_declared_what() -> None:
    payee = led_by(behind("Rosa Quiroga", MINISTER))
    shown = html.unescape(case_page(s.in_approval(funds_out=funds_out(payee=payee), partner=payee)))
    assert f"governs it ({MINISTER.told}, declared by Ines Marek on 2026-11-02)" in shown


def test_every_tie_has_its_words() -> None:
    assert {tie.value for tie in OfficeTie} == set(CODES[OfficeTie])
