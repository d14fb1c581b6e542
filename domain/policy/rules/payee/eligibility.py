"""Rules on the payee of money out: a non-profit, listed under its own name, not revoked, on a lawful path."""

from __future__ import annotations

from typing import Final

from domain.parties import DocumentKind, FunderProfile, PartyKind, PrincipalRole
from domain.policy.codes import RecipientClass
from domain.policy.conditions import ConditionId
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.reliance import may_rely
from domain.policy.rule import Basis, Rule, Verdict
from domain.policy.rules.payee.alternatives import lawful_options
from domain.policy.rules.payee.lawful_paths import central_holds, determination_is_sound, path_by_codes, path_holds
from domain.policy.rules.payee.naming import name_and_place_confirm
from domain.policy.rules.payee.paths import PATHS, PUBLISHED_ELIGIBILITY, Path, responsibility
from domain.policy.rules.payee.payees import LIKELY as _LIKELY
from domain.policy.rules.payee.payees import (
    alignment_is_given,
    central_is_proved,
    contradictions_of_kind,
    determination_is_complete,
    papers_are_read,
    payee_is_looked_for,
    payee_is_looked_for_or_merged,
    payee_may_be_paid,
    proved_path_is_lawful,
    rows_of,
)
from domain.policy.rules.payee.payees import why_unlisted as _why_unlisted
from domain.policy.rules.payee.proofs import proved_class, registered_in_full, stands_at_home
from domain.policy.rules.payee.proofs import same_group as _same_group
from domain.policy.rules.payee.recipients import class_of, determination_is_current, registered_classes

NAME_AGREEMENT_FLOOR: Final = 60.0
"""Below this agreement (0 to 100) the registered name does not confirm the payee's, and a person looks (C39)."""

NEEDS_NO_LISTING: Final = frozenset(
    {
        RecipientClass.FOR_PROFIT,
        RecipientClass.INDIVIDUAL,
        RecipientClass.US_GOVERNMENT,
        RecipientClass.US_PUBLIC_UNIVERSITY,
        RecipientClass.US_CHURCH_DOCUMENTED,
        RecipientClass.DESIGNATED_INTERNATIONAL_ORGANIZATION,
        RecipientClass.INTERNATIONAL_ORGANIZATION,
    }
)
"""Classes that need not be listed in the registers of exempt organisations."""


def payee_is_nonprofit(facts: Facts) -> Verdict | None:
    """Money out goes to a non-profit (R3): the kind the payee declares must not say otherwise."""
    if facts.funds_out is None:
        return None
    if facts.funds_out.payee.kind is PartyKind.PRIVATE_COMPANY:
        return Verdict(
            Outcome.FAIL,
            "money may go only to a non-profit organisation; a for-profit payee is refused",
            options=lawful_options(RecipientClass.FOR_PROFIT, facts.funder.profile),
        )
    return Verdict(
        Outcome.PASS, f"the payee is declared as {facts.funds_out.payee.kind.value.replace('_', ' ').lower()}"
    )


def payee_is_listed_anywhere(facts: Facts) -> Verdict | None:
    """A US payee is looked for in the registers; not found refers and never refuses by itself (R23; C20)."""
    if facts.funds_out is None or facts.funds_out.payee.country != "US" or class_of(facts) in NEEDS_NO_LISTING:
        return None
    if facts.status is None:
        return Verdict(Outcome.REFER, "no EIN was given, so the registers could not be asked")
    if facts.status.found:
        return Verdict(Outcome.PASS, f"EIN {facts.status.ein} is listed", rows_of(facts.status))
    asked = ", ".join(version.register_name for version in facts.status.asked) or "no register"
    return Verdict(
        Outcome.REFER,
        f"EIN {facts.status.ein} was not found in {asked}; {_LIKELY}",
    )


