"""Rules on private benefit: a by-product of the public purpose, and small beside it (rules 2.8, R5, R10)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from domain.grants import BenefitFacts
from domain.parties import FunderProfile, PartyKind
from domain.policy.conditions import ConditionId
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Basis, Rule, Verdict, once_cleared
from domain.proposal import FundsOut

SUPPORTING, PRIVATE = FunderProfile.SUPPORTING_ORG, FunderProfile.PRIVATE_FOUNDATION

MAIN_USER: Final = Decimal(50)
"""The share of the use, in per cent, from which a private party is a main user, whatever its size."""


NEARLY_ALL: Final = Decimal(90)
"""The share, in per cent, from which what is left to the public is small beside what private parties get."""


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


def _private(benefit: BenefitFacts) -> str | None:
    beneficiaries = benefit.beneficiaries
    own_share = sum((beneficiary.share for beneficiary in beneficiaries if beneficiary.related_to_proposer), Decimal(0))
    if benefit.distributes_surplus:
        return "the surplus is distributed to private parties (inurement)"
    if own_share >= 100 or (
        not benefit.class_is_open
        and beneficiaries
        and all(beneficiary.related_to_proposer for beneficiary in beneficiaries)
    ):
        return "the only user is the proposer's own company"
    return None


def _doubts(benefit: BenefitFacts) -> tuple[str, ...]:
    has_relative = any(beneficiary.related_to_proposer for beneficiary in benefit.beneficiaries)
    doubts = {
        "access is not open on equal terms": not benefit.open_on_equal_terms,
        "governance is not non-profit": not benefit.nonprofit_governance,
        "those who benefit are a closed list": not benefit.class_is_open,
        "one who benefits is related to the proposer": has_relative,
    }
    return tuple(words for words, true in doubts.items() if true)


def benefit_is_a_small_by_product(facts: Facts) -> Verdict | None:
    """Private benefit is a by-product in kind and small in extent, whatever its holder's size (R5, R10; rules 2.8)."""
    out = facts.funds_out
    if out is None:
        return None
    if out.benefit is None:
        return _not_given(facts)
    if fatal := _only_private(out.benefit):
        return Verdict(Outcome.FAIL, fatal)
    verdict = benefit_is_incidental(facts)
    if verdict is None or verdict.outcome in {Outcome.FAIL, Outcome.REFER}:
        return verdict
    if doubts := list(_doubts_of_extent(out.benefit)):
        return Verdict(Outcome.REFER, f"private benefit to be examined: {'; '.join(doubts)}")
    return verdict


def _not_given(facts: Facts) -> Verdict:
    """Return the verdict where no benefit is described: a reason from the list, or the question (rules 3.13).

    A reason answers for the community. What a company gets is described, but for the fair value that a vendor is paid.
    """
    out = facts.funds_out
    reason = out.no_private_benefit if out is not None else None
    vendor = {_vendor(out)} if out is not None and reason is not None else set()
    if companies := sorted(_companies(facts) - vendor):
        return Verdict(Outcome.REFER, f"{', '.join(companies)} may benefit; give `benefit`: the terms, and each share")
    if reason is None:
        return Verdict(Outcome.PASS, "the proposer names no private party that would benefit")
    words = reason.value.lower().replace("_", " ")
    return Verdict(Outcome.PASS, f"no private party benefits beside the community: {words}")


def _companies(facts: Facts) -> set[str]:
    """Return the names of the companies in the partnership."""
    parties = (*facts.parties, facts.partner)
    return {party.name for party in parties if party.kind is PartyKind.PRIVATE_COMPANY}


def _vendor(out: FundsOut) -> str | None:
    """Return the bringer of a sponsored project who is paid for work on it at fair value, by name, or None."""
    sponsorship = out.sponsorship
    return sponsorship.project_of.name if sponsorship and sponsorship.vendor_at_fair_value else None


def _only_private(benefit: BenefitFacts) -> str | None:
    """Return the fault if nobody but named private parties would benefit, or None."""
    whole = [beneficiary.name for beneficiary in benefit.beneficiaries if beneficiary.share >= 100]
    total = sum((beneficiary.share for beneficiary in benefit.beneficiaries), Decimal(0))
    if total >= 100 and not benefit.class_is_open:
        whole = [beneficiary.name for beneficiary in benefit.beneficiaries]
    return f"nobody but {', '.join(whole)} would benefit" if whole and not _private(benefit) else None


def _doubts_of_extent(benefit: BenefitFacts) -> Iterator[str]:
    """Yield the doubts for a person to judge: a share that leaves little to the public, or an unexplained main user."""
    total = sum((beneficiary.share for beneficiary in benefit.beneficiaries), Decimal(0))
    if total >= NEARLY_ALL:
        yield f"named private parties get {total.normalize():f} per cent of it, and the public what is left"
    names = ", ".join(beneficiary.name for beneficiary in benefit.beneficiaries)
    if names and benefit.unavoidable is False:
        yield f"the purpose can be served without a benefit for {names}"
    elif total >= MAIN_USER and benefit.unavoidable is None:
        yield f"{names} would be the main user; say in `unavoidable` whether the purpose needs that"


def benefit_stays_examined(facts: Facts) -> Verdict | None:
    """Private benefit is a small by-product; what a person examined is kept on file (R5, R10; rules 2.8)."""
    return once_cleared(benefit_is_a_small_by_product(facts), ConditionId.BENEFIT_FILE)


RULES: Final = (
    Rule("PROJECT-BENEFIT", Layer.REG, "26 CFR 1.501(c)(3)-1(c)(2), (d)(1)(ii); Rev. Rul. 81-29", True,
         benefit_is_incidental).revised(
        "2026.4", "no share of private benefit was too large for two of three funders", benefit_is_a_small_by_product
    ).revised(
        "2026.5", "private benefit that a person cleared left no test on file", benefit_stays_examined),
)  # fmt: skip
