"""A written name is a registered one, is like it, or is another's (rules 3.1, R19, C39). All names are invented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.screening.identity import Agreement
from registers.matching.identity.agreement import compare_written, is_one_name
from registers.matching.identity.places import RegisteredPlace
from registers.matching.identity.registered_name import RegisteredName

SAME, ALIKE, OTHER = Agreement.SAME, Agreement.ALIKE, Agreement.OTHER
TOPEKA = RegisteredPlace("TOPEKA", "KS", "66601-0000")


def row(name: str, second_name: str = "", *, is_member: bool = False, care_of: str = "") -> RegisteredName:
    return RegisteredName(name, second_name, is_member, care_of, TOPEKA)


@pytest.mark.parametrize(
    ("written", "registered"),
    [
        pytest.param("Riverbend Library Network, Inc.", "RIVERBEND LIBRARY NETWORK", id="signs and Inc"),
        pytest.param("Riverbend Library Network (RLN)", "RIVERBEND LIBRARY NETWORK", id="initials in brackets"),
        pytest.param("RLN - Riverbend Library Network", "RIVERBEND LIBRARY NETWORK", id="initials before a dash"),
        pytest.param("Riverbend Library Network dba Open Shelves", "RIVERBEND LIBRARY NETWORK", id="a trade name"),
        pytest.param("Riverbend Library Network d/b/a Open Shelves", "RIVERBEND LIBRARY NETWORK", id="d/b/a"),
        pytest.param("Riverbend Library Network c/o A Person", "RIVERBEND LIBRARY NETWORK", id="in care of"),
        pytest.param(
            "Riverbend Library Network, a 501(c)(3) organization", "RIVERBEND LIBRARY NETWORK", id="its status"
        ),
        pytest.param(
            "Riverbend Library Network, a Kansas nonprofit corporation", "RIVERBEND LIBRARY NETWORK", id="form"
        ),
        pytest.param("River Bend Library Network", "RIVERBEND LIBRARY NETWORK", id="written apart"),
        pytest.param("Riverbend Teachers of Kansas", "RIVERBEND TCHRS OF KS", id="the register's short forms"),
        pytest.param("Riverbend Elementary Scholarship Department", "RIVERBEND ELEM SCHOL DPT", id="more of them"),
        pytest.param("Riverbend Young Men's Christian Association", "YMCA RIVERBEND", id="order"),
        pytest.param("YMCA of Riverbend", "YOUNG MENS CHRISTIAN ASSOCIATION OF RIVERBEND", id="well-known initials"),
        pytest.param(
            "Riverbend SPCA", "RIVERBEND SOCIETY FOR THE PREVENTION OF CRUELTY TO ANIMALS", id="more of them "
        ),
        pytest.param(
            "Community Development Fund", "COMMUNITY DEVELOPMENT FUND", id="common words alone, and all of them"
        ),
    ],
)
def test_a_name_written_otherwise_is_the_same(written: str, registered: str) -> None:
    expected = ALIKE if registered == "YMCA RIVERBEND" else SAME
    assert compare_written(written, row(registered)).agreement is expected


@pytest.mark.parametrize(
    ("written", "registered"),
    [
        pytest.param("Courage House", "HOUSE OF COURAGE", id="another order"),
        pytest.param("Riverbnd Library Network", "RIVERBEND LIBRARY NETWORK", id="a slip"),
        pytest.param("Riverbend Riverbend Library", "RIVERBEND LIBRARY", id="a repeated word"),
        pytest.param("Riverbend Library Network of Topeka", "RIVERBEND LIBRARY NETWORK", id="its city"),
        pytest.param("Riverbend Library Network of Kansas", "RIVERBEND LIBRARY NETWORK", id="its state"),
        pytest.param(
            "Riverbend Library Network for Rural Lear", "RIVERBEND LIBRARY NETWORK FOR RURAL LEARNERS", id="cut"
        ),
    ],
)
def test_a_name_that_is_nearly_the_same_is_alike(written: str, registered: str) -> None:
    assert compare_written(written, row(registered)).agreement is ALIKE


@pytest.mark.parametrize(
    ("written", "registered"),
    [
        pytest.param("Mary Zenith Fund", "MARK ZENITH FUND", id="Mary and Mark"),
        pytest.param("Zenith Relief for Iran", "ZENITH RELIEF FOR IRAQ", id="Iran and Iraq"),
        pytest.param("Zenith Lodge XIII", "ZENITH LODGE XVII", id="XIII and XVII"),
        pytest.param("Zenith Lodge XVII", "ZENITH LODGE XVIII", id="XVII and XVIII"),
        pytest.param("Larson Zenith Fund", "LAWSON ZENITH FUND", id="Larson and Lawson"),
        pytest.param("Marian Zenith Fund", "MARION ZENITH FUND", id="two given names"),
        pytest.param("Zenith Lodge 46", "ZENITH LODGE 64", id="two numbers"),
        pytest.param("Riverbend Library Foundation", "RIVERBEND LIBRARY", id="a foundation"),
        pytest.param("Friends of the Riverbend Library", "RIVERBEND LIBRARY", id="friends"),
        pytest.param("Riverbend Library LLC", "RIVERBEND LIBRARY", id="a company"),
        pytest.param("Riverbend", "RIVERBEND LIBRARY", id="a word less"),
        pytest.param(
            "Riverbend Readers Charitable Tr Foundation",
            "RIVERBEND READERS CHARITABLE TR",
            id="its short trust's foundation",
        ),
        pytest.param("Riverbend Readers Tr 3 Trust", "RIVERBEND READERS TR 3", id="a trust's trust"),
        pytest.param("Riverbend Library Network Ohio", "RIVERBEND LIBRARY NETWORK", id="another state"),
        pytest.param("Riverbend Rural Library Network 7", "RIVERBEND RURAL LIBRARY NETWORK", id="a number more"),
        pytest.param(
            "Riverbend Library Network for Rural Foundation",
            "RIVERBEND LIBRARY NETWORK FOR RURAL",
            id="a foundation's end",
        ),
    ],
)
def test_another_word_is_another_name(written: str, registered: str) -> None:
    assert compare_written(written, row(registered)).agreement is OTHER
    assert compare_written(registered, row(written)).agreement is OTHER


MEMBER = row("ORDER OF THE LANTERN", "178 ORCHARD MEMORIAL", is_member=True)


@pytest.mark.parametrize(
    "written",
    [
        "Order of the Lantern Post 178 Orchard Memorial",
        "Orchard Memorial Post 178 Order of the Lantern",
        "Order of the Lantern Post 178",
        "Order of the Lantern, Topeka Post 178",
    ],
)
def test_a_member_bears_its_groups_name_and_its_own(written: str) -> None:
    assert compare_written(written, MEMBER).agreement is ALIKE


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("Order of the Lantern Post 187", id="another number"),
        pytest.param("Order of the Lantern Auxiliary Unit 178", id="its auxiliary"),
        pytest.param("Order of the Candle Post 178", id="another order"),
        pytest.param("Order of the Lantern Foundation 178", id="its foundation"),
    ],
)
def test_another_member_is_another_body(written: str) -> None:
    assert compare_written(written, MEMBER).agreement is OTHER


def test_a_further_name_of_the_row_is_alike_and_no_more() -> None:
    assert compare_written("Open Shelves", row("RIVERBEND LIBRARY NETWORK", "OPEN SHELVES")).agreement is ALIKE


def test_a_second_name_that_says_same_names_nobody() -> None:
    assert compare_written("Same", row("RIVERBEND LIBRARY NETWORK", "SAME")).agreement is OTHER


WORDS = st.sampled_from(["zenith", "orchard", "riverbend", "library", "network", "church", "quilters", "lantern"])
NAMES = st.lists(WORDS, min_size=1, max_size=4)


@pytest.mark.slow
@given(NAMES)
@settings(max_examples=100)
def test_a_name_is_the_same_as_itself(words: list[str]) -> None:
    assert compare_written(" ".join(words), row(" ".join(words).upper())).agreement is SAME


@pytest.mark.slow
@given(NAMES, NAMES)
@settings(max_examples=200)
def test_only_the_same_words_in_the_same_order_are_one_name(words: list[str], others: list[str]) -> None:
    assert is_one_name(" ".join(words), " ".join(others)) is (words == others)
