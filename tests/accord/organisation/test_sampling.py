"""An auditor draws a sample of payments by money, and takes home one folder that opens and is checked offline."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import sys
from collections.abc import AsyncIterator, Callable
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import pytest

from accord.client.desk import Desk
from accord.client.sampling.drawing import SampleTerms, draw, terms_of
from accord.client.sampling.files import SampleFile
from accord.client.sampling.packing import zipped
from deploy.database import open_pool
from domain.partnership import events as e
from domain.payment.tranche.events import PaymentSettled, TrancheReleasedForPayment
from domain.streams import StreamId
from ledger import clock
from ledger.proof.checkpoints import CheckpointFolder, sign_checkpoint
from ledger.proof.notes import SIGNATURE, SigningKey, VerifierKey
from ledger.proof.receipts import check_receipt
from ledger.proof.stored_tree import StoredTree
from records.keys.keyring import Keyring
from tests import paying
from tests.accord.counter.files import booked, handed_over, imports, told_now
from tests.accord.operations.test_epochs import at
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_fails
from tests.builders import funds_out, paper, party
from tests.conftest import FURNISHED, ROOT, address_of, copy_of
from tests.papers import files
from tests.payments.orders import RIVERBEND
from tests.records.privacy.test_erasures import CHAIR, erased
from tests.scribe import Scribe

LARGE, SMALL = paying.REFERENCE, "P-2026-0043"
LETTER = files.pdf(pages=2)
SUMS = {LARGE: ("9000.00",), SMALL: ("400.00", "300.00")}
DRAW = ("audit", "sample", "--as", "otto.audit", "--seed", "spring-2026")


@pytest.fixture(scope="module")
async def booked_database(
    furnished_template: str, keyring: Keyring, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    """The name of a database to copy from: what is asked of the three payments changes, and they do not."""
    async with copy_of(FURNISHED, furnished_template) as name:
        pool = await open_pool(address_of(name, furnished_template))
        await settle(Desk(pool, keyring), tmp_path_factory.mktemp("settled"))
        await pool.close()
        yield name


@pytest.fixture
async def settled(booked_database: str, furnished_template: str, keyring: Keyring) -> AsyncIterator[Desk]:
    """A desk of the test's own, where those are booked."""
    async with copy_of(booked_database, furnished_template) as name:
        pool = await open_pool(address_of(name, furnished_template))
        yield Desk(pool, keyring)
        pool.terminate()


async def settle(desk: Desk, folder: Path) -> None:
    """Three payments of two partnerships, all booked by the bank: one large, two small."""
    scribes = {}
    for reference, amounts in SUMS.items():
        named = [{**paper("DETERMINATION_LETTER"), "sha256": sha256(LETTER).hexdigest()}]
        board = [{"name": CHAIR, "role": "DIRECTOR", "country": "PE"}] if reference == LARGE else []
        partner = party(RIVERBEND.holder, papers=named, principals=board)
        scribes[reference] = await paying.released(
            desk, reference, *amounts, partner=partner, funds_out=funds_out(*amounts, payee=partner)
        )
    await handed_over(desk, folder / "out")
    entries = [
        booked(paying.identifier(scribes[reference], number), amount)
        for reference, amounts in SUMS.items()
        for number, amount in enumerate(amounts, 1)
    ]
    await imports(desk, told_now(*entries))


@pytest.fixture
async def here(settled: Desk, shell: Shell, tmp_path: Path, file: Callable[..., Path]) -> Shell:
    """A shell with papers and a checkpoint."""
    kept = at(shell, settled).where(ACCORD_PAPERS=str(tmp_path / "papers"))
    await kept.done("papers", "put", file(LETTER, "letter.pdf"), "--as", "pia.berg")
    key = SigningKey.make("ledger.example.org", SIGNATURE)
    (tmp_path / "checkpoints").mkdir()
    await sign_checkpoint(StoredTree(settled.ledger), CheckpointFolder(tmp_path / "checkpoints"), key)
    return kept.where(ACCORD_CHECKPOINTS=str(tmp_path / "checkpoints"), ACCORD_LOG=str(key.verifier))


