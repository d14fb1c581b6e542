"""A curable case goes back to its proposer with the ways and a day. Only then is it declined (rules 3.8)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.partnership import events as e
from domain.partnership.diligence.cures import INCURABLE, ONCE, failing, failing_alone, is_curable, listed_in, told
from domain.partnership.stages import Stage
from domain.partnership.waiting.deadlines import Wait
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.findings import Assessment, Outcome
from domain.policy.rulebook import RULE_BOOK
from domain.proposal import Direction
from tests.builders import funds_in, funds_out, party
from tests.domain.partnership.specification import (
    Story,
    active,
    amend,
    approved,
    assess,
    assessment,
    came_to,
    deadline,
    end_leg,
    given,
    in_approval,
    propose,
    release,
    verify,
    withdraw,
)

FAIL, PASS, REFER = Outcome.FAIL, Outcome.PASS, Outcome.REFER


def failed(*rules: str, options: tuple[str, ...] = ()) -> Assessment:
    found = assessment(*[FAIL] * len(rules))
    named = zip(found.findings, rules, strict=True)
    findings = tuple(one.model_copy(update={"rule_id": rule, "options": options}) for one, rule in named)
    return found.model_copy(update={"findings": findings})


def sent_back() -> Story:
    return given(propose(), verify(), assess(FAIL))


@pytest.mark.parametrize(
    ("rules", "returned", "curable"),
    [
        (("ELIG-REVOKED",), (), True),
        (("ELIG-REVOKED",), ("Fastlane LLC",), True),
        (("ELIG-NONPROFIT",), (), True),
        (("ELIG-NONPROFIT",), ("Another LLC",), True),
        (("ELIG-NONPROFIT",), ("Fastlane LLC",), False),
        (("SANCTIONS",), (), False),
        (("SANCTIONS-OWNERSHIP",), (), False),
        (("ELIG-REVOKED", "SANCTIONS"), (), False),
    ],
)
def test_which_failures_can_be_cured(rules: tuple[str, ...], returned: tuple[str, ...], curable: bool) -> None:
    assert is_curable(failed(*rules), "Fastlane LLC", returned) is curable


def test_the_rules_of_the_table_are_rules_of_the_book() -> None:
    assert {rule.rule_id for rule in RULE_BOOK.rules} >= INCURABLE | ONCE


def test_the_proposer_is_told_what_fails_and_what_can_be_done() -> None:
    found = failed("ELIG-PATH", options=("another funder", "a sponsor"))
    assert told(found) == "finding 1 (ELIG-PATH); what can be done: another funder; a sponsor"
    assert failing(found) == ("ELIG-PATH",)


def test_a_cure_goes_through_due_diligence_to_approval() -> None:
    story = sent_back().given(
        propose(funds_out=funds_out(payee=party("Harbour Schools Trust"))), verify(), assess(PASS)
    )
    assert approved(story).partnership.stage is Stage.AGREEMENT


def test_the_proposer_may_withdraw_it_instead() -> None:
    assert sent_back().when(withdraw()).then(e.PartnershipWithdrawn)


def test_what_is_not_cured_in_time_is_declined_by_name() -> None:
    reminded = sent_back().given(deadline(16, Wait.ANSWER))
    escalated = reminded.given(deadline(23, Wait.ANSWER))
    lapsed = escalated.given(deadline(60, Wait.ANSWER)).when(deadline(80, Wait.ANSWER))
    now = lapsed.then(e.PartnershipDeclined)
    assert (now.stage, now.why) == (Stage.DECLINED, "lapsed: no answer in time; not cured: finding 1 (RULE-1)")


def test_what_has_paid_is_held_and_goes_back_to_nobody() -> None:
    two = {"funds_out": funds_out("600.00", "400.00")}
    other = funds_out("600.00", "400.00", uses=("EQUIPMENT",))
    paid = active(**two).given(release(1), *came_to(TrancheOutcome.SETTLED), amend(funds_out=other))
    now = paid.given(verify()).when(assess(FAIL)).then(e.EligibilityAssessed, e.HoldPlaced)
    assert (now.stage, now.returned_for) == (Stage.ELIGIBILITY, ())


def test_what_is_said_of_a_listed_party_is_what_the_lists_say_and_nothing_else() -> None:
    assert listed_in(failed("ELIG-REVOKED", "SANCTIONS")) == "finding 2"
    assert listed_in(failed("ELIG-REVOKED")) is None


BOTH: dict[str, Any] = {"funds_out": funds_out(), "funds_in": funds_in()}
OUT, IN = Direction.FUNDS_OUT, Direction.FUNDS_IN


def failed_on(*legs: Direction, rule: str = "ELIG-REVOKED") -> Assessment:
    found = failed(*[rule] * len(legs))
    placed = zip(found.findings, legs, strict=True)
    return found.model_copy(update={"findings": tuple(one.model_copy(update={"leg": leg}) for one, leg in placed)})


@pytest.mark.parametrize(
    ("found", "content", "alone"),
    [
        (failed_on(IN), BOTH, (IN,)),
        (failed_on(OUT), BOTH, (OUT,)),
        (failed_on(OUT, IN), BOTH, ()),
        (failed_on(IN, rule="SANCTIONS"), BOTH, ()),
        (failed_on(IN), {**BOTH, "funds_out": funds_out(waits_for_gift=True)}, ()),
        (failed_on(OUT), {"funds_out": funds_out()}, ()),
    ],
)
def test_a_leg_that_fails_alone_can_be_left_out(
    found: Assessment, content: dict[str, Any], alone: tuple[Direction, ...]
) -> None:
    assert failing_alone(found, given(propose(**content)).partnership) == alone


def test_a_leg_that_ended_is_none_that_goes_on_without_the_one_that_fails() -> None:
    ended = approved(in_approval(**BOTH)).given(end_leg(IN)).partnership
    assert failing_alone(failed_on(OUT), ended) == ()
