"""Rules on money that comes in: who receives it, on which terms, and what the donor is told (rules 2.11)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, NamedTuple

from domain.grants import Restriction
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
    """Return (qualified part, rest) of a sponsorship payment. The rest is the value of a substantial return (C27)."""
    value = benefit.amount if benefit is not None else Decimal(0)
    return_value = value if value > payment.amount * INSUBSTANTIAL_SHARE else Decimal(0)
    remainder = min(return_value, payment.amount)
    return payment.amount - remainder, remainder


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


def gift_names_no_receiver(facts: Facts) -> Verdict | None:
    """The same, and words of a restriction that name a receiver are looked at as a conduit (rules 4.10)."""
    before, gift = gift_is_no_conduit(facts), facts.funds_in
    if gift is None or gift.restricted_to is None or before is None or before.outcome is Outcome.FAIL:
        return before
    named = receiver_named_in(gift.restricted_to, _receivers(facts))
    if not named:
        return before
    reason = f"the donor's words name a receiver, {named}; unless the funder may choose another one, it is a conduit"
    return Verdict(Outcome.REFER, reason, options=_CONDUIT_CURES, about=(gift.restricted_to,))


def _receivers(facts: Facts) -> tuple[str, ...]:
    """Return the parties of the partnership, beside the donor and the funder."""
    giver_names = {facts.funder.name, facts.funds_in.donor.name if facts.funds_in else ""}
    return tuple(party.name for party in (*facts.parties, facts.partner) if party.name not in giver_names)


_CONDUIT_CURES: Final = ("re-paper the gift so that the funder controls its use and may choose another recipient",)
_NAME: Final = r" (?:the )?([A-Z][\w&.'-]*(?: [\w&.'-]+){0,5})"
_GIVEN: Final = r"paid|pay|passed|pass|transferred|forwarded|given|give|granted|remitted|goes|go|donated|sent|regranted"
_NAMES_A_RECEIVER: Final = (
    re.compile(rf"(?i:\b(?:{_GIVEN})(?: over| on| along| directly| only)? to){_NAME}"),
    re.compile(rf"(?i:\b(?:for the (?:sole )?benefit of|in favou?r of|on behalf of|care of)){_NAME}"),
)
"""Words after which a receiver is named, by a name that begins with a capital."""


def receiver_named_in(words: str, parties: tuple[str, ...]) -> str | None:
    """Return the receiver named in a restriction's words, or None. `parties`: names that count in any words."""
    for pattern in _NAMES_A_RECEIVER:
        if match := pattern.search(words):
            return match[1]
    folded_words = words.casefold()
    return next((name for name in parties if name.casefold() in folded_words), None)


def gift_restriction_in_parts_is_kept(facts: Facts) -> Verdict | None:
    """A restriction in words, or in any part, makes a restricted fund (R15; rules 4.10)."""
    gift = facts.funds_in
    if gift is None or gift.restricted_to is not None or not _restricts(gift.restriction):
        return gift_restriction_is_kept(facts)
    reason = "book to a restricted fund: the donor restricts it in parts"
    return Verdict(Outcome.CONDITION, reason, conditions=(ConditionId.RESTRICTED_FUND,))


def _restricts(restriction: Restriction | None) -> bool:
    """True if a part of a restriction says something. The field `whole` is about the parts and is none."""
    return restriction is not None and any(value for name, value in restriction if name != "whole")


def acknowledgment_is_due_by_contribution(facts: Facts) -> Verdict | None:
    """Each contribution of 250.00 or more is acknowledged; goods are described and not valued (R18; rules 4.10)."""
    gift = facts.funds_in
    if gift is None:
        return None
    asked = (ConditionId.ACKNOWLEDGMENT,)
    if gift.in_kind is not None:
        reason = f"acknowledge in writing what was given, and not its value, which is the donor's: {gift.in_kind.what}"
        return Verdict(Outcome.CONDITION, reason, conditions=asked, basis=_DESCRIBED)
    largest = max((one.amount for one in gift.schedule), default=gift.money.amount)
    if gift.money.currency == "USD" and largest < ACKNOWLEDGED_FROM:
        return Verdict(Outcome.PASS, f"no contribution reaches USD {ACKNOWLEDGED_FROM:.2f}; no acknowledgment is due")
    each = "each instalment, for its year," if gift.schedule else f"{gift.money}"
    returned = "that nothing of substance was given in return" if is_token(facts) else _RETURNED
    return Verdict(Outcome.CONDITION, f"acknowledge {each} in writing: amount, and {returned}", conditions=asked)


_RETURNED: Final = "whether anything was given in return, and its value"
_DESCRIBED: Final = Basis(Layer.STATUTE, "IRC 170(f)(8)(B)(i); IRS Publication 1771", confirmed=False)


def disclosure_is_due_of_substance(facts: Facts) -> Verdict | None:
    """Above 75.00 the donor is told the value of what they get, unless it is a token (R18; rules 4.10)."""
    if is_token(facts):
        return Verdict(Outcome.PASS, "what the donor gets is insubstantial, and disregarded", basis=_INSUBSTANTIAL)
    return disclosure_is_due(facts)


