"""The material changes of an amendment, and the facts that it tells. A typo is neither (R34)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from operator import eq
from typing import Any, Final, NamedTuple

from domain.budgets.comparing import has_no_more_indirect, is_same_budget
from domain.grants import BenefitFacts, Exchange, FundPart, TranchePlan
from domain.parties import Party, PartyKind
from domain.partnership.proposal.typos import same_but_for_typos
from domain.partnership.proposal.updates import is_called_the_same, is_of_one_kind, is_same_body, is_told_alike
from domain.plans import PublicInterest
from domain.proposal import FundsIn, FundsOut, NonMonetary, Proposal
from domain.screening.truths import TruthKind
from domain.values import Value


class Change(StrEnum):
    """A kind of material change."""

    AMOUNT = "AMOUNT"
    PAYEE = "PAYEE"
    PURPOSE = "PURPOSE"
    FUNDER = "FUNDER"
    FACTS = "FACTS"
    """Anything else that the rule book checks: sponsors, sub-recipients, benefit, equivalency, uses ..."""
    TITLE = "TITLE"
    GIFT = "GIFT"
    """The sum of a gift, also beside a grant."""
    SCHEDULE = "SCHEDULE"
    """The spread of the sum over the tranches."""
    REPORT = "REPORT"
    """The reports, their days, and the tranches that wait for them."""
    PERIOD = "PERIOD"
    """The time in which the work is done."""
    BUDGET = "BUDGET"
    """What the money is spent on, or the terms of that."""
    INDIRECT = "INDIRECT"
    """More indirect cost, or a looser limit of it."""
    NAME = "NAME"
    """A new legal name of the same party, which keeps the one that it bore (rules 4.4)."""
    UPDATE = "UPDATE"
    """Something else of the same party: who stands behind it, its papers, address, further names, or a number."""


SEEN_LATER: Final = frozenset({Change.TITLE, Change.GIFT, Change.SCHEDULE, Change.REPORT, Change.PERIOD})
"""Changes that count from edition 2026.4 on. Earlier approvals stood beside them."""

ANEW: Final = frozenset({Change.PAYEE, Change.FUNDER, Change.FACTS})
"""Changes after which due diligence, eligibility and approval begin again (R13)."""

UPDATES: Final = frozenset({Change.NAME, Change.UPDATE})
"""Changes that tell the same party anew: they are never refused for what they say, and nothing is paid before a look
at the registers has judged them."""


Tells = Callable[[Any], TruthKind]
"""A function of a field's new value that returns what kind of truth it tells."""


class _Field(NamedTuple):
    """The kind of change that a field's change is, and whether two of its values are the same for that."""

    change: Change | None
    """None if it withdraws nothing."""
    same: Callable[[Any, Any], bool] = eq
    tells: Tells | None = None
    """The fact that it tells, or None for a term, which says what we would agree (rules 4.1)."""


def _same_total(before: tuple[TranchePlan, ...], after: tuple[TranchePlan, ...]) -> bool:
    return _total(before) == _total(after)


def _total(plan: tuple[TranchePlan, ...]) -> tuple[str, Decimal]:
    return plan[0].money.currency, sum((tranche_plan.money.amount for tranche_plan in plan), Decimal(0))


def _same_spread(before: tuple[TranchePlan, ...], after: tuple[TranchePlan, ...]) -> bool:
    """True if as much is paid by each tranche but the last, which the total tells."""
    return _but_the_last(before) == _but_the_last(after)


def _same_days(before: tuple[TranchePlan, ...], after: tuple[TranchePlan, ...]) -> bool:
    return [plan.due_on for plan in before] == [plan.due_on for plan in after]


def _but_the_last(plan: tuple[TranchePlan, ...]) -> list[Decimal]:
    return [tranche_plan.money.amount for tranche_plan in plan[:-1]]


