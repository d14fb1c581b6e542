"""The rules on a payee as edition 2026.4 has them: what it is must be proved, and its own word opens no door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from domain.parties import DocumentKind, FunderProfile, Paper, Party, PartyKind, PrincipalRole
from domain.policy.codes import RecipientClass
from domain.policy.conditions import ConditionId
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.forms import commercial_form
from domain.policy.proofs.registrations import charity_is_proved, contradictions_of_numbers, papers_that_do_not_count
from domain.policy.reliance import may_rely
from domain.policy.round_trips import is_same
from domain.policy.rule import Basis, Verdict
from domain.policy.rules.every_leg import says_nothing
from domain.policy.rules.payee.alternatives import lawful_options
from domain.policy.rules.payee.paths import INDIVIDUALS, PATHS, PUBLISHED_ELIGIBILITY, Path, refer, responsibility
from domain.policy.rules.payee.proofs import (
    EXEMPT_OPERATING,
    class_of_party,
    determination_counts,
    determination_gaps,
    is_undefined_member,
    proved_class,
    same_group,
)
from domain.policy.rules.payee.recipients import registered_classes
from domain.screening.tax_status import StatusEvidence, newest_posted

NOT_LOOKED_FOR: Final = frozenset(
    {
        RecipientClass.FOR_PROFIT,
        RecipientClass.INDIVIDUAL,
        RecipientClass.US_GOVERNMENT,
        RecipientClass.US_PUBLIC_UNIVERSITY,
        RecipientClass.US_CHURCH_DOCUMENTED,
    }
)
"""Classes of US payees that need not be listed: papers prove what they are, or nothing is paid to them."""

UNPROVED: Final = {
    PartyKind.GOVERNMENT: "a law, decree or published list that makes it a government (rules 3.6)",
    PartyKind.INTERNATIONAL_ORGANIZATION: "the executive order that designates it, or the treaty that made it",
}
FOREIGN_PROOF: Final = (
    "an extract of a named public register, its governing instrument, or an equivalency determination"
)

LIKELY: Final = "likely a church, a government unit, an organisation too new to be listed, or a mistyped EIN"
LIKELY_OR_MERGED: Final = f"{LIKELY}; if it merged, amend it: the new payee, and `funds_out.succession` with its paper"

_PRIVATE_BODIES: Final = frozenset({PartyKind.NONPROFIT, PartyKind.ACADEMIC, PartyKind.CHURCH})

INSIDERS: Final = Basis(Layer.STATUTE, "IRC 4958, 4941")


def payee_may_be_paid(facts: Facts) -> Verdict | None:
    """Money goes to a non-profit organisation, never to a company, to an individual, or to the funder itself (R3)."""
    if facts.funds_out is None:
        return None
    payee, profile = facts.funds_out.payee, facts.funder.profile
    if is_same(payee.name, facts.funder.name):
        return Verdict(Outcome.FAIL, f"{payee.name} is the funder itself; its funds are never a payee's")
    match payee.kind:
        case PartyKind.PRIVATE_COMPANY:
            reason = "money may go only to a non-profit organisation; a for-profit payee is refused"
            return Verdict(Outcome.FAIL, reason, options=lawful_options(RecipientClass.FOR_PROFIT, profile))
        case PartyKind.INDIVIDUAL:
            reason = "an individual is no non-profit organisation; grants to individuals have a programme of their own"
            return Verdict(Outcome.FAIL, reason, basis=INDIVIDUALS)
        case kind:
            return Verdict(Outcome.PASS, f"the payee is declared as {kind.value.replace('_', ' ').lower()}")


def payee_is_looked_for(facts: Facts) -> Verdict | None:
    """A US payee is looked for in the registers, whatever it calls itself; not found refers (R23; C20)."""
    if facts.funds_out is None or facts.funds_out.payee.country != "US" or proved_class(facts) in NOT_LOOKED_FOR:
        return None
    status = facts.status
    if status is None:
        return Verdict(Outcome.REFER, "no EIN was given, so the registers could not be asked")
    if status.found:
        return Verdict(Outcome.PASS, f"EIN {status.ein} is listed", rows_of(status))
    asked = [one.register_name for one in status.asked]
    silent = ", ".join(name for name in asked if name != "irs-revocation" or not status.revocations) or "no register"
    return Verdict(Outcome.REFER, f"EIN {status.ein} was not found in {silent}; {why_unlisted(facts, status)}")


def payee_is_looked_for_or_merged(facts: Facts) -> Verdict | None:
    """The same; what is found nowhere may have merged, and a clearance that was given in the words before stands."""
    before = payee_is_looked_for(facts)
    if before is None or LIKELY not in before.reason:
        return before
    return before._replace(reason=before.reason.replace(LIKELY, LIKELY_OR_MERGED), about=(before.reason,))


def why_unlisted(facts: Facts, status: StatusEvidence) -> str:
    """Return the likely reason why an EIN is in no register: its revocation, or another."""
    revocation = newest_posted(status.revocations, facts.as_of)
    if revocation is None:
        return LIKELY
    back = f", and reinstated on {revocation.reinstated_on}" if not revocation.in_force(facts.as_of) else ""
    return f"its exemption was revoked on {revocation.effective_on}, posted on {revocation.posted_on}{back}"


def rows_of(status: StatusEvidence) -> tuple[str, ...]:
    """Return the sources of the rows that list an organisation."""
    entries = ([status.master_file] if status.master_file else []) + list(status.publication78)
    return tuple(str(entry.source) for entry in entries)


def contradictions_of_kind(facts: Facts) -> Iterator[str]:
    """Yield the contradictions to the declared kind: owners, a company's form in the name, or a registered fact."""
    if facts.funds_out is not None:
        yield from contradictions_of(facts.funds_out.payee, facts.status, facts.papers_on)
        yield from _foundation_at_odds(facts.status, facts.funder.profile)


