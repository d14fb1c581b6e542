"""Words that only one of two names has: some a name may lack, others make it another's (rules 3.1)."""

from __future__ import annotations

import pytest

from domain.screening.identity import Agreement
from registers.matching.identity.agreement import compare_written, is_one_name
from registers.matching.identity.places import RegisteredPlace
from registers.matching.identity.registered_name import RegisteredName

SAME, ALIKE, OTHER = Agreement.SAME, Agreement.ALIKE, Agreement.OTHER
TOPEKA = RegisteredPlace("TOPEKA", "KS")


def row(name: str, second_name: str = "") -> RegisteredName:
    return RegisteredName(name, second_name, place=TOPEKA)


@pytest.mark.parametrize(
    ("written", "registered", "agreement"),
    [
        # A word more in the midst, so that no end is missing.
        pytest.param("Zenith Quilters Orchard Lantern", "ZENITH ORCHARD LANTERN", ALIKE, id="one beside three shared"),
        pytest.param("Zenith Quilters Orchard", "ZENITH ORCHARD", OTHER, id="one beside two"),
        pytest.param("Greater Program Zenith Orchard", "ZENITH ORCHARD", ALIKE, id="two that people leave out"),
        pytest.param("Greater Program Team Zenith Orchard", "ZENITH ORCHARD", OTHER, id="three of them"),
        pytest.param("Zenith Orchard of America", "ZENITH ORCHARD", ALIKE, id="its nation"),
        pytest.param("RLZ Quilters Riverbend Library Zenith", "RIVERBEND LIBRARY ZENITH", ALIKE, id="its own initials"),
        pytest.param("ZO Zenith Orchard", "ZENITH ORCHARD", OTHER, id="two letters beside it"),
        pytest.param("Quilters Quilters Zenith Orchard Lantern", "ZENITH ORCHARD LANTERN", OTHER, id="one said twice"),
        pytest.param("Kiverbend Library Network", "RIVERBEND LIBRARY NETWORK", OTHER, id="a word in place of another"),
        # Common words, and the names of places, tell nobody from others.
        pytest.param("Development Community Fund", "COMMUNITY DEVELOPMENT FUND", OTHER, id="common words reordered"),
        pytest.param("Library of Topeka", "TOPEKA LIBRARY", OTHER, id="its place alone, reordered"),
        pytest.param("178 Community", "COMMUNITY 178", OTHER, id="a number alone, reordered"),
    ],
)
def test_a_word_that_only_one_name_has(written: str, registered: str, agreement: Agreement) -> None:
    assert compare_written(written, row(registered)).agreement is agreement
    assert compare_written(registered, row(written)).agreement is agreement


@pytest.mark.parametrize(
    ("written", "agreement"),
    [
        pytest.param("Zenith Orchard Rural Lear", ALIKE, id="cut at 25 letters"),
        pytest.param("Zenith Orchard Rural Lea", OTHER, id="24 letters were not cut"),
        pytest.param("Zenith Orchard Rural Quilters", OTHER, id="another word at its end"),
        pytest.param("Zenith Orchard Rural", ALIKE, id="three words, without its end"),
        pytest.param("Zenith Orchard", OTHER, id="two words"),
        pytest.param("Zen d/b/a Open Shelves of Riverbend", OTHER, id="one short word, whatever stands beside it"),
    ],
)
def test_a_name_without_its_end(written: str, agreement: Agreement) -> None:
    assert compare_written(written, row("ZENITH ORCHARD RURAL LEARNERS")).agreement is agreement


@pytest.mark.parametrize(
    ("longer", "agreement"),
    [
        pytest.param("Zenith Orchard Lantern Quilters Meadow", ALIKE, id="two words that anybody may lack"),
        pytest.param("Zenith Orchard Lantern Quilters School", OTHER, id="its school"),
        pytest.param("Zenith Orchard Lantern Quilters 7", OTHER, id="a number"),
        pytest.param("Zenith Orchard Lantern Quilters Nevada", OTHER, id="a place"),
        pytest.param("Zenith Orchard Quilters Meadow", OTHER, id="of which it has not the beginning"),
    ],
)
def test_an_end_that_a_name_of_three_words_lacks(longer: str, agreement: Agreement) -> None:
    assert compare_written("Zenith Orchard Lantern", row(longer)).agreement is agreement
    assert compare_written(longer, row("Zenith Orchard Lantern")).agreement is agreement


@pytest.mark.parametrize(
    ("written", "registered", "agreement"),
    [
        ("Zenith Orchard Meadow Lodge I", "ZENITH ORCHARD MEADOW LODGE", ALIKE),
        ("Zenith Orchard Meadow Lodge 1", "ZENITH ORCHARD MEADOW LODGE 12", OTHER),
        ("Zenith Orchard Lantern Meadow", "ZENITH ORCHARD LANTERN QUILTERS RURAL", OTHER),
    ],
    ids=["its form was cut", "a number is never cut", "it goes on otherwise"],
)
def test_what_may_be_cut(written: str, registered: str, agreement: Agreement) -> None:
    assert compare_written(written, row(registered)).agreement is agreement


@pytest.mark.parametrize(
    ("written", "agreement"),
    [
        pytest.param("Harbour Shelves Community Library", ALIKE, id="both names"),
        pytest.param("Harbour Shelvse Community Library", ALIKE, id="with a slip"),
        pytest.param("Harbour Shelves Community Library Quilters", OTHER, id="with a word more"),
        pytest.param("Harbour Shelves Library", OTHER, id="with a word less"),
        pytest.param("Community Library Topeka Harbour", OTHER, id="the first one, and some of the second"),
    ],
)
def test_a_row_of_two_names_may_be_written_as_one(written: str, agreement: Agreement) -> None:
    assert compare_written(written, row("COMMUNITY LIBRARY", "HARBOUR SHELVES")).agreement is agreement


@pytest.mark.parametrize(
    ("written", "registered", "agreement"),
    [("The And", "THE AND", SAME), ("The And", "OF THE", OTHER), ("The Inc", "RIVERBEND", OTHER), ("", "", OTHER)],
)
def test_fillers_alone_are_a_name_only_word_by_word(written: str, registered: str, agreement: Agreement) -> None:
    assert compare_written(written, row(registered)).agreement is agreement
    assert compare_written(registered, row(written)).agreement is agreement
    assert not is_one_name(written, registered)


@pytest.mark.parametrize(
    ("written", "registered", "explanation"),
    [
        ("QLN of Riverbend", "QUILTERS LANTERN NETWORK OF RIVERBEND", "initials stand for words"),
        ("House of Courage", "COURAGE HOUSE", "the words stand in another order"),
        ("Zenith Orchrad", "ZENITH ORCHARD", "'orchrad' and 'orchard' may be one word misspelt"),
        ("Zenith Orchard of America", "ZENITH ORCHARD", "only one of them has america"),
        ("The Inc", "RIVERBEND", "one of the names has no significant word"),
        ("Riverbend", "OF THE", "one of the names has no significant word"),
        (
            "Zenith LLC",
            "QUILTERS FOUNDATION",
            "only the given name has zenith, llc (a commercial form); "
            "only the registered name has quilters, foundation (makes it another body)",
        ),
        ("Zenith Orchrad LLC", "ZENITH ORCHARD", "both have zenith, orchrad; 'orchrad' and 'orchard' may be one word "
         "misspelt; only the given name has llc (a commercial form)"),
    ],
)  # fmt: skip
def test_a_person_is_told_what_agrees_and_what_does_not(written: str, registered: str, explanation: str) -> None:
    assert compare_written(written, row(registered)).explanation == explanation
