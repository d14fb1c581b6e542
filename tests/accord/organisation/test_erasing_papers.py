"""Two guardians erase a paper: its key is destroyed, its digest stays, and a restore does not bring it back."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from accord.audit.signatures import verify_signatures
from accord.client.desk import Desk
from domain.partnership import events as e
from tests import paying
from tests.accord.operations.test_epochs import at
from tests.accord.shell import DONE, REFUSED, Answer, Shell, assert_fails
from tests.builders import as_given, party
from tests.papers import files
from tests.scribe import Scribe

LETTER = files.pdf(pages=2)
DIGEST = sha256(LETTER).hexdigest()
ERASE = ("papers", "erase", DIGEST[:16], "--reason", "It was the wrong file", "--yes", "--as")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of signed erasures."""
    return tmp_path / "erasures"


@pytest.fixture
async def here(furnished: Desk, shell: Shell, folder: Path, tmp_path: Path, file: Callable[..., Path]) -> Shell:
    """A terminal of an organisation that keeps papers and erasures, with one letter."""
    kept = at(shell, furnished).where(ACCORD_ERASURES=str(folder), ACCORD_PAPERS=str(tmp_path / "papers"))
    await kept.done("papers", "put", file(LETTER, "letter.pdf"), "--as", "pia.berg")
    return kept


async def named(furnished: Desk) -> Scribe:
    """A partnership in which the letter is filed with a report of a paper, and that is open."""
    return await paying.approved(furnished, as_given(paying.REFERENCE, partner=party()))


def kept_in(folder: Path) -> list[Path]:
    return [*folder.iterdir()]


def refused(answer: Answer, words: str) -> None:
    assert_fails(answer, REFUSED, words)


async def kept_keys(desk: Desk) -> int:
    return int(await desk.pool.fetchval("SELECT count(*) FROM papers.keys"))


async def test_a_paper_that_nothing_names_goes_by_two_and_its_digest_stays(
    here: Shell, furnished: Desk, tmp_path: Path, file: Callable[..., Path]
) -> None:
    first = await here.done(*ERASE, "dora.kim")
    assert "Nothing is erased before another" in first.words
    again = await here.done(*ERASE, "dora.kim")
    assert "Nothing is erased before another" in again.words
    assert await kept_keys(furnished) == 1
    assert DIGEST in (await here.done(*ERASE, "otto.audit")).words
    assert await kept_keys(furnished) == 0
    assert [path for path in (tmp_path / "papers").rglob("*") if path.is_file()] == []
    refused(await here("papers", "open", DIGEST, "--out", tmp_path / "x", "--as", "pia.berg"), "had it erased")
    answer = await here("papers", "put", file(LETTER, "again.pdf"), "--as", "pia.berg")
    assert "is not kept again" in answer.words
    assert (await verify_signatures(furnished.ledger)).faults == ()


@pytest.mark.slow
async def test_nobody_but_a_guardian_approves_it(here: Shell, furnished: Desk) -> None:
    refused(await here(*ERASE, "pia.berg"), "Pia Berg may not erase a paper: an auditor or a director must")
    assert await kept_keys(furnished) == 1


@pytest.mark.slow
async def test_it_is_refused_while_an_open_partnership_names_it(here: Shell, furnished: Desk) -> None:
    scribe = await named(furnished)
    await scribe.says(e.ReportReceived, "pia.berg", summary="All was held", document_sha256=DIGEST, report_kind="FINAL")
    refused(await here(*ERASE, "dora.kim"), "names it and is not ended")
    await scribe.says(e.PartnershipWithdrawn, "pia.berg", reason="They found other funds")
    await here.done(*ERASE, "dora.kim")
    await here.done(*ERASE, "otto.audit")
    assert await kept_keys(furnished) == 0


async def test_the_database_itself_wants_two_and_nothing_else_that_names_it(here: Shell, furnished: Desk) -> None:
    digest = bytes.fromhex(DIGEST)
    with pytest.raises(Exception, match="no two guardians approved it"):
        await furnished.pool.fetchval("SELECT papers.destroy($1, '{}')", digest)
    await furnished.pool.execute("SELECT papers.mention($1, 'P-2026-0077', 'pia.berg')", digest)
    assert not await furnished.pool.fetchval("SELECT papers.destroy($1, '{}')", digest)


@pytest.mark.slow
async def test_a_key_that_a_restore_brought_back_is_destroyed_again(here: Shell, furnished: Desk, folder: Path) -> None:
    before = await furnished.pool.fetchrow("SELECT * FROM papers.keys")
    assert before is not None
    await here.done(*ERASE, "dora.kim")
    await here.done(*ERASE, "otto.audit")
    assert kept_in(folder) == [folder / f"paper-{DIGEST}.json"]
    await furnished.pool.execute("INSERT INTO papers.keys VALUES ($1, $2)", *before)
    await furnished.pool.execute("UPDATE papers.kept SET erased_at = NULL")
    answer = await here("privacy", "apply-again", folder)
    assert (answer.code, f"The paper {DIGEST[:16]} is erased again" in answer.words) == (DONE, True), answer
    assert await kept_keys(furnished) == 0
    assert "is applied here" in (await here.done("privacy", "apply-again", folder)).words


@pytest.mark.slow
async def test_a_file_that_was_changed_erases_nothing(here: Shell, furnished: Desk, folder: Path) -> None:
    before = await furnished.pool.fetchrow("SELECT * FROM papers.keys")
    assert before is not None
    for guardian in ("dora.kim", "otto.audit"):
        await here.done(*ERASE, guardian)
    [kept] = kept_in(folder)
    kept.write_text(kept.read_text().replace("It was the wrong file", "It was the right file"))
    await furnished.pool.execute("INSERT INTO papers.keys VALUES ($1, $2)", *before)
    await furnished.pool.execute("UPDATE papers.kept SET erased_at = NULL")
    refused(await here("privacy", "apply-again", folder), "does not prove that two guardians")
    assert await kept_keys(furnished) == 1


@pytest.mark.slow
async def test_an_installation_that_may_still_go_back_says_when_it_can_be_erased(here: Shell, furnished: Desk) -> None:
    await furnished.pool.execute("DELETE FROM appending.rights WHERE event_type = 'PaperErasureApproved'")
    refused(await here(*ERASE, "dora.kim"), "accord upgrade --open")
    assert await kept_keys(furnished) == 1
