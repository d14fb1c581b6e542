"""The law of unknown facts: whatever is taken out of an export, no rule passes that it did not pass before."""

from __future__ import annotations

from datetime import date
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from domain.shadow.approvals import APPROVAL_RULES
from domain.shadow.judgement import ShadowOutcome
from domain.shadow.payments import PAYMENT_RULES
from domain.shadow.report import counts_of, judge, objections_in
from tests.domain.shadow.exports import GRANT, PAYMENT, books, usd

PASS: Final = ShadowOutcome.PASS
OF_GRANTS: Final = ("organization", "funder", "money", "status", "proposed_by", "approved_on")
OF_PAYMENTS: Final = ("grant", "payee", "money", "status", "paid_on", "account", "paid_by")
WRONG: Final = {"proposed_by": "Ana Silva", "money": usd("10000.01")}
"""A grant that both rules on rows stop."""


@given(st.sets(st.sampled_from(OF_GRANTS)), st.sets(st.sampled_from(OF_PAYMENTS)), st.booleans())
def test_a_fact_that_is_taken_away_makes_nothing_pass(of_grant: set[str], of_payment: set[str], is_wrong: bool) -> None:
    """Given an export with or without faults, when any facts are taken out, then what did not pass passes no more."""
    grant = GRANT.model_copy(update=WRONG if is_wrong else {})
    payment = PAYMENT.model_copy(update={"money": usd("90000"), "paid_by": "Ana Silva"} if is_wrong else {})
    poorer_grant = grant.model_copy(update=dict.fromkeys(of_grant))
    poorer_payment = payment.model_copy(update=dict.fromkeys(of_payment))
    whole = books(grants=(grant,), payments=(payment,))
    poorer = books(grants=(poorer_grant,), payments=(poorer_payment,))
    for rule in APPROVAL_RULES:
        if rule.judge(grant, whole).outcome is not PASS:
            assert rule.judge(poorer_grant, poorer).outcome is not PASS, rule.rule_id
    for payment_rule in PAYMENT_RULES:
        if payment_rule.judge(payment, whole).outcome is not PASS:
            assert payment_rule.judge(poorer_payment, poorer).outcome is not PASS, payment_rule.rule_id


@given(st.sets(st.sampled_from(("money", "approved_on"))), st.sets(st.sampled_from(("money", "payee", "paid_on"))))
def test_a_fact_of_another_row_that_is_taken_away_makes_nothing_pass(of_grant: set[str], of_payment: set[str]) -> None:
    """Given a grant and a payment against which others speak, when those are less known, then they do not pass."""
    other_grant = GRANT.model_copy(
        update={"key": "G-0", "place": "grants.csv row 9", "approved_on": date(2026, 1, 5), **dict.fromkeys(of_grant)}
    )
    earlier = {"key": "T-0", "paid_on": date(2026, 3, 10), "money": usd("4000.01"), "payee": "O-2"}
    other_payment = PAYMENT.model_copy(update={**earlier, **dict.fromkeys(of_payment)})
    both = books(grants=(GRANT, other_grant), payments=(PAYMENT, other_payment))
    rules = {rule.rule_id: rule for rule in PAYMENT_RULES}
    (quorum,) = (rule for rule in APPROVAL_RULES if rule.rule_id == "SHADOW-QUORUM")
    assert quorum.judge(GRANT, both).outcome is not PASS
    assert rules["SHADOW-NO-MORE"].judge(PAYMENT, both).outcome is not PASS
    assert rules["SHADOW-ACCOUNT"].judge(PAYMENT, both).outcome is not PASS


def test_a_decision_of_which_nothing_is_known_is_counted_by_every_rule() -> None:
    """Given a grant and a payment with no fact but their keys, then every rule says that it is unknown."""
    grant = GRANT.model_copy(update={**dict.fromkeys(OF_GRANTS), "approvers": (), "approver_columns": 0})
    payment = PAYMENT.model_copy(update={**dict.fromkeys(OF_PAYMENTS), "is_numbered": False})
    decisions = judge(books(grants=(grant,), payments=(payment,)), {})
    assert objections_in(decisions) == ()
    counts = counts_of(decisions)
    assert {count.rule for count in counts} == {
        *(rule.rule_id for rule in APPROVAL_RULES), *(rule.rule_id for rule in PAYMENT_RULES), "SHADOW-PAYEE",
    }  # fmt: skip
    assert all(count.passed == 0 for count in counts)
