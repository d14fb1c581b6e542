"""A word with a slip of the pen is a name's own word, and a different word is not (rules 3.1)."""

from __future__ import annotations

import pytest

from domain.screening.identity import Agreement
from registers.matching.identity.agreement import compare_written
from registers.matching.identity.name_words import words_of
from registers.matching.identity.registered_name import RegisteredName
from registers.matching.identity.slips import is_slip


def are_slips(text: str, other_text: str) -> bool:
    (word,), (other_word,) = words_of(text), words_of(other_text)
    return is_slip(word, other_word)


@pytest.mark.parametrize(
    ("text", "other_text"),
    [
        pytest.param("zebru", "zebra", id="five letters"),
        pytest.param("riverbnd", "riverbend", id="a letter less"),
        pytest.param("rivrebend", "riverbend", id="two that changed places"),
        pytest.param("quitlmakre", "quiltmaker", id="two slips in ten letters"),
        pytest.param("foundaton", "foundation", id="in a word that makes another body"),
    ],
)
def test_a_word_that_differs_a_little_is_a_slip(text: str, other_text: str) -> None:
    assert are_slips(text, other_text)
    assert are_slips(other_text, text)


@pytest.mark.parametrize(
    ("text", "other_text"),
    [
        pytest.param("mosz", "moss", id="four letters"),
        pytest.param("rievrbedn", "riverbend", id="two slips in nine letters"),
        pytest.param("quitlmaerk", "quiltmaker", id="three slips in ten letters"),
        pytest.param("kiverbend", "riverbend", id="another first letter"),
        pytest.param("12345", "12346", id="numbers"),
        pytest.param("nevadu", "nevada", id="a place, of which a slip is another place"),
        pytest.param("albanio", "albania", id="a country"),
        pytest.param("mariom", "marion", id="a given name"),
        pytest.param("mdclxvi", "mdclxvii", id="numerals with all their letters"),
        pytest.param("larson", "lawson", id="two words that others bear"),
    ],
)
def test_another_word_is_none(text: str, other_text: str) -> None:
    assert not are_slips(text, other_text)
    assert not are_slips(other_text, text)


def test_one_slip_is_forgiven_and_two_are_another_name() -> None:
    row = RegisteredName("ZENITH RIVERBEND QUILTERS")
    assert compare_written("Zenith Riverbnd Quilters", row).agreement is Agreement.ALIKE
    assert compare_written("Zenith Riverbnd Quiltars", row).agreement is Agreement.OTHER
