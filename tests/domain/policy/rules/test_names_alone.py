"""Edition 2026.4: a listed name alone is a question for a second person, never a refusal (rules 3.7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain.policy.findings import Assessment, Outcome
from domain.policy.rulebook import EDITIONS, adverse_in
from domain.screening.matches import SanctionsMatch
from tests.builders import CHARITY, funds_out, match, near, party, principal, screening, status, verification
from tests.domain.policy.language import FAIL, PASS, REFER, finding, judged, said, spoken

BOOK = EDITIONS["2026.4"]
ROSA = "Rosa Quiroga"


def alone(name: str = ROSA, entity: str = "12345", **more: Any) -> SanctionsMatch:
    """The same name, and nothing else that agrees."""
    return match(name).model_copy(update={"certain": False, "entity": entity, **more})


def screened(*matches: SanctionsMatch, **payee: Any) -> Assessment:
    content = {"funds_out": funds_out(payee=party(**payee))}
    return judged(content, CHARITY, verification(status(), screening(*matches)), BOOK)


def test_a_person_of_a_listed_name_is_asked_about_and_nothing_says_who_they_are() -> None:
    """A director without a birth date ended a partnership as `is on ofac-sdn ... report within 10 business days`."""
    found = spoken(screened(alone(), principals=[principal(ROSA)]), "SANCTIONS")
    assert found.outcome is REFER
    assert found.reason == (
        "'Rosa Quiroga' bears the listed name 'ROSA QUIROGA' (entity 12345 of ofac-sdn); judge whether they are one"
    )
    assert "report" not in found.reason


def test_several_entries_of_one_name_are_one_question() -> None:
    found = spoken(screened(alone(), alone(entity="67890"), principals=[principal(ROSA)]), "SANCTIONS")
    assert (found.outcome, found.reason.count("judge whether")) == (REFER, 1)
    assert "12345 of ofac-sdn, 67890 of ofac-sdn" in found.reason


def test_what_more_than_the_name_confirms_is_refused_and_reported() -> None:
    found = spoken(screened(match(ROSA), alone(entity="67890"), principals=[principal(ROSA)]), "SANCTIONS")
    assert (found.outcome, "report within 10 business days" in found.reason) == (FAIL, True)
    assert "67890" not in found.reason


def test_what_a_second_person_cleared_is_asked_no_more() -> None:
    cleared = alone(cleared_by=("vera.lind",))
    assert said(screened(cleared, principals=[principal(ROSA)]), "SANCTIONS") is PASS
    assert said(screened(cleared, near(), principals=[principal(ROSA)]), "SANCTIONS") is REFER


@pytest.mark.parametrize(
    ("matches", "outcome", "told"),
    [
        ([alone()], REFER, "owners of 60 per cent of 'Riverbend Library Network' bear listed names"),
        ([match(ROSA)], FAIL, "so it is blocked itself"),
        ([alone(cleared_by=("vera.lind",))], None, ""),
        ([], None, ""),
    ],
    ids=["the name alone", "confirmed", "cleared", "nobody"],
)
def test_an_owner_of_a_listed_name_is_a_question_too(matches: list[SanctionsMatch], outcome: Any, told: str) -> None:
    found = finding(screened(*matches, principals=[principal(ROSA, "OWNER", "60")]), "SANCTIONS-OWNERSHIP")
    assert (found.outcome if found else None) is outcome
    assert found is None or told in found.reason


@pytest.mark.parametrize(("share", "outcome"), [("49.99", REFER), ("50", FAIL)])
def test_less_than_half_is_not_blocked_by_that_alone(share: str, outcome: Outcome) -> None:
    found = spoken(screened(match(ROSA), principals=[principal(ROSA, "OWNER", share)]), "SANCTIONS-OWNERSHIP")
    assert (found.outcome, "below half" in found.reason) == (outcome, outcome is REFER)


def test_evidence_of_before_is_read_as_it_was_meant() -> None:
    assert SanctionsMatch.model_validate(match(ROSA).model_dump(mode="json")).certain
    assert "certain" not in match(ROSA).model_dump(mode="json")


# A clearance holds for the facts, not for the words of a finding


def keys_of(assessed: Assessment) -> set[str]:
    return set(spoken(assessed, "SANCTIONS").keys)


def test_a_new_score_reopens_nothing_and_a_new_entry_does() -> None:
    first = screened(near(ROSA, 88.0).model_copy(update={"entry": "ab" * 32}), principals=[principal(ROSA)])
    later = screened(near(ROSA, 91.5).model_copy(update={"entry": "ab" * 32}), principals=[principal(ROSA)])
    changed = screened(near(ROSA, 88.0).model_copy(update={"entry": "cd" * 32}), principals=[principal(ROSA)])
    assert spoken(first, "SANCTIONS").reason != spoken(later, "SANCTIONS").reason
    assert adverse_in(later, tuple(keys_of(first))) is None
    assert "resembles" in str(adverse_in(changed, tuple(keys_of(first))))


def test_of_two_that_were_cleared_together_either_stays_cleared_alone() -> None:
    both = screened(alone(), alone(entity="67890"), principals=[principal(ROSA)])
    one = screened(alone(entity="67890"), principals=[principal(ROSA)])
    assert adverse_in(one, tuple(keys_of(both))) is None
    assert adverse_in(both, tuple(keys_of(one))) is not None


# Who cleared one owner has not cleared another: each is a question of its own


ABEL, OWNERSHIP = "Abel Mbeki", "SANCTIONS-OWNERSHIP"


def owned(by: str, share: str | None = None) -> dict[str, Any]:
    return {"principals": [principal(by, "OWNER", share)]}


def screened_both(*matches: SanctionsMatch) -> Assessment:
    """Of the partner, Rosa owns more than Abel of the payee."""
    payee = party("Harbour Schools Trust", **owned(ABEL, "20"))
    content = {"partner": party(**owned(ROSA, "45")), "funds_out": funds_out(payee=payee)}
    return judged(content, CHARITY, verification(status(), screening(*matches)), BOOK)


def screened_owners(*matches: SanctionsMatch) -> Assessment:
    return screened(*matches, principals=[principal(ROSA, "OWNER"), principal(ABEL, "OWNER")])


def screened_shares(*matches: SanctionsMatch) -> Assessment:
    return screened(*matches, principals=[principal(ROSA, "OWNER", "20"), principal(ABEL, "OWNER", "45")])


@pytest.mark.parametrize(
    ("assessed", "first"),
    [
        pytest.param(screened_owners, alone(), id="of one party, of shares that nobody knows"),
        pytest.param(screened_both, alone(), id="of the partner, and of the payee"),
        pytest.param(screened_shares, match(ROSA), id="confirmed below half, and of the name alone"),
    ],
)
def test_who_cleared_one_owner_has_not_cleared_another(
    assessed: Callable[..., Assessment], first: SanctionsMatch
) -> None:
    """The finding's words named no owner, so that a clearance of one held for all (R27, R38)."""
    cleared = spoken(assessed(first), OWNERSHIP).keys
    assert OWNERSHIP not in str(adverse_in(assessed(first), cleared))
    assert OWNERSHIP in str(adverse_in(assessed(first, alone(ABEL, entity="9")), cleared))


def test_a_finding_without_facts_of_its_own_is_cleared_by_its_words() -> None:
    found = spoken(
        judged({"funds_out": funds_out(payee=party(ein=None))}, CHARITY, verification(), BOOK), "ELIG-LISTED"
    )
    assert found.keys == (f"ELIG-LISTED: {found.reason}",)
