"""An explanation names the words that were compared, so that a person can check it with both names at hand."""

from __future__ import annotations

import pytest

from registers.matching import ListedKind, ListedName, Subject, compare
from tests.registers.matching.names import listed, listed_person, organisation, person


@pytest.mark.parametrize(
    ("subject", "known", "lines"),
    [
        pytest.param(
            person("كولون الطرقاني"),
            listed_person("Quillon al-Tarqani"),
            ("kwlwn ~ quillon, 92% alike, weighs 48%", "al = al, weighs 4%", "trqany ~ tarqani, 92% alike, weighs 48%"),
            id="Arabic",
        ),
        pytest.param(
            person("王石建"),
            listed_person("王市建"),
            (
                "other characters, which are read alike",
                "wang = wang, weighs 33%",
                "shi = shi, weighs 33%",
                "jian = jian, weighs 33%",
            ),
            id="characters",
        ),
        pytest.param(
            person("Bill Marlow"),
            listed_person("William Marlow"),
            ("bill ~ william, 80% alike, weighs 50%", "marlow = marlow, weighs 50%"),
            id="a nickname",
        ),
        pytest.param(
            organisation("M/V Zorvanya Pearl"),
            listed("ZORVANIA PEARL", ListedKind.VESSEL),
            ("zorvanya ~ zorvania, 96% alike, weighs 50%", "pearl = pearl, weighs 50%"),
            id="a ship",
        ),
        pytest.param(
            organisation("ZorvaniaTradeBureau"),
            listed("Zorvania Trade Bureau"),
            (
                "the same letters, with other spaces or signs",
                "zorvaniatradebureau = zorvania trade bureau, weighs 100%",
            ),
            id="lost spaces",
        ),
        pytest.param(
            organisation("Zorvania Third Brigade"),
            listed("3rd Zorvania Brigade"),
            ("zorvania = zorvania, weighs 36%", "third = 3rd, weighs 29%", "brigade = brigade, weighs 36%"),
            id="a number",
        ),
        pytest.param(
            organisation("Z0rvania Heron"),
            listed("Zorvania Heron"),
            ("z0rvania ~ zorvania, 96% alike, weighs 50%", "heron = heron, weighs 50%"),
            id="a figure for a letter",
        ),
        pytest.param(
            person("Quillon Marlow"),
            listed_person("Quillon Ray Ambrose Marlow"),
            (
                "quillon = quillon, weighs 44%",
                "marlow = marlow, weighs 44%",
                "ray stands only in the list's name (-5.6 points)",
                "ambrose stands only in the list's name (-5.6 points)",
            ),
            id="a short name in a long one",
        ),
        pytest.param(
            organisation("Mercia Heron (formerly Zorvania Bureau)"),
            listed("Zorvania Bureau"),
            (
                "of several names in one: Zorvania Bureau",
                "the same name",
                "zorvania = zorvania, weighs 74%",
                "bureau = bureau, weighs 26%",
            ),
            id="two names in one",
        ),
    ],
)
def test_the_words_that_were_compared_are_named(subject: Subject, known: ListedName, lines: tuple[str, ...]) -> None:
    assert compare(subject, known).explanation == lines
