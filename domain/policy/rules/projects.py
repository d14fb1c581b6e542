"""Rules on the project that money goes to: sponsors and conduits, re-grants, private benefit, exchanges, uses."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from domain.grants import BenefitFacts, Sponsorship, SponsorWording, UseOfFunds
from domain.parties import FunderProfile, PartyKind
from domain.policy.conditions import ConditionId
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Basis, Rule, Verdict

SUPPORTING, PRIVATE = FunderProfile.SUPPORTING_ORG, FunderProfile.PRIVATE_FOUNDATION

MAIN_USER: Final = Decimal(50)
"""The share of the use, in per cent, from which a private party is a main user, whatever its size."""


def sponsor_is_no_conduit(facts: Facts) -> Verdict | None:
    """A fiscal sponsor owns and controls the project; an agent that must pass money on is a conduit (R8; C03, C04)."""
    sponsorship = facts.funds_out.sponsorship if facts.funds_out else None
    if sponsorship is None:
        return None
    if fatal := _conduit(sponsorship):
        return Verdict(Outcome.FAIL, fatal, options=_REAL_SPONSOR)
    if facts.funder.profile is PRIVATE and sponsorship.earmarked:
        reason = "the funder earmarks the money for the project's owner"
        return Verdict(Outcome.FAIL, reason, options=_REAL_SPONSOR, basis=_EARMARK)
    company = sponsorship.project_of.kind is PartyKind.PRIVATE_COMPANY
    if company and facts.funder.profile is SUPPORTING:
        return Verdict(
            Outcome.REFER, "a company's project through a sponsor: a decision by the supporting organisation"
        )
    if missing := _sponsor_lacks(sponsorship):
        return Verdict(Outcome.REFER, f"the sponsorship lacks: {', '.join(missing)}")
    return Verdict(
        Outcome.CONDITION,
        f"{sponsorship.project_of.name}'s project, adopted and controlled by the sponsor",
        conditions=(ConditionId.SPONSOR_FILE,),
    )


_REAL_SPONSOR: Final = ("a sponsor that owns and controls the project",)
_EARMARK: Final = Basis(Layer.REG, "26 CFR 53.4945-5(a)(6)(i)", confirmed=False)


def _conduit(sponsorship: Sponsorship) -> str:
    company = sponsorship.project_of.kind is PartyKind.PRIVATE_COMPANY
    reasons = {
        f"the agreement is one of a {sponsorship.wording.value.replace('_', ' ').lower()}, who must pass the money on":
            sponsorship.wording is not SponsorWording.FISCAL_SPONSOR,
        "the sponsor does not keep control and discretion over the use": not sponsorship.controls_use,
        "the project or the funder may command the release of money": sponsorship.others_command_release,
        "a company is to be paid otherwise than as a vendor at fair market value":
            company and not sponsorship.vendor_at_fair_value,
    }  # fmt: skip
    return "; ".join(words for words, true in reasons.items() if true)


def _sponsor_lacks(sponsorship: Sponsorship) -> tuple[str, ...]:
    tests = {
        "an agreement older than the application": sponsorship.agreement_on < sponsorship.application_on,
        "the board's adoption of the project": sponsorship.board_adopted,
        "a limit to a specific project": sponsorship.specific_project,
        "records of the exempt use": sponsorship.keeps_records,
        "the account in the sponsor's own name": sponsorship.holds_account,
    }
    return tuple(words for words, holds in tests.items() if not holds)


def regrants_stay_nonprofit(facts: Facts) -> Verdict | None:
    """The payee may support non-profit projects in turn; each is registered and classed (R7; C31, C32)."""
    regrant = facts.funds_out.regrant if facts.funds_out else None
    if regrant is None or facts.funds_out is None:
        return None
    companies = [one.party.name for one in regrant.subrecipients if one.party.kind is PartyKind.PRIVATE_COMPANY]
    if companies:
        return Verdict(Outcome.FAIL, f"for-profit sub-recipients, to be replaced or repaid: {', '.join(companies)}")
    if persons := [one.party.name for one in regrant.subrecipients if one.party.kind is PartyKind.INDIVIDUAL]:
        return Verdict(Outcome.REFER, f"grants to individuals run under their own programme: {', '.join(persons)}")
    if not regrant.payee_selects:
        return Verdict(Outcome.REFER, "the funder chooses the sub-recipients, so each is the funder's own grantee")
    if facts.funder.profile is SUPPORTING and facts.funds_out.alignment is None:
        return Verdict(Outcome.REFER, "sub-recipients of a supporting organisation's grant need evidence of alignment")
    known = f"{len(regrant.subrecipients)} sub-recipients, none of them for-profit"
    if regrant.covenant and facts.funder.profile is not PRIVATE:
        return Verdict(Outcome.PASS, known)
    return Verdict(
        Outcome.CONDITION,
        f"{known}; each is bound to the same purposes",
        conditions=(ConditionId.REGRANT_COVENANT,),
        basis=_EARMARK if facts.funder.profile is PRIVATE else None,
    )


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
    Rule("PROJECT-SPONSOR", Layer.RULING, "Rev. Rul. 68-489; Rev. Rul. 66-79", True, sponsor_is_no_conduit),
    Rule("PROJECT-REGRANT", Layer.POLICY, "owner's policy, Types of Partnerships", True, regrants_stay_nonprofit),
    Rule("PROJECT-BENEFIT", Layer.REG, "26 CFR 1.501(c)(3)-1(c)(2), (d)(1)(ii); Rev. Rul. 81-29", True,
         benefit_is_incidental),
    Rule("PROJECT-EXCHANGE", Layer.POLICY, "owner's policy, Partnerships for advancing ISOC's mission", True,
         exchange_is_community_based),
    Rule("PROJECT-USES", Layer.POLICY, "the Foundation's published eligibility", True, uses_are_allowed),
    Rule("PROJECT-FUND", Layer.POLICY, "owner's gift principles", True, restricted_money_is_kept_to_its_purpose),
)  # fmt: skip
