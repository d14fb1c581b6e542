"""A question carries the conditions of its answer, and each question is cleared by itself (rules 4.2, 4.13)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.policy.findings import Assessment, Finding
from domain.policy.rulebook import EDITIONS, against_payment
from domain.screening.tax_status import SupportedEvidence
from tests.builders import abroad, master_file, paper, party, regrant, status
from tests.domain.policy.language import (
    CONDITION,
    FAIL,
    NOWHERE,
    PASS,
    PROFILES,
    REFER,
    bmf,
    conditions,
    finding,
    paid,
    spoken,
)

BOOK = EDITIONS["2026.5"]
MINISTRY = abroad("Ministry of ICT", kind="GOVERNMENT", papers=[paper("GOVERNMENT_STATUS")])
UNIVERSITY = abroad("Lake University", kind="ACADEMIC", governmental=True, papers=())


def to(payee: Any = None, found: Any = None, funder: str = "X", **leg: Any) -> Assessment:
    return paid(payee, found, PROFILES[funder], book=BOOK, **leg)


def path(payee: Any = None, found: Any = None, funder: str = "X", **leg: Any) -> Finding:
    return spoken(to(payee, found, funder, **leg), "ELIG-PATH")


def cleared(found: Assessment) -> tuple[str, ...]:
    return tuple(key for one in found.with_outcome(REFER) for key in one.keys)


def test_a_cleared_payee_is_not_paid_before_what_its_path_asks_is_on_file() -> None:
    found = to(abroad(), controlled_by_insider=True)
    asked = against_payment(found, cleared(found), ())
    assert "PRE_GRANT_INQUIRY" in str(asked)
    assert "WRITTEN_COMMITMENT" in str(asked)
    assert against_payment(found, cleared(found), found.conditions) is None


def test_an_insiders_control_is_a_question_of_its_own_beside_that_of_the_path() -> None:
    """The Foundation asks whether a private foundation may be paid. A clearance of that does not clear the insider."""
    alone = path(None, bmf(foundation="04"), "F")
    both = path(None, bmf(foundation="04"), "F", controlled_by_insider=True)
    assert set(alone.keys) < set(both.keys)
    assert "disqualified person" in both.reason


def test_a_question_that_an_earlier_edition_asked_is_not_asked_anew() -> None:
    for found, leg in ((bmf(foundation="18"), {}), (status(), {"controlled_by_insider": True})):
        before = paid(None, found, PROFILES["X"], book=EDITIONS["2026.4"], **leg)
        assert set(path(None, found, **leg).keys) <= {key for one in before.findings for key in one.keys}


def test_a_payee_that_is_refused_is_asked_nothing_more() -> None:
    refused = path(abroad(), None, "F", controlled_by_insider=True)
    assert (refused.outcome, refused.conditions) == (FAIL, ())


@pytest.mark.parametrize("found", [bmf(foundation="21"), bmf(foundation="17"), bmf(foundation="24")])
def test_what_never_counts_to_the_payout_is_said_and_spending_out_of_corpus_cures_it_not(found: Any) -> None:
    said_of = spoken(to(None, found, controlled_by_insider=True), "PROJECT-CORPUS")
    assert (said_of.outcome, said_of.citation) == (PASS, "IRC 4942(g)(4)(A)")
    assert "never counts to the payout" in said_of.reason


def test_type_iii_not_integrated_never_counts_whoever_controls_it_and_others_count() -> None:
    assert "type III" in spoken(to(None, bmf(foundation="24")), "PROJECT-CORPUS").reason
    assert "never counts to the payout" in path(None, bmf(foundation="24")).reason
    assert finding(to(None, bmf(foundation="21")), "PROJECT-CORPUS") is None


def test_a_foreign_government_undertakes_in_writing_what_the_regulation_says_and_counsel_reads_it() -> None:
    found = path(MINISTRY)
    assert (found.outcome, found.conditions, found.confirmed) == (CONDITION, ("CHARITABLE_COVENANT",), False)
    assert "170(c)(2)(B)" in found.reason


@pytest.mark.parametrize(
    ("payee", "asked"),
    [
        (UNIVERSITY, "CHARITABLE_COVENANT"),
        (party("State University", kind="ACADEMIC", governmental=True, papers=()), "PUBLIC_PURPOSE_AGREEMENT"),
        (party("Town of Riverbend", kind="GOVERNMENT", papers=()), "PUBLIC_PURPOSE_AGREEMENT"),
    ],
)
def test_what_claims_to_be_a_government_is_asked_what_one_is_asked_and_what_any_other_is(
    payee: Any, asked: str
) -> None:
    assert {asked, "CONTROL_AND_RECORDS"} <= {*path(payee, NOWHERE, "P").conditions}


def test_a_group_whose_central_organisation_is_unknown_is_a_body_that_nothing_proves() -> None:
    found = to(None, bmf(affiliation="9", group_number="1234"))
    assert {"PRE_GRANT_INQUIRY", "WRITTEN_COMMITMENT", "SEPARATE_FUND"} <= conditions(found)


@pytest.mark.parametrize("funder", PROFILES)
def test_whether_an_insider_controls_the_payee_is_asked_and_no_is_an_answer(funder: str) -> None:
    asked = spoken(to(None, status(), funder, controlled_by_insider=None), "ANSWERS")
    assert (asked.outcome, "`funds_out.controlled_by_insider`" in asked.reason) == (REFER, True)
    assert spoken(to(None, status(), funder), "ANSWERS").outcome is PASS


@pytest.mark.parametrize(("funder", "asked"), [("P", ()), ("F", ()), ("X", ("OUT_OF_CORPUS",))])
def test_while_nobody_says_it_a_private_foundation_is_asked_what_a_controlled_payee_asks(
    funder: str, asked: tuple[str, ...]
) -> None:
    assert spoken(to(None, status(), funder, controlled_by_insider=None), "ANSWERS").conditions == asked


def test_a_sub_recipient_whose_number_is_registered_to_the_funder_is_the_funder() -> None:
    readers, registered = party("Readers", ein="001000002"), master_file(name="INTERNET SOCIETY")
    seen = SupportedEvidence(party="Readers", status=status(ein="001000002", master_file=registered))
    found = to(None, status(), "P", seen={"supported": (seen,)}, regrant=regrant(readers))
    assert spoken(found, "ELIG-FUNDER").outcome is FAIL
