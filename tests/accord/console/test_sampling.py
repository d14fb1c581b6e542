"""An auditor draws a sample of payments in the browser and takes its folder home. Nobody else does."""

from __future__ import annotations

import io
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zipfile import ZipFile

import asyncpg
import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.client.papers.opening import papers_of_place
from accord.client.sampling.drawing import draw, terms_of
from accord.console.serving.settings import ConsoleSettings
from accord.web.sessions import Sessions
from domain.payment.bank_answers import BankStatus
from ledger.proof.checkpoints import CheckpointFolder, sign_checkpoint
from ledger.proof.notes import SIGNATURE, SigningKey
from ledger.proof.receipts import check_receipt
from ledger.proof.stored_tree import StoredTree
from tests import paying
from tests.accord.console.auditing import faults_of
from tests.accord.console.conftest import Person, Visitor, a_console
from tests.builders import funds_out, paper, party
from tests.lives import Life
from tests.papers import files
from tests.payments.orders import RIVERBEND

PAID = "P-2026-0841"
LETTER, ACTIVE = files.pdf(pages=4), files.pdf(pages=3, script="app.alert(1)")
KEY = SigningKey.make("ledger.example.org", SIGNATURE)
ASKED = "/payments/sample?interval=5000"

Enter = Callable[[str], Awaitable[Visitor]]


