"""An auditor takes a partnership's papers home: each against its digest, and of what is missing who has it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from accord.client.desk import Desk
from domain.partnership import events as e
from tests import paying
from tests.accord.operations.test_epochs import at
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_fails
from tests.builders import as_given, paper, party
from tests.papers import files

LETTER, REPORT, LIST = files.pdf(pages=2), b"All courses were held.\n", b"Who came: 84 people.\n"
AUDIT = ("audit", "papers", paying.REFERENCE, "--as", "otto.audit", "--out")


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


@pytest.fixture
async def here(furnished: Desk, shell: Shell, tmp_path: Path, file: Callable[..., Path]) -> Shell:
    """A partnership that names a letter, a report and a paper of a milestone, all kept here, and one that is not."""
    kept = at(shell, furnished).where(ACCORD_PAPERS=str(tmp_path / "papers"))
    await kept.done("papers", "put", file(LETTER, "letter.pdf"), "--as", "pia.berg")
    await kept.done("papers", "put", file(REPORT, "report.txt"), "--as", "pia.berg")
    await kept.done("papers", "put", file(LIST, "list.txt"), "--as", "pia.berg")
    done = [{"milestone": 1, "state": "DONE", "papers": [digest(LIST)]}]
    named = [{**paper("DETERMINATION_LETTER"), "sha256": digest(LETTER)}, paper("GOVERNING_INSTRUMENT")]
    scribe = await paying.approved(furnished, as_given(paying.REFERENCE, partner=party(papers=named)))
    await scribe.says(
        e.ReportReceived, "pia.berg", summary="All was held", document_sha256=digest(REPORT), report_kind="FINAL",
        milestones=done,
    )  # fmt: skip
    return kept


def rows_of(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "index.csv").open(encoding="utf-8", newline="") as file:
        return {row["SHA-256"]: row for row in csv.DictReader(file)}


async def test_the_folder_holds_each_paper_and_an_index_that_needs_no_network(here: Shell, tmp_path: Path) -> None:
    home = tmp_path / "home"
    await here.done(*AUDIT, home)
    rows = rows_of(home)
    for content in (LETTER, REPORT, LIST):
        row = rows[digest(content)]
        assert (home / row["File"]).read_bytes() == content
        assert row["Held against it"] == "it is the same"
    [missing] = [row for row in rows.values() if not row["File"]]
    assert "not kept here" in missing["Held against it"]
    assert "kept by" in missing["Origin"]
    page = (home / "index.html").read_text("utf-8")
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert all(sha in page for sha in rows)


@pytest.mark.slow
async def test_what_the_store_lost_is_a_failure_that_names_it(here: Shell, tmp_path: Path) -> None:
    for stored in list((tmp_path / "papers").rglob("*")):
        if stored.is_file():
            stored.unlink()
    answer = await here(*AUDIT, tmp_path / "home")
    assert_fails(answer, REFUSED, "3 papers are lost")
    assert "has lost it" in rows_of(tmp_path / "home")[digest(LETTER)]["Held against it"]


@pytest.mark.slow
async def test_a_folder_that_is_there_is_not_written_to(here: Shell, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    assert_fails(await here(*AUDIT, tmp_path / "home"), BAD_INPUT, "is there already")
