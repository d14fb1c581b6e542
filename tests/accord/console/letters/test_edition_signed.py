"""Whoever signs an edition of a letter reads the letter, and can read all that their signature covers."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from accord.presentation.editions.reading import read_edition
from accord.presentation.editions.workbook_out import workbook_of
from accord.presentation.words.organisation.editions import language_in_words
from domain.editions.letters import LetterTemplate
from tests.accord.console.auditing import faults_of
from tests.accord.console.conftest import Person, Visitor
from tests.accord.console.editions.test_pages import sent
from tests.accord.console.letters.test_letters import PNG
from tests.accord.letters.samples import FOLDER
from tests.accord.machine_words import machine_words_in, open_words


def award(name: str, **changes: Any) -> LetterTemplate:
    content = read_edition(FOLDER / "award.toml").content
    assert isinstance(content, LetterTemplate)
    return content.model_copy(update={"name": name, **changes})


async def asked(visitor: Visitor, content: LetterTemplate) -> str:
    """The address of the page that signs a request for an edition."""
    answer = await sent(visitor, workbook_of(content))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def leaves(value: Any) -> Iterator[str]:
    """Every text of a signed content: the keys of its words and fields among them."""
    if isinstance(value, dict):
        for key, within in value.items():
            yield from (key, *leaves(within))
    elif isinstance(value, list):
        yield from (leaf for within in value for leaf in leaves(within))
    else:
        yield str(value)


SAID_OTHERWISE = {"kind", "name", "edition", "languages", "words", "for", "template", "fields", "LETTER", "AWARD"}
"""The names of the settings, and the two codes: the page says each in words."""


async def test_the_letter_is_shown_as_it_is_read_and_its_source_is_behind_a_line(visit: Any) -> None:
    """Given an edition in three languages, then each has pictures of its pages, and no source is in the open."""
    content, visitor = award("award-read"), await visit("ana.silva")
    place = await asked(visitor, content)
    page = (await visitor.asking.get(place)).text
    opened = open_words(page)
    assert machine_words_in(opened) == []
    assert "You ask for edition 2026.1 of Award of a grant: [title]." in opened
    assert not [line for line in content.template.split("\n") if len(line) > 12 and line in html.unescape(opened)]
    for language in content.languages:
        assert f"As it is read in {language_in_words(language)}" in opened
    pictures = [html.unescape(one) for one in re.findall(r'src="(/sign/[^"]*)"', page)]
    assert len(pictures) >= len(content.languages)
    drawn = await visitor.asking.get(f"{visitor.settings.signing_origin}{pictures[0]}")
    assert (drawn.status_code, drawn.content[:4]) == (200, PNG)


@pytest.mark.slow
async def test_everything_that_the_signature_covers_can_be_read_on_the_page(visit: Any) -> None:
    """Given the signed content, then each text in it, each word in each language and each field, is on the page."""
    content, visitor = award("award-whole"), await visit("ana.silva")
    page = html.unescape((await visitor.asking.get(await asked(visitor, content))).text)
    signed = set(leaves(json.loads(content.canonical()))) - SAID_OTHERWISE - set(content.languages)
    assert sorted(text for text in signed if text not in page) == []
    assert all(language_in_words(code) in page for code in content.languages)


@pytest.mark.slow
async def test_a_letter_that_cannot_be_shown_says_so_where_it_is_signed(visit: Any) -> None:
    """Given a template that fails on its facts, then the page says that it cannot be shown, and why."""
    content, visitor = award("award-broken", template='#panic("no such seal")'), await visit("ana.silva")
    page = (await visitor.asking.get(await asked(visitor, content))).text
    assert "It cannot be shown as a letter." in page
    assert 'src="/sign/' not in page


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_where_a_letter_is_signed(visit: Any, at_a_browser: Any, scheme: str) -> None:
    visitor = await visit("ana.silva")
    place = await asked(visitor, award(f"award-{scheme}"))
    person: Person = await at_a_browser("ana.silva", color_scheme=scheme, viewport={"width": 320, "height": 700})
    await person.page.goto(place)
    assert await faults_of(person.page) == []
    await person.page.click("summary:has-text('What it is made of')")
    assert await person.page.evaluate("document.documentElement.scrollWidth") == 320
    assert person.complaints == []
