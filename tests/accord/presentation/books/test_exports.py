"""The exports: CSV for a general ledger in which no cell is a formula, and a text that beancount's program checks."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accord.presentation.books.beancount import beancount_text
from accord.presentation.books.general_ledger import COLUMNS, digest_of, general_ledger
from domain.books.entries import JournalEntry
from domain.books.periods import Closes, in_order
from domain.directory.chart import USUAL, Account, BookBasis, BookRules, chart_of
from domain.funds import events as f
from domain.payment.tranche.status import TrancheOutcome
from tests.builders import funds_in, funds_out
from tests.domain.books.keeping import Ledger
from tests.domain.funds.test_fund import changed, opened
from tests.domain.partnership import specification as s

PROGRAM = shutil.which("bean-check", path=str(Path(sys.executable).parent)) or shutil.which("bean-check")
needs_the_program = pytest.mark.skipif(PROGRAM is None, reason="beancount is not installed here: `make .venv/.dev`")
GRANT, GIFT = "P-2026-0042", "P-2026-0043"
CHART = chart_of(USUAL)
DAY = date(2026, 12, 31)


def a_year(basis: BookBasis = BookBasis.ACCRUAL) -> list[JournalEntry]:
    """A fund, a grant that is paid, comes back and is paid back in part, and a gift that goes back in part."""
    ledger = Ledger(basis)
    ledger.take("fund/FD-2026-A", opened(), *changed(f.OpeningBalance(amount=Decimal("9000.00"))))
    grant = s.active(funds_out=funds_out("600.00", "400.00")).given(
        s.release(1), *s.came_to(TrancheOutcome.SETTLED, 1), s.release(2), *s.came_to(TrancheOutcome.RETURNED, 2),
        s.refund("100.00"), s.confirm_refund(),
    )  # fmt: skip
    ledger.partnership(GRANT, grant.history)
    gift = s.active(funds_out=None, funds_in=funds_in(restricted_to="Libraries")).given(s.receipt("5000.00"))
    ledger.partnership(GIFT, gift.history)
    return ledger.entries


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def checked(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    assert PROGRAM is not None
    file = folder / "book.beancount"
    file.write_text(text, encoding="utf-8")
    return subprocess.run([PROGRAM, str(file)], capture_output=True, text=True, check=False)


def test_each_posting_is_a_line_that_names_its_event() -> None:
    entries = a_year()
    rows = rows_of(general_ledger(in_order(Closes(), entries), CHART))
    assert list(rows[0]) == list(COLUMNS)
    assert len(rows) == sum(len(entry.postings) for entry in entries)
    assert all(row["entry"] and row["stream"] and row["event"] for row in rows)
    sums = {name: sum(Decimal(row[name] or 0) for row in rows) for name in ("debit", "credit")}
    assert sums["debit"] == sums["credit"] > 0


def test_an_organisations_own_codes_are_in_it() -> None:
    rules = BookRules.model_validate({"accounts": [{"account": "BANK", "code": "1010", "name": "Operating account"}]})
    rows = rows_of(general_ledger(in_order(Closes(), a_year()), chart_of(rules)))
    assert {row["account_name"] for row in rows if row["account"] == "1010"} == {"Operating account"}
    assert not [row for row in rows if row["account"] == "1000"]


@pytest.mark.parametrize("reference", ["=1+1", "+41", "-5 refund", "@SUM(A1)", "\t=1", "a;=1+1", "x\n=cmd"])
def test_no_cell_begins_a_formula(reference: str) -> None:
    entries = [entry.__class__(*_with_reference(entry, reference)) for entry in a_year()]
    text = general_ledger(in_order(Closes(), entries), CHART)
    cells = [cell for row in csv.reader(io.StringIO(text)) for part in row for cell in part.split(";")]
    begins = [cell for cell in cells if cell.lstrip("\t\r\n ")[:1] in {"=", "+", "-", "@"}]
    assert begins == []


def _with_reference(entry: JournalEntry, reference: str) -> tuple[Any, ...]:
    return entry.origin, entry.on, entry.partnership, entry.words, reference, entry.postings


def test_the_digest_is_of_the_bytes() -> None:
    assert digest_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.slow
@needs_the_program
@pytest.mark.parametrize("basis", BookBasis)
def test_beancount_accepts_the_book_with_every_balance(basis: BookBasis, tmp_path: Path) -> None:
    text = beancount_text(in_order(Closes(), a_year(basis)), CHART, DAY)
    done = checked(text, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert text.count(" balance ") > 5


@needs_the_program
def test_beancount_finds_one_wrong_cent(tmp_path: Path) -> None:
    text = beancount_text(in_order(Closes(), a_year()), CHART, DAY)
    posting = next(line for line in text.splitlines() if line.startswith("  Assets:1000-Bank"))
    wrong = f"{posting[:-6]}{(int(posting[-5]) + 1) % 10}{posting[-4:]}"
    assert checked(text.replace(posting, wrong, 1), tmp_path).returncode != 0


@pytest.mark.sampled(1)
@needs_the_program
@pytest.mark.parametrize("words", ['a "quoted" word', "a back\\slash", "ends in \\"])
def test_beancount_reads_any_reference_of_a_bank(words: str, tmp_path: Path) -> None:
    entries = [entry.__class__(*_with_reference(entry, words)) for entry in a_year()]
    assert checked(beancount_text(in_order(Closes(), entries), CHART, DAY), tmp_path).returncode == 0


@needs_the_program
def test_an_empty_book_is_one_too(tmp_path: Path) -> None:
    assert checked(beancount_text([], CHART, DAY), tmp_path).returncode == 0


def test_every_account_has_a_root_and_a_name_of_its_own() -> None:
    names = {f"{named.kind} {named.code} {named.name}" for named in CHART.values()}
    assert len(names) == len(Account)