def _same_funds(before: tuple[FundPart, ...], after: tuple[FundPart, ...]) -> bool:
    """True if the same funds pay, in the same parts or of another total, which is a change of its own."""
    funds = [[part.fund for part in parts] for parts in (before, after)]
    parts = [[part.amount or Decimal(0) for part in parts] for parts in (before, after)]
    return funds[0] == funds[1] and (parts[0] == parts[1] or sum(parts[0]) != sum(parts[1]))


def _same_words(text: str | None, other_text: str | None) -> bool:
    return same_but_for_typos(text or "", other_text or "")


_WORDS, _TERM = _Field(Change.PURPOSE, _same_words), _Field(Change.FACTS)


def _fact(kind: TruthKind) -> tuple[_Field, ...]:
    """Return the class of a field that says what is so, of one kind of truth."""
    return (_Field(Change.FACTS, tells=lambda _: kind),)


def _of_party(party: Party) -> TruthKind:
    companies = {PartyKind.PRIVATE_COMPANY, PartyKind.INDIVIDUAL}
    return TruthKind.FOR_PROFIT if party.kind in companies else TruthKind.OTHER


def _of_surplus(facts: BenefitFacts | Exchange | None) -> TruthKind:
    return TruthKind.FOR_PROFIT if facts is not None and facts.distributes_surplus else TruthKind.OTHER


_OTHER, _PLACE = _fact(TruthKind.OTHER), _fact(TruthKind.PLACE)
_SURPLUS: Final = (_Field(Change.FACTS, tells=_of_surplus),)

_PARTY: Final = (
    _Field(Change.PAYEE, is_same_body),
    _Field(Change.FACTS, is_of_one_kind, _of_party),
    _Field(Change.NAME, is_called_the_same, lambda _: TruthKind.IDENTITY),
    _Field(Change.UPDATE, is_told_alike, lambda _: TruthKind.OTHER),
)
"""A party: another one is a term. Another kind, another name and other news of the same one are facts."""

CLASSES: Final[Mapping[type[Value], Mapping[str, tuple[_Field, ...]]]] = {
    Proposal: {
        "reference": (),  # no amendment changes it
        "title": (_Field(Change.TITLE, _same_words),),
        "partner": _PARTY,
        "public_interest": (),  # field by field
        "funds_out": (),
        "funds_in": (),
        "non_monetary": (),
        "interests": (_Field(None, tells=lambda _: TruthKind.OTHER),),  # declared by a command of their own
        "period": (_Field(Change.PERIOD),),
        "reports": (_Field(Change.REPORT),),
        "contacts": (),  # nobody approves whom to ask
        "summary": (_Field(Change.TITLE, _same_words),),
        "withheld_for": (_Field(Change.TITLE, _same_words),),
        "under": (_Field(Change.FACTS),),
    },
    PublicInterest: {
        "mission_objective": (_WORDS,),
        "community_served": (_WORDS,),
        "statement": (_WORDS,),
        "objective": (_Field(Change.PURPOSE),),
        "community": (_Field(Change.PURPOSE, tells=lambda _: TruthKind.PLACE),),
        "indicators": (_Field(Change.PURPOSE),),
        "sector": (_Field(Change.PURPOSE),),
    },
    FundsOut: {
        "funder": (_Field(Change.FUNDER),),
        "payee": _PARTY,
        "tranches": (
            _Field(Change.AMOUNT, _same_total),
            _Field(Change.SCHEDULE, _same_spread),
            _Field(Change.SCHEDULE, _same_days),
        ),
        "requested": (),  # what was asked for once
        "purpose": (_WORDS,),
        "final_report": (_Field(Change.REPORT),),
        "waits_for_gift": (_TERM,),
        "funds": (_Field(Change.FACTS, _same_funds),),
        "barrier": (_TERM,),
        "barrier_holds": (_TERM,),
        "budget": (_Field(Change.BUDGET, is_same_budget), _Field(Change.INDIRECT, has_no_more_indirect)),
        "milestones": (_Field(Change.REPORT),),
        "succession": (_Field(Change.PAYEE),),
        **dict.fromkeys(("charged_to", "programme"), (_TERM,)),
        **dict.fromkeys(
            ("alignment", "equivalency", "sponsorship", "regrant", "no_private_benefit", "licence", "support"), _OTHER
        ),
        **dict.fromkeys(("benefit", "exchange"), _SURPLUS),
        "uses": _fact(TruthKind.USE),
        "known_changes": _fact(TruthKind.LOST_STATUS),
        "controlled_by_insider": _fact(TruthKind.INSIDER),
        "places": _PLACE,
    },
    FundsIn: {
        "funder": (_Field(Change.FUNDER),),
        "donor": _PARTY,
        "money": (_Field(Change.AMOUNT), _Field(Change.GIFT)),
        "restricted_to": (_WORDS,),
        "schedule": (_Field(Change.PERIOD),),
        **dict.fromkeys(("restriction", "into", "kind"), (_TERM,)),
        **dict.fromkeys(
            ("influences_priorities", "conduit_to", "benefit", "advertising", "contingent", "in_kind",
             "names_receiver", "gets_in_return"),
            _OTHER,
        ),
    },
    NonMonetary: {
        "funder": (_Field(Change.FUNDER),),
        "activity": (_WORDS,),
        "alignment": _OTHER,
        "places": _PLACE,
    },
}  # fmt: skip
"""The class of every field of a proposal and its legs: what changes with it, and whether it is a term or a fact.

A field of no class changes nothing, and is a term.
"""


