"""Rules on whom the payee supports: sub-recipients, and owners of projects that it takes on (R7, R8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from domain.grants import Sponsorship, SponsorWording
from domain.parties import FunderProfile, Party, PartyKind
from domain.policy.codes import RecipientClass
from domain.policy.conditions import ConditionId
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.proofs.group_letters import LETTERS_COMPLY, letter_is_due
from domain.policy.reliance import may_rely
from domain.policy.round_trips import is_same
from domain.policy.rule import Basis, Rule, Verdict, once_cleared
from domain.policy.rules.payee.paths import PATHS, PATHS_THAT_HOLD
from domain.policy.rules.payee.payees import (
    FOREIGN_PROOF,
    UNPROVED,
    contradictions_of,
    group_verdict,
    rows_of,
    what_does_not_count,
)
from domain.policy.rules.payee.proofs import class_of_party, stands_at_home
from domain.screening.tax_status import StatusEvidence

SUPPORTING, PRIVATE = FunderProfile.SUPPORTING_ORG, FunderProfile.PRIVATE_FOUNDATION

Doubt = tuple[bool, str]
"""True if it is fatal, and the reason."""

FATAL, QUESTION = True, False

CURES: Final = ("replace or remove the sub-recipient, and have repaid what it got",)

US_PROOF: Final = "an EIN that a register of exempt organisations lists under its name"


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


def supported_bodies_are_proved(facts: Facts) -> Verdict | None:
    """The payee may support non-profit projects in turn; each is looked up and classed like a payee (R7; C31, C32)."""
    regrant = facts.funds_out.regrant if facts.funds_out else None
    if regrant is None or facts.funds_out is None:
        return None
    named = tuple(one.party for one in regrant.subrecipients)
    doubts = [doubt for party in named for doubt in _doubts(facts, party)]
    if fatal := [reason for is_fatal, reason in doubts if is_fatal]:
        return Verdict(Outcome.FAIL, "; ".join(fatal), _rows(facts, named), options=CURES)
    if questions := [*(reason for _, reason in doubts), *_on_the_whole(facts)]:
        return Verdict(Outcome.REFER, "; ".join(questions), _rows(facts, named))
    several = "s" * (len(named) != 1)
    known = f"{len(named)} sub-recipient{several}, each a non-profit by a register or a paper"
    if regrant.covenant and facts.funder.profile is not PRIVATE:
        return Verdict(Outcome.PASS, known, _rows(facts, named))
    basis = _EARMARK if facts.funder.profile is PRIVATE else None
    reason = f"{known}; each is bound to the same purposes"
    return Verdict(Outcome.CONDITION, reason, _rows(facts, named), (ConditionId.REGRANT_COVENANT,), basis=basis)


def _on_the_whole(facts: Facts) -> Iterator[str]:
    """Yield the questions for a person on the re-grant as such, whoever gets it."""
    out = facts.funds_out
    if out is not None and out.regrant is not None and not out.regrant.payee_selects:
        yield "the funder chooses the sub-recipients, so each is the funder's own grantee"
    if out is not None and facts.funder.profile is SUPPORTING and out.alignment is None:
        yield "sub-recipients of a supporting organisation's grant need evidence of alignment"


def sponsored_project_is_proved(facts: Facts) -> Verdict | None:
    """A fiscal sponsor owns and controls the project, and whose project it was is looked up and classed (R8; C03)."""
    verdict = sponsor_is_no_conduit(facts)
    sponsorship = facts.funds_out.sponsorship if facts.funds_out else None
    if verdict is None or sponsorship is None or sponsorship.project_of.kind in _WITHOUT_STATUS:
        return verdict
    owner = sponsorship.project_of
    doubts = list(_doubts(facts, owner))
    if verdict.outcome is Outcome.FAIL or not doubts:
        return verdict
    outcome = Outcome.FAIL if any(is_fatal for is_fatal, _ in doubts) else Outcome.REFER
    open_still = [verdict.reason] if verdict.outcome is Outcome.REFER else []
    return Verdict(outcome, "; ".join([*open_still, *(reason for _, reason in doubts)]), _rows(facts, (owner,)))


_WITHOUT_STATUS: Final = frozenset({PartyKind.PRIVATE_COMPANY, PartyKind.INDIVIDUAL})
"""The kinds whose project a sponsor may take on without a status of their own: none of it is a grant to them."""


def _doubts(facts: Facts, party: Party) -> Iterator[Doubt]:
    """Yield the objections to a party that gets money in turn, each with its name."""
    if is_same(party.name, facts.funder.name):
        yield FATAL, f"{party.name} is the funder itself; its money does not come back to it"
    match party.kind:
        case PartyKind.PRIVATE_COMPANY:
            yield FATAL, f"for-profit sub-recipients, to be replaced or repaid: {party.name}"
        case PartyKind.INDIVIDUAL:
            yield QUESTION, f"grants to individuals run under their own programme: {party.name}"
        case _:
            yield from _doubts_of_status(facts, party)


def _doubts_of_status(facts: Facts, party: Party) -> Iterator[Doubt]:
    evidence, on = facts.evidence_on(party), facts.papers_on
    status = evidence.status if evidence else None
    recipient = class_of_party(facts, party, status, evidence.central if evidence else None)
    reliance = may_rely(facts.as_of, status.revocations if status else ())
    if not reliance.stands:
        yield not stands_at_home(party, recipient, on), f"{party.name}: {reliance.reason}"
    if status is not None and status.found and not facts.is_named(status):
        yield QUESTION, f"{party.name}: EIN {status.ein} is registered in another name; check that it is its own"
    for contradiction in contradictions_of(party, status, on):
        yield QUESTION, f"{party.name}: {contradiction}"
    yield from _doubts_of_class(party, recipient, status, on)
    if recipient is RecipientClass.US_GROUP_SUBORDINATE:
        verdict = group_verdict(party, status, evidence.central if evidence else None, facts.as_of)
        if verdict.outcome is not Outcome.PASS:
            yield verdict.outcome is Outcome.FAIL, f"{party.name}: {verdict.reason}"
        elif on is not None and letter_is_due(party, on):
            yield (
                QUESTION,
                f"{party.name}: from {LETTERS_COMPLY} on, a newer letter of its group is asked for",
            )


def _doubts_of_class(
    party: Party, recipient: RecipientClass, status: StatusEvidence | None, on: date | None
) -> Iterator[Doubt]:
    """Yield the doubt if nothing proves what it is, or if a charity would not support such a body (rules 2.4)."""
    if recipient in {RecipientClass.UNKNOWN, RecipientClass.US_CHURCH_UNLISTED}:
        proof = US_PROOF if party.country == "US" else UNPROVED.get(party.kind, FOREIGN_PROOF)
        lacking = what_does_not_count(party, on)
        silent = f"EIN {status.ein} is in no register; " if status is not None and not status.found else ""
        yield QUESTION, f"{party.name}: {silent}nothing proves what it is; on file must be {proof}{lacking}"
        return
    path = PATHS[recipient][FunderProfile.PUBLIC_CHARITY]  # the payee's grant, not the funder's own
    if not path.lawful:
        yield QUESTION, f"{party.name} is {recipient.value}: {path.reason}"


def sponsor_keeps_control(facts: Facts) -> Verdict | None:
    """A fiscal sponsor owns and controls the project; its file is asked whatever is cleared of the owner (R8; C03)."""
    return once_cleared(sponsored_project_is_proved(facts), ConditionId.SPONSOR_FILE)


def supported_bodies_stay_bound(facts: Facts) -> Verdict | None:
    """The payee may support non-profits in turn, each looked up; what binds them stays (R7; C31, C32)."""
    verdict = supported_bodies_are_proved(facts)
    return once_cleared(verdict, ConditionId.REGRANT_COVENANT, *_as_own_grantees(facts))


def _as_own_grantees(facts: Facts) -> Iterator[ConditionId]:
    """Yield the conditions of the funder's path for sub-recipients that it chose: each is its own grantee."""
    out = facts.funds_out
    if out is None or out.regrant is None or out.regrant.payee_selects:
        return
    unknown_path = PATHS_THAT_HOLD[RecipientClass.UNKNOWN][facts.funder.profile]
    for subrecipient in out.regrant.subrecipients:
        evidence = facts.evidence_on(subrecipient.party)
        statuses = (evidence.status, evidence.central) if evidence else (None, None)
        recipient = class_of_party(facts, subrecipient.party, *statuses)
        path = PATHS_THAT_HOLD[recipient][facts.funder.profile]
        yield from (path if path.outcome is not Outcome.FAIL else unknown_path).conditions


def _rows(facts: Facts, parties: tuple[Party, ...]) -> tuple[str, ...]:
    """Return the sources of the registers' rows on these parties."""
    evidence_of_parties = (facts.evidence_on(party) for party in parties)
    return tuple(
        dict.fromkeys(
            row for evidence in evidence_of_parties if evidence is not None for row in rows_of(evidence.status)
        )
    )


RULES: Final = (
    Rule("PROJECT-SPONSOR", Layer.RULING, "Rev. Rul. 68-489; Rev. Rul. 66-79", True, sponsor_is_no_conduit)
    .revised("2026.4", "whose project it was was not looked up", sponsored_project_is_proved)
    .revised("2026.5", "a cleared question took the sponsor's file away", sponsor_keeps_control),
    Rule("PROJECT-REGRANT", Layer.POLICY, "owner's policy, Types of Partnerships", True, regrants_stay_nonprofit)
    .revised("2026.4", "a sub-recipient was what the payee called it", supported_bodies_are_proved)
    .revised("2026.5", "a cleared question took the covenant away", supported_bodies_stay_bound),
)
