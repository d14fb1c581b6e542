"""Letters by browser: chosen from those there are, read as pictures, signed by a touch, confirmed by a code."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.console.serving.settings import ConsoleSettings
from accord.letters.codes import new_code
from accord.presentation.editions.reading import read_edition
from domain.partnership import commands as c
from domain.partnership.events import LetterIssued
from ledger import clock
from tests.accord.console.auditing import faults_of
from tests.accord.console.conftest import Person, Visitor, a_console
from tests.accord.console.organisation.signing import place_of, touched, with_key
from tests.accord.console.test_looks import LOOKS
from tests.accord.letters.samples import FOLDER
from tests.accord.letters.test_issuing import confirmed, in_force
from tests.accord.machine_words import machine_words_in, open_words
from tests.builders import proposal
from tests.lives import Life

PNG = b"\x89PNG"


@pytest.fixture(scope="module")
async def served(
    provider: str, console_pool: asyncpg.Pool, client: Client, worker: None, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ConsoleSettings]:
    """The console of an organisation that keeps papers."""
    folder: Path = tmp_path_factory.mktemp("papers")
    async with a_console(provider, console_pool, client, papers=str(folder)) as settings:
        yield settings


async def asked_for(visitor: Visitor, reference: str, letter: str, language: str = "es", **more: str) -> dict[str, str]:
    """The form of a letter, as it is filled in."""
    shown = (await visitor.get(f"/{reference}/letters-issue")).text
    return {"version": version_in(shown), "letter_choice": letter, "letter_language": language, **more}


def version_in(shown: str) -> str:
    """The version that a form was shown at."""
    version = re.search(r'name="version" value="(\d+)"', shown)
    assert version is not None, shown
    return version[1]


async def test_a_letter_is_read_as_a_picture_signed_and_stands_on_the_case(
    visit: Any, desk: Desk, reference: str
) -> None:
    """Given an approved grant, when its award is chosen, then what is signed is the letter that was read."""
    await in_force(desk, "award", "summary")
    life = Life(desk, reference)
    await life.approved(proposal(reference))
    visitor = await visit("ana.silva")
    key = await with_key(desk, visitor.settings, "ana.silva")
    form = await asked_for(visitor, reference, "award")
    shown = (await visitor.get(f"/{reference}/letters-issue")).text
    assert '<option value="award"' in shown
    assert "payment-advice" not in shown
    place = await place_of(visitor, f"/{reference}/letters-issue", form)
    said = (await visitor.asking.get(place)).text
    assert machine_words_in(open_words(shown)) == []
    assert machine_words_in(open_words(said)) == []
    assert "as you read it here" in said
    assert "award letter" in said
    pictured = await visitor.asking.get(f"{place}/letter?page=1")
    assert (pictured.status_code, pictured.content[:4]) == (200, PNG)
    assert (await visitor.asking.get(f"{place}/letter?page=99")).status_code == 404
    told = await touched(visitor, key, place)
    assert told.get("told") == "Letter issued.", told
    [event] = [one.event for one in await desk.history(reference) if isinstance(one.event, LetterIssued)]
    case = (await visitor.get(f"/{reference}")).text
    letters, _, papers = case.partition('<section id="letters">')[2].partition('<section id="papers">')
    assert f'href="/papers/{event.pdf_sha256}">Award letter</a>, dated' in letters
    assert "To the payee; issued by Ana Silva on" in letters
    assert event.pdf_sha256 not in papers
    assert machine_words_in(open_words(case)) == []
    assert machine_words_in(open_words((await visitor.get(f"/papers/{event.pdf_sha256}")).text)) == []
    assert (await visitor.get(f"/papers/{event.pdf_sha256}/picture?page=1")).content[:4] == PNG


@pytest.mark.slow
async def test_the_agreement_is_opened_from_where_its_director_signs_it(
    visit: Any, desk: Desk, reference: str, console_pool: asyncpg.Pool
) -> None:
    """Given an agreement that was issued, when a director is to sign it, then the page leads to that very letter."""
    await in_force(desk, "agreement")
    life = Life(desk, reference)
    await life.to_be_signed(proposal(reference))
    issuer, signer = await visit("ana.silva"), await visit("dora.kim")
    key = await with_key(desk, issuer.settings, "ana.silva")
    order = await asked_for(issuer, reference, "agreement", "en")
    place = await place_of(issuer, f"/{reference}/letters-issue", order)
    draft = re.search(r'href="[^"]*/papers/([0-9a-f]{64})/file"', (await issuer.asking.get(place)).text)
    assert draft is not None
    assert draft[1] not in (await signer.get(f"/{reference}")).text
    await touched(issuer, key, place)
    case = (await signer.get(f"/{reference}")).text
    assert "signed by nobody yet" in case
    account = await life.account((await life.state()).paid_party)
    asked = (await signer.get(f"/{reference}/sign-agreement")).text
    assert f'value="{draft[1]}"' in asked
    form = {"version": version_in(asked), "signed_on": f"{clock.today()}", "document_sha256": draft[1]}
    place = await place_of(signer, f"/{reference}/sign-agreement", {**form, "account": account.reference})
    signing = (await signer.asking.get(place)).text
    assert f'href="{signer.settings.origin}/papers/{draft[1]}" target="_blank" rel="noopener">Agreement</a>' in signing
    assert "issued by Ana Silva on" in signing
    await signer.get(f"/papers/{draft[1]}/picture?page=1")
    query = "SELECT staff_id FROM console.looks WHERE subject = $1 ORDER BY number"
    looked = [row[0] for row in await console_pool.fetch(query, f"paper {draft[1]}")]
    assert looked[-1] == "dora.kim"
    await life.do(c.SignAgreement, "dora.kim", signed_on=clock.today(), account=account, document_sha256=draft[1])
    assert "signed by Dora Kim on" in (await signer.get(f"/{reference}")).text


@pytest.mark.slow
async def test_the_page_says_every_digest_that_is_signed(visit: Any, desk: Desk, reference: str) -> None:
    await in_force(desk, "summary")
    await Life(desk, reference).awaiting_approval(proposal(reference))
    visitor = await visit("vera.lind")
    place = await place_of(visitor, f"/{reference}/letters-issue", await asked_for(visitor, reference, "summary", "fr"))
    said = (await visitor.asking.get(place)).text
    assert 'src="/sign/' in said
    assert "2026.1" in said


@pytest.mark.slow
async def test_a_letter_that_was_not_chosen_from_those_there_are_is_refused(
    visit: Any, desk: Desk, reference: str
) -> None:
    await in_force(desk, "award", "summary")
    await Life(desk, reference).awaiting_approval(proposal(reference))
    visitor = await visit("ana.silva")
    for letter, language, fault in (
        ("award", "es", "not approved by everybody"),
        ("nobodys", "es", "no edition"),
        ("summary", "de", "the edition has"),
    ):
        form = await asked_for(visitor, reference, letter, language)
        answer = await visitor.post(f"/{reference}/letters-issue", form)
        assert answer.status_code == 422
        assert fault in answer.text, fault
    assert not any(isinstance(one.event, LetterIssued) for one in await desk.history(reference))


async def test_a_code_is_confirmed_without_content_and_all_else_is_unknown(visit: Any, reference: str) -> None:
    visitor = await visit("otto.audit")
    empty = await visitor.get("/letters/check")
    assert empty.status_code == 200
    unknown = await visitor.get(f"/letters/check?code={new_code('P-1999-0001')}")
    assert (unknown.status_code, "No letter with this code was issued here" in unknown.text) == (200, True)
    wrong = await visitor.get("/letters/check?code=%3Cscript%3E")
    assert wrong.status_code == 422
    assert "<script>" not in wrong.text


@pytest.mark.slow
async def test_an_edition_of_a_letter_is_shown_as_a_picture_on_invented_facts(visit: Any, desk: Desk) -> None:
    await in_force(desk, "award")
    visitor = await visit("dora.kim")
    page = (await visitor.get("/editions/letter/award?language=fr")).text
    assert machine_words_in(open_words(page)) == []
    pictured = await visitor.get(pictures_in(page)[0])
    assert (pictured.status_code, pictured.content[:4]) == (200, PNG)
    assert (await visitor.get("/editions/letter/award/picture?language=fr&page=9")).status_code in {404, 422}


def pictures_in(page: str) -> list[str]:
    """The addresses of the pictures of a letter's edition."""
    return [unescape(one) for one in re.findall(r'src="(/editions/letter/[^"]*/picture[^"]*)"', page)]


