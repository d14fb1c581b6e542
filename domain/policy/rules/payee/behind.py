"""Rules on the people behind a payee: those who sign for it, who govern it, and who own it (rules 4.3, R27)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from domain.parties import Party, PrincipalRole
from domain.policy.codes import RecipientClass
from domain.policy.conditions import ConditionId
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Rule, Verdict
from domain.policy.rules.payee.proofs import proved_class

PUBLIC_BODIES: Final = frozenset(
    {
        RecipientClass.US_GOVERNMENT,
        RecipientClass.US_PUBLIC_UNIVERSITY,
        RecipientClass.FOREIGN_GOVERNMENT,
        RecipientClass.DESIGNATED_INTERNATIONAL_ORGANIZATION,
    }
)
"""Governments with their instrumentalities, and designated international organisations: nobody asks who owns them."""

NAMED_LATER: Final = frozenset(
    {
        RecipientClass.US_GROUP_SUBORDINATE,
        RecipientClass.US_CHURCH_DOCUMENTED,
        RecipientClass.US_CHURCH_UNLISTED,
    }
)
"""The classes that may be approved before their people are named, as a public charity of both IRS files may."""


def signatory_is_named(facts: Facts) -> Verdict | None:
    """Who signs for a payee is named and screened before the agreement is recorded (rules 4.3)."""
    if facts.funds_out is None:
        return None
    payee = facts.funds_out.payee
    if _named(payee, PrincipalRole.SIGNATORY):
        return Verdict(Outcome.PASS, f"who signs for {payee.name} is named")
    reason = f"nobody is named who signs for {payee.name}"
    return Verdict(Outcome.CONDITION, reason, conditions=(ConditionId.SIGNATORY_NAMED,))


def people_are_named(facts: Facts) -> Verdict | None:
    """Who governs a payee, and who owns a quarter or more of it, is named or answered with nobody (rules 4.3)."""
    if facts.funds_out is None or proved_class(facts) in PUBLIC_BODIES:
        return None
    payee = facts.funds_out.payee
    missing = tuple(_missing(payee))
    if not missing:
        return Verdict(Outcome.PASS, f"who governs and owns {payee.name} is named")
    reason = f"of {payee.name} it is not said {' and '.join(missing)}"
    asked = (ConditionId.PEOPLE_NAMED,)
    if _may_name_later(facts):
        return Verdict(Outcome.CONDITION, f"{reason}; name them before the first payment", conditions=asked)
    return Verdict(Outcome.REFER, reason, conditions=asked)


def _missing(payee: Party) -> Iterator[str]:
    if not _named(payee, PrincipalRole.DIRECTOR):
        yield "who governs it"
    if not (_named(payee, PrincipalRole.OWNER) or payee.nobody_owns):
        yield "who owns a quarter or more of it, or that nobody does"


def _named(payee: Party, role: PrincipalRole) -> bool:
    return any(principal.role is role for principal in payee.principals)


def _may_name_later(facts: Facts) -> bool:
    """True if the registers vouch for it enough to approve first: a charity of both IRS files, or its like."""
    status, recipient = facts.status, proved_class(facts)
    in_both_files = status is not None and status.master_file is not None and bool(status.publication78)
    return recipient in NAMED_LATER or (recipient is RecipientClass.US_PUBLIC_CHARITY and in_both_files)


RULES: Final = (
    Rule(
        "BEHIND-SIGNATORY",
        Layer.POLICY,
        "rules 4.3; requirement R27",
        True,
        signatory_is_named,
        since="2026.5",
        why="nobody needed to be named behind a payee, so a listed director was left out",
    ),
    Rule(
        "BEHIND-PEOPLE",
        Layer.POLICY,
        "rules 4.3; requirement R27; for OFAC's 50 per cent rule",
        True,
        people_are_named,
        since="2026.5",
        why="who governs and owns a payee was screened only if somebody said it",
    ),
)
