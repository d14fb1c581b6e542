"""The rules on a payment of another system, from its export's rows alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final

from domain.shadow.approvals import same_person
from domain.shadow.export import ExportGrant, ExportPayment, GrantStatus, PaymentStatus
from domain.shadow.judgement import PASSED, ShadowBooks, ShadowJudgement, ShadowOutcome, ShadowRule, ask, stop, unknown
from domain.values import Money

TWICE_WITHIN: Final = timedelta(days=31)
"""The days within which the same sum to the same account is asked about."""


def _grant_of(payment: ExportPayment, books: ShadowBooks) -> ExportGrant | ShadowJudgement:
    if payment.grant is None:
        return unknown("grant")
    grant = books.export.grant_by_key.get(payment.grant)
    return ask(f"it names the grant {payment.grant}, which the export does not hold once") if grant is None else grant


def grant_is_approved_first(payment: ExportPayment, books: ShadowBooks) -> ShadowJudgement:
    """Nothing is paid before its grant is approved (R30)."""
    grant = _grant_of(payment, books)
    if isinstance(grant, ShadowJudgement):
        return grant
    if grant.status in {GrantStatus.OPEN, GrantStatus.DECLINED}:
        return stop(f"the grant {grant.key} is {grant.status.value.lower()}, and not approved")
    paid_on = books.paid_on(payment)
    if paid_on is None or grant.approved_on is None:
        return unknown("paid_on" if paid_on is None else "approved_on")
    if paid_on < grant.approved_on:
        return stop(f"paid on {paid_on}, and the grant {grant.key} was approved on {grant.approved_on}")
    return PASSED if grant.status is GrantStatus.APPROVED else unknown("status of its grant")


def no_more_than_was_approved(payment: ExportPayment, books: ShadowBooks) -> ShadowJudgement:
    """No more is paid of a grant than was approved (R39). The payment that goes above it is named, and all after it."""
    grant = _grant_of(payment, books)
    if isinstance(grant, ShadowJudgement):
        return grant if grant.outcome is ShadowOutcome.UNKNOWN else unknown("amount of its grant")
    if payment.money is None or grant.money is None:
        return unknown("amount" if payment.money is None else "amount of its grant")
    if payment.money.currency != grant.money.currency:
        return ask(f"{payment.money} is in another currency than what was approved, {grant.money}")
    standing = books.payments_by_grant[grant.key]
    paid = _sum_of(standing[: standing.index(payment) + 1], grant.money.currency)
    if paid > grant.money.amount:
        return stop(f"{grant.money.currency} {paid:,} is paid by then, and {grant.money} was approved")
    return _unless_unknown(payment, grant.money, standing, books)


def _sum_of(payments: Sequence[ExportPayment], currency: str) -> Decimal:
    """Return the sum of the payments in a currency whose sums are known."""
    moneys = (payment.money for payment in payments if payment.money is not None)
    return sum((money.amount for money in moneys if money.currency == currency), Decimal(0))


def _unless_unknown(
    payment: ExportPayment, approved: Money, standing: Sequence[ExportPayment], books: ShadowBooks
) -> ShadowJudgement:
    """Pass, unless payments of an unknown sum, currency or day may have come before and gone above the approval."""
    before = standing[: standing.index(payment) + 1]
    undated = [other_payment for other_payment in standing if books.paid_on(other_payment) is None]
    counted = [*before, *(other_payment for other_payment in undated if other_payment not in before)]
    if any(
        other_payment.money is None or other_payment.money.currency != approved.currency for other_payment in counted
    ):
        return unknown("amount of another payment of its grant")
    is_above = _sum_of(counted, approved.currency) > approved.amount
    return unknown("paid_on of a payment of its grant") if is_above else PASSED


def payee_is_who_was_approved(payment: ExportPayment, books: ShadowBooks) -> ShadowJudgement:
    """The payee is the organisation for which the grant was approved: another one is decided anew (R34)."""
    grant = _grant_of(payment, books)
    if isinstance(grant, ShadowJudgement):
        return grant if grant.outcome is ShadowOutcome.UNKNOWN else unknown("organization of its grant")
    if payment.payee is None or grant.organization is None:
        return unknown("payee" if payment.payee is None else "organization of its grant")
    if books.identity_of(payment.payee) == books.identity_of(grant.organization):
        return PASSED
    return stop(f"paid to {payment.payee}, and the grant {grant.key} was approved for {grant.organization}")


def number_is_paid_once(payment: ExportPayment, books: ShadowBooks) -> ShadowJudgement:
    """A payment's number is paid once (R37)."""
    if not payment.is_numbered:
        return unknown("key")
    first, *_ = payments = books.payments_by_key[payment.key]
    if payment is first:
        return PASSED
    return stop(f"the number {payment.key} stands in {len(payments)} payments, first at {first.place}")


