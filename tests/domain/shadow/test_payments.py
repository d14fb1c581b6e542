"""Payments of another system: after the approval, within it, once, to its payee, with the reports in."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.shadow.export import ExportPayment, PaymentStatus, UnknownWhy
from domain.shadow.judgement import ShadowOutcome
from domain.values import Money
from tests.domain.shadow.exports import GRANT, PAYMENT, REPORT, SCHOOL, TODAY, books, on_payment, usd

STOP, ASK, UNKNOWN, PASS = ShadowOutcome.STOP, ShadowOutcome.ASK, ShadowOutcome.UNKNOWN, ShadowOutcome.PASS


def changed(**changes: Any) -> ExportPayment:
    """Return the payment with changes."""
    return PAYMENT.model_copy(update=changes)


@pytest.mark.parametrize(
    ("rule", "payment", "grant", "outcome"),
    [
        ("SHADOW-APPROVED-FIRST", {}, {}, PASS),
        ("SHADOW-APPROVED-FIRST", {"paid_on": date(2026, 3, 1)}, {}, STOP),
        ("SHADOW-APPROVED-FIRST", {}, {"status": "DECLINED"}, STOP),
        ("SHADOW-APPROVED-FIRST", {}, {"approved_on": None}, UNKNOWN),
        ("SHADOW-APPROVED-FIRST", {}, {"status": None}, UNKNOWN),
        ("SHADOW-APPROVED-FIRST", {"paid_on": None}, {}, UNKNOWN),
        ("SHADOW-APPROVED-FIRST", {"grant": None}, {}, UNKNOWN),
        ("SHADOW-APPROVED-FIRST", {"grant": "G-404"}, {}, ASK),
        ("SHADOW-NO-MORE", {}, {}, PASS),
        ("SHADOW-NO-MORE", {"money": usd("8000.01")}, {}, STOP),
        ("SHADOW-NO-MORE", {"money": None}, {}, UNKNOWN),
        ("SHADOW-NO-MORE", {"paid_on": None}, {}, PASS),
        ("SHADOW-NO-MORE", {}, {"money": None}, UNKNOWN),
        ("SHADOW-NO-MORE", {"money": Money.model_validate({"amount": "1", "currency": "EUR"})}, {}, ASK),
        ("SHADOW-SAME-PAYEE", {}, {}, PASS),
        ("SHADOW-SAME-PAYEE", {"payee": "O-2"}, {}, STOP),
        ("SHADOW-SAME-PAYEE", {"payee": None}, {}, UNKNOWN),
        ("SHADOW-PAYER", {}, {}, PASS),
        ("SHADOW-PAYER", {"paid_by": "femi ade"}, {}, STOP),
        ("SHADOW-PAYER", {"paid_by": None}, {}, UNKNOWN),
        ("SHADOW-PAYER", {}, {"approvers": ()}, UNKNOWN),
        ("SHADOW-ONCE", {"is_numbered": False}, {}, UNKNOWN),
        ("SHADOW-ACCOUNT", {}, {}, PASS),
        ("SHADOW-ACCOUNT", {"account": None}, {}, UNKNOWN),
    ],
)
def test_a_payment_is_judged_by_its_rows(
    rule: str, payment: dict[str, Any], grant: dict[str, Any], outcome: ShadowOutcome
) -> None:
    """Given one fact that is other or unknown, then its rule stops the payment, asks, or says that it is unknown."""
    content = {**GRANT.model_dump(), **grant}
    assert on_payment(rule, changed(**payment), grants=(type(GRANT).model_validate(content),)).outcome is outcome


def test_the_payment_that_goes_above_the_approval_is_named_and_not_those_before() -> None:
    first = changed(key="T-0", paid_on=date(2026, 3, 10), money=usd("6000"))
    assert on_payment("SHADOW-NO-MORE", first, PAYMENT).outcome is PASS
    judgement = on_payment("SHADOW-NO-MORE", PAYMENT, first)
    assert judgement.outcome is STOP
    assert judgement.words == "USD 10,000 is paid by then, and USD 8,000.00 was approved"


def test_an_earlier_payment_of_an_unknown_sum_leaves_it_unknown() -> None:
    first = changed(key="T-0", paid_on=date(2026, 3, 10), money=None)
    assert on_payment("SHADOW-NO-MORE", PAYMENT, first).outcome is UNKNOWN


def test_a_number_in_two_rows_is_stopped_the_second_time() -> None:
    again = changed(place="payments.csv row 3", paid_on=date(2026, 4, 2))
    assert on_payment("SHADOW-ONCE", PAYMENT, again).outcome is PASS
    assert on_payment("SHADOW-ONCE", again, PAYMENT).outcome is STOP


@pytest.mark.parametrize(
    ("first", "outcome"),
    [
        ({"paid_on": date(2026, 3, 10)}, ASK),
        ({"paid_on": date(2026, 2, 1)}, PASS),
        ({"paid_on": date(2026, 2, 1), "payee": SCHOOL.key, "money": usd("1")}, ASK),
        ({"paid_on": date(2026, 3, 10), "account": "b" * 64}, PASS),
    ],
)
def test_a_sum_twice_to_one_account_and_one_account_of_two_are_asked_about(
    first: dict[str, Any], outcome: ShadowOutcome
) -> None:
    assert on_payment("SHADOW-ACCOUNT", PAYMENT, changed(key="T-0", **first)).outcome is outcome


@pytest.mark.parametrize(
    ("report", "outcome"),
    [
        ({}, PASS),
        ({"received_on": date(2026, 4, 2)}, STOP),
        ({"received_on": None}, ASK),
        ({"due_on": date(2026, 4, 2), "received_on": None}, PASS),
        ({"due_on": None}, UNKNOWN),
        ({"grant": "G-2", "received_on": None}, PASS),
        ({"grant": None, "received_on": None}, UNKNOWN),
    ],
)
def test_nothing_is_paid_while_a_report_is_overdue(report: dict[str, Any], outcome: ShadowOutcome) -> None:
    assert on_payment("SHADOW-REPORTS", PAYMENT, reports=(REPORT.model_copy(update=report),)).outcome is outcome


def test_a_payment_that_is_due_is_judged_as_of_the_day_and_a_void_one_not_at_all() -> None:
    """Given one payment that is due and one that was withdrawn, then only the due one counts, on the report's day."""
    due, void = (
        changed(key="T-2", status=PaymentStatus.DUE, paid_on=None),
        changed(key="T-3", status=PaymentStatus.VOID, money=usd("90000")),
    )
    both = books(payments=(due, void))
    assert both.payments == (due,)
    assert both.paid_on(due) == TODAY


def test_a_grant_in_two_rows_is_nobody_s_and_both_rows_are_judged() -> None:
    """Given one key in two rows of grants, then a payment of it is asked about, and each row is an approval."""
    twice = (GRANT, GRANT.model_copy(update={"place": "grants.csv row 3"}))
    assert on_payment("SHADOW-NO-MORE", PAYMENT, grants=twice).outcome is UNKNOWN
    assert on_payment("SHADOW-APPROVED-FIRST", PAYMENT, grants=twice).outcome is ASK
    assert books(grants=twice).approvals == twice


def test_a_decision_after_the_day_of_the_report_is_told() -> None:
    """Given a grant and a payment of days to come, then both are told as unknown."""
    later = date(2026, 12, 3)
    export = books(
        grants=(GRANT.model_copy(update={"approved_on": later}),), payments=(changed(paid_on=later), changed(key="T-2"))
    )
    assert [(fact.table, fact.field, fact.why, fact.rows) for fact in export.later] == [
        ("grants", "approved_on", UnknownWhy.LATER, 1),
        ("payments", "paid_on", UnknownWhy.LATER, 1),
    ]
    assert [*books().later] == []
