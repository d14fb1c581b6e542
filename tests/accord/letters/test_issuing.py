"""Letters by shell, from a template to a code that says yes: made of what stands, sealed, kept, and signed for."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.client.papers.opening import papers_of_place
from accord.letters.making import HouseSettings, keep_letter, make_letter
from accord.letters.orders import LetterOrder
from accord.letters.sealer import serve
from accord.letters.sealing import HouseKey, read_house_key, seal_fault
from accord.organisation import editions
from accord.presentation.editions.reading import read_edition
from accord.presentation.faults import Refused
from domain.editions.kinds import EditionKind
from domain.editions.models import digest_of_content
from domain.partnership import commands as c
from domain.partnership.events import LetterIssued
from records.editions import Editions
from tests.accord.letters.samples import FOLDER, PASSWORD, house_file
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_fails
from tests.builders import proposal
from tests.lives import Life


async def in_force(desk: Desk, *names: str) -> None:
    """Sample letters, each asked for by one person and confirmed by a director, unless they are in force already."""
    for name in names:
        if (await Editions(desk.reader).read(EditionKind.LETTER, name)).newest is None:
            await confirmed(desk, name)


async def confirmed(desk: Desk, sample: str, **changes: str) -> None:
    content = read_edition(FOLDER / f"{sample}.toml").content.model_copy(update=changes)
    await editions.ask(desk, content, "the house's letters", None, "ana.silva")
    series = await Editions(desk.reader).read(content.kind, content.name)
    await editions.confirm(desk, series, digest_of_content(content.canonical())[:8], "dora.kim")


@pytest.fixture
async def house(tmp_path: Path) -> HouseKey:
    return read_house_key(house_file(tmp_path), PASSWORD)


@pytest.fixture
def here(shell: Shell, tmp_path: Path) -> Shell:
    """A terminal of an organisation that keeps papers and seals its letters."""
    return shell.where(
        ACCORD_PAPERS=str(tmp_path / "papers"), ACCORD_SEALER=str(tmp_path / "seal.sock"),
        ACCORD_LETTER_PAGE="https://grants.example.org",
    )  # fmt: skip


async def test_an_agreement_is_issued_confirmed_by_its_code_and_signed_by_another(
    here: Shell, worker: None, desk: Desk, reference: str, house: HouseKey, tmp_path: Path
) -> None:
    """Given an approved grant, when its agreement is issued, then its digest is what the director signs."""
    await in_force(desk, "agreement", "award")
    life = Life(desk, reference)
    await life.to_be_signed(proposal(reference))
    socket = tmp_path / "seal.sock"
    preview = tmp_path / "preview.pdf"
    told = await here.done("letters", "preview", reference, "--edition", "agreement", "--out", preview)
    assert "It is not issued" in told.words
    order = ("letters", "issue", reference, "--edition", "agreement", "--language", "es", "--as", "ana.silva")
    assert_fails(await here(*order), REFUSED, "start `accord letters sealer`")
    async with await serve(socket, house):
        issued = await here.done(*order)
    code = re.search(r"Its code: (\S+)", issued.words)
    assert code is not None
    [letter] = (await here.done("letters", "list", reference, "--json")).json
    checked = await here.done("letters", "check", code[1].lower().replace("-", " "), "--json")
    assert checked.json["pdf_sha256"] == letter["pdf_sha256"]
    assert checked.json.keys() == {"letter", "on", "pdf_sha256"}
    wrong = code[1][:-1] + ("0" if code[1][-1] != "0" else "1")
    assert_fails(await here("letters", "check", wrong), REFUSED, "unknown; no letter with this code")
    assert_fails(await here("letters", "check", f"P-1999-0001{code[1][len(reference) :]}"), REFUSED, "unknown")
    kept = tmp_path / "kept.pdf"
    await here.done("letters", "show", reference, "1", "--out", kept, "--as", "otto.audit")
    content = kept.read_bytes()
    assert hashlib.sha256(content).hexdigest() == letter["pdf_sha256"]
    assert await seal_fault(content, house.roots) == ""
    await life.do(c.Comment, "otto.audit", text="a word between")
    account = await life.account((await life.state()).paid_party)
    signed = {"signed_on": letter["dated"], "account": account, "document_sha256": letter["pdf_sha256"]}
    await life.do(c.SignAgreement, "dora.kim", **signed)
    assert (await life.state()).agreement_sha256 == letter["pdf_sha256"]


@pytest.mark.slow
async def test_the_ledger_holds_no_name_of_whom_a_letter_goes_to(
    here: Shell, worker: None, desk: Desk, reference: str
) -> None:
    await in_force(desk, "summary")
    await Life(desk, reference).awaiting_approval(proposal(reference))
    order = ("letters", "issue", reference, "--edition", "summary", "--as", "vera.lind")
    await here.where(ACCORD_SEALER="").done(*order)
    history = await desk.history(reference)
    [event] = [one.event for one in history if isinstance(one.event, LetterIssued)]
    assert event.to == "BOARD"
    assert event.signature is not None


async def content_for(desk: Desk, reference: str, folder: Path, name: str = "summary") -> dict[str, Any]:
    """A letter that was made and kept, and is not issued."""
    sight = await desk.known_sight(reference)
    made = await make_letter(desk.reader, sight.partnership, LetterOrder(name, "en"), HouseSettings())
    return await keep_letter(papers_of_place(desk.pool, str(folder), ""), made, "vera.lind")


@pytest.mark.slow
async def test_the_gate_refuses_a_letter_of_an_edition_that_was_replaced_meanwhile(
    worker: None, desk: Desk, reference: str, tmp_path: Path
) -> None:
    """Given a letter made of an edition, when two people put another one in force, then it is made anew."""
    await confirmed(desk, "summary", name="short-summary")
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference))
    content = await content_for(desk, reference, tmp_path, "short-summary")
    await confirmed(desk, "summary", name="short-summary", edition="2026.2")
    with pytest.raises(Refused, match=r"short-summary 2026.2 is in force now, and the letter was made of 2026.1"):
        await life.do(c.IssueLetter, "vera.lind", **content)


@pytest.mark.slow
async def test_the_gate_refuses_a_letter_that_is_not_kept_or_of_another_kind(
    worker: None, desk: Desk, reference: str, tmp_path: Path
) -> None:
    await in_force(desk, "summary", "docket")
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference))
    content = await content_for(desk, reference, tmp_path)
    with pytest.raises(Refused, match="not among the papers that are kept here"):
        await life.do(c.IssueLetter, "vera.lind", **{**content, "pdf_sha256": "ab" * 32})
    facts = await content_for(desk, reference, tmp_path, "docket")
    mixed = {**content, "letter": "DOCKET", "facts_sha256": facts["facts_sha256"]}
    with pytest.raises(Refused, match="is no template of a letter DOCKET"):
        await life.do(c.IssueLetter, "vera.lind", **mixed)


@pytest.mark.slow
async def test_two_letters_at_once_are_two_and_one_letter_twice_is_one(
    worker: None, desk: Desk, reference: str, tmp_path: Path
) -> None:
    await in_force(desk, "summary")
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference))
    first, second = [await content_for(desk, reference, tmp_path) for _ in range(2)]
    seen = await desk.known_sight(reference)
    await asyncio.gather(*(desk.decide(seen, c.IssueLetter, "vera.lind", **one) for one in (first, second, first)))
    letters = [one.event for one in await desk.history(reference) if isinstance(one.event, LetterIssued)]
    assert {letter.pdf_sha256 for letter in letters} == {first["pdf_sha256"], second["pdf_sha256"]}
    assert len(letters) == 2


@pytest.mark.slow
async def test_an_edition_that_is_not_in_force_makes_no_letter(
    here: Shell, worker: None, desk: Desk, reference: str, tmp_path: Path
) -> None:
    await Life(desk, reference).awaiting_approval(proposal(reference))
    order = ("letters", "preview", reference, "--edition", "nobodys", "--out", tmp_path / "a.pdf")
    assert_fails(await here(*order), BAD_INPUT, "no edition of the letter 'nobodys' is in force")


@pytest.mark.slow
async def test_a_letter_that_there_is_not_now_is_refused_with_the_reason(
    here: Shell, worker: None, desk: Desk, reference: str, tmp_path: Path
) -> None:
    await in_force(desk, "award", "payment-advice")
    await Life(desk, reference).awaiting_approval(proposal(reference))
    out = ("--out", tmp_path / "a.pdf")
    award = await here("letters", "preview", reference, "--edition", "award", *out)
    assert_fails(award, REFUSED, "not approved by everybody")
    advice = await here("letters", "preview", reference, "--edition", "payment-advice", "--about", "1", *out)
    assert_fails(advice, REFUSED, "has not settled")
    assert not (tmp_path / "a.pdf").exists()


@pytest.mark.slow
async def test_a_template_is_tried_on_invented_facts_before_it_is_asked_for(shell: Shell, tmp_path: Path) -> None:
    out = tmp_path / "gift.pdf"
    await shell.done("letters", "try", FOLDER / "gift-acknowledgement.toml", "--language", "fr", "--out", out)
    assert out.read_bytes().startswith(b"%PDF-")
    again = await shell("letters", "try", FOLDER / "award.toml", "--out", out)
    assert_fails(again, BAD_INPUT, "is there already")


@pytest.mark.parametrize(
    ("text", "place", "fault"),
    [
        ('grant = "/grant"', 'grant = "/budget/total"', "/budget is no fact of a letter AWARD"),
        ('work = "/title"', "", "{work} is no field"),
        ("#letterhead()", '#read("x")', "line 1 has 'read'"),
    ],
)
async def test_a_template_with_a_fault_is_told_by_its_place(
    shell: Shell, file: Callable[..., Path], text: str, place: str, fault: str
) -> None:
    content = (FOLDER / "award.toml").read_text("utf-8")
    assert text in content
    answer = await shell("editions", "check", file(content.replace(text, place, 1), "award.toml"))
    assert answer.code == BAD_INPUT
    assert fault in answer.words


@pytest.mark.slow
async def test_a_key_of_the_house_is_made_and_its_certificate_printed(shell: Shell, tmp_path: Path) -> None:
    made = tmp_path / "house.p12"
    order = ("letters", "key", "--name", "Orchard Foundation", "--out", made)
    assert_fails(await shell(*order), BAD_INPUT, "ACCORD_KEY_PASSPHRASE")
    told = await shell.where(ACCORD_KEY_PASSPHRASE="orchard").done(*order)
    assert "BEGIN CERTIFICATE" in told.stdout
    assert made.stat().st_mode & 0o077 == 0
    assert "Orchard Foundation" in read_house_key(made, b"orchard").name