def account_is_paid_once(payment: ExportPayment, books: ShadowBooks) -> ShadowJudgement:
    """The same sum to the same account within a month, or one account for two payees, is asked about (R37, R40)."""
    if payment.account is None or payment.money is None or payment.payee is None:
        return unknown(next(name for name in ("account", "money", "payee") if getattr(payment, name) is None))
    paid_on = books.paid_on(payment)
    if paid_on is None:
        return unknown("paid_on")
    others = [
        o for o in books.payments_by_account[payment.account] if o is not payment and _is_before(o, payment, books)
    ]
    for other_payment in others:
        other_day = books.paid_on(other_payment)
        is_near = other_day is not None and paid_on - other_day <= TWICE_WITHIN
        if is_near and other_payment.money == payment.money:
            return ask(f"{payment.money} went to the same account on {other_day} already ({other_payment.key})")
        if _are_two_payees(payment, other_payment, books):
            return ask(f"{other_payment.payee} was paid on the same account ({other_payment.key})")
    return unknown("facts of another payment to the account") if any(map(_is_partly_unknown, others)) else PASSED


def _is_before(other_payment: ExportPayment, payment: ExportPayment, books: ShadowBooks) -> bool:
    """True if another payment came before a payment, or may have: then nobody knows its day."""
    standing = books.payments_by_account[payment.account or ""]
    return books.paid_on(other_payment) is None or standing.index(other_payment) < standing.index(payment)


def _is_partly_unknown(payment: ExportPayment) -> bool:
    return (
        payment.money is None
        or payment.payee is None
        or (payment.status is not PaymentStatus.DUE and payment.paid_on is None)
    )


def _are_two_payees(payment: ExportPayment, other_payment: ExportPayment, books: ShadowBooks) -> bool:
    payee, other_payee = books.identity_of(payment.payee), books.identity_of(other_payment.payee)
    return payee is not None and other_payee is not None and payee != other_payee


def approver_does_not_pay(payment: ExportPayment, books: ShadowBooks) -> ShadowJudgement:
    """Nobody pays what they approved (R31)."""
    grant = _grant_of(payment, books)
    if isinstance(grant, ShadowJudgement):
        return grant if grant.outcome is ShadowOutcome.UNKNOWN else unknown("approvers of its grant")
    if payment.paid_by is None or not grant.approvers:
        return unknown("paid_by" if payment.paid_by is None else "approvers of its grant")
    payers = [name for name in grant.approvers if same_person(name, payment.paid_by)]
    return stop(f"{payers[0]} approved the grant and paid it") if payers else PASSED


def reports_are_in(payment: ExportPayment, books: ShadowBooks) -> ShadowJudgement:
    """Nothing is paid while a report of the grant is overdue (R41)."""
    paid_on = books.paid_on(payment)
    if not books.export.has_reports:
        return unknown("the table of reports")
    if payment.grant is None or paid_on is None:
        return unknown("grant" if payment.grant is None else "paid_on")
    reports, without_day = books.reports_by_grant.get(payment.grant, ()), False
    for report in reports:
        if report.due_on is None:
            without_day = True
        elif report.due_on < paid_on and report.received_on is None:
            return ask(f"the report {report.key} was due on {report.due_on}, and no day of its receipt is known")
        elif report.due_on < paid_on and report.received_on is not None and report.received_on > paid_on:
            days = f"due on {report.due_on}, and came on {report.received_on}"
            return stop(f"the report {report.key} was {days}, after the payment")
    if without_day or books.has_reports_of_nobody:
        return unknown("due_on of a report" if without_day else "grant of a report")
    return PASSED


PAYMENT_RULES: Final[tuple[ShadowRule[ExportPayment], ...]] = (
    ShadowRule("SHADOW-APPROVED-FIRST", "requirement R30: steps in their order", grant_is_approved_first),
    ShadowRule("SHADOW-NO-MORE", "requirement R39: never more than was approved", no_more_than_was_approved),
    ShadowRule("SHADOW-SAME-PAYEE", "requirement R34: another payee is decided anew", payee_is_who_was_approved),
    ShadowRule("SHADOW-ONCE", "requirement R37: a payment is made once", number_is_paid_once),
    ShadowRule("SHADOW-ACCOUNT", "requirements R37 and R40: once, and to its payee's account", account_is_paid_once),
    ShadowRule("SHADOW-PAYER", "requirement R31: approver and payer are two people", approver_does_not_pay),
    ShadowRule("SHADOW-REPORTS", "requirement R41: no payment while a report is overdue", reports_are_in),
)
