"""What can be cured goes back to its proposer with the ways and a day; only then is it declined (rules 3.8)."""

from __future__ import annotations

import pytest

from domain.partnership import events as e
from domain.partnership.stages import Stage
from domain.partnership.terms.cures import INCURABLE, ONCE, failing, is_curable, told
from domain.partnership.waiting.deadlines import Wait
from domain.payment.tranche import TrancheOutcome
from domain.policy.findings import Assessment, Outcome
from domain.policy.rulebook import RULE_BOOK
from tests.builders import funds_out, party
from tests.domain.partnership.specification import (
    Story,
    active,
    amend,
    approved,
    assess,
    assessment,
    came_to,
    deadline,
    given,
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