def payee_is_listed(facts: Facts) -> Verdict | None:
    """A US payee is looked for in the registers; not found refers and never refuses by itself (R23; C20)."""
    verdict, status = payee_is_listed_anywhere(facts), facts.status
    if verdict is None or status is None or status.found:
        return verdict
    asked = [version.register_name for version in status.asked]
    silent = ", ".join(name for name in asked if name != "irs-revocation" or not status.revocations) or "no register"
    return Verdict(Outcome.REFER, f"EIN {status.ein} was not found in {silent}; {_why_unlisted(facts, status)}")


def name_agrees(facts: Facts) -> Verdict | None:
    """The name registered for the EIN must agree with the payee's, or the EIN may be somebody else's (C39)."""
    if facts.funds_out is None or facts.status is None or not facts.status.found:
        return None
    agreement = f"the registered name agrees with the payee's at {facts.status.name_agreement:.0f} of 100"
    if facts.status.name_agreement < NAME_AGREEMENT_FLOOR:
        return Verdict(Outcome.REFER, f"{agreement}; check that the EIN is the payee's own", rows_of(facts.status))
    return Verdict(Outcome.PASS, agreement, rows_of(facts.status))


def registered_name_confirms(facts: Facts) -> Verdict | None:
    """The name registered for the EIN must confirm the payee's word by word, or it may be another body's (C39)."""
    if facts.funds_out is None or facts.status is None or not facts.status.found:
        return None
    own = [one for one in facts.status.names if not one.further]
    if (agreeing := next((one for one in own if one.confirms), None)) is not None:
        return Verdict(Outcome.PASS, f"{agreeing.registered}: {agreeing.explanation}", rows_of(facts.status))
    if further := [one for one in facts.status.names if one.further]:
        known = f"only the payee's further name {further[0].given!r} is registered for the EIN"
        return Verdict(Outcome.REFER, f"{known}; check that both names are of one body", rows_of(facts.status))
    compared = "; ".join(f"{one.registered}: {one.explanation}" for one in own) or "they were not compared"
    reason = f"the registered name does not confirm the payee's: {compared}; check that the EIN is the payee's own"
    about = tuple(sorted(f"EIN {facts.status.ein}: {one.given} ~ {one.registered}" for one in own))
    return Verdict(Outcome.REFER, reason, rows_of(facts.status), about=about)


def name_or_place_confirms(facts: Facts) -> Verdict | None:
    """The name registered for the EIN must be the payee's alone, or its place must tell it from others (C39).

    Evidence of before edition 2026.6 knows no place: of it the words alone are asked, as before.
    """
    has_places = facts.status is not None and bool(facts.status.identity)
    return name_and_place_confirm(facts) if has_places else registered_name_confirms(facts)


def exemption_not_revoked(facts: Facts) -> Verdict | None:
    """A posted revocation without reinstatement ends reliance, and knowledge ends it sooner (R20; C16 to C19)."""
    if facts.funds_out is None or (facts.status is None and not facts.funds_out.known_changes):
        return None
    revocations = facts.status.revocations if facts.status else ()
    reliance = may_rely(facts.as_of, revocations, facts.funds_out.known_changes)
    outcome = Outcome.PASS if reliance.stands else Outcome.FAIL
    return Verdict(outcome, reliance.reason, tuple(str(entry.source) for entry in revocations))


def exemption_is_not_lost(facts: Facts) -> Verdict | None:
    """What ends reliance fails; of a foreign body that is proved at home, a posted revocation is a question (R20)."""
    verdict, out = exemption_not_revoked(facts), facts.funds_out
    if verdict is None or out is None or verdict.outcome is not Outcome.FAIL:
        return verdict
    if not may_rely(facts.as_of, (), out.known_changes).stands or not facts.status:
        return verdict  # what the funder knows of it may be about its own country
    recipient = proved_class(facts)
    if not stands_at_home(out.payee, recipient, facts.papers_on):
        return verdict
    asked = f"{verdict.reason}; it is paid as {recipient.value}, not on the lists: find out why it lost the exemption"
    return verdict._replace(outcome=Outcome.REFER, reason=asked)


