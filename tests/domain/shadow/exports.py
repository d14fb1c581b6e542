"""An invented export in which nothing is wrong, and the judgement of one rule on changes of it."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from domain.directory.tiers import FIRST_RULES, HouseRules
from domain.shadow.approvals import APPROVAL_RULES
from domain.shadow.export import (
    ExportFile,
    ExportGrant,
    ExportOrganization,
    ExportPayment,
    ExportReport,
    GrantStatus,
    PaymentStatus,
    SystemExport,
)
from domain.shadow.judgement import ShadowBooks, ShadowJudgement
from domain.shadow.payments import PAYMENT_RULES
from domain.values import Money

TODAY: Final = date(2026, 11, 30)

LIBRARY: Final = ExportOrganization(
    key="O-1", place="organizations.csv row 2", name="Riverbend Library Network", ein="001000001", country="US"
)
SCHOOL: Final = ExportOrganization(
    key="O-2", place="organizations.csv row 3", name="Lakeside School of Networking", ein="001000002", country="US"
)
GRANT: Final = ExportGrant(
    key="G-1", place="grants.csv row 2", organization="O-1", funder="ISOC", status=GrantStatus.APPROVED,
    money=Money.model_validate({"amount": "8000", "currency": "USD"}), proposed_by="Pia Berg",
    approved_on=date(2026, 3, 2), approvers=("Ana Silva", "Femi Ade"), approver_columns=3,
)  # fmt: skip
PAYMENT: Final = ExportPayment(
    key="T-1", place="payments.csv row 2", grant="G-1", payee="O-1", status=PaymentStatus.PAID,
    money=Money.model_validate({"amount": "4000", "currency": "USD"}), paid_on=date(2026, 4, 1), account="a" * 64,
    paid_by="Paul Nkosi",
)  # fmt: skip
REPORT: Final = ExportReport(
    key="R-1", place="reports.csv row 2", grant="G-1", due_on=date(2026, 3, 20), received_on=date(2026, 3, 15)
)


def usd(amount: str) -> Money:
    """Return a sum in dollars."""
    return Money.model_validate({"amount": amount, "currency": "USD"})


def books(rules: HouseRules | None = FIRST_RULES, **tables: Any) -> ShadowBooks:
    """Return the books of an export with some tables in place of those in which nothing is wrong."""
    files = (ExportFile(table="reports", name="reports.csv", sha256="0" * 64, rows=1),)
    content = {"organizations": (LIBRARY, SCHOOL), "grants": (GRANT,), "payments": (PAYMENT,), "reports": (REPORT,)}
    return ShadowBooks(SystemExport(files=files, **{**content, **tables}), TODAY, rules)


def on_grant(
    rule_id: str, grant: ExportGrant, *others: ExportGrant, rules: HouseRules | None = FIRST_RULES
) -> ShadowJudgement:
    """Return the judgement of a rule on a grant that stands beside others."""
    (rule,) = (rule for rule in APPROVAL_RULES if rule.rule_id == rule_id)
    return rule.judge(grant, books(rules, grants=(grant, *others)))


def on_payment(rule_id: str, payment: ExportPayment, *others: ExportPayment, **tables: Any) -> ShadowJudgement:
    """Return the judgement of a rule on a payment that stands beside others."""
    (rule,) = (rule for rule in PAYMENT_RULES if rule.rule_id == rule_id)
    return rule.judge(payment, books(**{"payments": (payment, *others), **tables}))
