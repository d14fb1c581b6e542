"""A reader chooses the language of their pages, which keeps the page and what was typed, and stays with their link."""

from __future__ import annotations

import re

import asyncpg
import pytest

from accord.grantee.questions.sums import digits_said
from accord.grantee.words import TABLES, DoorWords
from domain.submissions.kinds import DoorForm
from tests.accord.grantee.conftest import Come, Grantee
from tests.accord.grantee.test_filling import plan


def pressed(ida: Grantee, language: str) -> dict[str, str]:
    """What the button of a language sends, as the page has it."""
    assert f'name="in" value="{language}" lang="{language}">{TABLES[language]["frame.language"]}<' in ida.page.text
    sent = dict(re.findall(r'type="hidden" name="((?:base|was):[^"]+|back)" value="([^"]*)"', ida.page.text))
    return {**sent, "in": language}


def is_in(ida: Grantee, language: str) -> bool:
    return f'<html lang="{language}">' in ida.page.text


async def test_the_first_page_is_shown_in_another_language_and_begins_nothing(pool: asyncpg.Pool, come: Come) -> None:
    ida = await come(begins=False)
    await ida.get(f"/f/{ida.secret}")
    answer = await ida.post(f"/f/{ida.secret}/language", pressed(ida, "es"))
    assert answer.headers["location"] == f"/f/{ida.secret}"
    await ida.get(f"/f/{ida.secret}")
    assert is_in(ida, "es")
    assert await pool.fetchval("SELECT count(*) FROM grantee.browsers") == 0


async def test_a_page_that_is_filled_without_a_script_keeps_its_place_and_what_was_typed(come: Come) -> None:
    ida = await come()
    await ida.get("page/summary")
    assert 'form="answers" name="in"' in ida.page.text
    answer = await ida.post("page/summary", {**pressed(ida, "fr"), "summary": "Onze cours."})
    assert answer.headers["location"] == f"{ida.home}/page/summary"
    await ida.get("page/summary")
    assert is_in(ida, "fr")
    assert "Onze cours." in ida.page.text


async def test_what_is_refused_stays_typed_in_the_new_language(come: Come) -> None:
    ida = await come()
    await ida.get("page/summary")
    await ida.post("page/summary", {**pressed(ida, "es"), "summary": "Pay to GB82 WEST 1234 5698 7654 32"})
    assert (ida.page.status_code, is_in(ida, "es")) == (422, True)
    assert "GB82 WEST" in ida.page.text


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("check", {"given.name": "Ida Holm", "given.capacity": "Director"}),
        ("say/question", {"words": "When is the next report due?", "given.name": "Ida Holm"}),
        ("colleagues", {"address": "ole@library.example"}),
    ],
)
async def test_what_was_typed_elsewhere_stays_too(path: str, typed: dict[str, str], come: Come) -> None:
    ida = await come()
    await ida.get(path)
    assert 'form="giver" name="in"' in ida.page.text
    await ida.post(path, {**pressed(ida, "fr"), **typed})
    assert (ida.page.status_code, is_in(ida, "fr")) == (200, True)
    for text in typed.values():
        assert text in ida.page.text


async def test_a_choice_is_kept_for_the_link_and_for_no_other(pool: asyncpg.Pool, come: Come) -> None:
    ida = await come()
    await ida.get("status")
    answer = await ida.post("language", pressed(ida, "es"))
    assert answer.headers["location"] == f"{ida.home}/status"
    other_browser = await come(secret=ida.secret)
    await other_browser.get("")
    assert is_in(other_browser, "es")
    ole = await come(DoorForm.QUESTION)
    await ole.get("")
    assert is_in(ole, "en")
    assert await pool.fetchval("SELECT DISTINCT language FROM grantee.forms") == "en"


@pytest.mark.parametrize("language", ["xx", "", "es'; --"])
async def test_a_language_that_there_is_not_changes_nothing(language: str, come: Come) -> None:
    ida = await come()
    answer = await ida.post("language", {"in": language, "back": "https://evil.example/"})
    assert answer.headers["location"] == ida.home
    await ida.get("")
    assert is_in(ida, "en")


async def test_a_page_without_a_form_has_links_that_change_nothing(come: Come) -> None:
    ida = await come(begins=False)
    await ida.get(f"/f/{'x' * 43}?in=fr")
    assert is_in(ida, "fr")
    assert '<a href="?in=es" lang="es" hreflang="es">Español</a>' in ida.page.text


async def test_the_state_of_the_matter_is_said_in_the_chosen_language(pool: asyncpg.Pool, come: Come) -> None:
    ida = await come()
    state, spoken = {"stands": "It is complete."}, {"es": {"stands": "Está terminado."}}
    await plan(pool, status=state, spoken=spoken)
    await ida.get("status")
    assert "It is complete." in ida.page.text
    await ida.post("language", pressed(ida, "es"))
    await ida.get("status")
    assert "Está terminado." in ida.page.text


async def test_sums_and_numbers_of_the_plan_are_written_as_their_reader_writes_them(
    pool: asyncpg.Pool, come: Come
) -> None:
    ida = await come(language="fr")
    lines = [{"number": 1, "what": "Formation", "sum": "6000.00"}]
    indicators = [{"number": 1, "what": "Formés", "target": "1,240.5 personnes"}]
    await plan(pool, lines=lines, indicators=indicators)
    assert "USD 6\u00a0000,00" in (await ida.get("page/money")).text
    assert "1\u00a0240,5 personnes" in (await ida.get("page/results")).text
    assert "31 mai 2026" in (await ida.get("page/workplan")).text


@pytest.mark.parametrize(
    ("text", "said"),
    [("1,240", "1\u00a0240"), ("0.5 %", "0,5 %"), ("40", "40"), ("2026-05-31", "2026-05-31"), ("v1.2.3", "v1.2.3")],
)
def test_only_numbers_are_said_in_the_readers_way(text: str, said: str) -> None:
    assert (digits_said(text, "es"), digits_said(text, "en")) == (said, text)


def test_every_language_names_itself() -> None:
    assert [DoorWords(language)("frame.language") for language in TABLES] == ["English", "Español", "Français"]
