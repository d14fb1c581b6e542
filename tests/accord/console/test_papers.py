"""Papers in the console: handed in with a form, read as pictures, taken as a file, and each look is on record."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from PIL import Image
from temporalio.client import Client

from accord.client.desk import Desk
from accord.client.papers.opening import papers_of_place
from accord.console.deciding.prepared import Prepared, Waiting
from accord.console.serving.settings import ConsoleSettings
from accord.web.sessions import COOKIE, Sessions
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from papers.keeping import Papers
from tests.accord.console.auditing import faults_of
from tests.accord.console.conftest import Person, Visitor, a_console
from tests.accord.machine_words import machine_words_in, open_words
from tests.builders import abroad, funds_out, proposal
from tests.lives import Life
from tests.papers import files

pytestmark = pytest.mark.usefixtures("worker")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("papers")


@pytest.fixture(scope="module")
async def keeping(
    provider: str, console_pool: asyncpg.Pool, client: Client, folder: Path
) -> AsyncIterator[ConsoleSettings]:
    """A console that keeps papers, and has a scanner."""
    async with a_console(provider, console_pool, client, papers=str(folder), scanner=files.SCANNER) as settings:
        yield settings


@pytest.fixture
def papers(console_pool: asyncpg.Pool, folder: Path) -> Papers:
    return papers_of_place(console_pool, str(folder), files.SCANNER)


Enter = Callable[[str], Awaitable[Visitor]]


@pytest.fixture
def enter(keeping: ConsoleSettings, console_pool: asyncpg.Pool) -> Enter:
    """Return a visitor of that console."""

    async def visitor(staff_id: str) -> Visitor:
        return Visitor(keeping, await Sessions(console_pool).begin(staff_id))

    return visitor


async def put(papers: Papers, content: bytes, name: str = "", subject: str = "") -> str:
    return (await papers.put(io.BytesIO(content), "pia.berg", subject, name)).sha256


async def looks(pool: asyncpg.Pool, digest: str) -> list[str]:
    query = "SELECT staff_id FROM console.looks WHERE subject = $1 ORDER BY number"
    return [row[0] for row in await pool.fetch(query, f"paper {digest}")]


async def test_a_case_names_its_paper_and_leads_to_pictures_of_it(
    desk: Desk, enter: Enter, papers: Papers, reference: str, console_pool: asyncpg.Pool
) -> None:
    digest = await put(papers, files.pdf(pages=3), subject=reference)
    paper = {
        "kind": "REGISTRATION", "dated": "2026-03-03", "kept_by": "accord", "sha256": digest, "read_by": "vera.lind",
    }  # fmt: skip
    payee = abroad("Village Circle", papers=[paper])
    await Life(desk, reference).propose(proposal(reference, partner=payee, funds_out=funds_out("900.00", payee=payee)))
    visitor = await enter("vera.lind")
    case = (await visitor.get(f"/{reference}")).text
    assert f'href="/papers/{digest}"' in case
    assert "PDF, 3 pages" in case
    page = (await visitor.get(f"/papers/{digest}?page=2")).text
    assert "Page 2 of 3" in page
    assert machine_words_in(open_words(page)) == []
    assert f'src="/papers/{digest}/picture?page=2"' in page
    assert await looks(console_pool, digest) == []
    picture = await visitor.get(f"/papers/{digest}/picture?page=2")
    with Image.open(io.BytesIO(picture.content)) as drawn:
        assert drawn.format == "PNG"
    assert await looks(console_pool, digest) == ["vera.lind"]


@pytest.mark.slow
@pytest.mark.parametrize("several", [1, pytest.param(2, marks=pytest.mark.slow)])
async def test_the_papers_of_reports_are_opened_from_where_several_are_accepted_by_one_touch(
    desk: Desk, enter: Enter, papers: Papers, new_reference: Callable[[], str], several: int
) -> None:
    """Given reports with a paper each, when all are to be accepted together, then each leads to its own."""
    digests = dict[str, str]()
    for number in range(several):
        life = Life(desk, new_reference())
        await life.paid(proposal(life.reference))
        digests[life.reference] = await put(papers, files.pdf(pages=10 * several + number), subject=life.reference)
        said = {"report_kind": "PROGRESS", "document_sha256": digests[life.reference]}
        await life.do(c.Report, "pia.berg", summary="Six courses were held", **said)
    visitor = await enter("ana.silva")
    form = {"act": "accept-report", "p": [*digests], "reason": "it agrees with the books"}
    batch = (await visitor.post("/bulk", form)).headers["location"]
    shown = (await visitor.asking.get((await visitor.get(f"{batch}/next")).headers["location"])).text
    places = [shown.index(f'href="{visitor.settings.origin}/papers/{digest}"') for digest in digests.values()]
    assert places == sorted(places)
    assert shown.count("Progress report of the grantee") == several


async def test_a_file_is_handed_out_as_an_attachment_that_no_browser_runs(
    enter: Enter, papers: Papers, console_pool: asyncpg.Pool
) -> None:
    content = files.pdf(pages=5)
    digest = await put(papers, content, "invoice.pdf")
    answer = await (await enter("otto.audit")).get(f"/papers/{digest}/file")
    assert answer.content == content
    assert answer.headers["content-disposition"] == f'attachment; filename="paper-{digest[:16]}.pdf"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox, default-src 'none'")
    assert await looks(console_pool, digest) == ["otto.audit"]


async def test_a_sheet_is_shown_as_text_and_nothing_in_it_acts(enter: Enter, papers: Papers) -> None:
    digest = await put(papers, files.workbook())
    page = (await (await enter("vera.lind")).get(f"/papers/{digest}")).text
    assert "<td>Travel</td>" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "HYPERLINK" not in page


async def test_what_acts_by_itself_is_shown_and_not_handed_out(enter: Enter, papers: Papers) -> None:
    digest = await put(papers, files.pdf(script="app.alert(1)"))
    visitor = await enter("vera.lind")
    page = (await visitor.get(f"/papers/{digest}")).text
    assert "Something in it acts by itself: a script" in page
    assert machine_words_in(open_words(page)) == []
    assert f"/papers/{digest}/file" not in page
    assert (await visitor.get(f"/papers/{digest}/file")).status_code == 422
    assert (await visitor.get(f"/papers/{digest}/picture")).status_code == 200


@pytest.mark.parametrize("path", ["", "/picture", "/file", "/picture?page=99"])
async def test_an_address_that_names_no_paper_is_a_page(enter: Enter, path: str) -> None:
    visitor = await enter("vera.lind")
    assert (await visitor.get(f"/papers/{'ab' * 32}{path}")).status_code == 404
    assert (await visitor.get(f"/papers/no-digest{path}")).status_code == 404


async def test_a_lost_object_is_said(enter: Enter, papers: Papers) -> None:
    digest = await put(papers, files.pdf(pages=7))
    paper = await papers.register.find(bytes.fromhex(digest))
    assert paper is not None
    await papers.store.delete(paper.object)
    answer = await (await enter("vera.lind")).get(f"/papers/{digest}/picture")
    assert (answer.status_code, "has lost it" in answer.text) == (422, True)


@pytest.fixture
async def asked(desk: Desk, reference: str) -> str:
    """A proposal that a verifier may let through with a paper."""
    life, payee = Life(desk, reference), abroad("Village Circle", papers=[])
    await life.propose(proposal(reference, partner=payee, funds_out=funds_out("900.00", payee=payee)))
    await life.until_stage(Stage.ELIGIBILITY)
    await life.until(lambda known: known.assessment is not None)
    return reference


async def send(desk: Desk, visitor: Visitor, reference: str, content: bytes, name: str) -> httpx.Response:
    sight = await desk.known_sight(reference)
    typed = {"version": str(sight.version), "reason": "The ministry confirms it", "no_interest": "yes"}
    headers = {
        "Cookie": f"{COOKIE}={visitor.cookie}", "Origin": visitor.settings.origin, "Sec-Fetch-Site": "same-origin",
    }  # fmt: skip
    return await visitor.asking.post(
        f"{visitor.settings.origin}/{reference}/approve", data=typed, headers=headers,
        files={"document_sha256_file": (name, content, "application/octet-stream")},
    )  # fmt: skip


@pytest.mark.slow
async def test_a_file_that_comes_with_a_form_is_kept_and_its_digest_is_what_is_signed(
    desk: Desk, enter: Enter, papers: Papers, asked: str, console_pool: asyncpg.Pool
) -> None:
    visitor, content = await enter("vera.lind"), files.pdf(pages=9)
    form = (await visitor.get(f"/{asked}/approve")).text
    assert 'enctype="multipart/form-data"' in form
    assert 'type="file" name="document_sha256_file"' in form
    answer = await send(desk, visitor, asked, content, "../../letter.pdf")
    assert answer.status_code == 303, answer.text
    waiting = await Prepared(console_pool).at(answer.headers["location"].rpartition("/")[2])
    assert isinstance(waiting, Waiting)
    digest = waiting.command.document_sha256  # type: ignore[union-attr]
    assert (await papers.known(bytes.fromhex(digest))).pages == 9
    assert await papers.register.subjects(bytes.fromhex(digest)) == (asked,)


BAD: dict[str, tuple[bytes, str]] = {
    "EICAR": (files.EICAR, "Eicar-Test-Signature"),
    "HTML": (b"%PDF-1.4 <html>", "does not end as one"),
    "too large": (bytes(26 * 1024 * 1024), "a paper at most 25"),
    "empty": (b"", "it is empty"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BAD)
async def test_a_bad_file_is_said_at_its_field_and_nothing_typed_is_lost(
    desk: Desk, enter: Enter, asked: str, name: str
) -> None:
    content, words = BAD[name]
    answer = await send(desk, await enter("vera.lind"), asked, content, "report.pdf")
    assert answer.status_code == 422
    assert words.lower() in answer.text.lower()
    assert "The ministry confirms it" in answer.text


@pytest.mark.slow
async def test_a_form_beyond_all_measure_is_not_read(desk: Desk, enter: Enter, asked: str) -> None:
    answer = await send(desk, await enter("vera.lind"), asked, bytes(41 * 1024 * 1024), "report.pdf")
    assert (answer.status_code, "larger than a form" in answer.text) == (422, True)


@pytest.mark.slow
async def test_without_a_store_a_form_takes_a_digest_as_before(visit: Any, desk: Desk, asked: str) -> None:
    form = (await (await visit("vera.lind")).get(f"/{asked}/approve")).text
    assert "data-digest" in form
    assert "multipart" not in form


@pytest.mark.slow
async def test_the_page_of_a_paper_can_be_read_by_everybody(
    browser: Any, enter: Enter, papers: Papers, tmp_path: Path
) -> None:
    visitor = await enter("vera.lind")
    digests = [await put(papers, content) for content in (files.pdf(2), files.workbook(), files.pdf(script="x"))]
    for scheme, width in (("light", 1280), ("dark", 375), ("light", 320)):
        context = await browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
        page = await context.new_page()
        person = Person("vera.lind", context, page, await context.new_cdp_session(page), visitor.settings)
        page.on("console", person.hear)
        await person.begin(visitor)
        for number, digest in enumerate(digests):
            await page.goto(f"{visitor.settings.origin}/papers/{digest}")
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert await faults_of(page) == []
            await page.screenshot(path=tmp_path / f"paper-{number}-{scheme}-{width}.png", full_page=True)
        assert person.complaints == []
        await context.close()