class Token(NamedTuple):
    """The limits of a year, in USD, within which what a donor gets is insubstantial (Rev. Proc. 90-12, s. 3)."""

    article: Decimal
    """The value of all that a donor gets..."""
    payment: Decimal
    """...for at least this payment."""
    most: Decimal
    """The value of what is up to 2 per cent of the payment."""


TOKENS: Final = {
    2024: Token(Decimal("13.20"), Decimal("66.00"), Decimal(132)),
    2025: Token(Decimal("13.60"), Decimal("68.00"), Decimal(136)),
    2026: Token(Decimal("13.90"), Decimal("69.50"), Decimal(139)),
}
"""By year (Rev. Proc. 2023-34, 2024-40, 2025-32, to be confirmed by counsel). A later year has the newest known."""

_INSUBSTANTIAL: Final = Basis(Layer.RULING, "Rev. Proc. 90-12, 92-49; 26 CFR 1.513-4(c)(2)(ii)", confirmed=False)


def is_token(facts: Facts) -> bool:
    """True if a donor's return is disregarded: a token, or up to 2 per cent of a sponsorship."""
    gift = facts.funds_in
    if gift is None or gift.benefit is None or gift.advertising or gift.contingent:
        return False
    value, payment = gift.benefit.amount, gift.money.amount
    within_share = value <= payment * INSUBSTANTIAL_SHARE
    if gift.kind is GiftKind.SPONSORSHIP:
        return within_share
    limits = TOKENS.get(min(facts.as_of.year, max(TOKENS)))
    if gift.money.currency != "USD" or limits is None:
        return False
    return (within_share and value <= limits.most) or (value <= limits.article and payment >= limits.payment)


ASKED: Final = {
    "influences_priorities": "whether it depends on a position, a priority or a choice of vendor",
    "names_receiver": "whether the donor says who must get the money",
    "gets_in_return": "whether the donor gets anything in return",
    "advertising": "whether that is advertising or an exclusive deal",
    "contingent": "whether the sum depends on attendance or ratings",
}
"""The questions to every gift, by field. An absent answer is a question (rules 3.13, 4.10)."""


def gift_terms_are_given(facts: Facts) -> Verdict | None:
    """Influence, conduit, return benefit and contingency are asked of every gift (R16; rules 4.10)."""
    gift = facts.funds_in
    if gift is None:
        return None
    told = {"names_receiver": gift.conduit_to is not None, "gets_in_return": gift.benefit is not None}
    open_still = [name for name in ASKED if getattr(gift, name) is None and not told.get(name, False)]
    questions = [f"nobody said {ASKED[name]} (`funds_in.{name}`)" for name in open_still]
    if gift.names_receiver and gift.conduit_to is None:
        questions.append("the donor says who must get the money, and nobody said who (`funds_in.conduit_to`)")
    if gift.gets_in_return and gift.benefit is None:
        questions.append("the donor gets something, and nobody said its value (`funds_in.benefit`)")
    if questions:
        return Verdict(Outcome.REFER, "; ".join(questions), about=tuple(questions))
    return Verdict(Outcome.PASS, "what a gift is asked is answered")


RULES: Final = (
    Rule(
        "GIFT-TERMS",
        Layer.POLICY,
        "owner's gift principles; IRC 170(f)(8)",
        True,
        gift_terms_are_given,
        since="2026.5",
        why="what nobody was asked counted as the good answer",
    ),
    Rule("GIFT-RECEIVER", Layer.POLICY, "owner's published answers on donations", True, gift_has_the_right_receiver),
    Rule("GIFT-INFLUENCE", Layer.POLICY, "owner's gift principles", True, gift_buys_no_influence),
    Rule("GIFT-CONDUIT", Layer.RULING, "Rev. Rul. 63-252; Rev. Rul. 66-79", True, gift_is_no_conduit).revised(
        "2026.5", "a receiver that the donor's words name was read as a purpose", gift_names_no_receiver
    ),
    Rule("GIFT-RESTRICTED", Layer.POLICY, "owner's gift principles", True, gift_restriction_is_kept).revised(
        "2026.5", "a gift restricted in parts alone was called unrestricted", gift_restriction_in_parts_is_kept
    ),
    Rule("GIFT-SPONSORSHIP", Layer.REG, "IRC 513(i); 26 CFR 1.513-4", True, sponsorship_is_qualified),
    Rule("GIFT-ACKNOWLEDGMENT", Layer.STATUTE, "IRC 170(f)(8)", True, acknowledgment_is_due).revised(
        "2026.5", "a pledge asked for one acknowledgment, and goods for a value", acknowledgment_is_due_by_contribution
    ),
    Rule("GIFT-DISCLOSURE", Layer.STATUTE, "IRC 6115", True, disclosure_is_due).revised(
        "2026.5", "a mug had to be disclosed", disclosure_is_due_of_substance
    ),
)
