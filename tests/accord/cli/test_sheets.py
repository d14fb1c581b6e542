"""A list as CSV holds no formula, whatever its reader's spreadsheet separates cells by, and its sums are numbers."""

from __future__ import annotations

import csv
import io
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accord.presentation.sheets import PARTNERSHIPS, PAYMENTS, as_csv, harmless

FORMULA: Final = "=+-@\uff1d\uff0b\uff0d\uff20"
texts = st.text(st.sampled_from(f"{FORMULA};,|\t\r\n\"' xa1."), max_size=12)


def cells(written: str) -> list[str]:
    """All content of a cell, by each separator. One other than ours is tried with quotes and without."""
    readers = [csv.reader(io.StringIO(written, newline=""))]
    for separator in ";\t":
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            readers.append(csv.reader(io.StringIO(written, newline=""), delimiter=separator, quoting=quoting))
    return [cell for reader in readers for row in reader for cell in row]


@given(st.lists(st.fixed_dictionaries({"title": texts, "partner": texts, "next_step": texts}), min_size=1, max_size=3))
@example([{"title": 'x;=HYPERLINK("http://evil.example")', "partner": "a\t@SUM(1)", "next_step": "a\n=1+1"}])
@example([{"title": 'x; "=1', "partner": "\r=1", "next_step": ";+1"}])
def test_no_cell_is_a_formula_by_any_separator(rows: list[dict[str, str]]) -> None:
    """Given texts of anybody, when a list is read with commas, semicolons or tabs, then no cell begins a formula."""
    written = as_csv([{"partnership_id": "P-2026-0001", **row} for row in rows], PARTNERSHIPS)
    assert not [cell for cell in cells(written) if cell.lstrip(' "\r\n\t')[:1] in tuple(FORMULA)]


@pytest.mark.parametrize("sum_", ["-1250.00", "1250", "0.005"])
def test_a_sum_stays_a_number(sum_: str) -> None:
    [row] = csv.DictReader(io.StringIO(as_csv([{"amount": sum_, "currency": "USD", "payee": sum_}], PAYMENTS)))
    assert (row["amount"], row["currency"], row["payee"]) == (sum_, "USD", sum_)


@given(st.text(st.sampled_from("abc ,.;:()'\"é0123456789"), max_size=20))
def test_words_without_a_formula_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text