def _foundation_at_odds(status: StatusEvidence | None, profile: FunderProfile) -> Iterator[str]:
    """Yield the contradiction between two registers on a foundation, where they lead to different outcomes."""
    master = status.master_file if status is not None else None
    if status is None or master is None or master.foundation != EXEMPT_OPERATING or status.codes != {"PF"}:
        return
    exempt, private = RecipientClass.US_EXEMPT_OPERATING_FOUNDATION, RecipientClass.US_PRIVATE_FOUNDATION
    if PATHS[exempt][profile].outcome is not PATHS[private][profile].outcome:
        yield "the master file says exempt operating foundation (02), Publication 78 says private foundation (PF)"


def contradictions_of(payee: Party, status: StatusEvidence | None, on: date | None = None) -> Iterator[str]:
    """Yield the contradictions to the declared kind of a party that is to get money. `on`: as of `class_by_proof`."""
    if payee.kind in {PartyKind.PRIVATE_COMPANY, PartyKind.INDIVIDUAL}:
        return
    kind = payee.kind.value.replace("_", " ").lower()
    has_owner = any(principal.role is PrincipalRole.OWNER and principal.share for principal in payee.principals)
    if has_owner and payee.kind is not PartyKind.NONPROFIT:  # of non-profits, earlier editions say so themselves
        yield f"declared as {kind}, and yet it has owners"
    registered_names = [entry.name for entry in (status.publication78 if status else ())]
    if status is not None and status.master_file is not None:
        registered_names.append(status.master_file.name)
    has_proof = on is not None and payee.country != "US" and charity_is_proved(payee, on)
    form = "" if has_proof else commercial_form(payee.name)
    if form and not any(commercial_form(name) == form for name in registered_names):
        yield f"declared as {kind}, and named with a company's form ({form.upper()})"
    yield from contradictions_of_numbers(payee, on) if on is not None else ()
    classes = set(registered_classes(status))
    if payee.kind is PartyKind.INTERNATIONAL_ORGANIZATION and classes:
        yield f"declared as an international organisation, registered as {', '.join(sorted(classes))}"


def proved_path_is_lawful(facts: Facts) -> Verdict | None:
    """A funder of this kind may pay a recipient of the class that is proved, and the table says how (table 2.4)."""
    if facts.funds_out is None:
        return None
    recipient = proved_class(facts)
    path = _path_of(facts, recipient)
    judged_as = RecipientClass.FOREIGN_NONPROFIT if _is_foreign_by_its_own_word(facts) else recipient
    options = () if path.lawful else lawful_options(judged_as, facts.funder.profile)
    left = tuple(one for one in path.conditions if not _is_proved(facts, one))
    outcome = Outcome.PASS if path.outcome is Outcome.CONDITION and not left else path.outcome
    cheapest = f"; cheapest lawful path: {options[0]}" if options else ""
    reason = f"{recipient.value}: {path.reason}{_what_would_prove_it(facts, recipient)}{cheapest}"
    return Verdict(outcome, reason, _papers(facts), left, options, path.basis)