async def terms(desk: Desk, **given: str) -> SampleTerms:
    return await terms_of(desk, {"seed": "spring-2026", "size": "3", **given})


async def test_every_booked_payment_is_drawn_from_and_the_large_one_is_always_in(settled: Desk) -> None:
    """Given 9,000, 400 and 300, and lists that show none of them, then all are drawn from, and 9,000 is always in."""
    assert await settled.pool.fetchval("SELECT count(*) FROM projection.lines") == 0
    for seed in map(str, range(10)):
        drawn = await draw(settled, await terms(settled, seed=seed))
        assert drawn.money(drawn.total) == "USD 9,700.00"
        assert [payment.name for payment in drawn.population if payment.partnership_id == LARGE] == [
            "P-2026-0042 payment 1"
        ]
        certain = [payment.partnership_id for choice, payment in drawn.payments if choice.is_certain]
        assert certain == [LARGE]


@pytest.mark.slow
async def test_the_same_seed_and_events_draw_the_same_after_more_was_paid(settled: Desk, tmp_path: Path) -> None:
    """Given a sample, when another payment is booked, then the same seed over the same events draws it again."""
    asked = await terms(settled)
    before = await draw(settled, asked)
    later = await paying.released(settled, "P-2026-0044", "5000.00")
    await handed_over(settled, tmp_path / "later")
    await imports(settled, told_now(booked(paying.identifier(later), "5000.00"), message="BANK-2"))
    assert (await draw(settled, asked)).as_json() == before.as_json()
    assert len((await draw(settled, await terms(settled))).population) == 4


async def test_what_was_written_into_another_payments_stream_is_no_payment(settled: Desk) -> None:
    """Given a worker's stolen login, when it copies a booking into a stream of its own, then nothing more is drawn."""
    copied = await paying.attempt_events(Scribe(settled, LARGE))
    told = [one for one in copied if isinstance(one, TrancheReleasedForPayment | PaymentSettled)]
    await paying.append(settled, StreamId.attempt("P-2026-0099", 1, 1), *told)
    assert len((await draw(settled, await terms(settled))).population) == 3


def sums_of(folder: Path) -> dict[str, str]:
    lines = (folder / "SHA256SUMS").read_text("utf-8").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def links_of(page: Path) -> set[Path]:
    links = re.findall(r'href="([^"]+)"', page.read_text("utf-8"))
    return {(page.parent / link).resolve() for link in links}


@pytest.mark.slow
async def test_the_folder_opens_offline_and_everything_in_it_is_checked_without_us(here: Shell, tmp_path: Path) -> None:
    """Given the folder, then each link leads to a file in it, each digest, receipt, paper and signature holds."""
    home = tmp_path / "home"
    drawn = (await here.done(*DRAW, "--size", "200", "--out", home, "--json")).json
    sums = sums_of(home)
    every = {str(path.relative_to(home)): path for path in home.rglob("*") if path.is_file()}
    assert set(sums) == set(every) - {"SHA256SUMS"}
    assert all(sha256(every[name].read_bytes()).hexdigest() == digest for name, digest in sums.items())
    for page in home.rglob("*.html"):
        words = page.read_text("utf-8")
        assert "<script" not in words
        assert "http" not in words.replace("http-equiv", "")
        assert all(link.is_file() and link.is_relative_to(home.resolve()) for link in links_of(page))
    assert {one["partnership_id"] for one in drawn["chosen"]} == {LARGE, SMALL}
    assert (home / LARGE / "papers" / f"paper-{sha256(LETTER).hexdigest()[:16]}.pdf").read_bytes() == LETTER
    assert "the file that is kept says the same" in (home / LARGE / "index.html").read_text("utf-8")
    key = VerifierKey.parse((home / "ledger.pub").read_text("utf-8").strip())
    receipts = [check_receipt(one.read_text("utf-8"), (key,)) for one in home.rglob("*.tlog-proof")]
    streams = {proved.event.stream_id for proved in receipts}
    assert StreamId.attempt(LARGE, 1, 1) in streams
    assert len(receipts) == len(list(home.rglob("events/*.json"))) + len(list(home.rglob("payment-*/*.json")))
    [approval, *_] = sorted((home / LARGE / "events").glob("*-ApprovalGiven.json"))
    signer = home / "keys" / f"{json.loads(approval.read_text('utf-8'))['signature']['key_id']}.json"
    verifier = (sys.executable, ROOT / "examples" / "verify_signature.py")
    done = await asyncio.create_subprocess_exec(*verifier, approval, signer, stdout=asyncio.subprocess.PIPE)
    said, _ = await done.communicate()
    assert (done.returncode, json.loads(said)["act"]) == (0, "approve")


