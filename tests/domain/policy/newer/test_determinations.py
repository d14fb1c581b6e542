"""An equivalency determination's conditions, its end, and its names, and letters of groups (rules 4.7, 4.14)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.grants import EquivalencyDetermination
from domain.policy.proofs.determinations import conclusion_of, faults_of, last_day_of, unnamed_in
from domain.policy.proofs.group_letters import letter_is_due
from domain.policy.rulebook import EDITIONS
from tests.builders import PRIVATE, abroad, complete_equivalency, paper, party
from tests.domain.policy.language import FAIL, PASS, REFER, paid, spoken

BOOK = EDITIONS["2026.5"]
DAY = date(2026, 11, 2)
RULE = "ELIG-EQUIVALENCY"


def given(**more: Any) -> EquivalencyDetermination:
    return EquivalencyDetermination.model_validate(complete_equivalency(**more))


@pytest.mark.parametrize(
    ("basis", "conclusion"),
    [
        ("170(b)(1)(A)(vi)", "170(b)(1)(a)(vi)"),
        ("Section 170 (b)(1)(A)(ii)", "170(b)(1)(a)(ii)"),
        ("IRC § 509(a)(3)", "509(a)(3)"),
        ("s. 509(a)(1)", "509(a)(1)"),
        ("sec. 4940(d)(2)", "4940(d)(2)"),
        ("170(b)(1)(A)(vii)", None),
        ("509(a)(4)", None),
        ("501(c)(3)", None),
        ("not 509(a)(2)", None),
        ("509(a)(2) is not met", None),
    ],
)
def test_a_conclusion_is_one_paragraph_that_the_law_knows(basis: str, conclusion: str | None) -> None:
    assert conclusion_of(given(basis=basis)) == conclusion


@pytest.mark.parametrize(
    ("more", "last"),
    [
        ({}, date(2027, 12, 31)),
        ({"valid_until": "2027-03-31"}, date(2027, 3, 31)),
        ({"basis": "509(a)(1)"}, date(2026, 12, 31)),
        ({"basis": "509(a)(1)", "year_ended_on": None}, date(2026, 12, 31)),
        ({"basis": "509(a)(1)", "year_ended_on": "2025-06-30"}, date(2026, 6, 30)),
        ({"basis": "509(a)(1)", "year_ended_on": "2025-02-28", "data_year": 2024}, date(2026, 2, 28)),
        ({"basis": "509(a)(2)", "year_ended_on": "2026-02-28", "valid_until": "2099-12-31"}, date(2028, 2, 29)),
        ({"basis": "509(a)(1)", "year_ended_on": "2024-02-29", "data_year": 2023}, date(2025, 2, 28)),
        ({"data_year": None, "year_ended_on": None, "valid_until": "2099-12-31"}, date(2099, 12, 31)),
    ],
    ids=str,
)
def test_it_is_good_until_its_own_day_or_the_law_s(more: dict[str, Any], last: date) -> None:
    assert last_day_of(given(**more)) == last


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"paper": None}, "it lacks the paper itself"),
        ({"basis": None}, "it lacks its basis"),
        ({"data_year": None}, "it lacks the year that its facts are from"),
        ({"blocked_checked_on": None}, "it lacks the day on which blocked persons were checked"),
        ({"blocked_check": None}, "it lacks the statement that no blocked person is involved"),
        ({"paper": paper("REGISTRATION")}, "its paper is of kind REGISTRATION; file the advice itself"),
        ({"basis": "a charity"}, "'a charity' is no conclusion that the law knows; write the paragraph alone"),
        ({"blocked_checked_on": "2024-12-31"}, "were checked on 2024-12-31, over 12 months before it was given"),
        ({"blocked_checked_on": "2026-11-03"}, "are said to be checked on 2026-11-03, which is later than 2026-11-02"),
        ({"funder": "ANOTHER"}, "it was given to ANOTHER, not to us"),
        ({"issued_on": "2026-11-03"}, "it is dated later than 2026-11-02"),
        ({"valid_until": "2026-11-01"}, "it was good until 2026-11-01, and is not current on 2026-11-02"),
        ({"year_ended_on": "2027-12-31"}, "its facts are of 2025, and that year is said to end on 2027-12-31"),
        ({"year_ended_on": "2027-01-01", "data_year": 2026}, "its facts are of a year that had not begun"),
        (
            {"year_ended_on": "2027-03-31", "data_year": 2026},
            "its facts are of a year that had not begun when it was given, on 2026-01-01",
        ),
    ],
    ids=str,
)
def test_each_reason_why_it_does_not_count_is_named(more: dict[str, Any], told: str) -> None:
    faults = faults_of(given(**more), "ISOC", DAY)
    assert any(told in one for one in faults), faults
    found = spoken(paid(abroad(), equivalency=complete_equivalency(**more), book=BOOK), RULE)
    assert (found.outcome, told in found.reason) == (PASS, True)


@pytest.mark.parametrize(
    "more",
    [
        {"blocked_checked_on": "2025-01-01"},
        {"blocked_checked_on": "2026-11-02"},
        {"issued_on": "2026-11-02"},
        {"valid_until": "2026-11-02"},
        {"year_ended_on": "2026-12-31", "data_year": 2026},
        {"year_ended_on": "2026-01-31"},
    ],
    ids=str,
)
def test_on_the_last_day_of_each_it_counts_still(more: dict[str, Any]) -> None:
    assert faults_of(given(**more), "ISOC", DAY) == ()


def test_one_that_counts_has_no_fault_and_says_until_when() -> None:
    assert (faults_of(given(), "ISOC", DAY), unnamed_in(given())) == ((), ())
    found = spoken(paid(abroad(), equivalency=complete_equivalency(), book=BOOK), RULE)
    assert (found.outcome, found.reason) == (PASS, "the equivalency determination is current until 2027-12-31")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"practitioner_name": None}, "practitioner_name, who gave it"),
        ({"credential": None}, "credential, what lets them practise"),
        ({"year_ended_on": None}, "year_ended_on, the last day of the tax year"),
        ({"repository": "Equivalence Vault"}, "certificate, the number of the repository's"),
        ({"certificate": "EV-2026-118"}, "repository, whose certificate it is"),
    ],
    ids=str,
)
def test_what_it_does_not_name_is_asked_of_that_determination(more: dict[str, Any], told: str) -> None:
    found = spoken(paid(abroad(), profile=PRIVATE, equivalency=complete_equivalency(**more), book=BOOK), RULE)
    assert (found.outcome, told in found.reason) == (REFER, True)
    assert {one.value for one in found.conditions} == {"PRE_GRANT_INQUIRY", "WRITTEN_COMMITMENT"}
    assert [f"the determination of 2026-01-01 does not name {told}" in one for one in found.about] == [True]


def test_one_that_leaves_blocked_persons_open_fails() -> None:
    given = complete_equivalency(blocked_check=False)
    assert spoken(paid(abroad(), equivalency=given, book=BOOK), RULE).outcome is FAIL


@pytest.mark.parametrize(
    ("letters", "on", "due"),
    [
        (["2026-03-01"], date(2027, 1, 21), False),
        (["2026-03-01"], date(2027, 1, 22), True),
        (["2027-01-22"], date(2027, 1, 22), False),
        (["2027-01-21"], date(2027, 6, 1), True),
        (["2027-06-02"], date(2027, 6, 1), True),
        (["2026-03-01", "2027-05-01"], date(2027, 6, 1), False),
        ([], date(2027, 6, 1), True),
    ],
    ids=str,
)
def test_a_letter_of_a_group_is_asked_anew_from_a_day_on(letters: list[str], on: date, due: bool) -> None:
    member = party(papers=[{**paper("GROUP_CONFIRMATION"), "dated": day} for day in letters])
    assert letter_is_due(member, on) is due