def _path_of(facts: Facts, recipient: RecipientClass) -> Path:
    """Return the cell of the table.

    A payee that an insider of the funder controls is judged under every funder.
    """
    path = PATHS[recipient][facts.funder.profile]
    if recipient is RecipientClass.UNKNOWN and _is_foreign_by_its_own_word(facts):
        foreign_path = PATHS[RecipientClass.FOREIGN_NONPROFIT][facts.funder.profile]
        path = (
            path if foreign_path.lawful else foreign_path
        )  # a paper left out is never better than the paper (rules 3.13)
    if facts.funds_out is None or not facts.funds_out.controlled_by_insider or not path.lawful:
        return path
    if facts.funder.profile is FunderProfile.PRIVATE_FOUNDATION and recipient is RecipientClass.US_SUPPORTING_ORG:
        return responsibility._replace(
            reason="a disqualified person of the funder controls it: exercise expenditure responsibility",
            basis=Basis(Layer.STATUTE, "IRC 4942(g)(4)(A)(ii), 4945(d)(4)(A)"),
        )
    return refer("a disqualified person of the funder controls it; judge whether they profit", INSIDERS)


def _is_foreign_by_its_own_word(facts: Facts) -> bool:
    payee = facts.funds_out.payee if facts.funds_out else None
    is_absent = facts.status is None or not facts.status.found
    return payee is not None and is_absent and payee.country != "US" and payee.kind in _PRIVATE_BODIES


def _is_proved(facts: Facts, condition: ConditionId) -> bool:
    """True if the letter of a listed central organisation is on file: the one paper that is a condition."""
    letter = facts.funds_out is not None and facts.funds_out.payee.proves(DocumentKind.GROUP_CONFIRMATION)
    is_in_register = facts.central is not None and facts.central.found
    return condition is ConditionId.CENTRAL_CONFIRMATION and letter and is_in_register


def _what_would_prove_it(facts: Facts, recipient: RecipientClass) -> str:
    if recipient is not RecipientClass.UNKNOWN or facts.funds_out is None:
        return ""
    payee = facts.funds_out.payee
    if facts.codes_in_full and facts.central is None and is_undefined_member(facts.status):
        return "; the master file leaves its deductibility undefined (0): name its central organisation, whose it has"
    if payee.country == "US" and payee.kind is not PartyKind.GOVERNMENT:
        return ""
    on_file = what_does_not_count(payee, facts.papers_on)
    return f"; on file and read by a verifier must be {UNPROVED.get(payee.kind, FOREIGN_PROOF)}{on_file}"


def what_does_not_count(party: Party, on: date | None) -> str:
    """Return the gaps of papers on file as proof of a foreign body's status on a day, as the end of a sentence."""
    if on is None or party.country == "US" or party.kind not in _PRIVATE_BODIES:
        return ""
    return "".join(f"; {fault}" for fault in papers_that_do_not_count(party, on))


def _papers(facts: Facts) -> tuple[str, ...]:
    return _described(facts.funds_out.payee.papers if facts.funds_out else ())


def _described(papers: tuple[Paper, ...]) -> tuple[str, ...]:
    return tuple(
        f"{paper.kind.value} dated {paper.dated}, read by {paper.read_by}, sha256 {paper.sha256[:16]}"
        for paper in papers
    )


def papers_are_read(facts: Facts) -> Verdict | None:
    """A paper proves something once a verifier who did not propose signs that they read it (rules 3.5)."""
    if facts.funds_out is None or not (named := _papers_that_decide(facts)):
        return None
    told = ", ".join(f"{one.kind.value} dated {one.dated}" for one in named)
    reason = f"the proposer names papers ({told}); a verifier reads them and signs that"
    return Verdict(Outcome.CONDITION, reason, _described(named), (ConditionId.PAPERS_READ,))


def _papers_that_decide(facts: Facts) -> tuple[Paper, ...]:
    """Return the papers on the payee, if its status rests on them, and on those whom it supports."""
    out = facts.funds_out
    supported_papers = (
        () if out is None else tuple(p for party in out.supported for p in papers_of_status(facts, party))
    )
    if out is None or not _rests_on_papers(facts):
        return supported_papers
    advice = (out.equivalency.paper,) if out.equivalency and out.equivalency.paper else ()
    return (*out.payee.papers, *advice, *supported_papers)