@pytest.mark.slow
async def test_the_population_lets_anybody_choose_again(here: Shell, tmp_path: Path) -> None:
    """Given the sheet of all payments, when one adds up by hand, then each selected unit lies where it is said."""
    home = tmp_path / "home"
    drawn = (await here.done(*DRAW, "--size", "3", "--out", home, "--json")).json
    with (home / "population.csv").open(encoding="utf-8", newline="") as sheet:
        rows = list(csv.DictReader(sheet))
    chosen, position = [], cents(drawn["start"])
    while position <= cents(rows[-1]["up_to"]):
        chosen.append(next(row for row in rows if position <= cents(row["up_to"])))
        position += cents(drawn["interval"])
    named = {(row["partnership_id"], int(row["tranche"])) for row in chosen}
    assert named == {(one["partnership_id"], one["tranche"]) for one in drawn["chosen"]}


def cents(amount: str) -> int:
    return round(float(amount) * 100)


@pytest.mark.slow
async def test_each_paper_is_a_look_and_what_is_missing_is_said(here: Shell, settled: Desk, tmp_path: Path) -> None:
    """Given papers of which the store lost one, then the folder is made, says so, and the command fails by name."""
    await here.done(*DRAW, "--size", "200", "--out", tmp_path / "first")
    looks = "SELECT staff_id FROM console.looks WHERE subject = $1"
    subject = f"paper {sha256(LETTER).hexdigest()}"
    assert [row[0] for row in await settled.pool.fetch(looks, subject)] == ["otto.audit", "otto.audit"]
    for stored in list((tmp_path / "papers").rglob("*")):
        if stored.is_file():
            stored.unlink()
    answer = await here(*DRAW, "--size", "200", "--out", tmp_path / "second")
    assert_fails(answer, REFUSED, "2 papers lost, or others than the ledger names")
    assert "has lost it" in (tmp_path / "second" / LARGE / "index.html").read_text("utf-8")
    assert "LOST OR ANOTHER" in (tmp_path / "second" / "index.html").read_text("utf-8")


@pytest.mark.slow
async def test_what_was_erased_is_said_and_the_folder_is_made(here: Shell, settled: Desk, tmp_path: Path) -> None:
    """Given a paper and a name that two guardians erased, then their places say so, and nothing fails."""
    scribe = await paying.caught_up(Scribe(settled, LARGE))
    await scribe.write(scribe.made(e.PartnershipTerminated, "dora.kim", reason="They closed"))
    await erased(settled)
    await settled.pool.execute("DELETE FROM papers.keys")
    await settled.pool.execute("UPDATE papers.kept SET erased_at = now()")
    await here.done(*DRAW, "--size", "200", "--out", tmp_path / "home")
    page = (tmp_path / "home" / LARGE / "index.html").read_text("utf-8")
    assert "two guardians had it erased" in page
    assert "A name in it was erased." in page
    assert CHAIR not in page
    assert "a name was erased, in" in (tmp_path / "home" / "index.html").read_text("utf-8")


