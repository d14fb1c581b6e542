"""The rules on an approval of another system, from its export's rows alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from domain.directory.tiers import HouseRules, Role, quorum_across
from domain.errors import ThresholdUnknown
from domain.partnership.approval.in_base import quorum_in_base
from domain.partnership.approval.together import COUNTED_FOR
from domain.shadow.export import ExportGrant, ExportOrganization
from domain.shadow.judgement import (
    PASSED,
    ShadowBooks,
    ShadowJudgement,
    ShadowOutcome,
    ShadowRule,
    ask,
    name_words,
    stop,
    unknown,
)
from domain.values import Money


def same_person(name: str, other_name: str) -> bool:
    """True if two names of people are written alike, whatever their case and the spaces between."""
    return " ".join(name.casefold().split()) == " ".join(other_name.casefold().split())


def proposer_does_not_approve(grant: ExportGrant, books: ShadowBooks) -> ShadowJudgement:
    """Nobody approves what they proposed (R31)."""
    if grant.proposed_by is None or not grant.approvers:
        return unknown("proposed_by" if grant.proposed_by is None else "approver_1")
    approvers = [name for name in grant.approvers if same_person(name, grant.proposed_by)]
    return stop(f"{approvers[0]} proposed it and approved it") if approvers else PASSED


def enough_people_approve(grant: ExportGrant, books: ShadowBooks) -> ShadowJudgement:
    """A sum is approved by as many people as its tier asks, with what was approved for the same payee in a year."""
    if grant.money is None or grant.approved_on is None:
        return unknown("amount" if grant.money is None else "approved_on")
    if books.payee_of(grant) is None or not grant.approver_columns:
        return unknown("organization" if grant.approver_columns else "approver_1")
    sums = sums_together(grant, grant.money, grant.approved_on, books)
    try:
        quorum = _quorum(sums, books, grant.approved_on)
    except ThresholdUnknown as fault:
        return ask(str(fault))
    judgement = _counted(grant, sums, quorum)
    others = books.approvals_by_payee.get(books.payee_of(grant) or "", ())
    if judgement.outcome is ShadowOutcome.PASS and any(map(_is_partly_unknown, others)):
        return unknown("amount or approved_on of another grant of the payee")
    if judgement.outcome is ShadowOutcome.PASS and _may_have_more(grant, books):
        return unknown("ein of the payee, without which nobody knows whether another one is the same")
    return judgement


def _may_have_more(grant: ExportGrant, books: ShadowBooks) -> bool:
    """True if other grants may be for the same payee: one of its name, or anyone where its row is not known once."""
    payee = books.export.organization_by_key.get(grant.organization or "")
    if payee is None:
        return bool(books.export.organizations)
    if payee.name is None:
        return payee.ein is None
    others = (each for each in books.approved_payees.get(name_words(payee), ()) if each.key != payee.key)
    return any((payee.ein is None or each.ein is None) and _may_be_near(payee, each) for each in others)


def _may_be_near(payee: ExportOrganization, other_payee: ExportOrganization) -> bool:
    return payee.country is None or other_payee.country in {None, payee.country}


def _is_partly_unknown(grant: ExportGrant) -> bool:
    return grant.money is None or grant.approved_on is None


def _counted(grant: ExportGrant, sums: Sequence[Money], quorum: Sequence[Role]) -> ShadowJudgement:
    people = {" ".join(name.casefold().split()) for name in grant.approvers}
    if len(people) >= len(quorum):
        return PASSED
    roles = ", ".join(role.value for role in quorum)
    whole = " and ".join(map(str, sums))
    beside = f" ({whole} with what was approved for the same payee in a year)" if whole != str(grant.money) else ""
    words = f"{grant.money}{beside} needs {len(quorum)} different people ({roles}), and it names {len(people)}"
    if grant.approver_columns < len(quorum):
        return ask(f"{words}: the export has {grant.approver_columns} columns of approvers")
    return stop(words)


def sums_together(grant: ExportGrant, money: Money, on: date, books: ShadowBooks) -> tuple[Money, ...]:
    """Return the sum of a grant with those approved for its payee in the year before, one of each currency."""
    sums = {money.currency: money.amount}
    for other_grant in books.approvals_by_payee.get(books.payee_of(grant) or "", ()):
        if other_grant.place == grant.place or other_grant.money is None or other_grant.approved_on is None:
            continue
        if on - COUNTED_FOR < other_grant.approved_on < on or _came_first(other_grant, grant, on):
            currency = other_grant.money.currency
            sums[currency] = sums.get(currency, Decimal(0)) + other_grant.money.amount
    return tuple(Money(amount=amount, currency=currency) for currency, amount in sums.items())


def _came_first(other_grant: ExportGrant, grant: ExportGrant, on: date) -> bool:
    """True if another grant was approved on the same day and stands before: of two, the second counts the first."""
    return other_grant.approved_on == on and (other_grant.key, other_grant.place) < (grant.key, grant.place)


def _quorum(sums: Sequence[Money], books: ShadowBooks, on: date) -> Sequence[Role]:
    rules: HouseRules | None = books.rules
    if rules is not None and rules.base is not None:
        return quorum_in_base((tuple(sums),), rules, False, books.conversions.get(on))
    return quorum_across(sums, rules, False)


APPROVAL_RULES: Final[tuple[ShadowRule[ExportGrant], ...]] = (
    ShadowRule("SHADOW-SEPARATION", "requirement R31: proposer and approver are two people", proposer_does_not_approve),
    ShadowRule("SHADOW-QUORUM", "requirement R33: the organisation's tiers, sums together", enough_people_approve),
)
