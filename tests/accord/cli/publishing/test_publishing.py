"""Publications by shell: files with a receipt, and a cell that opens to the ledger's events."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.client.desk import Desk
from ledger import clock
from ledger.proof.notes import SigningKey
from tests.accord.shell import Shell
from tests.records.publications.test_reading import filing, granted

SHEET = "schedule-i-part-2.csv"


async def test_a_publication_by_shell_has_cells_that_open(
    shell: Shell, furnished: Desk, furnished_database: str, tmp_path: Path
) -> None:
    """Given two grants to one body, when they are published, then the cell of their sum names both agreements."""
    at, end, folder = shell.where(ACCORD_DATABASE_URL=furnished_database), f"{clock.today().year}-12-31", tmp_path / "x"
    await filing(furnished)
    for reference in ("P-2026-0801", "P-2026-0802"):
        await granted(furnished, reference, "3000.00")
    key, log = key_at(tmp_path)
    order = ("publish", "schedules", "--at", end, "--funder", "ISOC", "--out", folder, "--json")
    told = (await at.done(*order, *key)).json
    assert told["published"] == told["total"] == {"number": 1, "sums": {"USD": "6000.00"}}
    opened = await at.done("publish", "explain", folder / SHEET, "1:cash", *log)
    assert (opened.words.count("AgreementSigned"), "together: 6,000" in opened.words) == (2, True)
    elsewhere = await at("publish", "explain", folder / "schedules.xlsx", "1:cash", *log)
    assert "name the CSV" in elsewhere.words
    assert "are as they were published" in (await at.done("publish", "verify", folder, *log)).words
    (folder / SHEET).write_text("another")
    told = await at("publish", "verify", folder, *log, "--json")
    assert (told.code, told.json["changed_files"], told.json["signed_by"]) == (1, [SHEET], ["ledger.example.org"])


def key_at(folder: Path) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """The options that name a key of the house: to sign with it, and to trust it."""
    key = SigningKey.make("ledger.example.org")
    (folder / "ledger.key").write_text(key.written(), "utf-8")
    return ("--key", folder / "ledger.key"), ("--log", str(key.verifier))


@pytest.mark.slow
async def test_a_boards_book_by_shell_says_what_changed_since_an_earlier_one(
    shell: Shell, furnished: Desk, furnished_database: str, tmp_path: Path
) -> None:
    """Given a book, and a grant after it, then the next book has it as a correction of the same day, which opens."""
    at, end = shell.where(ACCORD_DATABASE_URL=furnished_database), f"{clock.today().year}-12-31"
    order = ("publish", "board", "--at", end, "--funder", "ISOC")
    await granted(furnished, "P-2026-0801", "3000.00")
    key, log = key_at(tmp_path)
    await at.done(*order, "--out", tmp_path / "then")
    signing = (*order, *key, *log)
    unsigned = await at(*signing, "--out", tmp_path / "now", "--since", tmp_path / "then")
    assert (unsigned.code, "nobody signed the receipt" in unsigned.words) == (1, True)
    await at.done(*signing, "--out", tmp_path / "then")
    await granted(furnished, "P-2026-0802", "400.00")
    told = (await at.done(*signing, "--out", tmp_path / "now", "--since", tmp_path / "then", "--json")).json
    assert {"board.html", "board.xlsx", "changes.csv"} <= {*told["files"]}
    changes = (tmp_path / "now" / "changes.csv").read_text()
    assert "P-2026-0802,USD,committed,0.00,400.00,400.00,400.00,0.00" in changes
    opened = await at.done("publish", "explain", tmp_path / "now" / "changes.csv", "1:correction", *log)
    assert "AgreementSigned" in opened.words