def changes_between(before: Proposal, after: Proposal, party: Party | None = None) -> tuple[Change, ...]:
    """Return the material changes from one version of a proposal to the next.

    `party`: the payee without the numbers and the name that nobody has checked yet, which may still be corrected.
    """
    if [type(leg) for leg in before.legs] != [type(leg) for leg in after.legs]:
        return tuple(Change)
    legs = zip(before.legs, after.legs, strict=True)
    pairs = ((before, after), (before.public_interest, after.public_interest), *legs)
    payee = before.funds_out.payee if before.funds_out else None
    changes = {change for old_part, new_part in pairs for change in _changes(old_part, new_part, payee, party)}
    return tuple(change for change in Change if change in changes)


def _changes(before: Value, after: Value, payee: Party | None, party: Party | None) -> Iterable[Change]:
    for name, fields in CLASSES[type(before)].items():
        old_content, new_content = getattr(before, name), getattr(after, name)
        for field in fields:
            base = party if party is not None and field.same is is_same_body and old_content == payee else old_content
            if field.change is not None and not field.same(base, new_content):
                yield field.change


def tells_anew(changes: Collection[Change]) -> bool:
    """True if an amendment changes nothing beside what is told anew of the same parties."""
    return bool(changes) and UPDATES.issuperset(changes)


class NewFact(NamedTuple):
    """A fact that an amendment tells: a field of a part of the proposal, with both values."""

    part: type[Value]
    field: str
    kind: TruthKind
    before: Any
    after: Any


def told_by(before: Proposal, after: Proposal) -> tuple[NewFact, ...]:
    """Return the facts that an amendment tells, whatever else it would change."""
    legs = {type(leg): leg for leg in before.legs}
    pairs = [(before, after), (before.public_interest, after.public_interest)]
    pairs += [(legs[type(leg)], leg) for leg in after.legs if type(leg) in legs]
    return tuple(told_fact for old_part, new_part in pairs for told_fact in _told(old_part, new_part))


def _told(before: Value, after: Value) -> Iterable[NewFact]:
    for name, fields in CLASSES[type(before)].items():
        old_content, new_content = getattr(before, name), getattr(after, name)
        kinds = [
            field.tells(new_content)
            for field in fields
            if field.tells is not None and not field.same(old_content, new_content)
        ]
        if kinds:
            yield NewFact(type(before), name, kinds[0], old_content, new_content)
