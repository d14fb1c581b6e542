"""The material changes of an amendment, and the approvals that each withdraws; a typo is not one (R34)."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import Final

from domain.directory.tiers import Role
from domain.parties import Party
from domain.proposal import Proposal, PublicInterest
from domain.values import Money

TOLERATED_GROWTH: Final = Decimal("1.10")
"""An approval is withdrawn once the sum exceeds this multiple of the approved sum, even if in several small steps."""

LONGEST_UNTOUCHED: Final = 6
"""The length up to which a word with one changed letter is another word, not a typo (not, now; county, country)."""


class Change(StrEnum):
    """A kind of material change."""

    AMOUNT = "AMOUNT"
    PAYEE = "PAYEE"
    PURPOSE = "PURPOSE"
    FUNDER = "FUNDER"
    FACTS = "FACTS"
    """Anything else that the rule book checks: sponsors, sub-recipients, benefit, equivalency, uses ..."""


ANEW: Final = frozenset({Change.PAYEE, Change.FUNDER, Change.FACTS})
"""Changes after which due diligence, eligibility and approval begin again (R13)."""

TOUCHED: Final = {
    Change.AMOUNT: frozenset({Role.FINANCE_APPROVER, Role.DIRECTOR}),
    Change.PURPOSE: frozenset({Role.PROGRAMME_APPROVER, Role.DIRECTOR}),
}
"""By lesser change: the roles whose approvals it may withdraw."""


def changes_between(before: Proposal, after: Proposal) -> tuple[Change, ...]:
    """Return the material changes from one version of a proposal to the next."""
    found = {
        Change.AMOUNT: _sums(before) != _sums(after),
        Change.PAYEE: not all(map(_same_party, _parties(before), _parties(after))),
        Change.PURPOSE: not all(same_but_for_typos(one, other) for one, other in _texts(before, after)),
        Change.FUNDER: [leg.funder for leg in before.legs] != [leg.funder for leg in after.legs],
        Change.FACTS: _facts(before) != _facts(after),
    }
    return tuple(change for change, is_so in found.items() if is_so)


def falls(role: Role, approved: Money | None, changes: tuple[Change, ...], now: Money | None) -> bool:
    """Return whether an amendment withdraws an approval.

    The approval was given in `role` for the sum `approved`; `now` is the sum after the amendment.
    """
    if not ANEW.isdisjoint(changes):
        return True
    if Change.PURPOSE in changes and role in TOUCHED[Change.PURPOSE]:
        return True
    return Change.AMOUNT in changes and role in TOUCHED[Change.AMOUNT] and outgrown(approved, now)


def outgrown(approved: Money | None, now: Money | None) -> bool:
    """Return whether a sum is more than a tenth above what was approved, or not comparable with it."""
    if now is None:
        return False
    if approved is None or approved.currency != now.currency:
        return True
    return now.amount > approved.amount * TOLERATED_GROWTH


def same_but_for_typos(one: str, other: str) -> bool:
    """Return whether two texts have the same words, apart from at most one typo in each longer word."""
    words, others = _words(one), _words(other)
    return len(words) == len(others) and all(map(_same_word, words, others))


def _same_word(one: str, other: str) -> bool:
    if one == other:
        return True
    long = min(len(one), len(other)) > LONGEST_UNTOUCHED
    return long and one.isalpha() and other.isalpha() and one[0] == other[0] and _one_slip(one, other)


def _one_slip(one: str, other: str) -> bool:
    """Return whether two words differ by one letter added, removed or replaced, or by two adjacent letters swapped."""
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    tail, rest = one[start:], other[start:]
    same_end = tail[1:] == rest[1:] or tail[1:] == rest or tail == rest[1:]
    swapped = len(tail) == len(rest) >= 2 and (tail[1], tail[0], tail[2:]) == (rest[0], rest[1], rest[2:])
    return same_end or swapped


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _texts(before: Proposal, after: Proposal) -> list[tuple[str, str]]:
    old, new = before.public_interest, after.public_interest
    return [
        (old.mission_objective, new.mission_objective),
        (old.community_served, new.community_served),
        (old.statement, new.statement),
        (_in_codes(old), _in_codes(new)),
        (_purpose(before), _purpose(after)),
    ]


def _in_codes(said: PublicInterest) -> str:
    """Return the objective and the community in codes: every change of one is a change of purpose."""
    return f"{said.objective} {said.community}"


def _purpose(proposal: Proposal) -> str:
    out = proposal.funds_out.purpose if proposal.funds_out else ""
    gift = (proposal.funds_in.restricted_to or "") if proposal.funds_in else ""
    joint = proposal.non_monetary.activity if proposal.non_monetary else ""
    return " / ".join((out, gift, joint))


def _sums(proposal: Proposal) -> list[Money | None]:
    out, gift = proposal.funds_out, proposal.funds_in
    return [out.total if out else None, gift.money if gift else None]


def _parties(proposal: Proposal) -> list[Party]:
    """Return the parties of each leg, and the partner; an amendment keeps the legs."""
    out = [proposal.funds_out.payee] if proposal.funds_out else []
    gift = [proposal.funds_in.donor] if proposal.funds_in else []
    return [*out, *gift, proposal.partner]


def _same_party(one: Party, other: Party) -> bool:
    """Return whether two parties are equal but for a typo in the name; another EIN or owner is another party."""
    return same_but_for_typos(one.name, other.name) and one.model_copy(update={"name": other.name}) == other


_LESSER: Final = {
    "title": True,
    "public_interest": True,
    "interests": True,
    "funds_out": {"payee", "tranches", "purpose", "funder", "final_report"},
    "funds_in": {"donor", "money", "restricted_to", "funder"},
    "non_monetary": {"activity", "funder"},
    "partner": {"name"},
}
"""The fields that `_facts` leaves out, since they are compared separately above or do not affect decisions."""


def _facts(proposal: Proposal) -> dict[str, object]:
    return proposal.model_dump(exclude=_LESSER)  # type: ignore[arg-type]
