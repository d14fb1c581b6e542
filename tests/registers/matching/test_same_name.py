"""One name of an organisation confirms another if every telling word is in both (rules 3.1, R19, C39)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registers.matching.same_name import compare_names, is_slip
from registers.matching.words.body_words import ANOTHER_BODY, COMMON

LIBRARY = "RIVERBEND LIBRARY NETWORK"


@pytest.mark.parametrize(
    "given_name",
    [
        pytest.param("Riverbend Library Network", id="capitals"),
        pytest.param("The Riverbend Library Network, Inc.", id="an article, and Inc, which most charities are"),
        pytest.param("Network of the Riverbend Library", id="another order"),
        pytest.param("River Bend Library Network", id="a space"),
        pytest.param("Riverbnd Library Network", id="a letter left out"),
        pytest.param("Riverbend Lib Network", id="an abbreviation"),
        pytest.param("Riverbend Library Networks", id="a plural"),
        pytest.param("Rivérbend Library Network", id="an accent"),
        pytest.param("Ривербенд Library Network", id="another script"),
        pytest.param("Riverbend Library Network Incorported", id="Inc, misspelt"),
    ],
)
def test_a_name_written_otherwise_confirms(given_name: str) -> None:
    assert compare_names(given_name, LIBRARY).confirms


@pytest.mark.parametrize(
    "given_name",
    [
        pytest.param("Library", id="one shared word: 100 of 100 before"),
        pytest.param("Riverbend", id="one telling word"),
        pytest.param("Network Library GmbH", id="two shared words, and a company"),
        pytest.param("Riverbend Library Network Services LLC", id="a company named after it"),
        pytest.param("Friends of the Riverbend Library Network", id="a friends' group"),
        pytest.param("Riverbend Library Network Foundation", id="a foundation"),
        pytest.param("Riverbend Library Network Trust", id="a trust"),
        pytest.param("Riverbend Library", id="a word less"),
        pytest.param("Riverbend Library Network Ohio", id="a word more"),
        pytest.param("Riverband Libary Network", id="two words misspelt"),
        pytest.param("Silverbend Library Network", id="another beginning"),
    ],
)
def test_another_bodys_name_confirms_nothing(given_name: str) -> None:
    assert not compare_names(given_name, LIBRARY).confirms
    assert not compare_names(LIBRARY, given_name).confirms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Riverbend Cooperation", "Riverbend", id="no misspelt Corporation"),
        pytest.param("River Conversation Circle", "River Conservation Circle", id="two letters make another word"),
    ],
)
def test_a_word_of_its_own_is_no_slip(one: str, other: str) -> None:
    assert not compare_names(one, other).confirms
    assert not compare_names(other, one).confirms


@pytest.mark.parametrize(
    "registered", ["FOUNDATION", "THE CHURCH", "COMMUNITY DEVELOPMENT FUND", "LIBRARY NETWORK INC"]
)
def test_common_words_alone_confirm_nothing_even_if_all_agree(registered: str) -> None:
    """The one word FOUNDATION confirmed 213 of 3,000 EINs of the master file."""
    assert not compare_names(registered, registered).confirms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LODGE 46 Zenith", "LODGE 64 Zenith"),
        ("Zenith Post 4057", "Zenith Post 4075"),
        ("Zenith 1st Ward", "Zenith 2nd Ward"),
    ],
)
def test_another_number_is_another_body(one: str, other: str) -> None:
    assert not compare_names(one, other).confirms


@pytest.mark.parametrize(
    ("given_name", "told"),
    [
        (
            "Network Library GmbH",
            "both have network, library; only the given name has gmbh (a commercial form); "
            "only the registered name has riverbend",
        ),
        (
            "Friends of Riverbend Library Network",
            "both have riverbend, library, network; only the given name has friends (makes it another body)",
        ),
        ("Riverbnd Library Network", "both have library, network; 'riverbnd' and 'riverbend' may be one word misspelt"),
        ("...", "only the registered name has riverbend, library, network"),
    ],
)
def test_what_agrees_and_what_does_not_is_said_in_words(given_name: str, told: str) -> None:
    assert compare_names(given_name, LIBRARY).explained() == told


def test_names_without_a_telling_word_say_so() -> None:
    assert compare_names("The", "Of Inc").explained() == "neither name has a telling word"


@pytest.mark.parametrize(
    ("one", "other", "slip"),
    [
        ("riverbend", "riverbnd", True),
        ("harbour", "harbor", True),
        ("league", "leauge", True),
        ("toys", "boys", False),
        ("post46", "post47", False),
        ("trust", "trusts", False),
        ("east", "west", False),
        ("men", "man", False),
    ],
)
def test_a_slip_is_inside_a_word_and_never_a_number_or_another_body(one: str, other: str, slip: bool) -> None:
    assert is_slip(one, other) is is_slip(other, one) is slip


WORDS = st.sampled_from(["zenith", "orchard", "riverbend", "library", "network", "church", "quilters", "lantern"])
NAMES = st.lists(WORDS, min_size=1, max_size=4, unique=True)


@pytest.mark.slow
@given(NAMES, st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_order_never_matters(words: list[str], chance: object) -> None:
    shuffled = sorted(words, key=lambda word: chance.random())  # type: ignore[attr-defined]
    assert compare_names(" ".join(words), " ".join(shuffled)).confirms is any(word not in COMMON for word in words)


@pytest.mark.slow
@given(NAMES, st.sampled_from(sorted(ANOTHER_BODY)))
@settings(max_examples=200)
def test_a_word_that_makes_another_body_is_never_overlooked(words: list[str], more: str) -> None:
    name = " ".join(words)
    assert not compare_names(f"{name} {more}", name).confirms
    assert not compare_names(name, f"{name} {more}").confirms


@pytest.mark.slow
@given(NAMES, NAMES)
@settings(max_examples=200)
def test_the_comparison_is_the_same_from_both_sides(words: list[str], others: list[str]) -> None:
    one, other = " ".join(words), " ".join(others)
    assert compare_names(one, other).confirms is compare_names(other, one).confirms