@pytest.mark.slow
async def test_every_page_of_a_letters_edition_is_shown_as_its_readers_get_it(visit: Any, desk: Desk) -> None:
    """Given a letter of more than one page, then its edition's own page shows each, in the language that is chosen."""
    template = await longer(desk, "award-long")
    visitor = await visit("dora.kim")
    page = (await visitor.get("/editions/letter/award-long?language=es")).text
    pictures = pictures_in(page)
    assert len(pictures) > 1
    assert [f"language=es&page={number}" in one for number, one in enumerate(pictures, 1)] == [True] * len(pictures)
    for picture in pictures:
        drawn = await visitor.get(picture)
        assert (drawn.status_code, drawn.content[:4]) == (200, PNG)
    assert (await visitor.get(pictures[-1].replace(f"page={len(pictures)}", f"page={len(pictures) + 1}"))).is_error
    words = open_words(page)
    assert [line for line in template.split("\n") if len(line) > 12 and line in words] == []


async def longer(desk: Desk, name: str) -> str:
    """The sample's award with a page more, in force under a name, and its template."""
    template = read_edition(FOLDER / "award.toml").content.template + '\n#pagebreak()\n#say("closing")'  # type: ignore[attr-defined]
    await confirmed(desk, "award", name=name, template=template)
    return template


