"""The sample's workbook of twelve is brought in as people type it."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.demo.sample import SAMPLE
from tests.accord.shell import BAD_INPUT, DONE, REFUSED, Shell

GRANTS, MAPPING, TOTALS = (str(SAMPLE / "imports" / name) for name in ("grants.xlsx", "mapping.toml", "totals.toml"))
READ = ("--mapping", MAPPING, "--totals", TOTALS)


def spoilt(path: Path, text: str, other: str) -> Path:
    """Write the sample's mapping with another text in place of one, and return its path."""
    path.write_text(Path(MAPPING).read_text("utf-8").replace(text, other), "utf-8")
    return path


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_a_workbook_of_twelve_is_brought_in(shell: Shell) -> None:
    """Given the sample's workbook, when two sign it and it is applied, then its twelve partnerships are listed."""
    checked = await shell.done("import", "check", GRANTS, *READ)
    assert "12 partnerships, agreed EUR 52,000.00 and USD 345,000.00" in checked.words
    signed = await shell.done("import", "sign", GRANTS, *READ, "--as", "femi.ade")
    assert "Next, by another person" in signed.words
    await shell.done("import", "sign", GRANTS, "--as", "dora.kim")
    assert "12 written, 0 were here already" in (await shell.done("import", "apply", GRANTS)).words
    assert "0 written, 12 were here already" in (await shell.done("import", "apply", GRANTS)).words
    (order,) = (await shell.done("import", "status", "--json")).json
    assert (order["signed_by"], order["confirmed_by"], order["standing"]) == ("femi.ade", "dora.kim", 12)
    listed = (await shell.done("import", "list", "--json")).json
    assert [record["reference"] for record in listed] == [f"P-2026-50{number:02}" for number in range(1, 13)]
    assert listed[11]["partnership"]["unknown"] == ["agreed_on", "report_due"]


@pytest.mark.slow
async def test_a_partnership_of_before_is_found_shown_and_begun(shell: Shell, tmp_path: Path) -> None:
    """Given what was brought in above, then lists say it is claimed, and its own page says what begins its payment."""
    (found,) = (await shell.done("list", "juniper", "--claimed", "--json")).json
    reference = found["partnership_id"]
    assert (found["claimed"], found["stage"]) == (True, "CLAIMED_IN_FORCE")
    assert found["next_step"] == "nothing of it is decided here; who pays of it proposes it first"
    assert (await shell.done("list", found["key"], "--not-claimed")).words.startswith("No partnership")
    due = (await shell.done("obligations", "--json")).json
    assert {"CLAIMED_REPORT", "CLAIMED_END"} <= {row["kind"] for row in due if row.get("claimed")}
    shown = await shell.done("show", reference)
    assert "Nothing of it was checked or decided here." in shown.words
    assert "signed by femi.ade on" in shown.words
    assert f"Begin: `accord new proposal.json --from {reference}`" in shown.words
    begun = await shell("new", tmp_path / "proposal.json", "--from", reference)
    assert f"reference [{reference}]" in begun.words
    assert (await shell("import", "show", "P-2026-9999")).code == REFUSED


async def test_a_fault_is_told_at_its_cell_in_the_workbook_that_was_sent(shell: Shell, tmp_path: Path) -> None:
    """Given a mapping that names a column or a word wrongly, then one sentence says which, at its cell."""
    wrong = spoilt(tmp_path / "mapping.toml", '"Grantee"', '"Receiver"')
    answer = await shell("import", "check", GRANTS, "--mapping", wrong)
    assert answer.code == BAD_INPUT
    assert "grants.xlsx: row 2 lacks the column 'Receiver'" in answer.words
    stages = spoilt(tmp_path / "stages.toml", '"Closed" = "ENDED"', '"Done" = "ENDED"')
    annotated = tmp_path / "checked.xlsx"
    answer = await shell("import", "check", GRANTS, "--mapping", stages, "--annotate", annotated)
    assert answer.code == REFUSED
    assert "I5 (stage): 'Closed' is none of the mapping's words" in answer.words
    assert annotated.read_bytes().startswith(b"PK")
    half = spoilt(tmp_path / "half.toml", 'starts = { column = "From" }\n', "")
    answer = await shell("import", "check", GRANTS, "--mapping", half)
    assert answer.code == BAD_INPUT
    assert "it gives `ends` alone" in answer.words


async def test_a_fault_of_many_rows_is_told_once(shell: Shell, tmp_path: Path) -> None:
    """Given a funder that no row may have, then one line says so with a count, and which lists were not loaded."""
    other_funder = spoilt(tmp_path / "funder.toml", "ISOC", "NOBODY")
    answer = await shell("import", "check", GRANTS, "--mapping", other_funder)
    assert answer.code == REFUSED
    assert answer.words.count("the directory holds no funder NOBODY") == 1
    assert "11 more say the same" in answer.words


async def test_the_sample_suggests_its_own_mapping(shell: Shell) -> None:
    """Given the sample's workbook, then a mapping is suggested for it that names its columns."""
    asked = ("import", "suggest", GRANTS, "--source", "grants-table", "--first", "P-2026-5001")
    answer = await shell(*asked)
    assert answer.code == DONE
    assert 'partner = { column = "Grantee" }' in answer.stdout
    assert "headings_in = 2" in answer.stdout