def facts_agree(facts: Facts) -> Verdict | None:
    """Facts that contradict each other are named, and a person looks; none of them is silently preferred."""
    if facts.funds_out is None:
        return None
    if found := contradictions(facts):
        return Verdict(Outcome.REFER, "facts contradict each other: " + "; ".join(found))
    return Verdict(Outcome.PASS, "no contradiction between registers, documents and proposal")


def kind_and_facts_agree(facts: Facts) -> Verdict | None:
    """Facts that contradict each other, or the declared kind, are named, and a person looks."""
    if facts.funds_out is None:
        return None
    if found := (*contradictions(facts), *contradictions_of_kind(facts)):
        return Verdict(Outcome.REFER, "facts contradict each other: " + "; ".join(found))
    return Verdict(Outcome.PASS, "no contradiction between registers, documents and proposal")


def codes_and_facts_agree(facts: Facts) -> Verdict | None:
    """Facts, codes of the registers among them, that contradict each other or the declared kind are named."""
    return kind_and_facts_agree(facts)


def contradictions(facts: Facts) -> tuple[str, ...]:
    """Return a description of each pair of facts that cannot both be true, or that lead to different outcomes."""
    out = facts.funds_out
    if out is None:
        return ()
    payee, classes = out.payee, _at_odds(_registered(facts))
    outcomes = {PATHS[recipient][facts.funder.profile].outcome for recipient in classes}
    has_owner = any(principal.role is PrincipalRole.OWNER and principal.share for principal in payee.principals)
    register_classes = set(classes) - {RecipientClass.US_GOVERNMENT}
    conflicts = {
        f"the master file says {classes[0].value if classes else ''}, Publication 78 says "
        f"{classes[-1].value if classes else ''}": len(outcomes) > 1,
        f"declared as a government, registered as {', '.join(sorted(register_classes))}": (
            payee.kind is PartyKind.GOVERNMENT and bool(register_classes)
        ),
        "an equivalency determination for a US payee": payee.country == "US" and out.equivalency is not None,
        "declared as a non-profit, and yet it has owners": payee.kind is PartyKind.NONPROFIT and has_owner,
        "the exchange distributes its surplus in one place and does not in another": _differ(
            facts, "distributes_surplus"
        ),
        "access is open on equal terms in one place and is not in another": _differ(facts, "open_on_equal_terms"),
    }
    return tuple(words for words, true in conflicts.items() if true)


def _registered(facts: Facts) -> tuple[RecipientClass, ...]:
    """Return the class that each register gives, as the edition reads their codes."""
    if facts.status is None or not facts.codes_in_full:
        return registered_classes(facts.status)
    return registered_in_full(facts.status)


def _at_odds(classes: tuple[RecipientClass, ...]) -> tuple[RecipientClass, ...]:
    """Return the classes that can contradict.

    Publication 78 also lists subordinates and governments as charities.
    """
    finer = {RecipientClass.US_GROUP_SUBORDINATE, RecipientClass.US_GOVERNMENT}
    return (
        tuple(recipient for recipient in classes if recipient is not RecipientClass.US_PUBLIC_CHARITY)
        if finer & {*classes}
        else classes
    )


def _differ(facts: Facts, field: str) -> bool:
    exchange = facts.funds_out.exchange if facts.funds_out else None
    benefit = facts.funds_out.benefit if facts.funds_out else None
    return exchange is not None and benefit is not None and getattr(exchange, field) is not getattr(benefit, field)


def path_is_lawful(facts: Facts) -> Verdict | None:
    """A funder of this kind may pay a recipient of this class, and the table says how (table 2.4)."""
    if facts.funds_out is None:
        return None
    recipient = class_of(facts)
    path = _path(facts, recipient)
    options = () if path.lawful else lawful_options(recipient, facts.funder.profile)
    left = tuple(condition for condition in path.conditions if not _documented(facts, condition))
    outcome = Outcome.PASS if path.outcome is Outcome.CONDITION and not left else path.outcome
    cheapest = f"; cheapest lawful path: {options[0]}" if options else ""
    return Verdict(
        outcome,
        f"{recipient.value}: {path.reason}{cheapest}",
        _documents(facts),
        left,
        options,
        path.basis,
    )


