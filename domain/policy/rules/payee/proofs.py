"""Classify a payee by what proves its status: registers, and papers that somebody read (rules 3.3 to 3.6).

From edition 2026.4 on. Earlier editions believe what is declared; see `recipients`. From 2026.5 on, a paper of a
foreign body's status counts by its register, its number and its day; see `domain.policy.proofs`.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from domain.parties import DocumentKind, Party, PartyKind
from domain.policy.codes import ADDRESSED_ABROAD, CENTRAL_WITH_LETTER, OTHER_DEDUCTIBLE, RecipientClass
from domain.policy.facts import Facts
from domain.policy.proofs.determinations import faults_of
from domain.policy.proofs.registrations import status_abroad_is_proved
from domain.policy.reliance import may_rely
from domain.policy.rules.payee.recipients import CAUTION, determination_is_current, registered_classes
from domain.screening.tax_status import StatusEvidence

FOREIGN_STATUS: Final = (DocumentKind.REGISTRATION, DocumentKind.GOVERNING_INSTRUMENT)
"""Papers that prove a foreign body's status: an extract of a named public register, or its instrument (rules 3.4)."""

DEDUCTIBILITY_UNDEFINED: Final = "0"
"""The BMF DEDUCTIBILITY code that says nothing (rules 3.3)."""

DEDUCTIBLE: Final = "1"
"""The BMF DEDUCTIBILITY code of contributions that are deductible."""

DEDUCTIBLE_BY_TREATY: Final = "4"
"""The BMF DEDUCTIBILITY code of contributions that are deductible by a treaty."""

CENTRAL: Final = frozenset({"6", "8"})
"""BMF AFFILIATION codes of the central organisation of a group."""

SUBORDINATES: Final = frozenset({"7", "9"})
"""BMF AFFILIATION codes of the members of a group."""

OPERATING_LISTED: Final = "POF"
"""The Publication 78 code of a private operating foundation."""

EXEMPT_OPERATING: Final = "02"
"""The BMF FOUNDATION code of an exempt operating foundation (IRC 4940(d)(2))."""


def proved_class(facts: Facts) -> RecipientClass:
    """Return the class of the payee of a leg on which money goes out, as far as registers and papers prove it.

    Raises:
        ValueError: No money goes out on the leg.
    """
    if facts.funds_out is None:
        raise ValueError("no money goes out on this leg, so it has no payee")
    equivalent = determination_counts(facts)
    return class_of_party(facts, facts.funds_out.payee, facts.status, facts.central, equivalent=equivalent)


def class_of_party(
    facts: Facts,
    party: Party,
    status: StatusEvidence | None,
    central: StatusEvidence | None,
    *,
    equivalent: bool = False,
) -> RecipientClass:
    """Return the class of a party of a leg, as far as registers and papers prove it under the leg's edition."""
    on, in_full = facts.papers_on, facts.codes_in_full
    return class_by_proof(party, status, central, equivalent=equivalent, on=on, in_full=in_full)


def class_by_proof(
    payee: Party,
    status: StatusEvidence | None,
    central: StatusEvidence | None,
    *,
    equivalent: bool = False,
    on: date | None = None,
    in_full: bool = False,
) -> RecipientClass:
    """Return the class of a party, as far as registers and papers prove it.

    `central`: the evidence on its group's central organisation. `equivalent`: an equivalency determination counts.
    `on`: the day on which papers must count; None under editions that take them of any day. `in_full`: every code of
    the registers counts, as from edition 2026.6 on.
    """
    is_in_register = status is not None and status.found and not (on is not None and lost_abroad(payee, status, on))
    match payee.kind:
        case PartyKind.PRIVATE_COMPANY:
            return RecipientClass.FOR_PROFIT
        case PartyKind.INDIVIDUAL:
            return RecipientClass.INDIVIDUAL
        case PartyKind.GOVERNMENT:
            return _government_class(payee, status)
        case PartyKind.ACADEMIC if payee.governmental and not is_in_register:
            return _university_class(payee)
        case _ if is_in_register or payee.country == "US":
            return _registered_class(payee, status, central, in_full=in_full)
        case PartyKind.INTERNATIONAL_ORGANIZATION:
            return _international_class(payee, equivalent)
        case _:
            return _foreign_class(payee, equivalent, on)


