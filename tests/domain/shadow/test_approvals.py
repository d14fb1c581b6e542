"""Approvals of another system: proposer and approver, and as many people as the sum asks for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.shadow.approvals import enough_people_approve
from domain.shadow.export import ExportOrganization
from domain.shadow.judgement import ShadowOutcome
from tests.domain.shadow.exports import GRANT, LIBRARY, books, on_grant, usd

STOP, ASK, UNKNOWN, PASS = ShadowOutcome.STOP, ShadowOutcome.ASK, ShadowOutcome.UNKNOWN, ShadowOutcome.PASS


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, PASS),
        ({"proposed_by": "ana  SILVA"}, STOP),
        ({"proposed_by": None}, UNKNOWN),
        ({"approvers": ()}, UNKNOWN),
    ],
)
def test_nobody_approves_what_they_proposed(changes: dict[str, Any], outcome: ShadowOutcome) -> None:
    assert on_grant("SHADOW-SEPARATION", GRANT.model_copy(update=changes)).outcome is outcome


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, PASS),
        ({"approvers": ("Ana Silva", "ana silva")}, STOP),
        ({"approvers": ("Ana Silva",), "approver_columns": 1}, ASK),
        ({"money": usd("10000.01")}, STOP),
        ({"money": usd("10000.01"), "approvers": ("Ana Silva", "Femi Ade", "Dora Kim")}, PASS),
        ({"money": None}, UNKNOWN),
        ({"approved_on": None}, UNKNOWN),
        ({"organization": None}, UNKNOWN),
        ({"approvers": (), "approver_columns": 0}, UNKNOWN),
    ],
)
def test_a_sum_needs_the_people_of_its_tier(changes: dict[str, Any], outcome: ShadowOutcome) -> None:
    assert on_grant("SHADOW-QUORUM", GRANT.model_copy(update=changes)).outcome is outcome


def test_a_sum_that_no_tier_covers_is_asked_about() -> None:
    assert on_grant("SHADOW-QUORUM", GRANT, rules=None).outcome is ASK


@pytest.mark.parametrize(("days", "outcome"), [(1, STOP), (364, STOP), (366, PASS), (-1, PASS)])
def test_what_was_approved_for_the_payee_in_a_year_before_counts(days: int, outcome: ShadowOutcome) -> None:
    """Given two grants below a tier's limit and above it together, then the later one needs one more person."""
    on = date(2026, 3, 2) - timedelta(days=days)
    other_grant = GRANT.model_copy(
        update={"key": "G-2", "place": "grants.csv row 3", "money": usd("7000"), "approved_on": on}
    )
    judgement = on_grant("SHADOW-QUORUM", GRANT, other_grant)
    assert judgement.outcome is outcome
    assert ("USD 15,000.00" in judgement.words) == (outcome is STOP)


def test_of_two_approvals_on_one_day_the_second_counts_the_first() -> None:
    """Given a sum that was split in two on one day, then exactly one of the two is stopped."""
    other_grant = GRANT.model_copy(update={"key": "G-2", "place": "grants.csv row 3"})
    outcomes = {
        on_grant("SHADOW-QUORUM", GRANT, other_grant).outcome,
        on_grant("SHADOW-QUORUM", other_grant, GRANT).outcome,
    }
    assert outcomes == {PASS, STOP}


@pytest.mark.parametrize(
    ("other_payee", "outcome"),
    [
        ({}, STOP),
        ({"ein": None}, UNKNOWN),
        ({"ein": None, "country": None}, UNKNOWN),
        ({"ein": None, "country": "CA"}, PASS),
        ({"ein": "001000003"}, PASS),
    ],
)
def test_without_a_number_payees_of_one_name_may_be_one(other_payee: dict[str, Any], outcome: ShadowOutcome) -> None:
    """Given two payees of one name, when a number is taken away, then the tier of their sums together is unknown."""
    other = LIBRARY.model_copy(update={"key": "O-9", "name": "RIVERBEND, Library Network", **other_payee})
    earlier = {"key": "G-0", "place": "grants.csv row 9", "organization": "O-9", "approved_on": date(2026, 1, 5)}
    export = books(organizations=(LIBRARY, other), grants=(GRANT, GRANT.model_copy(update=earlier)))
    assert enough_people_approve(GRANT, export).outcome is outcome


@pytest.mark.parametrize(
    ("organizations", "outcome"),
    [
        ((LIBRARY,), PASS),
        ((LIBRARY, LIBRARY.model_copy(update={"ein": "001000003"})), UNKNOWN),
        ((LIBRARY.model_copy(update={"key": "O-9"}),), UNKNOWN),
        ((LIBRARY.model_copy(update={"ein": None, "name": None}),), UNKNOWN),
        ((), PASS),
    ],
)
def test_a_payee_of_two_numbers_or_of_none_may_be_another(
    organizations: tuple[ExportOrganization, ...], outcome: ShadowOutcome
) -> None:
    """Given a payee whose key stands twice, or nowhere in the table, then nobody knows which sums are its own."""
    assert enough_people_approve(GRANT, books(organizations=organizations)).outcome is outcome