def _documented(facts: Facts, condition: ConditionId) -> bool:
    letter = facts.funds_out is not None and facts.funds_out.payee.has(DocumentKind.GROUP_CONFIRMATION)
    is_in_register = facts.central is not None and facts.central.found
    return condition is ConditionId.CENTRAL_CONFIRMATION and letter and is_in_register


def _path(facts: Facts, recipient: RecipientClass) -> Path:
    has_insider_control = facts.funds_out is not None and facts.funds_out.controlled_by_insider
    private = facts.funder.profile is FunderProfile.PRIVATE_FOUNDATION
    if has_insider_control and private and recipient is RecipientClass.US_SUPPORTING_ORG:
        return responsibility._replace(
            reason="a disqualified person of the funder controls it: exercise expenditure responsibility",
            basis=Basis(Layer.STATUTE, "IRC 4942(g)(4)(A)(ii), 4945(d)(4)(A)"),
        )
    return PATHS[recipient][facts.funder.profile]


def _documents(facts: Facts) -> tuple[str, ...]:
    documents = facts.funds_out.payee.documents if facts.funds_out else ()
    return tuple(f"{document.kind.value} dated {document.dated}" for document in documents)


def determination_is_good(facts: Facts) -> Verdict | None:
    """An equivalency determination binds only for the funder it was given to, and while it is current (R24)."""
    determination = facts.funds_out.equivalency if facts.funds_out else None
    if determination is None or facts.funds_out is None or facts.funds_out.payee.country == "US":
        return None
    if determination.blocked_check is False:
        return Verdict(Outcome.FAIL, "the determination does not exclude that a blocked person is involved (s. 5.09)")
    if determination_is_current(facts):
        until = f"equivalency determination current until {determination.valid_until}"
        return Verdict(Outcome.PASS, until, basis=_CURRENCY)
    if determination.funder != facts.funder.funder_id:
        return Verdict(Outcome.REFER, f"the equivalency determination was given to {determination.funder}, not to us")
    year = f" on facts of {determination.data_year}" if determination.data_year else ""
    return Verdict(
        Outcome.REFER,
        f"the equivalency determination is not current on {facts.as_of}: {determination.issued_on} to "
        f"{determination.valid_until}{year}",
        basis=_CURRENCY,
    )


def central_covers_it(facts: Facts) -> Verdict | None:
    """A subordinate relies on its central organisation: listed, not revoked, the same group, a letter (C14, C15)."""
    if facts.funds_out is None or class_of(facts) is not RecipientClass.US_GROUP_SUBORDINATE:
        return None
    central = facts.central
    if central is None or facts.funds_out.payee.central is None:
        return Verdict(Outcome.REFER, "name the central organisation, so that the registers can be asked about it")
    name = facts.funds_out.payee.central.name
    reliance = may_rely(facts.as_of, central.revocations)
    if not reliance.stands:
        return Verdict(Outcome.FAIL, f"the central organisation {name}: {reliance.reason}")
    if not central.found:
        return Verdict(Outcome.REFER, f"the central organisation {name}, EIN {central.ein}, is not listed")
    if not _same_group(facts.status, central):
        return Verdict(Outcome.REFER, f"{name} and the payee are not registered under the same group number")
    letter = "on file" if facts.funds_out.payee.has(DocumentKind.GROUP_CONFIRMATION) else "still to be obtained"
    return Verdict(Outcome.PASS, f"{name} is listed; its letter is {letter}", rows_of(central))


