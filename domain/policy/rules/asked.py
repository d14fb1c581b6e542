"""Questions of the rules on money out need an answer: "not given" is a question, "none" an answer (rules 3.13, 4.2).

Gifts are asked by `gifts`, and the people behind a payee by `behind`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from domain.parties import FunderProfile
from domain.policy.conditions import ConditionId
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Rule, Verdict
from domain.proposal import FundsOut


class Question(NamedTuple):
    """A field that nobody gave, what to say in it, and the conditions of the worse answer, which stand meanwhile."""

    field: str
    say: str
    conditions: tuple[ConditionId, ...] = ()

    @property
    def words(self) -> str:
        """The question as people read it, and by which its clearance holds."""
        return f"`{self.field}`: {self.say}"


def answers_are_given(facts: Facts) -> Verdict:
    """Each question of the rules is answered, with yes, no or none; what nobody said is asked by name (rules 3.13)."""
    missing = tuple(_missing(facts))
    if not missing:
        return Verdict(Outcome.PASS, "every question that the rules ask is answered")
    conditions = tuple(dict.fromkeys(condition for one in missing for condition in one.conditions))
    words = tuple(one.words for one in missing)
    return Verdict(Outcome.REFER, f"not given: {'; '.join(words)}", conditions=conditions, about=words)


def _missing(facts: Facts) -> Iterator[Question]:
    if facts.public_interest.community is None:
        yield Question("public_interest.community", "its kind, its places and its number")
    if facts.funds_out is not None:
        yield from _of_money_out(facts, facts.funds_out)


def _of_money_out(facts: Facts, out: FundsOut) -> Iterator[Question]:
    if out.controlled_by_insider is None:
        corpus = (ConditionId.OUT_OF_CORPUS,) if facts.funder.profile is FunderProfile.PRIVATE_FOUNDATION else ()
        wording = "whether a disqualified person of the funder controls the payee or what it supports"
        yield Question("funds_out.controlled_by_insider", wording, corpus)
    if not out.uses:
        yield Question("funds_out.uses", "what the money is spent on")
    if out.benefit is None and out.no_private_benefit is None:
        wording = "who benefits beside the community, or in `no_private_benefit` why nobody does"
        yield Question("funds_out.benefit", wording, (ConditionId.BENEFIT_FILE,))
    if out.sponsorship is not None and out.sponsorship.earmarked is None:
        yield Question(
            "funds_out.sponsorship.earmarked", "whether the funder earmarks the money for the project's owner"
        )
    if out.exchange is not None and out.exchange.site_owner_is_commercial is None:
        wording = "whether the site belongs to a company"
        yield Question("funds_out.exchange.site_owner_is_commercial", wording, (ConditionId.BENEFIT_FILE,))
    for beneficiary in out.benefit.beneficiaries if out.benefit is not None else ():
        if beneficiary.related_to_proposer is None:
            wording = f"whether {beneficiary.name} is related to the proposer"
            yield Question("funds_out.benefit.beneficiaries.related_to_proposer", wording, (ConditionId.BENEFIT_FILE,))


RULES: Final = (
    Rule(
        "ANSWERS",
        Layer.POLICY,
        "owner's policy; rules 3.13 and 4.2",
        True,
        answers_are_given,
        since="2026.5",
        why="what nobody answered was read as the better answer",
    ),
)
