"""Edition 2026.2: papers that lift a payee: an equivalency determination (R24), the letter of a central (R21)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.policy.findings import Layer
from domain.screening.tax_status import StatusEvidence
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
        ({"data_year": 2027}, REFER),
        ({"data_year": 2036}, REFER),
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
    [
        {"valid_until": "2026-11-01"},
        {"issued_on": "2026-11-03"},
        {"data_year": 2024},
        {"data_year": 2027},
        {"funder": "ANOTHER"},
        {"blocked_check": False},
    ],
    ids=str,
)
def test_a_determination_that_does_not_hold_does_not_open_the_path(paper: dict[str, Any]) -> None:
    assessed = {f: paid(abroad(), profile=PROFILES[f], equivalency=equivalency(**paper)) for f in PROFILES}
    assert [said(assessed[f], "ELIG-PATH") for f in PROFILES] == [CONDITION, FAIL, CONDITION]
    assert all(one.outcome in {REFER, FAIL} for one in assessed.values())


def test_a_determination_that_is_not_current_says_from_when_to_when_on_facts_of_which_year() -> None:
    one = spoken(paid(abroad(), equivalency=equivalency(data_year=2024)), "ELIG-EQUIVALENCY")
    assert "not current on 2026-11-02: 2026-01-01 to 2027-12-31 on facts of 2024" in one.reason


def test_a_determination_that_names_no_year_is_told_without_one() -> None:
    one = spoken(paid(abroad(), equivalency=equivalency(valid_until="2026-11-01")), "ELIG-EQUIVALENCY")
    assert one.reason.endswith("not current on 2026-11-02: 2026-01-01 to 2026-11-01")


@pytest.mark.parametrize(
    ("paper", "outcome", "citation", "confirmed"),
    [
        ({}, PASS, "Rev. Proc. 2017-53; rules 2.5", False),
        ({"data_year": 2026}, PASS, "Rev. Proc. 2017-53; rules 2.5", False),
        ({"data_year": 2024}, REFER, "Rev. Proc. 2017-53; rules 2.5", False),
        ({"valid_until": "2026-11-01"}, REFER, "Rev. Proc. 2017-53; rules 2.5", False),
        ({"funder": "ANOTHER"}, REFER, "Rev. Proc. 2017-53", True),
        ({"blocked_check": False}, FAIL, "Rev. Proc. 2017-53", True),
    ],
    ids=str,
)
def test_how_long_a_determination_is_current_is_a_lead_to_be_confirmed(
    paper: dict[str, Any], outcome: Any, citation: str, confirmed: bool
) -> None:
    one = spoken(paid(abroad(), equivalency=equivalency(**paper)), "ELIG-EQUIVALENCY")
    assert (one.outcome, one.citation, one.confirmed) == (outcome, citation, confirmed)
    assert one.layer is Layer.RULING


def test_a_current_determination_says_until_when() -> None:
    one = spoken(paid(abroad(), equivalency=equivalency()), "ELIG-EQUIVALENCY")
    assert one.reason == "equivalency determination current until 2027-12-31"


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


def central(group_number: str = "1234", affiliation: str = "6", **more: Any) -> StatusEvidence:
    row = master_file(name="UNITED LIBRARIES", affiliation=affiliation, group_number=group_number)
    return status(ein="001000009", **{"master_file": row, **more})


def chapter(funder: str = "P", letter: bool = True, found: StatusEvidence | None = None, **more: Any) -> Any:
    payee = party(documents=LETTER if letter else (), central=CENTRAL, **more)
    return paid(payee, CHAPTER, PROFILES[funder], seen={"central": found or central()})


ONLY_IN_PUBLICATION_78 = central(master_file=None, publication78=(publication_78("PC"),))


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
        (central(affiliation="8"), PASS, "is listed"),
        (central(affiliation="9"), REFER, "not registered under the same group number"),
        (central(affiliation="7"), REFER, "not registered under the same group number"),
        (central(affiliation="3"), REFER, "not registered under the same group number"),
        (ONLY_IN_PUBLICATION_78, REFER, "not registered under the same group number"),
    ],
    ids=[
        "revoked",
        "reinstated",
        "not listed",
        "another group",
        "no group",
        "a church's central",
        "a subordinate",
        "a subordinate of a church",
        "independent",
        "only in Publication 78",
    ],
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
    assessed = paid(party(documents=LETTER, **named), CHAPTER, PROFILES[funder])
    one = spoken(assessed, "ELIG-GROUP")
    assert (assessed.outcome, one.outcome) == (REFER, REFER)
    assert one.reason == "name the central organisation, so that the registers can be asked about it"
    assert conditions(assessed) == {"CENTRAL_CONFIRMATION"}


def test_a_central_that_was_looked_up_and_that_the_payee_does_not_name_refers() -> None:
    assessed = paid(party(documents=LETTER), CHAPTER, seen={"central": central()})
    assert said(assessed, "ELIG-GROUP") is REFER


@pytest.mark.parametrize("funder", PROFILES)
def test_the_letter_of_a_central_that_is_not_listed_does_not_lift_the_condition(funder: str) -> None:
    unlisted = chapter(funder, found=central(master_file=None))
    assert conditions(unlisted) == {"CENTRAL_CONFIRMATION"}
    assert said(unlisted, "ELIG-PATH") is CONDITION
    assert conditions(chapter(funder, found=ONLY_IN_PUBLICATION_78)) == set()


def test_another_paper_than_the_letter_does_not_lift_the_condition() -> None:
    payee = party(documents=(document("DETERMINATION_LETTER"),), central=CENTRAL)
    assert conditions(paid(payee, CHAPTER, seen={"central": central()})) == {"CENTRAL_CONFIRMATION"}


@pytest.mark.parametrize(("own", "over"), [("1234", "4321"), ("4321", "1234"), ("1234", "")])
def test_payee_and_central_stand_under_one_number(own: str, over: str) -> None:
    payee = party(documents=LETTER, central=CENTRAL)
    found = bmf(affiliation="9", group_number=own)
    assert said(paid(payee, found, seen={"central": central(group_number=over)}), "ELIG-GROUP") is REFER


def test_a_central_that_is_listed_is_shown_with_its_row() -> None:
    one = spoken(chapter(), "ELIG-GROUP")
    assert one.reason == "United Libraries of the Plains is listed; its letter is on file"
    assert one.evidence[0].startswith("irs-bmf version 1")


def test_a_central_known_from_publication_78_alone_does_not_show_the_group_number() -> None:
    found = central(master_file=None, publication78=(publication_78("PC", "GROUP"),))
    assert said(chapter(found=found), "ELIG-GROUP") is REFER


def test_the_central_of_one_that_is_no_chapter_decides_nothing() -> None:
    assessed = paid(party(central=CENTRAL), status(), seen={"central": central(revocations=(STANDING,))})
    assert finding(assessed, "ELIG-GROUP") is None
    assert assessed.outcome is PASS