def supports_alignment(facts: Facts) -> Verdict | None:
    """A supporting organisation funds only what carries out the supported organisation's purposes (R12)."""
    if facts.funds_out is None or facts.funder.profile is not FunderProfile.SUPPORTING_ORG:
        return None
    if class_of(facts) is RecipientClass.US_PUBLIC_UNIVERSITY:
        return Verdict(Outcome.PASS, "US public colleges and universities need no alignment paper", basis=_PAGE)
    if facts.funds_out.alignment is None:
        return Verdict(Outcome.REFER, "the supporting organisation needs evidence of alignment, and none was given")
    return Verdict(Outcome.PASS, "evidence of alignment is on file", (facts.funds_out.alignment,))


_CURRENCY: Final = Basis(Layer.RULING, "Rev. Proc. 2017-53; rules 2.5", confirmed=False)
_PAGE: Final = Basis(PUBLISHED_ELIGIBILITY.layer, "26 CFR 1.509(a)-4(e); IRC 511(a)(2)(B)", confirmed=False)

RULES: Final = (
    Rule("ELIG-NONPROFIT", Layer.POLICY, "owner's policy, Types of Partnerships", True, payee_is_nonprofit).revised(
        "2026.4", "an individual is no non-profit, and the funder is never its own payee", payee_may_be_paid
    ),
    Rule("ELIG-LISTED", Layer.RULING, "Rev. Proc. 2018-32, s. 3 and 4", True, payee_is_listed_anywhere)
    .revised(
        "2026.3", "a payee whose exemption was revoked is told so, and not that it may be too new", payee_is_listed
    )
    .revised("2026.4", "a US body is looked for whatever it calls itself", payee_is_looked_for)
    .revised("2026.5", "a body that merged was not told of", payee_is_looked_for_or_merged),
    Rule("ELIG-NAME", Layer.POLICY, "requirement R19", True, name_agrees)
    .revised("2026.4", "one shared word confirmed a name; now every telling word must agree", registered_name_confirms)
    .revised("2026.6", "the name of another body far away confirmed a number", name_or_place_confirms),
    Rule(
        "ELIG-REVOKED", Layer.STATUTE, "IRC 6033(j); Rev. Proc. 2018-32, s. 4.02, 4.04", True, exemption_not_revoked
    ).revised("2026.5", "a lost US exemption refused a body that is a charity at home", exemption_is_not_lost),
    Rule("ELIG-CONTRADICTION", Layer.POLICY, "requirement R19", True, facts_agree)
    .revised(
        "2026.4", "owners, a company's form and a registration contradict every declared kind", kind_and_facts_agree
    )
    .revised(
        "2026.6", "a central organisation's GROUP contradicted its own row of the master file", codes_and_facts_agree
    ),
    Rule("ELIG-PATH", Layer.REG, "rules table 2.4", True, path_is_lawful)
    .revised("2026.4", "what a payee is must be proved by registers or papers", proved_path_is_lawful)
    .revised("2026.5", "a cleared question, or an insider's control, took the path's conditions away", path_holds)
    .revised("2026.6", "codes of Publication 78 that say what a body is (EO), or where, were unknown", path_by_codes),
    Rule(
        "ELIG-PAPERS",
        Layer.POLICY,
        "rules 3.5",
        True,
        papers_are_read,
        since="2026.4",
        why="a proposer's word that somebody read a paper is their word alone",
    ),
    Rule("ELIG-EQUIVALENCY", Layer.RULING, "Rev. Proc. 2017-53", True, determination_is_good)
    .revised("2026.4", "a determination counts complete or not at all", determination_is_complete)
    .revised("2026.5", "a check of 1999, any conclusion and a hundred years counted", determination_is_sound),
    Rule("ELIG-GROUP", Layer.RULING, "Rev. Proc. 80-27; Rev. Proc. 2018-32", True, central_covers_it)
    .revised("2026.4", "the letter of the central organisation must have been read", central_is_proved)
    .revised("2026.5", "cleared without its central organisation, a subordinate was paid as a charity", central_holds),
    Rule("ELIG-ALIGNMENT", Layer.REG, "26 CFR 1.509(a)-4(e)", True, supports_alignment).revised(
        "2026.4", "a public university is one that papers prove", alignment_is_given
    ),
)
