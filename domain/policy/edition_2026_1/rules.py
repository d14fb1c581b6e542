"""The rules themselves: each a small pure function from facts to an outcome and a reason.

A rule returns None where it has nothing to say. Order does not matter: the heaviest finding decides.
"""

from __future__ import annotations

from typing import Final

from domain.parties import FunderProfile, PartyKind
from domain.policy.codes import RecipientClass
from domain.policy.edition_2026_1.paths import PATHS
from domain.policy.edition_2026_1.recipients import recipient_class
from domain.policy.facts import Facts
from domain.policy.findings import Finding, Layer, Outcome
from domain.policy.rule import Rule
from domain.screening.evidence import MatchKind, newest_posted

DECIDED_BY_OWN_RULE: Final = frozenset({RecipientClass.FOREIGN_NONPROFIT, RecipientClass.FOR_PROFIT})
"""Classes whose cell of the path table is spoken by a rule of their own (ELIG-FOREIGN, ELIG-NONPROFIT)."""

Verdict = tuple[Outcome, str]

NAME_AGREEMENT_FLOOR: Final = 60.0
"""Below this agreement (0 to 100) the registered name does not confirm the payee's, and a person looks (C39)."""

BOILERPLATE: Final = frozenset({"charitable", "charity", "the public", "public", "everyone", "general public", "n/a"})
"""Descriptions of a community that name nobody (Form 990 Schedule F instructions refuse such words)."""


def payee_is_nonprofit(facts: Facts) -> Verdict | None:
    """Money out goes to a non-profit (R3): the kind the payee declares must not say otherwise."""
    if facts.funds_out is None:
        return None
    if facts.funds_out.payee.kind is PartyKind.PRIVATE_COMPANY:
        return Outcome.FAIL, "money may go only to a non-profit organisation; a for-profit payee is refused"
    return Outcome.PASS, f"the payee is declared as {facts.funds_out.payee.kind.value.replace('_', ' ').lower()}"


def payee_is_listed(facts: Facts) -> Verdict | None:
    """A US payee is looked for in the registers; not found refers and never refuses by itself (R23)."""
    if facts.funds_out is None or facts.funds_out.payee.country != "US" or _needs_no_listing(facts):
        return None
    if facts.status is None:
        return Outcome.REFER, "no EIN was given, so the registers could not be asked"
    if facts.status.found:
        return Outcome.PASS, f"EIN {facts.status.ein} is listed"
    asked = ", ".join(version.register_name for version in facts.status.asked) or "no register"
    return Outcome.REFER, (
        f"EIN {facts.status.ein} was not found in {asked}; likely a church, a government unit, "
        "an organisation too new to be listed, or a mistyped EIN"
    )


def _needs_no_listing(facts: Facts) -> bool:
    return facts.funds_out is not None and facts.funds_out.payee.kind in {
        PartyKind.GOVERNMENT,
        PartyKind.INTERNATIONAL_ORGANIZATION,
        PartyKind.PRIVATE_COMPANY,
        PartyKind.INDIVIDUAL,
    }


def name_agrees(facts: Facts) -> Verdict | None:
    """The name registered for the EIN must agree with the payee's, or the EIN may be somebody else's."""
    if facts.funds_out is None or facts.status is None or not facts.status.found:
        return None
    agreement = f"the registered name agrees with the payee's at {facts.status.name_agreement:.0f} of 100"
    if facts.status.name_agreement < NAME_AGREEMENT_FLOOR:
        return Outcome.REFER, f"{agreement}; check that the EIN is the payee's own"
    return Outcome.PASS, agreement


def exemption_not_revoked(facts: Facts) -> Verdict | None:
    """A posted revocation without reinstatement ends reliance (R20; C16 to C18)."""
    if facts.funds_out is None or facts.status is None:
        return None
    newest = newest_posted(facts.status.revocations, facts.as_of)
    if newest is None:
        return Outcome.PASS, "no automatic revocation is posted"
    if newest.in_force(facts.as_of):
        return Outcome.FAIL, (
            f"tax exemption revoked with effect from {newest.effective_on}, posted {newest.posted_on}, not reinstated"
        )
    return Outcome.PASS, f"was revoked from {newest.effective_on} and is reinstated; the history is on file"


def no_sanctions_match(facts: Facts) -> Verdict | None:
    """No party may be a blocked person; an alike name needs a second person's eyes (R27; C21, C22, C30)."""
    matches = facts.screening.matches
    exact = next((match for match in matches if match.kind is MatchKind.EXACT), None)
    if exact is not None:
        return Outcome.FAIL, (
            f"{exact.party!r} is on the sanctions list as {exact.listed_name!r} "
            f"(entity {exact.entity}, {exact.programme}); report within 10 business days"
        )
    if matches:
        best = max(matches, key=lambda match: match.score)
        return Outcome.REFER, f"{best.party!r} resembles the listed {best.listed_name!r} at {best.score:.0f} of 100"
    return Outcome.PASS, f"{len(facts.screening.parties)} parties screened, none met a sanctions list"


