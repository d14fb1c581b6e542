"""Classify a payee, from its declaration, its documents and the registers (rules 2.3).

Where two registers differ, the more cautious class applies. An unknown class is UNKNOWN, which refers the case and
never allows a payment.
"""

from __future__ import annotations

from typing import Final

from domain.parties import DocumentKind, Party, PartyKind
from domain.policy.codes import (
    FOUNDATION_CLASSES,
    KNOWN_CODES,
    KNOWN_SUBSECTIONS,
    PUBLICATION_78_CLASSES,
    RecipientClass,
)
from domain.policy.facts import Facts
from domain.screening.tax_status import MasterFileEntry, StatusEvidence

CAUTION: Final = (
    RecipientClass.UNKNOWN,
    RecipientClass.US_OTHER_EXEMPT,
    RecipientClass.US_PRIVATE_FOUNDATION,
    RecipientClass.US_EXEMPT_OPERATING_FOUNDATION,
    RecipientClass.US_SUPPORTING_ORG_NOT_INTEGRATED,
    RecipientClass.US_SUPPORTING_ORG_TYPE_UNKNOWN,
    RecipientClass.US_GOVERNMENT,
    RecipientClass.US_GROUP_SUBORDINATE,
    RecipientClass.US_SUPPORTING_ORG,
    RecipientClass.US_PUBLIC_CHARITY,
)
"""Classes that a register can give, the most cautious first."""


NOT_PLAINLY_EXEMPT: Final = frozenset({"12", "25"})
"""BMF STATUS codes that refer the case within subsection 03: split-interest trusts, terminating foundations."""

NOT_DEDUCTIBLE: Final = "2"
"""BMF DEDUCTIBILITY code for contributions that are not deductible, which refers the case within subsection 03."""


def class_of(facts: Facts) -> RecipientClass:
    """Return the class of the payee of a leg on which money goes out.

    Raises:
        ValueError: No money goes out on the leg.
    """
    if facts.funds_out is None:
        raise ValueError("no money goes out on this leg, so it has no payee")
    payee, status = facts.funds_out.payee, facts.status
    is_in_register = status is not None and status.found
    has_paper = payee.has(DocumentKind.GOVERNMENT_STATUS)
    match payee.kind:
        case PartyKind.PRIVATE_COMPANY:
            return RecipientClass.FOR_PROFIT
        case PartyKind.INDIVIDUAL:
            return RecipientClass.INDIVIDUAL
        case PartyKind.GOVERNMENT:
            return _government_class(payee, status)
        case PartyKind.INTERNATIONAL_ORGANIZATION:
            return _international_class(facts, payee)
        case PartyKind.ACADEMIC if payee.governmental and (has_paper or not is_in_register):
            return _university_class(payee)
        case _ if payee.country != "US" and not is_in_register:
            equivalent = determination_is_current(facts)
            return RecipientClass.FOREIGN_EQUIVALENT if equivalent else RecipientClass.FOREIGN_NONPROFIT
        case PartyKind.CHURCH if not is_in_register:
            church = payee.has(DocumentKind.CHURCH_STATUS)
            return RecipientClass.US_CHURCH_DOCUMENTED if church else RecipientClass.US_CHURCH_UNLISTED
        case _:
            classes = registered_classes(status)
            return min(classes, key=CAUTION.index, default=RecipientClass.UNKNOWN)


def determination_is_current(facts: Facts) -> bool:
    """True if an equivalency determination was given to this funder and is current on the day (rules 2.5)."""
    determination = facts.funds_out.equivalency if facts.funds_out else None
    if determination is None or determination.funder != facts.funder.funder_id:
        return False
    year = facts.as_of.year
    recent = determination.data_year is None or year - 1 <= determination.data_year <= year
    is_current = determination.issued_on <= facts.as_of <= determination.valid_until
    return is_current and recent and determination.blocked_check is not False


def registered_classes(status: StatusEvidence | None) -> tuple[RecipientClass, ...]:
    """Return the class that each register gives, the master file's first, or () if no register lists the payee."""
    if status is None:
        return ()
    classes = [] if status.master_file is None else [_master_file_class(status.master_file)]
    if status.publication78:
        codes = status.codes
        recipients = (recipient for code, recipient in PUBLICATION_78_CLASSES if code in codes)
        classes.append(next(recipients, RecipientClass.UNKNOWN))
    return tuple(classes)


def _government_class(payee: Party, status: StatusEvidence | None) -> RecipientClass:
    if payee.country != "US":
        has_proof = payee.has(DocumentKind.GOVERNMENT_STATUS) or payee.has(DocumentKind.CHARITABLE_COVENANT)
        return RecipientClass.FOREIGN_GOVERNMENT if has_proof else RecipientClass.UNKNOWN
    is_in_register = RecipientClass.US_GOVERNMENT in registered_classes(status)
    has_proof = is_in_register or payee.has(DocumentKind.GOVERNMENT_STATUS)
    return RecipientClass.US_GOVERNMENT if has_proof else RecipientClass.UNKNOWN


def _international_class(facts: Facts, payee: Party) -> RecipientClass:
    if payee.has(DocumentKind.TREATY_DESIGNATION):
        return RecipientClass.DESIGNATED_INTERNATIONAL_ORGANIZATION
    equivalent = determination_is_current(facts)
    return RecipientClass.FOREIGN_EQUIVALENT if equivalent else RecipientClass.INTERNATIONAL_ORGANIZATION


def _university_class(payee: Party) -> RecipientClass:
    if not payee.has(DocumentKind.GOVERNMENT_STATUS):
        return RecipientClass.UNKNOWN
    return RecipientClass.US_PUBLIC_UNIVERSITY if payee.country == "US" else RecipientClass.FOREIGN_GOVERNMENT


def _master_file_class(entry: MasterFileEntry) -> RecipientClass:
    if any(getattr(entry, field) not in codes for field, codes in KNOWN_CODES.items()):
        return RecipientClass.UNKNOWN
    if entry.subsection in KNOWN_SUBSECTIONS:
        return RecipientClass.US_OTHER_EXEMPT
    if entry.subsection != "03":
        return RecipientClass.UNKNOWN
    if entry.status in NOT_PLAINLY_EXEMPT or entry.deductibility == NOT_DEDUCTIBLE:
        return RecipientClass.UNKNOWN
    own_class = FOUNDATION_CLASSES.get(entry.foundation, RecipientClass.UNKNOWN)
    subordinate = entry.affiliation in {"7", "9"} and entry.group_number != "0000"
    in_group = subordinate and own_class is RecipientClass.US_PUBLIC_CHARITY
    return RecipientClass.US_GROUP_SUBORDINATE if in_group else own_class
