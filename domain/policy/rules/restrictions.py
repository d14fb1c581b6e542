"""Rules on money that a donor restricted: each part is compared, and words go to a person (R15, rules 3.12)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from domain.grants import Restriction, fund_of_gift, gift_of_fund
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Rule, Verdict
from domain.proposal import FundsOut
from domain.screening.gifts import GiftEvidence


def _same_purpose(purpose: str, other_purpose: str) -> bool:
    return " ".join(purpose.casefold().split()).strip(" .") == " ".join(other_purpose.casefold().split()).strip(" .")


def restricted_money_is_kept_to_its_purpose(facts: Facts) -> Verdict | None:
    """A gift that a donor restricted is spent on that purpose and on no other (R15; C24)."""
    if facts.funds_out is None or facts.funds_out.charged_to is None:
        return None
    gift, name = facts.gift, facts.funds_out.charged_to.gift
    if gift is None or not gift.found:
        return Verdict(Outcome.REFER, f"the ledger holds no gift {name}")
    evidence = (
        f"{name}: restricted to {gift.restricted_to!r}; {gift.currency} {gift.received} received, "
        f"{gift.committed} committed to other partnerships",
    )
    if gift.restricted_to is not None and not _same_purpose(gift.restricted_to, facts.funds_out.purpose):
        return Verdict(Outcome.FAIL, f"{name} is restricted to another purpose: {gift.restricted_to}", evidence)
    total = facts.funds_out.total
    if gift.currency != total.currency or gift.received - gift.committed < total.amount:
        return Verdict(Outcome.REFER, f"{name} has less left than the {total} that are to be spent", evidence)
    return Verdict(Outcome.PASS, f"{name} is spent within its restriction", evidence)


def restriction_is_met(facts: Facts) -> Verdict | None:
    """A restricted gift is spent by its own funder, within each part of its restriction; people judge words (R15)."""
    out = facts.funds_out
    named = [gift_of_fund(one.fund) for one in out.parts] if out is not None else []
    gifts = [gift for gift in named if gift is not None]
    if out is None or not gifts:
        return None
    known = {gift.gift for gift in facts.all_gifts}
    if unknown := [gift for gift in gifts if gift not in known]:
        return Verdict(Outcome.REFER, f"the ledger holds no gift {unknown[0]}")
    evidence = tuple(_described(gift) for gift in facts.all_gifts)
    if fatal := [fault for gift in facts.all_gifts for fault in _faults(facts, out, gift)]:
        return Verdict(Outcome.FAIL, "; ".join(fatal), evidence, options=CURES)
    if questions := [one for gift in facts.all_gifts for one in _questions(facts, out, gift)]:
        return Verdict(Outcome.REFER, "; ".join(questions), evidence)
    names = " and ".join(gift.gift for gift in facts.all_gifts)
    return Verdict(Outcome.PASS, f"{names} is spent within its restriction", evidence)


CURES: Final = ("charge another gift, or none", "ask the donor, and record what they allow")


def _described(gift: GiftEvidence) -> str:
    return (
        f"{gift.gift}: restricted to {gift.restricted_to!r}; {gift.currency} {gift.received} received, "
        f"{gift.committed} committed to other partnerships"
    )


def _faults(facts: Facts, out: FundsOut, gift: GiftEvidence) -> Iterator[str]:
    """Yield each part of the restriction that the spending contradicts."""
    if not gift.found:
        return
    if gift.funder and gift.funder != out.funder:
        yield f"{gift.gift} was given to {gift.funder}, and {out.funder} would spend it"
    limits = gift.restriction
    if limits is None:
        return
    spent_in = _countries(out)
    if limits.places and (outside := sorted(set(spent_in) - set(limits.places))):
        yield f"{gift.gift} is for {', '.join(limits.places)}, and this is for {', '.join(outside)}"
    objective = facts.public_interest.objective
    if limits.objectives and objective is not None and objective not in limits.objectives:
        yield f"{gift.gift} is for {', '.join(limits.objectives)}, and this is for {objective}"
    if limits.programmes and out.programme is not None and out.programme not in limits.programmes:
        yield f"{gift.gift} is for {', '.join(limits.programmes)}, and this is for {out.programme}"
    if (limits.not_before and facts.as_of < limits.not_before) or (limits.not_after and facts.as_of > limits.not_after):
        yield f"{gift.gift} may be spent from {limits.not_before or 'now'} to {limits.not_after or 'any day'}"
    if excluded_uses := sorted(set(limits.excluded_uses) & set(out.uses)):
        yield f"{gift.gift} may not be spent on {', '.join(use.value.lower() for use in excluded_uses)}"


def _questions(facts: Facts, out: FundsOut, gift: GiftEvidence) -> Iterator[str]:
    """Yield the questions: facts not given, facts that stand only in words, and a gift that has too little left."""
    if not gift.found:
        yield f"the ledger holds no gift {gift.gift}"
        return
    limits, total = gift.restriction, out.total
    if gift.on_hold:
        yield f"{gift.gift} stands on hold; nothing is spent of it until that is lifted"
    yield from (f"{gift.gift} is restricted; give {gap}" for gap in _not_given(facts, out, limits))
    if gift.restricted_to is not None and (limits is None or not limits.whole):
        yield f"{gift.gift} is restricted to {gift.restricted_to!r}; judge whether {out.purpose!r} meets that"
    balance, spending = gift.received - gift.committed, _wanted_of(gift, out)
    if gift.currency != total.currency or balance < spending:
        yield (
            f"{gift.gift} has {balance:,} {gift.currency} left, and {spending:,} {total.currency} are to be spent of it"
        )


def _wanted_of(gift: GiftEvidence, out: FundsOut) -> Decimal:
    """Return the sum of a gift that a leg is to spend, or 0 where several funds pay in their order."""
    parts = {fund_part.fund: fund_part.amount for fund_part in out.parts}
    part = parts.get(fund_of_gift(gift.gift))
    return part if part is not None else out.total.amount if len(parts) == 1 else Decimal(0)


def _not_given(facts: Facts, out: FundsOut, limits: Restriction | None) -> tuple[str, ...]:
    if limits is None:
        return ()
    gaps = {
        "`places`, where it is spent": limits.places and not out.places,
        "`public_interest.objective`": limits.objectives and facts.public_interest.objective is None,
        "`programme`": limits.programmes and out.programme is None,
    }
    return tuple(gap for gap, missing in gaps.items() if missing)


def restricted_money_does_not_come_back(facts: Facts) -> Verdict | None:
    """Restricted money does not come back to its donor as payee, vendor or owner of one (R16; rules 3.10)."""
    if facts.funds_out is None:
        return None
    through = (*(name for gift in facts.all_gifts for name in gift.got_back_by), *facts.got_back_by)
    if not through:
        return None
    names = ", ".join(dict.fromkeys(through))
    reason = f"the donor of the gift that pays would get it back, through {names}: a conduit, or a return benefit"
    return Verdict(Outcome.REFER, reason, options=CURES[:1])


def _countries(out: FundsOut) -> tuple[str, ...]:
    return tuple(place.country for place in out.places)


RULES: Final = (
    Rule(
        "PROJECT-FUND", Layer.POLICY, "owner's gift principles", True, restricted_money_is_kept_to_its_purpose
    ).revised("2026.4", "copied words passed anywhere, and a funder spent another's gift", restriction_is_met),
    Rule(
        "PROJECT-DONOR",
        Layer.RULING,
        "Rev. Rul. 63-252; Rev. Rul. 66-79",
        True,
        restricted_money_does_not_come_back,
        since="2026.4",
        why="a donor could be paid with their own gift",
    ),
)
