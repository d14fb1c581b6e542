"""The judgement of a rule on a decision of another system, and the books that it may look at."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

from domain.directory.tiers import HouseRules
from domain.screening.conversion import Conversion
from domain.shadow.export import (
    ExportGrant,
    ExportOrganization,
    ExportPayment,
    ExportReport,
    PaymentStatus,
    SystemExport,
    UnknownFact,
    UnknownWhy,
)
from domain.shadow.mapping import TableName

Decision = TypeVar("Decision", ExportGrant, ExportPayment)


class ShadowOutcome(StrEnum):
    """The outcome of a rule on a decision of another system."""

    PASS = "PASS"  # noqa: S105
    UNKNOWN = "UNKNOWN"
    """A fact that the rule needs is unknown, so it says nothing. It is no pass."""
    ASK = "ASK"
    """Accord would have asked a person first."""
    STOP = "STOP"
    """Accord would have refused it."""


class ShadowJudgement(NamedTuple):
    """The outcome of a rule, with the reason in words unless it passes."""

    outcome: ShadowOutcome
    words: str = ""


PASSED = ShadowJudgement(ShadowOutcome.PASS)


def unknown(*facts: str) -> ShadowJudgement:
    """Return the judgement of a rule that lacks facts."""
    return ShadowJudgement(ShadowOutcome.UNKNOWN, f"unknown: {', '.join(facts)}")


def ask(words: str) -> ShadowJudgement:
    """Return the judgement of a rule that asks a person."""
    return ShadowJudgement(ShadowOutcome.ASK, words)


def stop(words: str) -> ShadowJudgement:
    """Return the judgement of a rule that refuses."""
    return ShadowJudgement(ShadowOutcome.STOP, words)


class ShadowBooks:
    """The export as the rules look at it: up to a day, with the organisation's own rules and the rates of each day."""

    def __init__(
        self,
        export: SystemExport,
        day: date,
        rules: HouseRules | None,
        conversions: Mapping[date, Conversion] | None = None,
    ) -> None:
        self.export = export
        self.day = day
        self.rules = rules
        self.conversions = conversions or {}

    @cached_property
    def approvals(self) -> tuple[ExportGrant, ...]:
        """The grants that were approved by the day, or of which nobody knows when."""
        decided = (grant for grant in self.export.grants if grant.is_decided)
        return tuple(grant for grant in decided if grant.approved_on is None or grant.approved_on <= self.day)

    @cached_property
    def payments(self) -> tuple[ExportPayment, ...]:
        """The payments by the day, or of which nobody knows when: without those that were withdrawn."""
        standing = (payment for payment in self.export.payments if payment.status is not PaymentStatus.VOID)
        return tuple(
            payment for payment in standing if (paid_on := self.paid_on(payment)) is None or paid_on <= self.day
        )

    @property
    def later(self) -> Iterator[UnknownFact]:
        """The days of decisions after that of the report: those are not judged, and count in no sum."""
        grants = [grant for grant in self.export.grants if grant.is_decided and _is_after(grant.approved_on, self.day)]
        standing = (payment for payment in self.export.payments if payment.status is not PaymentStatus.VOID)
        payments = [payment for payment in standing if _is_after(self.paid_on(payment), self.day)]
        if grants:
            yield _later("grants", "approved_on", len(grants), f"{grants[0].place}: {grants[0].approved_on}")
        if payments:
            yield _later("payments", "paid_on", len(payments), f"{payments[0].place}: {payments[0].paid_on}")

    @cached_property
    def payments_by_grant(self) -> Mapping[str, tuple[ExportPayment, ...]]:
        """The payments of each grant, the oldest first, and last those of which nobody knows the day."""
        return _grouped(self.payments, lambda payment: payment.grant, self._order)

    @cached_property
    def payments_by_account(self) -> Mapping[str, tuple[ExportPayment, ...]]:
        """The payments to each account, in the same order."""
        return _grouped(self.payments, lambda payment: payment.account, self._order)

    @cached_property
    def payments_by_key(self) -> Mapping[str, tuple[ExportPayment, ...]]:
        """The payments of each number, which should be one each."""
        return _grouped(self.payments, lambda payment: payment.key, self._order)

    @cached_property
    def approvals_by_payee(self) -> Mapping[str, tuple[ExportGrant, ...]]:
        """The approvals for each payee: one EIN is one payee, under whatever keys."""
        return _grouped(self.approvals, self.payee_of, lambda grant: (grant.approved_on or date.max, grant.key))

    @cached_property
    def approved_payees(self) -> Mapping[str, tuple[ExportOrganization, ...]]:
        """The payees of approvals by the words of their names: those of one name may be one body."""
        payees = {grant.organization or "" for grant in self.approvals}
        organizations = [each for key, each in self.export.organization_by_key.items() if key in payees]
        named = tuple(each for each in organizations if each.name is not None)
        return _grouped(named, name_words, lambda each: (date.min, each.key))

    @cached_property
    def has_reports_of_nobody(self) -> bool:
        """True if nobody knows of which grant a report is that may have been owed by any of them."""
        return any(report.grant is None for report in self.export.reports)

    @cached_property
    def reports_by_grant(self) -> Mapping[str, tuple[ExportReport, ...]]:
        """The reports of each grant."""
        return _grouped(self.export.reports, lambda report: report.grant, lambda report: (date.min, report.key))

    def paid_on(self, payment: ExportPayment) -> date | None:
        """Return the day on which a payment is judged: its own, or that of the report while it is due."""
        return self.day if payment.status is PaymentStatus.DUE else payment.paid_on

    def payee_of(self, grant: ExportGrant) -> str | None:
        """Return who a grantee is, by its EIN or, without one, by its key."""
        return self.identity_of(grant.organization)

    def identity_of(self, organization_key: str | None) -> str | None:
        """Return who an organisation is, by its EIN or, without one, by its key."""
        organization = self.export.organization_by_key.get(organization_key or "")
        return f"EIN {organization.ein}" if organization is not None and organization.ein else organization_key

    def _order(self, payment: ExportPayment) -> tuple[date, str]:
        return (self.paid_on(payment) or date.max, payment.key)


def name_words(organization: ExportOrganization) -> str:
    """Return the words of an organisation's name, whatever their case and the signs between them."""
    return " ".join(re.findall(r"\w+", (organization.name or "").casefold()))


def _is_after(on: date | None, day: date) -> bool:
    return on is not None and on > day


def _later(table: TableName, field: str, rows: int, example: str) -> UnknownFact:
    return UnknownFact(table=table, field=field, why=UnknownWhy.LATER, rows=rows, example=example)


Row = TypeVar("Row")


def _grouped(
    rows: tuple[Row, ...], key_of: Callable[[Row], str | None], order: Callable[[Row], tuple[date, str]]
) -> Mapping[str, tuple[Row, ...]]:
    """Return rows by a key, in an order. Rows without the key are in no group."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=order):
        if (key := key_of(row)) is not None:
            groups[key].append(row)
    return {key: tuple(members) for key, members in groups.items()}


class ShadowRule(NamedTuple, Generic[Decision]):
    """A rule of Accord that rows alone can be judged by, with its source."""

    rule_id: str
    source: str
    judge: Callable[[Decision, ShadowBooks], ShadowJudgement]
