"""Rules on the project that money goes to: private benefit, exchanges, uses, and what a donor restricted it to."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from domain.grants import BenefitFacts, UseOfFunds
from domain.parties import FunderProfile
from domain.policy.conditions import ConditionId
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Basis, Rule, Verdict

SUPPORTING, PRIVATE = FunderProfile.SUPPORTING_ORG, FunderProfile.PRIVATE_FOUNDATION

MAIN_USER: Final = Decimal(50)
"""The share of the use, in per cent, from which a private party is a main user, whatever its size."""


def benefit_is_incidental(facts: Facts) -> Verdict | None:
    """Private benefit must be a by-product, small beside the public's; its holder's size decides nothing (R5, R10)."""
    if facts.funds_out is None:
        return None
    benefit = facts.funds_out.benefit
    if benefit is None:
        return Verdict(Outcome.PASS, "the proposer names no private party that would benefit")
    if fatal := _private(benefit):
        return Verdict(Outcome.FAIL, fatal)
    if doubts := _doubts(benefit):
        return Verdict(Outcome.REFER, f"private benefit to be examined: {', '.join(doubts)}")
    main = [one.name for one in benefit.beneficiaries if one.share >= MAIN_USER]
    if main and facts.funder.profile is SUPPORTING:
        return Verdict(
            Outcome.REFER,
            f"{', '.join(main)} would be the main user: only an unavoidable by-product is allowed to the Foundation",
            basis=Basis(Layer.POLICY, "owner's policy, footnote 1; rules 2.13"),
        )
    if facts.funder.profile is PRIVATE:
        reason = "open to all on equal terms; keep the private-benefit test on file"
        return Verdict(Outcome.CONDITION, reason, conditions=(ConditionId.BENEFIT_FILE,))
    return Verdict(Outcome.PASS, "open to all on equal published terms, under non-profit governance")


def _private(benefit: BenefitFacts) -> str:
    named = benefit.beneficiaries
    own = sum((one.share for one in named if one.related_to_proposer), Decimal(0))
    if benefit.distributes_surplus:
        return "the surplus is distributed to private parties (inurement)"
    if own >= 100 or (not benefit.class_is_open and named and all(one.related_to_proposer for one in named)):
        return "the only user is the proposer's own company"
    return ""


def _doubts(benefit: BenefitFacts) -> tuple[str, ...]:
    related = any(one.related_to_proposer for one in benefit.beneficiaries)
    doubts = {
        "access is not open on equal terms": not benefit.open_on_equal_terms,
        "governance is not non-profit": not benefit.nonprofit_governance,
        "those who benefit are a closed list": not benefit.class_is_open,
        "one who benefits is related to the proposer": related,
    }
    return tuple(words for words, true in doubts.items() if true)


def exchange_is_community_based(facts: Facts) -> Verdict | None:
    """A community exchange: non-profit operator, open equal terms, nothing distributed; a commercial one never (R9)."""
    exchange = facts.funds_out.exchange if facts.funds_out else None
    if exchange is None:
        return None
    faults = {
        "its operator is not a non-profit": not exchange.operator_is_nonprofit,
        "it distributes its surplus": exchange.distributes_surplus,
        "it is not open to all on equal terms": not exchange.open_on_equal_terms,
    }
    if named := [words for words, true in faults.items() if true]:
        return Verdict(Outcome.FAIL, f"not a community based exchange: {', '.join(named)}")
    if not exchange.site_owner_is_commercial:
        return Verdict(Outcome.PASS, "community based exchange")
    if facts.funder.profile is SUPPORTING:
        return Verdict(Outcome.REFER, "the site belongs to a company: a decision by the supporting organisation")
    return Verdict(
        Outcome.CONDITION,
        "the site belongs to a company; a non-profit operates the exchange on equal terms",
        conditions=(ConditionId.BENEFIT_FILE,),
    )


def uses_are_allowed(facts: Facts) -> Verdict | None:
    """What money may never be spent on, by statute, and what the Foundation's published eligibility excludes."""
    if facts.funds_out is None:
        return None
    uses = frozenset(facts.funds_out.uses)
    if forbidden := _named(uses & {UseOfFunds.ELECTION, UseOfFunds.PERSONAL_GAIN}):
        return Verdict(Outcome.FAIL, f"never lawful: {forbidden}", basis=_STATUTE)
    excluded = uses & _FOUNDATION_EXCLUDES
    if facts.funder.profile is SUPPORTING and excluded:
        return Verdict(Outcome.FAIL, f"not funded by the Foundation: {_named(excluded)}")
    if UseOfFunds.LOBBYING not in uses:
        return Verdict(Outcome.PASS, f"spent on {_named(uses) or 'the programme'}")
    if facts.funder.profile is PRIVATE:
        return Verdict(Outcome.FAIL, "lobbying is a taxable expenditure", basis=_TAXABLE)
    return Verdict(Outcome.REFER, "lobbying by the grantee counts against limits", basis=_STATUTE)


_STATUTE: Final = Basis(Layer.STATUTE, "IRC 501(c)(3)")
_TAXABLE: Final = Basis(Layer.STATUTE, "IRC 4945(d)(1), 4945(e)")
_FOUNDATION_EXCLUDES: Final = frozenset(UseOfFunds) - {
    UseOfFunds.PROGRAMME, UseOfFunds.EQUIPMENT, UseOfFunds.TRAINING
}  # fmt: skip


def _named(uses: frozenset[UseOfFunds]) -> str:
    return ", ".join(sorted(use.value.replace("_", " ").lower() for use in uses))


def _same_purpose(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()).strip(" .") == " ".join(other.casefold().split()).strip(" .")


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


RULES: Final = (
    Rule("PROJECT-BENEFIT", Layer.REG, "26 CFR 1.501(c)(3)-1(c)(2), (d)(1)(ii); Rev. Rul. 81-29", True,
         benefit_is_incidental),
    Rule("PROJECT-EXCHANGE", Layer.POLICY, "owner's policy, Partnerships for advancing ISOC's mission", True,
         exchange_is_community_based),
    Rule("PROJECT-USES", Layer.POLICY, "the Foundation's published eligibility", True, uses_are_allowed),
    Rule("PROJECT-FUND", Layer.POLICY, "owner's gift principles", True, restricted_money_is_kept_to_its_purpose),
)  # fmt: skip