@pytest.mark.slow
async def test_a_letters_edition_says_the_facts_in_its_title_by_their_names(visit: Any, desk: Desk) -> None:
    """Given an award whose title has a fact in it, then the list, its page and the page that signs say it in words."""
    await in_force(desk, "award")
    visitor = await visit("dora.kim")
    for path in ("/editions", "/editions/letter/award", "/editions/letter/award?language=es"):
        words = open_words((await visitor.get(path)).text)
        assert "Award of a grant: [title]" in words
        assert "{" not in words


@pytest.mark.slow
async def test_a_letters_edition_that_cannot_be_shown_says_so_on_its_own_page(visit: Any, desk: Desk) -> None:
    """Given a template that fails on its facts, then its page says why, and shows no picture that is none."""
    await confirmed(desk, "award", name="award-fails", template='#panic("no such seal")')
    page = (await (await visit("dora.kim")).get("/editions/letter/award-fails")).text
    assert "It cannot be shown as a letter." in page
    assert pictures_in(page) == []


@pytest.mark.slow
async def test_what_differs_in_a_letters_source_is_behind_a_line(visit: Any, desk: Desk) -> None:
    """Given a letter's next edition with another template, then the page says that it differs, and no source."""
    await confirmed(desk, "award", name="award-next")
    await confirmed(desk, "award", name="award-next", edition="2026.2", template='#say("award")\n\n#fact("house")')
    page = (await (await visit("dora.kim")).get("/editions/letter/award-next")).text
    words = open_words(page)
    assert "What differs from 2026.1" in words
    assert machine_words_in(words) == []
    assert "#fact" in unescape(page)
    assert "#fact" not in words


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_in_any_look(
    visit: Any, desk: Desk, reference: str, at_a_browser: Any, look: str
) -> None:
    await in_force(desk, "award", "summary")
    await Life(desk, reference).approved(proposal(reference))
    visitor = await visit("ana.silva")
    await with_key(desk, visitor.settings, "ana.silva")
    place = await place_of(visitor, f"/{reference}/letters-issue", await asked_for(visitor, reference, "award"))
    person: Person = await at_a_browser("ana.silva", **LOOKS[look])
    await person.sign_in()
    origin = person.settings.origin
    unknown = f"{origin}/letters/check?code={new_code('P-1999-0001')}"
    pages = (f"{origin}/{reference}/letters-issue", place, unknown, f"{origin}/editions/letter/award?language=es")
    found = {}
    for address in pages:
        await person.page.goto(address)
        found[address] = await faults_of(person.page)
    assert {address: faults for address, faults in found.items() if faults} == {}
    assert person.complaints == []
