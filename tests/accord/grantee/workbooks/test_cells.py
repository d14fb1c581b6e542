"""A cell is read as the text that somebody would have typed, and never as another sum."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.grantee.questions.fields import FieldInput
from accord.grantee.questions.sums import read_sum
from accord.grantee.words import TABLES, AnswerFault, DoorWords
from accord.grantee.workbooks.cells import CellReader, OpenedCell

SPENT = FieldInput("spent", "Spent", "money")
AREA = FieldInput("", "Words", "area")
STATE = FieldInput("state", "How far", "choice", (("DONE", "Done"), ("LATE", "Late")))
HOST = FieldInput("", "Host", "yesno")


@given(st.sampled_from([*TABLES]), st.sampled_from([0, 2, 3]), st.integers(0, 10**12 - 1))
def test_a_number_in_a_cell_is_that_sum_in_every_language(language: str, decimals: int, units: int) -> None:
    """Law: whatever a language groups by, the sum that is read is the number that the cell holds."""
    amount = Decimal(units).scaleb(-decimals)
    text = CellReader(DoorWords(language), decimals).text(SPENT, OpenedCell("n", repr(float(amount))))
    assert isinstance(text, str)
    assert read_sum(text, language, decimals) == amount


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=300))
def test_a_text_in_a_cell_is_that_text(text: str) -> None:
    """Law: what stands in the cell of a long answer is read as it is, but for spaces around it."""
    reader = CellReader(DoorWords("en"), 2)
    assert reader.text(AREA, OpenedCell("t", reader.shown(AREA, text))) == text.strip()


@pytest.mark.parametrize("language", TABLES)
def test_a_choice_is_read_by_its_label_or_its_code(language: str) -> None:
    reader = CellReader(DoorWords(language), 2)
    for text in ("Late", " late ", "LATE"):
        assert reader.text(STATE, OpenedCell("t", text)) == "LATE"
    assert reader.text(STATE, OpenedCell("t", "Nearly")) == "Nearly", "the form says that it is none"
    yes = DoorWords(language)("answer.yes")
    assert reader.text(HOST, OpenedCell("t", yes.upper())) == "yes"
    assert reader.text(HOST, OpenedCell("b", "")) == "no"


def test_noise_of_a_programs_arithmetic_is_rounded_and_a_further_decimal_is_not() -> None:
    reader = CellReader(DoorWords("en"), 2)
    assert reader.text(SPENT, OpenedCell("n", "33.300000000000004")) == "33.30"
    fault = reader.text(SPENT, OpenedCell("n", "33.305"))
    assert isinstance(fault, AnswerFault)
    assert (fault.key, fault.facts) == ("fault.decimals", {"written": "33.305", "decimals": 2})


@pytest.mark.parametrize("digits", ["inf", "nan", "1e+300", "rubbish", ""])
def test_what_is_no_number_is_refused(digits: str) -> None:
    assert isinstance(CellReader(DoorWords("en"), 2).text(SPENT, OpenedCell("n", digits)), AnswerFault)


def test_a_text_too_long_for_a_cell_is_left_out_of_it() -> None:
    assert CellReader(DoorWords("en"), 2).shown(AREA, "x" * 32_768) == ""
