"""Papers in the shell: put by their content, named by their digest, taken out in one's own name, and missed if lost."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.accord.shell import BAD_INPUT, REFUSED, UNREACHABLE, Answer, Shell, assert_fails
from tests.papers import files

Maker = Callable[..., Path]
BY = ("--as", "vera.lind")


async def fails(shell: Shell, *said: str | Path, code: int, words: str) -> Answer:
    answer = await shell(*said)
    assert_fails(answer, code, words)
    return answer


@pytest.fixture
def here(shell: Shell, tmp_path: Path) -> Shell:
    """A terminal of an organisation that keeps papers, and has a scanner."""
    return shell.where(ACCORD_PAPERS=str(tmp_path / "papers"), ACCORD_SCAN=files.SCANNER)


async def test_a_paper_is_put_shown_taken_out_and_listed(here: Shell, file: Maker, tmp_path: Path) -> None:
    content = files.pdf(pages=3)
    answer = await here.done("papers", "put", file(content, "letter.pdf"), "--for", "P-2026-0042", *BY)
    digest = answer.stdout.strip()
    assert digest == sha256(content).hexdigest()
    assert "PDF, 3 pages" in answer.words
    assert "Handed in for P-2026-0042" in (await here.done("papers", "show", digest[:12])).words
    copy = tmp_path / "copy.pdf"
    await here.done("papers", "open", digest[:12], "--out", copy, *BY)
    assert copy.read_bytes() == content
    listed = (await here.done("papers", "list", "--for", "p-2026-0042", "--json")).json
    assert [(one["sha256"], one["verdict"]) for one in listed] == [(digest, "CLEAN")]


@pytest.mark.slow
async def test_each_opening_is_a_look_in_the_name_of_who_opens(
    here: Shell, file: Maker, tmp_path: Path, office_pool: asyncpg.Pool
) -> None:
    digest = (await here.done("papers", "put", file(files.pdf(4), "a.pdf"), *BY)).stdout.strip()
    await here.done("papers", "open", digest, "--out", tmp_path / "b.pdf", "--as", "otto.audit")
    query = "SELECT staff_id FROM console.looks WHERE subject = $1"
    assert [row[0] for row in await office_pool.fetch(query, f"paper {digest}")] == ["otto.audit"]


BAD: dict[str, tuple[files.Paper, str]] = {
    "empty": (b"", "it is empty"),
    "EICAR": (files.EICAR, "the scanner found Eicar-Test-Signature"),
    "HTML called a PDF": (b"%PDF-1.4\n<html>", "does not end as one"),
    "an encrypted PDF": (files.pdf(password="x"), "save it without a password"),
    "a bomb": (files.bomb, "unpacks to 200 MB"),
}


@pytest.mark.parametrize("name", BAD)
async def test_what_is_no_paper_is_refused_in_one_line_and_not_kept(
    here: Shell, file: Maker, name: str, tmp_path: Path
) -> None:
    content, words = BAD[name]
    given = file(files.made(content), "report.pdf")
    await fails(here, "papers", "put", given, *BY, code=BAD_INPUT, words=words)
    assert [path for path in (tmp_path / "papers").rglob("*") if path.is_file()] == []


@pytest.mark.slow
async def test_what_acts_by_itself_is_taken_out_only_by_a_word_more(here: Shell, file: Maker, tmp_path: Path) -> None:
    digest = (await here.done("papers", "put", file(files.pdf(script="app.alert(1)"), "a.pdf"), *BY)).stdout.strip()
    target = ("--out", tmp_path / "copy.pdf")
    await fails(here, "papers", "open", digest, *target, *BY, code=REFUSED, words="in it is a script")
    await here.done("papers", "open", digest, *target, "--active", *BY)


async def test_a_file_is_never_written_over(here: Shell, file: Maker, tmp_path: Path) -> None:
    digest = (await here.done("papers", "put", file(b"text of a letter\n", "a.txt"), *BY)).stdout.strip()
    (tmp_path / "mine.txt").write_text("mine")
    out = ("--out", tmp_path / "mine.txt")
    await fails(here, "papers", "open", digest, *out, *BY, code=BAD_INPUT, words="is there already")
    assert (tmp_path / "mine.txt").read_text() == "mine"


@pytest.mark.slow
async def test_what_the_store_lost_is_named(here: Shell, file: Maker, tmp_path: Path) -> None:
    elsewhere = here.where(ACCORD_PAPERS=str(tmp_path / "another"))
    digest = (await here.done("papers", "put", file(b"another letter\n", "a.txt"), *BY)).stdout.strip()
    answer = await fails(elsewhere, "papers", "status", code=REFUSED, words="the store has lost")
    assert digest[:16] in answer.words
    await fails(elsewhere, "papers", "open", digest, "--out", tmp_path / "x", *BY, code=REFUSED, words="lost it")


async def test_without_a_store_it_says_what_to_set(shell: Shell, file: Maker) -> None:
    given = file(b"text\n", "a.txt")
    await fails(shell, "papers", "put", given, *BY, code=UNREACHABLE, words="set ACCORD_PAPERS")


async def test_a_digest_that_is_none_says_so(here: Shell) -> None:
    await fails(here, "papers", "show", "zz", code=BAD_INPUT, words="hexadecimal")
    await fails(here, "papers", "show", "0" * 64, code=BAD_INPUT, words="no such paper")


async def test_a_decision_keeps_its_document_and_takes_a_digest_as_before(
    here: Shell, shell: Shell, file: Maker, office_pool: asyncpg.Pool
) -> None:
    from accord.client.papers.opening import filed  # the function behind every --document

    content = b"minutes of the board\n"
    given: Any = file(content, "minutes.txt")
    digest = sha256(content).hexdigest()
    assert await filed(Path(digest.upper()), "vera.lind", "P-2026-0042") == digest
    assert await filed(given, "vera.lind", "P-2026-0042") == digest
    assert await office_pool.fetchval("SELECT count(*) FROM papers.kept WHERE digest = $1", bytes.fromhex(digest)) == 0
