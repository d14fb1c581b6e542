"""Edition 2026.2: papers that lift a payee: an equivalency determination (R24), the letter of a central (R21)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.evidence import StatusEvidence
from tests.builders import abroad, document, equivalency, master_file, party, publication_78, revocation, status
from tests.domain.policy.language import (
    CONDITION,
    FAIL,
    PASS,
    PROFILES,
    REFER,
    bmf,
    conditions,
    finding,
    paid,
    said,
    spoken,
)

# ELIG-EQUIVALENCY: verified on 2 November 2026


@pytest.mark.parametrize("funder", PROFILES)
@pytest.mark.parametrize(
    ("paper", "outcome"),
    [
        ({}, PASS),
        ({"issued_on": "2026-11-02", "valid_until": "2026-11-02"}, PASS),
        ({"data_year": 2026}, PASS),
        ({"data_year": 2025}, PASS),
        ({"data_year": 2024}, REFER),
        ({"valid_until": "2026-11-01"}, REFER),
        ({"issued_on": "2026-11-03"}, REFER),
        ({"funder": "ANOTHER"}, REFER),
        ({"blocked_check": True}, PASS),
        ({"blocked_check": None}, PASS),
        ({"blocked_check": False}, FAIL),
        ({"blocked_check": False, "funder": "ANOTHER"}, FAIL),
        ({"blocked_check": False, "valid_until": "2026-11-01"}, FAIL),
    ],
    ids=str,
)
def test_a_determination_is_current_and_the_funders_own_and_excludes_the_blocked(
    paper: dict[str, Any], outcome: Any, funder: str
) -> None:
    assessed = paid(abroad(), profile=PROFILES[funder], equivalency=equivalency(**paper))
    assert said(assessed, "ELIG-EQUIVALENCY") is outcome


@pytest.mark.parametrize(
    "paper",
    [{"valid_until": "2026-11-01"}, {"data_year": 2024}, {"funder": "ANOTHER"}, {"blocked_check": False}],
    ids=str,
)
def test_a_determination_that_does_not_hold_does_not_open_the_path(paper: dict[str, Any]) -> None:
    assessed = {f: paid(abroad(), profile=PROFILES[f], equivalency=equivalency(**paper)) for f in PROFILES}
    assert [said(assessed[f], "ELIG-PATH") for f in PROFILES] == [CONDITION, FAIL, CONDITION]
    assert all(one.outcome in {REFER, FAIL} for one in assessed.values())


def test_a_determination_that_is_not_current_says_from_when_to_when_on_facts_of_which_year() -> None:
    one = spoken(paid(abroad(), equivalency=equivalency(data_year=2024)), "ELIG-EQUIVALENCY")
    assert "not current on 2026-11-02: 2026-01-01 to 2027-12-31 on facts of 2024" in one.reason


def test_how_long_a_determination_is_current_is_a_lead_to_be_confirmed() -> None:
    one = spoken(paid(abroad(), equivalency=equivalency(data_year=2024)), "ELIG-EQUIVALENCY")
    assert one.confirmed is False


def test_a_determination_of_another_funder_names_it() -> None:
    one = spoken(paid(abroad(), equivalency=equivalency(funder="ANOTHER")), "ELIG-EQUIVALENCY")
    assert "was given to ANOTHER, not to us" in one.reason


@pytest.mark.parametrize("payee", [abroad(), party()])
def test_without_a_determination_or_abroad_there_is_nothing_to_say(payee: Any) -> None:
    paper = {"equivalency": equivalency()} if payee.country == "US" else {}
    assert finding(paid(payee, status(), **paper), "ELIG-EQUIVALENCY") is None


# ELIG-GROUP

CENTRAL = {"name": "United Libraries of the Plains", "ein": "001000009"}
LETTER = (document("GROUP_CONFIRMATION"),)
CHAPTER = bmf(affiliation="9", group_number="1234")
STANDING = revocation("2019-05-15", "2019-08-01")


def central(**more: Any) -> StatusEvidence:
    row = master_file(name="UNITED LIBRARIES", affiliation="6", group_number=more.pop("group_number", "1234"))
    return status(ein="001000009", **{"master_file": row, **more})


def chapter(funder: str = "P", letter: bool = True, found: StatusEvidence | None = None, **more: Any) -> Any:
    payee = party(documents=LETTER if letter else (), central=CENTRAL, **more)
    return paid(payee, CHAPTER, PROFILES[funder], seen={"central": found or central()})


@pytest.mark.parametrize("funder", PROFILES)
def test_given_a_central_that_is_listed_and_its_letter_then_the_chapter_is_paid(funder: str) -> None:
    assessed = chapter(funder)
    assert (assessed.outcome, conditions(assessed)) == (PASS, set())
    assert "its letter is on file" in spoken(assessed, "ELIG-GROUP").reason


@pytest.mark.parametrize("funder", PROFILES)
def test_given_a_central_that_is_listed_without_letter_then_the_letter_is_a_condition(funder: str) -> None:
    assessed = chapter(funder, letter=False)
    assert (assessed.outcome, conditions(assessed)) == (CONDITION, {"CENTRAL_CONFIRMATION"})
    assert "still to be obtained" in spoken(assessed, "ELIG-GROUP").reason


@pytest.mark.parametrize("funder", PROFILES)
@pytest.mark.parametrize(
    ("found", "outcome", "words"),
    [
        (central(revocations=(STANDING,)), FAIL, "revoked with effect from 2019-05-15"),
        (central(revocations=(revocation("2019-05-15", "2019-08-01", "2019-05-15"),)), PASS, "is listed"),
        (central(master_file=None), REFER, "EIN 001000009, is not listed"),
        (central(group_number="4321"), REFER, "not registered under the same group number"),
        (central(group_number="0000"), REFER, "not registered under the same group number"),
    ],
    ids=["revoked", "reinstated", "not listed", "another group", "no group"],
)
def test_a_chapter_stands_and_falls_with_its_central(
    found: StatusEvidence, outcome: Any, words: str, funder: str
) -> None:
    one = spoken(chapter(funder, found=found), "ELIG-GROUP")
    assert one.outcome is outcome
    assert words in one.reason


@pytest.mark.parametrize("funder", PROFILES)
@pytest.mark.parametrize("named", [{}, {"central": CENTRAL}], ids=["not named", "named, not asked for"])
def test_a_letter_does_not_pass_a_chapter_whose_central_nobody_looked_up(named: Any, funder: str) -> None:
    payee = party(documents=LETTER, **named)
    assert paid(payee, CHAPTER, PROFILES[funder]).outcome is not PASS


def test_a_central_known_from_publication_78_alone_does_not_show_the_group_number() -> None:
    found = central(master_file=None, publication78=(publication_78("PC", "GROUP"),))
    assert said(chapter(found=found), "ELIG-GROUP") is REFER


def test_the_central_of_one_that_is_no_chapter_decides_nothing() -> None:
    assessed = paid(party(central=CENTRAL), status(), seen={"central": central(revocations=(STANDING,))})
    assert finding(assessed, "ELIG-GROUP") is None
    assert assessed.outcome is PASS
