"""A newer edition's questions on an earlier approval bind on the sixtieth day from the first look (rules 4.16)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.policy.conditions import ConditionId
from domain.policy.earlier import FirstLook, Later, asked_anew, asked_by
from domain.policy.findings import Finding, Outcome
from tests.domain.policy.language import CONDITION, FAIL, REFER, assessment

LOOK = FirstLook(edition="2026.4", on=date(2026, 10, 1))
THE_DAY_BEFORE, THE_DAY = date(2026, 11, 29), date(2026, 11, 30)


@pytest.mark.parametrize(
    ("edition", "on", "binds"),
    [
        pytest.param("2026.4", THE_DAY_BEFORE, False, id="not before sixty days are over"),
        pytest.param("2026.4", THE_DAY, True, id="from the sixtieth day on"),
        pytest.param("2026.3", THE_DAY, True, id="what an edition before it asks binds with it"),
        pytest.param("2026.5", THE_DAY, False, id="what a later edition asks was not looked at yet"),
        pytest.param("2026.10", THE_DAY, False, id="editions are told apart as numbers"),
    ],
)
def test_a_look_binds_sixty_days_later_to_what_it_looked_for(edition: str, on: date, binds: bool) -> None:
    assert LOOK.binds(edition, on) is binds


def test_what_is_asked_holds_payments_from_its_day_on() -> None:
    asked = Later(asked="PAPERS_READ", due=THE_DAY)
    assert [asked.holds(on) for on in (THE_DAY_BEFORE, THE_DAY)] == [False, True]


def test_what_is_asked_is_a_condition_or_the_key_of_a_question() -> None:
    assert Later(asked="PAPERS_READ", due=THE_DAY).condition is ConditionId.PAPERS_READ
    assert Later(asked="SANCTIONS: a name", due=THE_DAY).condition is None


def found(outcome: Outcome, **more: Any) -> Finding:
    """A finding of RULE-1, whose reason is `finding 1`."""
    return assessment(outcome).findings[0].model_copy(update=more)


ASKED = found(REFER, conditions=(ConditionId.PAPERS_READ,))
SET = found(CONDITION, conditions=(ConditionId.PAPERS_READ, ConditionId.BENEFIT_FILE))


def test_referrals_ask_by_their_keys_and_every_finding_by_its_conditions_each_once() -> None:
    assert asked_by([ASKED, SET, found(FAIL)]) == ("RULE-1: finding 1", "PAPERS_READ", "BENEFIT_FILE")


def test_asked_anew_is_what_the_edition_before_did_not_ask() -> None:
    assert asked_anew([ASKED], [ASKED, SET]) == ("BENEFIT_FILE",)


@pytest.mark.parametrize("rule", ["SANCTIONS", "SANCTIONS-OWNERSHIP", "TOLD-FACTS"])
def test_screening_and_what_people_told_wait_for_no_day(rule: str) -> None:
    at_once = found(REFER, rule_id=rule)
    assert asked_anew([], [at_once, SET]) == ("PAPERS_READ", "BENEFIT_FILE")