def recipient_path(facts: Facts) -> Finding | None:
    """Whether this kind of funder may pay this class of recipient, and how (table 2.4)."""
    if facts.funds_out is None:
        return None
    recipient = recipient_class(facts.funds_out.payee, facts.status)
    if recipient in DECIDED_BY_OWN_RULE:
        return None
    path = PATHS[recipient][facts.funder.profile]
    return Finding(
        rule_id="ELIG-PATH",
        layer=path.layer,
        citation=path.citation,
        confirmed=True,
        leg=facts.direction,
        outcome=path.outcome,
        reason=f"{recipient.value}: {path.reason}",
    )


def foreign_equivalency(facts: Facts) -> Verdict | None:
    """A foreign non-profit needs a current equivalency determination, or the funder's other lawful path (C08)."""
    if facts.funds_out is None:
        return None
    if recipient_class(facts.funds_out.payee, facts.status) is not RecipientClass.FOREIGN_NONPROFIT:
        return None
    determination = facts.funds_out.equivalency
    if determination is not None and determination.funder == facts.funder.funder_id:
        if determination.issued_on <= facts.as_of <= determination.valid_until:
            return Outcome.PASS, f"equivalency determination current until {determination.valid_until}"
        return Outcome.REFER, f"the equivalency determination is not current on {facts.as_of}"
    path = PATHS[RecipientClass.FOREIGN_NONPROFIT][facts.funder.profile]
    return path.outcome, f"foreign non-profit without an equivalency determination: {path.reason}"


def supports_alignment(facts: Facts) -> Verdict | None:
    """A supporting organisation funds only what carries out the supported organisation's purposes (R12)."""
    if facts.funds_out is None or facts.funder.profile is not FunderProfile.SUPPORTING_ORG:
        return None
    if facts.funds_out.alignment is None:
        return Outcome.REFER, "the supporting organisation needs evidence of alignment, and none was given"
    return Outcome.PASS, "evidence of alignment is on file"


def community_is_named(facts: Facts) -> Verdict:
    """The record names the community served; words that name nobody do not count (R6)."""
    if facts.public_interest.community_served.casefold().strip(" .") in BOILERPLATE:
        return Outcome.REFER, f"{facts.public_interest.community_served!r} names no community; say who and where"
    return Outcome.PASS, "the community served is named"


def gift_buys_no_influence(facts: Facts) -> Verdict | None:
    """A gift that depends on a policy position or a choice of vendor is refused (R16; C26)."""
    if facts.funds_in is None:
        return None
    if facts.funds_in.influences_priorities:
        return Outcome.FAIL, "the gift is conditional on a policy position, a priority or a choice of vendor"
    return Outcome.PASS, "the gift carries no condition on priorities"


def gift_is_no_conduit(facts: Facts) -> Verdict | None:
    """A gift that a named third party must receive is not the funder's own (R16; C28)."""
    if facts.funds_in is None:
        return None
    if facts.funds_in.conduit_to is not None:
        return Outcome.FAIL, f"the donor names {facts.funds_in.conduit_to!r} as the one who must get the money"
    return Outcome.PASS, "the funder controls the use of the gift"


def gift_restriction_is_kept(facts: Facts) -> Verdict | None:
    """An earmarked gift goes to a restricted fund and is spent on nothing else (R15; C24, C25)."""
    if facts.funds_in is None or facts.funds_in.restricted_to is None:
        return None
    return Outcome.CONDITION, f"book to a restricted fund: {facts.funds_in.restricted_to}"


RULES: Final = (
    Rule("ELIG-NONPROFIT", Layer.POLICY, "owner's policy, Types of Partnerships", True, payee_is_nonprofit),
    Rule("ELIG-LISTED", Layer.RULING, "Rev. Proc. 2018-32, s. 3 and 4", True, payee_is_listed),
    Rule("ELIG-NAME", Layer.POLICY, "requirement R19", True, name_agrees),
    Rule("ELIG-REVOKED", Layer.STATUTE, "IRC 6033(j); Rev. Proc. 2018-32, s. 4.02", True, exemption_not_revoked),
    Rule("ELIG-PATH", Layer.REG, "rules table 2.4", True, recipient_path),
    Rule("ELIG-FOREIGN", Layer.RULING, "Rev. Proc. 2017-53; Rev. Rul. 68-489", True, foreign_equivalency),
    Rule("ELIG-ALIGNMENT", Layer.REG, "26 CFR 1.509(a)-4(e)", True, supports_alignment),
    Rule("SANCTIONS", Layer.REG, "31 CFR part 501; E.O. 13224 as amended", False, no_sanctions_match),
    Rule("PUBLIC-INTEREST", Layer.POLICY, "owner's policy; requirement R6", True, community_is_named),
    Rule("GIFT-INFLUENCE", Layer.POLICY, "owner's gift principles", True, gift_buys_no_influence),
    Rule("GIFT-CONDUIT", Layer.RULING, "Rev. Rul. 63-252; Rev. Rul. 66-79", True, gift_is_no_conduit),
    Rule("GIFT-RESTRICTED", Layer.POLICY, "owner's gift principles", True, gift_restriction_is_kept),
)
