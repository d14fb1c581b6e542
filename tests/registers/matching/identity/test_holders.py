"""Names of account holders and senders in a bank's own words: what is a body's name, and what may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registers.matching.identity.holders import is_held_by, may_be_held_by, may_be_one_name

BEFORE, NOW = "2026.5", "2026.6"

NETWORK = "Riverbend Community Library Network"
"""Of 35 letters, as many as a bank's form has."""

FOUNDATION = f"{NETWORK} Foundation"


def cut(name: str, width: int = 35) -> str:
    """A name as a bank writes it: upper case, without accents, cut where its form ends."""
    return name.upper()[:width].strip()


@pytest.mark.parametrize(
    ("holder", "name"),
    [
        ("RIVERBEND LIBRARY NETWORK", "Riverbend Library Network"),
        ("RIVERBEND LIBRARY NETWORK INC", "The Riverbend Library Network, Inc."),
        ("SMITH / SONS LIBRARY TRUST", "Smith & Sons Library Trust"),
        ("SMITH SONS LIBRARY TRUST", "Smith and Sons Library Trust"),
        ("FUNDACION NINOS DE LEON", "Fundación Niños de León"),
        ("ASSOCIATION FRANCAISE DES BIBLIOTHEQUES", "Association française des bibliothèques"),
        ("RIVERBEND COMM LIBRARY ASSN", "Riverbend Community Library Association"),
        ("UNIV OF RIVERBEND", "University of Riverbend"),
        ("QUILL MARK", "Quillmark"),
    ],
)
def test_a_name_in_a_banks_words_is_its_owners(holder: str, name: str) -> None:
    assert is_held_by(holder, (name,), NOW)
    assert may_be_held_by(holder, (name,), NOW)


@pytest.mark.parametrize(
    ("holder", "name"),
    [
        pytest.param("MARK OLSEN FOUNDATION", "Mary Olsen Foundation", id="another given name"),
        pytest.param("LARSON FAMILY LIBRARY", "Lawson Family Library", id="a word that others bear"),
        pytest.param("RIVERBEND LODGE 12", "Riverbend Lodge 21", id="another number"),
        pytest.param("RIVERBEND TELECOM LTD", "Riverbend Library Network", id="one word in common"),
        pytest.param("FRIENDS OF RIVERBEND LIBRARY", "Riverbend Library", id="its friends"),
    ],
)
def test_another_bodys_name_is_not_and_may_not_be(holder: str, name: str) -> None:
    assert not is_held_by(holder, (name,), NOW)
    assert not may_be_held_by(holder, (name,), NOW)


@pytest.mark.parametrize(
    ("holder", "name"),
    [
        pytest.param("COURAGE HOUSE", "House of Courage", id="another order"),
        pytest.param("RIVERBEND LIBARRY NETWORK", "Riverbend Library Network", id="a slip"),
        pytest.param("MOSS AND FERN", "Fern Moss", id="short words in another order"),
        pytest.param("QLR", "Quilters Lantern Riverbend", id="initials"),
        pytest.param("QUILL MARK LANTREN", "Lantern Quillmark", id="nothing but a slip is at once the same"),
        pytest.param(cut(f"{NETWORK} Observatory", 42), f"{NETWORK} Observatory", id="cut within a word"),
        pytest.param(cut(FOUNDATION, 38), FOUNDATION, id="cut where the word is not known yet"),
        pytest.param(cut(FOUNDATION), FOUNDATION, id="cut between two words: it may be the network's or its own"),
        pytest.param(cut(f"{'Riverbend ' * 6}Libraries Trust", 70), f"{'Riverbend ' * 6}Libraries Trust", id="at 70"),
    ],
)
def test_a_name_that_may_be_of_it_moves_no_money_and_makes_a_person_look(holder: str, name: str) -> None:
    assert not is_held_by(holder, (name,), NOW)
    assert may_be_held_by(holder, (name,), NOW)
    assert may_be_held_by(name, (holder,), NOW)


def test_a_foundation_whose_name_was_cut_is_not_taken_for_the_body_that_it_supports() -> None:
    """The network's own account is held in a name of 35 letters, and so is its foundation's once a form cut it."""
    assert len(NETWORK) == 35
    for end in ("FOUNDATION", "FOUNDATI", "FDN", "F"):
        assert not is_held_by(f"{NETWORK.upper()} {end}", (NETWORK,), NOW)
    assert is_held_by(cut(NETWORK), (NETWORK,), NOW)
    assert not is_held_by(cut(FOUNDATION), (FOUNDATION,), NOW)


@pytest.mark.parametrize(
    ("letters", "may_be_cut"),
    [(33, False), (34, True), (35, True), (36, False), (68, False), (69, True), (70, True), (71, False)],
)
def test_a_name_that_fills_a_form_may_have_been_cut_and_another_was_not(letters: int, may_be_cut: bool) -> None:
    """A form of 35 letters, or 70: of a name that it cuts at a space, one letter less is left."""
    name = "RIVERBEND LIBRARY ".ljust(letters, "Z")
    assert may_be_one_name(name, f"{name} Foundation") is may_be_cut


def test_nothing_was_cut_from_a_name_that_is_no_longer() -> None:
    assert not may_be_one_name("RIVERBEND COMMUNITY LIBRARY NET WOR", NETWORK)


def test_a_short_name_was_not_cut() -> None:
    assert not may_be_held_by("RIVERBEND", ("Riverbend Foundation",), NOW)
    assert not may_be_held_by("RIVERBEND COMMUNITY LIBRARY", ("Riverbend Community Library Foundation",), NOW)


@pytest.mark.parametrize(
    ("holder", "name"),
    [("MARK OLSEN FOUNDATION", "Mary Olsen Foundation"), ("COURAGE HOUSE", "House of Courage")],
)
@pytest.mark.parametrize("edition", ["", "2026.2", BEFORE])
def test_what_was_assessed_before_keeps_its_comparison(holder: str, name: str, edition: str) -> None:
    """An account was agreed in such a name, and is paid on as it was; a new one is not."""
    assert is_held_by(holder, (name,), edition)
    assert may_be_held_by(holder, (name,), edition)
    assert not is_held_by(holder, (name,), NOW)


WORDS = ("harbour", "quillmark", "brindle", "ostrander", "meadow", "zephyr", "foundation", "friends", "school", "12")
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)


@pytest.mark.slow
@given(NAMES, NAMES)
def test_whatever_is_a_bodys_name_may_be_it_and_either_may_be_asked_about_the_other(name: str, other: str) -> None:
    for edition in ("", BEFORE, NOW):
        assert may_be_held_by(name, (other,), edition) or not is_held_by(name, (other,), edition)
    assert may_be_one_name(name, other) is may_be_one_name(other, name)


@given(st.lists(st.sampled_from(WORDS[:6]), min_size=2, max_size=14, unique=False), st.sampled_from([35, 70]))
def test_whatever_a_form_cuts_may_still_be_the_body(words: list[str], width: int) -> None:
    name = " ".join(words)
    assert may_be_held_by(cut(name, width), (name,), NOW)