def lost_abroad(payee: Party, status: StatusEvidence, on: date) -> bool:
    """True if a foreign body lost its US exemption by a day: its entry in the lists then proves nothing."""
    return payee.country != "US" and not may_rely(on, status.revocations).stands


AT_HOME: Final = frozenset(
    {
        RecipientClass.FOREIGN_NONPROFIT,
        RecipientClass.FOREIGN_EQUIVALENT,
        RecipientClass.FOREIGN_GOVERNMENT,
        RecipientClass.INTERNATIONAL_ORGANIZATION,
        RecipientClass.DESIGNATED_INTERNATIONAL_ORGANIZATION,
    }
)
"""Classes that papers from a body's own country, or a treaty, prove: no list of the IRS makes or takes them."""


def stands_at_home(payee: Party, recipient: RecipientClass, on: date | None) -> bool:
    """True if a foreign body is paid for its status at home, so that a lost US exemption is a question only."""
    return on is not None and payee.country != "US" and recipient in AT_HOME


def determination_counts(facts: Facts) -> bool:
    """True if an equivalency determination counts: complete, for this funder, and current (rules 3.5)."""
    determination, on = facts.funds_out.equivalency if facts.funds_out else None, facts.papers_on
    if on is not None:
        return determination is not None and not faults_of(determination, facts.funder.funder_id, on)
    return determination_is_current(facts) and not determination_gaps(facts)


def determination_gaps(facts: Facts) -> tuple[str, ...]:
    """Return the gaps for which a determination does not count, each by name, or ()."""
    determination = facts.funds_out.equivalency if facts.funds_out else None
    if determination is None:
        return ()
    lacking = {
        "the paper itself (its SHA-256, who keeps it, and the verifier who read it)": determination.paper is None,
        "its basis": determination.basis is None,
        "the year that its facts are from": determination.data_year is None,
        "the day on which blocked persons were checked": determination.blocked_checked_on is None,
        "the statement that no blocked person is involved": determination.blocked_check is not True,
    }
    return tuple(gap for gap, missing in lacking.items() if missing)


def _government_class(payee: Party, status: StatusEvidence | None) -> RecipientClass:
    """A covenant binds a government and proves none (rules 3.6)."""
    is_in_register = RecipientClass.US_GOVERNMENT in registered_classes(status)
    if not (is_in_register or payee.proves(DocumentKind.GOVERNMENT_STATUS)):
        return RecipientClass.UNKNOWN
    return RecipientClass.US_GOVERNMENT if payee.country == "US" else RecipientClass.FOREIGN_GOVERNMENT


def _university_class(payee: Party) -> RecipientClass:
    if not payee.proves(DocumentKind.GOVERNMENT_STATUS):
        return RecipientClass.UNKNOWN
    return RecipientClass.US_PUBLIC_UNIVERSITY if payee.country == "US" else RecipientClass.FOREIGN_GOVERNMENT


def _registered_class(
    payee: Party, status: StatusEvidence | None, central: StatusEvidence | None, *, in_full: bool
) -> RecipientClass:
    """Return a US body's class from the registers, whatever it calls itself. A documented church need not be listed."""
    if status is None or not status.found:
        unlisted_church = payee.kind is PartyKind.CHURCH
        has_paper = unlisted_church and payee.proves(DocumentKind.CHURCH_STATUS)
        fallback = RecipientClass.US_CHURCH_UNLISTED if unlisted_church else RecipientClass.UNKNOWN
        return RecipientClass.US_CHURCH_DOCUMENTED if has_paper else fallback
    if _is_undefined(status, central, in_full=in_full):
        return RecipientClass.UNKNOWN
    classes = classes_in_full(status) if in_full else classes_of(status)
    return min(classes, key=CAUTION.index, default=RecipientClass.UNKNOWN)


def _is_undefined(status: StatusEvidence, central: StatusEvidence | None, *, in_full: bool) -> bool:
    """True if the deductibility of a 501(c)(3) is "undefined". A subordinate's is its central's (rules 3.3).

    `in_full`: a central organisation's may be by a treaty too.
    """
    if not _has_no_deductibility(status):
        return False
    over = central.master_file if central is not None and same_group(status, central) else None
    defined = {DEDUCTIBLE, DEDUCTIBLE_BY_TREATY} if in_full else {DEDUCTIBLE}
    return not is_undefined_member(status) or over is None or over.deductibility not in defined


