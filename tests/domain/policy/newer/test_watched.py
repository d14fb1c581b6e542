"""Places on the FATF's lists, as two people keep them: under a call for action a person looks, else an inquiry."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.directory.tiers import HouseRules, watched_in
from domain.directory.watched import WatchedCountry, WatchKind
from domain.policy.conditions import ConditionId
from domain.policy.findings import Finding, Outcome
from domain.policy.rulebook import EDITIONS, RULE_BOOK
from domain.screening.evidence import Verification
from domain.screening.screened import countries_in
from tests.builders import (
    CHARITY,
    HOUSE_RULES,
    abroad,
    funds_out,
    joint,
    principal,
    proposal,
    public_interest,
    screening,
    status,
)
from tests.domain.policy.language import finding, judged, paid, spoken, under

CALL, MONITORED = WatchKind
SINCE = date(2026, 10, 23)
INQUIRY = (ConditionId.ENHANCED_INQUIRY,)


def row(country: str, kind: WatchKind = MONITORED, since: date = SINCE, until: date | None = None) -> WatchedCountry:
    return WatchedCountry(country=country, kind=kind, since=since, until=until)


def word(*rows: WatchedCountry, payee: Any = None, edition: str = RULE_BOOK.version, **leg: Any) -> Finding | None:
    with under(edition):
        return finding(paid(payee, status(), seen={"watched": rows}, **leg), "PLACES-WATCHED")


def test_an_organisation_without_a_table_asks_nothing() -> None:
    assert word() is None


def test_a_payee_under_increased_monitoring_needs_an_inquiry_before_the_agreement() -> None:
    told = word(row("KE"), payee=abroad(country="KE"))
    assert told is not None
    assert (told.outcome, told.conditions) == (Outcome.CONDITION, INQUIRY)
    assert "KE (FATF: increased monitoring, 2026-10-23)" in told.reason


def test_a_payee_under_a_call_for_action_is_a_question_that_carries_the_inquiry() -> None:
    told = word(row("MM", CALL), row("KE"), payee=abroad(country="MM"))
    assert told is not None
    assert (told.outcome, told.conditions) == (Outcome.REFER, INQUIRY)
    assert "MM (FATF: call for action, 2026-10-23)" in told.reason


@pytest.mark.parametrize(
    ("payee", "leg"),
    [
        pytest.param(
            abroad(principals=[{**principal("Rosa Quiroga"), "country": "MM"}]), {}, id="where a principal lives"
        ),
        pytest.param(abroad(), {"places": [{"country": "MM"}]}, id="where the work is"),
    ],
)
def test_every_place_that_is_given_is_asked_about(payee: Any, leg: dict[str, Any]) -> None:
    told = word(row("MM", CALL), payee=payee, **leg)
    assert told is not None
    assert told.outcome is Outcome.REFER


def test_whom_the_community_is_counts_as_a_place() -> None:
    served = {"kind": "INTERNET_USERS", "places": [{"country": "MM"}], "number": "NOT_KNOWN"}
    seen = Verification(status=status(), screening=screening(), watched=(row("MM", CALL),))
    content = {"funds_out": funds_out(), "public_interest": public_interest(community=served)}
    assert spoken(judged(content, CHARITY, seen, RULE_BOOK), "PLACES-WATCHED").outcome is Outcome.REFER


def test_a_table_of_other_countries_passes_without_a_condition() -> None:
    told = word(row("MM", CALL), row("KE"))
    assert told is not None
    assert (told.outcome, told.conditions) == (Outcome.PASS, ())
    assert told.reason == "no place is under a call for action"


def test_a_monitored_place_beside_a_call_is_told_and_only_the_call_is_the_question() -> None:
    """A person's answer to the call stays where another country comes under monitoring."""
    payee = abroad(country="MM", principals=[{**principal("Rosa Quiroga"), "country": "KE"}])
    both, call = word(row("MM", CALL), row("KE"), payee=payee), word(row("MM", CALL), payee=payee)
    assert both is not None
    assert call is not None
    assert "KE (FATF: increased monitoring, 2026-10-23)" in both.reason
    assert both.keys == call.keys


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        pytest.param(MONITORED, Outcome.PASS, id="work at a monitored place needs no inquiry, and it is told"),
        pytest.param(CALL, Outcome.REFER, id="work under a call is a question"),
    ],
)
def test_where_no_money_goes_out_there_is_no_inquiry_to_wait_for(kind: WatchKind, outcome: Outcome) -> None:
    seen = Verification(screening=screening(), watched=(row("MM", kind),))
    told = spoken(
        judged({"non_monetary": joint(places=[{"country": "MM"}])}, CHARITY, seen, RULE_BOOK), "PLACES-WATCHED"
    )
    assert (told.outcome, told.conditions) == (outcome, ())
    assert f"the project takes place in {row('MM', kind)}" in told.reason


def test_the_edition_before_knows_no_such_place() -> None:
    assert word(row("MM", CALL), payee=abroad(country="MM"), edition="2026.5") is None
    assert "PLACES-WATCHED" not in {rule.rule_id for rule in EDITIONS["2026.5"].rules}


# The table


def house(*rows: WatchedCountry) -> HouseRules:
    watched = [one.model_dump(mode="json") for one in rows]
    return HouseRules.model_validate({**HOUSE_RULES.model_dump(mode="json"), "watched": watched})


@pytest.mark.parametrize(
    ("on", "kinds"),
    [
        (date(2026, 2, 12), []),
        (date(2026, 2, 13), [MONITORED]),
        (date(2026, 10, 22), [MONITORED]),
        (date(2026, 10, 23), [CALL]),
    ],
)
def test_a_day_says_which_row_applies(on: date, kinds: list[WatchKind]) -> None:
    rules = house(row("MM", MONITORED, date(2026, 2, 13), SINCE), row("MM", CALL), row("KE"))
    assert [one.kind for one in watched_in(rules, {"MM"}, on)] == kinds


def test_nobody_is_on_the_table_of_an_organisation_without_rules() -> None:
    assert watched_in(None, {"MM"}, SINCE) == ()


def test_a_country_stands_on_one_row_at_a_time() -> None:
    with pytest.raises(ValidationError, match="MM stands on two rows for one day; end the earlier one"):
        house(row("MM", MONITORED), row("MM", CALL))


def test_the_countries_of_a_proposal_are_those_of_bodies_people_and_work() -> None:
    payee = abroad(country="KE", principals=[{**principal("Rosa Quiroga"), "country": "MM"}])
    assert {"KE", "MM"} <= countries_in(proposal(partner=payee))
