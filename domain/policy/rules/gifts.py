"""Rules on money that comes in: who receives it, on which terms, and what the donor is told (rules 2.11)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from domain.parties import FunderProfile
from domain.policy.conditions import ConditionId
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Basis, Rule, Verdict
from domain.proposal import GiftKind
from domain.values import Money, minor_digits

ACKNOWLEDGED_FROM: Final = Decimal(250)
"""US dollars from which, this sum included, a written acknowledgment is due (IRC 170(f)(8))."""

DISCLOSED_ABOVE: Final = Decimal(75)
"""US dollars above which, this sum excluded, a quid pro quo disclosure is due (IRC 6115)."""

INSUBSTANTIAL_SHARE: Final = Decimal("0.02")
"""The share of a payment up to which the value given in return is disregarded (26 CFR 1.513-4(c)(2))."""


def gift_has_the_right_receiver(facts: Facts) -> Verdict | None:
    """All donations go to the parent; the Foundation receives none (C24)."""
    if facts.funds_in is None:
        return None
    if facts.funder.profile is FunderProfile.SUPPORTING_ORG:
        return Verdict(Outcome.FAIL, "all donations go to the parent", options=("the parent receives the gift",))
    return Verdict(Outcome.PASS, f"{facts.funder.name} receives gifts")


def gift_buys_no_influence(facts: Facts) -> Verdict | None:
    """A gift that depends on a policy position or a choice of vendor is refused (R16; C26)."""
    if facts.funds_in is None:
        return None
    if facts.funds_in.influences_priorities:
        return Verdict(Outcome.FAIL, "the gift is conditional on a policy position, a priority or a choice of vendor")
    return Verdict(Outcome.PASS, "the gift carries no condition on priorities")


def gift_is_no_conduit(facts: Facts) -> Verdict | None:
    """A gift that a named third party must receive is not the funder's own (R16; C28)."""
    if facts.funds_in is None:
        return None
    if facts.funds_in.conduit_to is not None:
        return Verdict(
            Outcome.FAIL,
            f"the donor names {facts.funds_in.conduit_to!r} as the one who must get the money",
            options=("re-paper the gift so that the funder controls its use and may choose another recipient",),
        )
    return Verdict(Outcome.PASS, "the funder controls the use of the gift")


def gift_restriction_is_kept(facts: Facts) -> Verdict | None:
    """An earmarked gift goes to a restricted fund and is spent on nothing else (R15; C24, C25)."""
    if facts.funds_in is None:
        return None
    if facts.funds_in.restricted_to is None:
        return Verdict(Outcome.PASS, "unrestricted")
    reason = f"book to a restricted fund: {facts.funds_in.restricted_to}"
    return Verdict(Outcome.CONDITION, reason, conditions=(ConditionId.RESTRICTED_FUND,))


def split(payment: Money, benefit: Money | None) -> tuple[Decimal, Decimal]:
    """Return (qualified part, rest) of a sponsorship payment; the rest is the value of a substantial return (C27)."""
    value = benefit.amount if benefit is not None else Decimal(0)
    returned = value if value > payment.amount * INSUBSTANTIAL_SHARE else Decimal(0)
    rest = min(returned, payment.amount)
    return payment.amount - rest, rest


def sponsorship_is_qualified(facts: Facts) -> Verdict | None:
    """A sponsor is acknowledged, not advertised; what they get in return splits the payment (R17; C27)."""
    gift = facts.funds_in
    if gift is None or gift.kind is not GiftKind.SPONSORSHIP:
        return None
    if gift.advertising or gift.contingent:
        what = "advertising or an exclusive deal" if gift.advertising else "an amount contingent on attendance"
        return Verdict(Outcome.REFER, f"not a qualified sponsorship payment: {what}; examine the tax on it")
    qualified, rest = split(gift.money, gift.benefit)
    currency, digits = gift.money.currency, minor_digits(gift.money.currency)
    told = f"{currency} {qualified:.{digits}f}; the rest by its own nature {currency} {rest:.{digits}f}"
    return Verdict(
        Outcome.PASS,
        f"qualified sponsorship payment {told}",
        basis=Basis(Layer.REG, "IRC 513(i); 26 CFR 1.513-4", confirmed=False),
    )


def acknowledgment_is_due(facts: Facts) -> Verdict | None:
    """From 250.00 the donor gets a contemporaneous written acknowledgment (R18)."""
    gift = facts.funds_in
    if gift is None:
        return None
    if gift.money.currency == "USD" and gift.money.amount < ACKNOWLEDGED_FROM:
        return Verdict(Outcome.PASS, f"below USD {ACKNOWLEDGED_FROM:.2f} no acknowledgment is due")
    reason = f"acknowledge {gift.money} in writing: amount, and whether anything was given in return, and its value"
    return Verdict(Outcome.CONDITION, reason, conditions=(ConditionId.ACKNOWLEDGMENT,))


def disclosure_is_due(facts: Facts) -> Verdict | None:
    """Above 75.00 with something in return, the donor is told the value of it (R18)."""
    gift = facts.funds_in
    if gift is None or gift.benefit is None:
        return None
    if gift.money.currency == "USD" and gift.money.amount <= DISCLOSED_ABOVE:
        return Verdict(Outcome.PASS, f"up to USD {DISCLOSED_ABOVE:.2f} no disclosure is due")
    reason = f"disclose that {gift.benefit} of the payment is for what the donor receives"
    return Verdict(Outcome.CONDITION, reason, conditions=(ConditionId.DISCLOSURE,))


RULES: Final = (
    Rule("GIFT-RECEIVER", Layer.POLICY, "owner's published answers on donations", True, gift_has_the_right_receiver),
    Rule("GIFT-INFLUENCE", Layer.POLICY, "owner's gift principles", True, gift_buys_no_influence),
    Rule("GIFT-CONDUIT", Layer.RULING, "Rev. Rul. 63-252; Rev. Rul. 66-79", True, gift_is_no_conduit),
    Rule("GIFT-RESTRICTED", Layer.POLICY, "owner's gift principles", True, gift_restriction_is_kept),
    Rule("GIFT-SPONSORSHIP", Layer.REG, "IRC 513(i); 26 CFR 1.513-4", True, sponsorship_is_qualified),
    Rule("GIFT-ACKNOWLEDGMENT", Layer.STATUTE, "IRC 170(f)(8)", True, acknowledgment_is_due),
    Rule("GIFT-DISCLOSURE", Layer.STATUTE, "IRC 6115", True, disclosure_is_due),
)
