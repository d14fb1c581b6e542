"""`accord clock`: a quarter in public, bound to the signed ledger and to every line: no slow case is trimmed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.client.pace.checking import check_quarter, line_of_case, require_of_ledger
from accord.client.pace.publishing import read_quarter, root_over, write_quarter
from accord.client.pace.reading import clock_of, digest_of_case, lines_of_quarter
from accord.presentation.faults import BadInput, Refused
from accord.presentation.words.pace import clock_in_words
from domain.partnership.pace.quarters import CaseLine, Quarter, figures_of
from domain.partnership.pace.waits import PaceWait
from ledger import clock
from ledger.proof.checkpoints import CheckpointFolder, sign_checkpoint
from ledger.proof.stored_tree import StoredTree
from records.submissions.seals import seal_submissions
from tests import paying
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_fails
from tests.builders import proposal
from tests.doors import handed_in, link_to
from tests.ledger.proof import KNOWN, LOG, OTHER_LOG

OTHER = "P-2026-0043"


def quarter_of_now() -> Quarter:
    now = clock.now()
    return Quarter(now.year, (now.month + 2) // 3)


async def two_cases(desk: Desk) -> None:
    """Two partnerships, one with something at the door that nobody looked at."""
    await paying.released(desk)
    await paying.verified_and_assessed(desk, proposal(OTHER))
    await handed_in(desk.pool, await link_to(desk.pool, OTHER))
    await seal_submissions(desk.ledger, desk.pool)


async def published(desk: Desk, folder: Path) -> Path:
    """The folder of this quarter, under a checkpoint of now."""
    kept = CheckpointFolder(folder / "checkpoints")
    await sign_checkpoint(StoredTree(desk.ledger), kept, LOG)
    lines = await lines_of_quarter(desk, quarter_of_now(), await desk.ledger.head())
    note = kept.notes()[-1].read_text("utf-8")
    write_quarter(folder / "clock", lines, note, f"{LOG.verifier}\n", clock.now())
    return folder / "clock"


@pytest.fixture
async def folder(furnished: Desk, tmp_path: Path) -> Path:
    await two_cases(furnished)
    return await published(furnished, tmp_path)


async def test_each_case_has_a_line_that_its_grantee_finds(furnished: Desk, folder: Path) -> None:
    figures, lines = read_quarter(folder)
    checked = check_quarter(figures, lines, KNOWN)
    await require_of_ledger(furnished, checked)
    history = await furnished.history(OTHER)
    line = line_of_case(lines, digest_of_case(OTHER, history))
    assert (figures.cases, len(lines)) == (2, 2)
    assert {wait.kind for wait in line.waits} == {PaceWait.DECISION, PaceWait.SUBMISSION}
    assert all(not wait.is_over for wait in line.waits)
    assert OTHER not in (folder / "lines.json").read_text("utf-8")


@pytest.mark.slow
async def test_the_page_says_the_median_and_the_worst_tenth_and_needs_nothing_else(folder: Path) -> None:
    page = (folder / "index.html").read_text("utf-8")
    for words in ("Median", "Worst tenth", "2 cases", "The quarter is not over yet", "Days with us"):
        assert words in page
    assert "default-src 'none'" in page
    assert not re.search(r"<script|https?://", page)


Change = Callable[[dict[str, Any], list[dict[str, Any]]], object]


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(lambda figures, lines: lines.pop(), "1 lines are there", id="a case left out"),
        pytest.param(lambda figures, lines: lines.append(lines[0]), "3 lines are there", id="a case twice"),
        pytest.param(lambda figures, lines: lines.reverse(), "2 lines are there", id="another order"),
        pytest.param(lambda figures, lines: lines[0].update(with_us=10**9), "not those", id="another length"),
        pytest.param(lambda figures, lines: lines[0]["waits"].pop(), "not those", id="a wait left out"),
        pytest.param(lambda figures, lines: figures["waits"][0].update(median=1), "do not follow", id="another median"),
        pytest.param(lambda figures, lines: figures.update(size=1), "the checkpoint signs", id="another head"),
    ],
)
def test_whatever_is_trimmed_is_found(folder: Path, change: Change, words: str) -> None:
    figures, lines = (json.loads((folder / name).read_text("utf-8")) for name in ("figures.json", "lines.json"))
    change(figures, lines)
    (folder / "figures.json").write_text(json.dumps(figures), "utf-8")
    (folder / "lines.json").write_text(json.dumps(lines), "utf-8")
    with pytest.raises(Refused, match=words):
        check_quarter(*read_quarter(folder), KNOWN)


@pytest.mark.slow
async def test_a_case_that_was_left_out_from_the_beginning_is_found_by_its_grantee_and_by_the_ledger(
    furnished: Desk, folder: Path
) -> None:
    """Given figures that a funder made without the slow case, then they hold by themselves, and are found out."""
    figures, lines = read_quarter(folder)
    slow = digest_of_case(OTHER, await furnished.history(OTHER))
    kept: tuple[CaseLine, ...] = tuple(line for line in lines if line.case != slow)
    fewer = figures.model_copy(update={"cases": 1, "root": root_over(kept), "waits": figures_of(kept)})
    checked = check_quarter(fewer, kept, KNOWN)
    with pytest.raises(Refused, match="or was left out"):
        line_of_case(kept, slow)
    with pytest.raises(Refused, match="a case was left out"):
        await require_of_ledger(furnished, checked)


async def test_it_is_bound_to_what_the_ledgers_key_signed(folder: Path) -> None:
    with pytest.raises(Refused, match="the checkpoint in the figures does not hold"):
        check_quarter(*read_quarter(folder), (OTHER_LOG.verifier,))


@pytest.mark.slow
async def test_what_comes_later_changes_no_figures_of_before(furnished: Desk, folder: Path) -> None:
    figures, lines = read_quarter(folder)
    await handed_in(furnished.pool, await link_to(furnished.pool, paying.REFERENCE))
    await seal_submissions(furnished.ledger, furnished.pool)
    await require_of_ledger(furnished, check_quarter(figures, lines, KNOWN))


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", ["figures.json", "lines.json"])
@pytest.mark.parametrize("text", ["", "{}", "[1]"])
def test_a_folder_that_cannot_be_read_is_said(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, "utf-8")
    with pytest.raises(BadInput, match="holds no figures of a quarter"):
        read_quarter(folder)


async def test_the_clock_of_a_case_is_told_in_its_grantees_language(furnished: Desk) -> None:
    await two_cases(furnished)
    found = await clock_of(furnished, OTHER, clock.now() + timedelta(days=12))
    assert clock_in_words(found) == [
        "So far with us: 12 days", "So far with you: less than a day", "You wait for our decision: 12 days",
        "You wait for our look at what you handed in: 12 days",
    ]  # fmt: skip
    assert clock_in_words(found, "es")[0] == "Hasta ahora, con nosotros: 12 días"
    assert clock_in_words(found, "fr")[0] == "Jusqu’ici chez nous : 12 jours"
    assert clock_in_words(found, "xx") == clock_in_words(found)


@pytest.mark.slow
async def test_the_shell_publishes_and_verifies(
    furnished: Desk, furnished_database: str, shell: Shell, tmp_path: Path
) -> None:
    await two_cases(furnished)
    kept, log, out = CheckpointFolder(tmp_path / "checkpoints"), tmp_path / "ledger.pub", tmp_path / "clock"
    await sign_checkpoint(StoredTree(furnished.ledger), kept, LOG)
    log.write_text(f"{LOG.verifier}\n", "utf-8")
    there, quarter = shell.as_administrator(furnished_database), str(quarter_of_now())
    trust = ("--checkpoints", kept.folder, "--log", log)
    await there.done("clock", "--quarter", quarter, "--out", out, *trust)
    case = digest_of_case(OTHER, await furnished.history(OTHER))
    (tmp_path / "receipt.json").write_text(json.dumps({"case": case}), "utf-8")
    verify = ("clock", "verify", out, "--log", log)
    verified = await there.done(*verify, "--ledger", "--receipt", tmp_path / "receipt.json")
    assert "The figures of 2 cases hold" in verified.words
    assert "Its line:" in verified.words
    assert "submission" in verified.words
    assert_fails(await there("clock", "--quarter", quarter, "--out", out, *trust), BAD_INPUT, "name a new folder")
    assert_fails(await there("clock", "--quarter", "2026", "--out", out, *trust), BAD_INPUT, "write it like 2026Q4")
    assert_fails(await there(*verify, "--case", "ab" * 32), REFUSED, "no line has the digest")