def is_undefined_member(status: StatusEvidence | None) -> bool:
    """True for a member of a group whose deductibility is "undefined": its central's counts (rules 3.3)."""
    entry = status.master_file if status is not None else None
    is_member = entry is not None and entry.affiliation in SUBORDINATES
    return status is not None and is_member and _has_no_deductibility(status)


def _has_no_deductibility(status: StatusEvidence) -> bool:
    entry = status.master_file
    return entry is not None and entry.subsection == "03" and entry.deductibility == DEDUCTIBILITY_UNDEFINED


def same_group(status: StatusEvidence | None, central: StatusEvidence) -> bool:
    """True if the master file has a payee and a central organisation under one group number."""
    own_entry = status.master_file if status is not None else None
    over = central.master_file
    if own_entry is None or over is None or over.affiliation not in CENTRAL:
        return False
    return own_entry.group_number == over.group_number != "0000"


def classes_of(status: StatusEvidence) -> tuple[RecipientClass, ...]:
    """Return the class that each register gives, as `registered_classes`, with two codes read as rules 3.3 say."""
    classes = registered_classes(status)
    if status.codes == frozenset({CENTRAL_WITH_LETTER}):
        classes = (*classes[:-1], RecipientClass.US_PUBLIC_CHARITY)
    exempt = status.master_file is not None and status.master_file.foundation == EXEMPT_OPERATING
    if not exempt or classes[0] is not RecipientClass.US_PRIVATE_FOUNDATION:
        return classes
    own_class = RecipientClass.US_EXEMPT_OPERATING_FOUNDATION
    return (own_class,) if OPERATING_LISTED in status.codes else (own_class, *classes[1:])


def classes_in_full(status: StatusEvidence) -> tuple[RecipientClass, ...]:
    """Return the class that each register gives, as `classes_of`, with the codes that editions before 2026.6 knew not.

    A register whose codes say nothing of a class gives none.
    """
    listed_classes = _listed_in_full(status.codes)
    if listed_classes is None:
        return classes_of(status)
    return (*classes_of(_without_publication_78(status)), *listed_classes)


def registered_in_full(status: StatusEvidence) -> tuple[RecipientClass, ...]:
    """Return the class that each register gives, as `registered_classes`, with the codes that were not known before."""
    listed_classes = _listed_in_full(status.codes)
    if listed_classes is None:
        return registered_classes(status)
    return (*registered_classes(_without_publication_78(status)), *listed_classes)


def _listed_in_full(codes: frozenset[str]) -> tuple[RecipientClass, ...] | None:
    """Return the class that Publication 78 gives by the codes GROUP, EO and FORGN, or None if others decide.

    A central organisation with a group letter is a public charity unless its other codes say otherwise: EO does, and
    FORGN, which says where it is, does not. FORGN alone gives no class (rules 3.3).
    """
    if OTHER_DEDUCTIBLE in codes:
        return (RecipientClass.US_OTHER_EXEMPT,)
    if not codes or not codes <= {CENTRAL_WITH_LETTER, ADDRESSED_ABROAD}:
        return None
    return (RecipientClass.US_PUBLIC_CHARITY,) if CENTRAL_WITH_LETTER in codes else ()


def _without_publication_78(status: StatusEvidence) -> StatusEvidence:
    return status.model_copy(update={"publication78": ()})


def _international_class(payee: Party, equivalent: bool) -> RecipientClass:
    """Equivalent by counsel's advice, designated by an executive order (22 USC 288), or made by a treaty.

    The advice decides first, as for any other foreign body, so that no further paper makes it worse.
    """
    if equivalent:
        return RecipientClass.FOREIGN_EQUIVALENT
    if payee.proves(DocumentKind.TREATY_DESIGNATION):
        return RecipientClass.DESIGNATED_INTERNATIONAL_ORGANIZATION
    treaty = payee.proves(DocumentKind.TREATY)
    return RecipientClass.INTERNATIONAL_ORGANIZATION if treaty else RecipientClass.UNKNOWN


def _foreign_class(payee: Party, equivalent: bool, on: date | None) -> RecipientClass:
    if equivalent:
        return RecipientClass.FOREIGN_EQUIVALENT
    has_proof = any(map(payee.proves, FOREIGN_STATUS)) if on is None else status_abroad_is_proved(payee, on)
    return RecipientClass.FOREIGN_NONPROFIT if has_proof else RecipientClass.UNKNOWN