@pytest.mark.slow
async def test_a_forged_event_stands_out_and_the_folder_is_made(here: Shell, settled: Desk, tmp_path: Path) -> None:
    """Given a hold that nobody signed, then its page says that it is not proved, and everything else is there."""
    forged = e.HoldPlaced(at=clock.now(), actor="vera.lind", reason="wait")
    await paying.append(settled, StreamId.partnership(LARGE), forged)
    await here.done(*DRAW, "--size", "200", "--out", tmp_path / "home")
    page = (tmp_path / "home" / LARGE / "index.html").read_text("utf-8")
    assert "NOT PROVED" in page
    assert "no checkpoint holds it yet" in page
    assert "1 event not proved" in (tmp_path / "home" / "index.html").read_text("utf-8")


async def made(number: int, broken_after: int = 1000) -> AsyncIterator[SampleFile]:
    for place in range(number):
        if place == broken_after:
            raise ConnectionError("the database is away")
        yield SampleFile(f"P-2026-0042/papers/paper-{place}.pdf", iter([bytes([place]) * (1 << 20)] * 4))


async def received(coming: AsyncIterator[bytes], parts: list[bytes]) -> None:
    async for part in coming:
        parts.append(part)


@pytest.mark.slow
async def test_a_zip_is_sent_while_it_is_made_and_little_of_it_is_held() -> None:
    """Given 25 papers of 4 MB, when they are packed, then each part leaves before the next, and the zip is whole."""
    parts = [part async for part in zipped(made(25), "home")]
    assert max(map(len, parts)) < 3 << 20
    with ZipFile(io.BytesIO(b"".join(parts))) as archive:
        assert len(archive.namelist()) == 25
        assert archive.testzip() is None
    assert b"".join(parts) == b"".join([part async for part in zipped(made(25), "home")])


async def test_a_zip_that_broke_off_is_none() -> None:
    """Given a database that goes away meanwhile, then what was sent does not open: it is no half of a folder."""
    parts = list[bytes]()
    with pytest.raises(ConnectionError):
        await received(zipped(made(5, broken_after=3), "home"), parts)
    assert len(b"".join(parts)) > 10 << 20
    with pytest.raises(BadZipFile):
        ZipFile(io.BytesIO(b"".join(parts)))


BAD: dict[str, tuple[tuple[str, ...], str]] = {
    "neither": ((), "--size: say how many selections, or by --interval the sum between two, and not both"),
    "both": (("--size", "3", "--interval", "50"), "and not both"),
    "size": (("--size", "501"), "--size: write how many selections, 1 to 500"),
    "interval": (("--interval", "0"), "--interval: '0' is no interval; write a sum above zero"),
    "too much": (("--interval", "0.01"), "--interval: it selects more than 500; write USD 19.40 or more"),
    "decimals": (("--interval", "50.0055"), "--interval: 50.0055 has more decimals than USD, which has 2"),
    "currency": (("--size", "3", "--currency", "dollars"), "--currency: 'dollars' is no currency"),
    "seed": (("--size", "3", "--seed", "a b"), "--seed: write 1 to 64 letters"),
    "head": (("--size", "3", "--head", "999999"), "--head: the ledger has"),
    "days": (("--size", "3", "--from", "2026-02-30"), "--from: '2026-02-30' is no day"),
}


@pytest.mark.slow
async def test_bad_input_gets_one_line_that_names_the_option(settled: Desk, shell: Shell) -> None:
    there = at(shell, settled)
    for words, fault in BAD.values():
        assert_fails(await there(*DRAW, *words), BAD_INPUT, fault)


@pytest.mark.slow
async def test_only_an_auditor_draws_and_nothing_is_written_before(settled: Desk, shell: Shell, tmp_path: Path) -> None:
    there = at(shell, settled)
    other = await there("audit", "sample", "--as", "paul.nkosi", "--size", "3", "--out", tmp_path / "home")
    assert_fails(other, REFUSED, "may not draw a sample of payments")
    none = await there(*DRAW, "--size", "3", "--from", "2020-01-01", "--to", "2020-12-31")
    assert_fails(none, REFUSED, "the bank booked no payment from 2020-01-01 to 2020-12-31")
    assert not (tmp_path / "home").exists()
    (tmp_path / "home").mkdir()
    assert_fails(await there(*DRAW, "--size", "3", "--out", tmp_path / "home"), BAD_INPUT, "is there already")