@pytest.fixture(scope="module")
async def keeping(
    provider: str, console_pool: asyncpg.Pool, client: Client, desk: Desk, worker: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[ConsoleSettings]:  # fmt: skip
    """A console with papers and checkpoints, and a payment of USD 5,000 with a letter and a paper that acts."""
    folder, checkpoints = tmp_path_factory.mktemp("papers"), tmp_path_factory.mktemp("checkpoints")
    papers = papers_of_place(console_pool, str(folder), files.SCANNER)
    digests = [(await papers.put(io.BytesIO(content), "pia.berg", PAID)).sha256 for content in (LETTER, ACTIVE)]
    kinds = ("DETERMINATION_LETTER", "GOVERNING_INSTRUMENT")
    named = [{**paper(kind), "sha256": digest} for kind, digest in zip(kinds, digests, strict=True)]
    partner = party(papers=named)
    out = funds_out("5000.00", payee=partner)
    story = await paying.released(desk, PAID, partner=partner, funds_out=out)
    await Life(desk, PAID).bank_says(await paying.attempt_of(story), BankStatus.SETTLED)
    await sign_checkpoint(StoredTree(desk.ledger), CheckpointFolder(checkpoints), KEY)
    more = {"papers": str(folder), "checkpoints": str(checkpoints), "log_key": str(KEY.verifier)}
    async with a_console(provider, console_pool, client, scanner=files.SCANNER, **more) as settings:
        yield settings


@pytest.fixture
def enter(keeping: ConsoleSettings, console_pool: asyncpg.Pool) -> Enter:
    async def visitor(staff_id: str) -> Visitor:
        return Visitor(keeping, await Sessions(console_pool).begin(staff_id))

    return visitor


@pytest.mark.sampled(1)
@pytest.mark.parametrize("path", ["/payments/sample", ASKED, "/payments/sample/folder.zip?size=3"])
async def test_whoever_does_not_audit_is_told_so_in_a_line(enter: Enter, path: str) -> None:
    answer = await (await enter("pia.berg")).get(path)
    assert answer.status_code == 403
    assert "may not draw a sample of payments" in answer.text
    assert "Sample for an audit" not in answer.text


async def test_a_seed_is_drawn_shown_and_stands_in_the_address_which_draws_the_same(enter: Enter, desk: Desk) -> None:
    """Given no seed, when a sample is asked for, then its address has one, and the shell draws the same from it."""
    visitor = await enter("otto.audit")
    led = await visitor.get(ASKED)
    assert led.status_code == 303
    given = {name: one for name, [one] in parse_qs(urlsplit(led.headers["location"]).query).items()}
    page = (await visitor.get(led.headers["location"])).text
    assert given["seed"] in page
    assert 'href="/payments/sample"' in page
    drawn = await draw(desk, await terms_of(desk, given))
    for choice, payment in drawn.payments:
        assert payment.name in page
        assert drawn.why(choice) in page
    assert PAID in drawn.partnerships
    assert (await visitor.get(led.headers["location"])).text == page


async def test_the_folder_is_a_zip_whose_every_file_has_its_digest(
    enter: Enter, desk: Desk, console_pool: asyncpg.Pool
) -> None:
    """Given a sample, when its folder is taken, then it holds papers, receipts and pages, and each paper is a look."""
    visitor = await enter("otto.audit")
    head = await desk.ledger.head()
    answer = await visitor.get(f"/payments/sample/folder.zip?interval=5000&seed=autumn&head={head}")
    assert answer.headers["content-type"] == "application/zip"
    folder = re.fullmatch(r'attachment; filename="(.+)\.zip"', answer.headers["content-disposition"])
    assert folder is not None
    with ZipFile(io.BytesIO(answer.content)) as archive:
        taken = {name.removeprefix(f"{folder[1]}/"): archive.read(name) for name in archive.namelist()}
    sums = dict(reversed(line.split("  ")) for line in taken.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: sha256(content).hexdigest() for name, content in taken.items()}
    digest = sha256(LETTER).hexdigest()
    assert taken[f"{PAID}/papers/paper-{digest[:16]}.pdf"] == LETTER
    page = taken[f"{PAID}/index.html"].decode()
    assert "in it is a script" in page
    assert sha256(ACTIVE).hexdigest() in page
    assert not any(content == ACTIVE for content in taken.values())
    receipts = [name for name in taken if name.startswith(f"{PAID}/receipts/")]
    assert all(check_receipt(taken[name].decode(), (KEY.verifier,)) for name in receipts)
    assert len(receipts) > 5
    assert json.loads(taken["sample.json"])["seed"] == "autumn"
    account = (RIVERBEND.iban or RIVERBEND.number).encode()
    assert not any(account in content for content in taken.values())
    looks = "SELECT count(*) FROM console.looks WHERE staff_id = 'otto.audit' AND subject = ANY ($1)"
    assert await console_pool.fetchval(looks, [f"paper {digest}"]) == 1
    assert await console_pool.fetchval(looks, ["the folder of a sample of payments"]) == 1


BAD: dict[str, tuple[str, str]] = {
    "both": ("size=3&interval=50", "and not both"),
    "size": ("size=many", "Write how many selections, 1 to 500"),
    "interval": ("interval=0.01", "It selects more than 500"),
    "seed": ("size=3&seed=%3Cscript%3E", "Write 1 to 64 letters"),
    "head": ("size=3&head=99999999", "The ledger has"),
    "days": ("size=3&from=2026-13-01", "is no day"),
    "nothing": ("size=3&from=2020-01-01&to=2020-12-31", "The bank booked no payment from 1 Jan 2020 to 31 Dec 2020"),
}


@pytest.mark.parametrize("name", BAD)
async def test_bad_input_is_said_at_its_field_and_the_form_keeps_what_was_typed(enter: Enter, name: str) -> None:
    query, words = BAD[name]
    answer = await (await enter("otto.audit")).get(f"/payments/sample?{query}")
    assert (answer.status_code, words in answer.text) == (422, True), answer.text
    assert "<script>" not in answer.text
    for field, [typed] in parse_qs(query).items():
        assert f'name="{field}"' in answer.text or field == "head"
        assert f'value="{typed}"' in answer.text or field in {"head", "seed"}


@pytest.mark.slow
async def test_the_page_can_be_read_by_everybody(browser: Any, enter: Enter, tmp_path: Path) -> None:
    visitor = await enter("otto.audit")
    for scheme, width in (("light", 1280), ("dark", 375), ("light", 320), ("dark", 1280)):
        context = await browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
        page = await context.new_page()
        person = Person("otto.audit", context, page, await context.new_cdp_session(page), visitor.settings)
        page.on("console", person.hear)
        await person.begin(visitor)
        for number, path in enumerate(("/payments/sample", f"{ASKED}&seed=winter", "/payments/sample?size=0")):
            await page.goto(visitor.settings.origin + path)
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert await faults_of(page) == []
            await page.screenshot(path=tmp_path / f"sample-{number}-{scheme}-{width}.png", full_page=True)
        assert [one for one in person.complaints if "422" not in one] == []
        await context.close()