def papers_of_status(facts: Facts, party: Party) -> tuple[Paper, ...]:
    """Return the papers of a party that the payee supports, if its class rests on them."""
    evidence = facts.evidence_on(party)
    statuses = (evidence.status, evidence.central) if evidence else (None, None)
    without = party.model_copy(update={"papers": ()})
    own_class, bare_class = (class_of_party(facts, bearer, *statuses) for bearer in (party, without))
    return party.papers if own_class is not bare_class else ()


def _rests_on_papers(facts: Facts) -> bool:
    """True if the payee would be of another class, or its group unproved, without the papers."""
    out = facts.funds_out
    if out is None:
        return False
    bare_determination = out.equivalency and out.equivalency.model_copy(update={"paper": None})
    bare_payee = out.payee.model_copy(update={"papers": ()})
    without = facts.model_copy(
        update={"funds_out": out.model_copy(update={"payee": bare_payee, "equivalency": bare_determination})}
    )
    letter = out.payee.proves(DocumentKind.GROUP_CONFIRMATION)
    in_group = letter and proved_class(facts) is RecipientClass.US_GROUP_SUBORDINATE
    return in_group or proved_class(facts) is not proved_class(without)


def determination_is_complete(facts: Facts) -> Verdict | None:
    """An equivalency determination counts if it is complete, for this funder and current; else it is nothing (R24)."""
    given = facts.funds_out.equivalency if facts.funds_out else None
    if given is None or facts.funds_out is None or facts.funds_out.payee.country == "US":
        return None
    if given.blocked_check is False:
        return Verdict(Outcome.FAIL, "the determination does not exclude that a blocked person is involved (s. 5.09)")
    if determination_counts(facts):
        return Verdict(Outcome.PASS, f"equivalency determination current until {given.valid_until}")
    if gaps := determination_gaps(facts):
        return Verdict(Outcome.PASS, f"the equivalency determination does not count; it lacks {'; '.join(gaps)}")
    not_counted = "the equivalency determination does not count; it"
    if given.funder != facts.funder.funder_id:
        return Verdict(Outcome.PASS, f"{not_counted} was given to {given.funder}, not to us")
    year = f" on facts of {given.data_year}" if given.data_year else ""
    lasting = f"{given.issued_on} to {given.valid_until}{year}"
    return Verdict(Outcome.PASS, f"{not_counted} is not current on {facts.as_of}: {lasting}")


def central_is_proved(facts: Facts) -> Verdict | None:
    """A subordinate relies on its central organisation: listed, not revoked, the same group, a letter (C14, C15)."""
    if facts.funds_out is None or proved_class(facts) is not RecipientClass.US_GROUP_SUBORDINATE:
        return None
    return group_verdict(facts.funds_out.payee, facts.status, facts.central, facts.as_of)


def group_verdict(member: Party, status: StatusEvidence | None, central: StatusEvidence | None, as_of: date) -> Verdict:
    """Return the verdict on a subordinate of a group by what the registers say of its central organisation."""
    if central is None or member.central is None:
        return Verdict(Outcome.REFER, "name the central organisation, so that the registers can be asked about it")
    name = member.central.name
    reliance = may_rely(as_of, central.revocations)
    if not reliance.stands:
        return Verdict(Outcome.FAIL, f"the central organisation {name}: {reliance.reason}")
    if not central.found:
        return Verdict(Outcome.REFER, f"the central organisation {name}, EIN {central.ein}, is not listed")
    if not same_group(status, central):
        return Verdict(Outcome.REFER, f"{name} and the payee are not registered under the same group number")
    letter = "on file" if member.proves(DocumentKind.GROUP_CONFIRMATION) else "still to be obtained"
    return Verdict(Outcome.PASS, f"{name} is listed; its letter is {letter}", rows_of(central))


def alignment_is_given(facts: Facts) -> Verdict | None:
    """A supporting organisation funds only what carries out the supported organisation's purposes (R12)."""
    if facts.funds_out is None or facts.funder.profile is not FunderProfile.SUPPORTING_ORG:
        return None
    if proved_class(facts) is RecipientClass.US_PUBLIC_UNIVERSITY:
        reason = "US public colleges and universities need no alignment paper"
        return Verdict(Outcome.PASS, reason, basis=PUBLISHED_ELIGIBILITY)
    if facts.funds_out.alignment is None or says_nothing(facts.funds_out.alignment):
        return Verdict(Outcome.REFER, "the supporting organisation needs evidence of alignment, and none was given")
    return Verdict(Outcome.PASS, "evidence of alignment is on file", (facts.funds_out.alignment,))
