"""A written name without what people write beside it: initials, a trade name, what follows its form (rules 3.1)."""

from __future__ import annotations

import pytest

from domain.screening.identity import Agreement
from registers.matching.identity.agreement import compare_written
from registers.matching.identity.name_words import words_of
from registers.matching.identity.registered_name import RegisteredName
from registers.matching.identity.written_name import are_initials, read_written

SAME, ALIKE, OTHER = Agreement.SAME, Agreement.ALIKE, Agreement.OTHER
TEN_WORDS = "Amber Birch Cedar Dogwood Elder Fir Gorse Hazel Ivy Juniper"


@pytest.mark.parametrize(
    ("text", "name", "are_its"),
    [
        pytest.param("RL", "Riverbend Library", True, id="two letters"),
        pytest.param("r.l.", "Riverbend Library", True, id="with points"),
        pytest.param("R", "Riverbend", False, id="one letter"),
        pytest.param("ABCDEFGHIJ", TEN_WORDS, True, id="ten letters"),
        pytest.param("ABCDEFGHIJK", f"{TEN_WORDS} Kauri", False, id="eleven letters"),
        pytest.param("LOR", "Library of Riverbend", True, id="with the fillers"),
        pytest.param("LR", "Library of Riverbend", True, id="without them"),
        pytest.param("R L", "Riverbend Library", False, id="two words"),
        pytest.param("LB", "Riverbend Library", False, id="another's"),
    ],
)
def test_a_text_is_a_names_initials(text: str, name: str, are_its: bool) -> None:
    assert are_initials(text, words_of(name)) is are_its


@pytest.mark.parametrize(
    "written",
    ["Riverbend Library (RL)", "Riverbend Library [R.L.]", "RL - Riverbend Library", "Riverbend Library – RL"],
)
def test_its_own_initials_are_no_word_of_a_name(written: str) -> None:
    assert read_written(written).words == words_of("Riverbend Library")


@pytest.mark.parametrize("written", ["Zenith - Riverbend Library", "Riverbend Library - Zenith", "Riverbend (Zenith)"])
def test_other_words_beside_a_dash_or_in_brackets_are_its_words(written: str) -> None:
    assert read_written(written).words == words_of(written)


@pytest.mark.parametrize(
    ("written", "agreement"),
    [
        pytest.param("Zenith Orchard Inc Quilters Meadow", ALIKE, id="a further name"),
        pytest.param("Quilters Meadow Inc Zenith Orchard", ALIKE, id="the name after another"),
        pytest.param("Zenith Orchard Inc Quilters Foundation", OTHER, id="its foundation"),
        pytest.param("Zenith Orchard Inc Quilters 7", OTHER, id="its seventh"),
        pytest.param("Inc Zenith Orchard", SAME, id="a form before everything"),
    ],
)
def test_what_follows_a_corporate_form_may_be_a_further_name(written: str, agreement: Agreement) -> None:
    assert compare_written(written, RegisteredName("ZENITH ORCHARD")).agreement is agreement


def test_a_trade_name_may_be_the_registered_one() -> None:
    judgement = compare_written("Quilters Meadow dba Zenith Orchard", RegisteredName("ZENITH ORCHARD"))
    assert (judgement.agreement, judgement.explanation) == (ALIKE, "it is a trade name of one of them")
