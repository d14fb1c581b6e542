"""Which class of recipient a payee is in US tax law, from what it declares and what the registers say (rules 2.3)."""

from __future__ import annotations

from domain.parties import Party, PartyKind
from domain.policy.codes import (
    FOUNDATION_CLASSES,
    KNOWN_CODES,
    KNOWN_SUBSECTIONS,
    PUBLICATION_78_CLASSES,
    RecipientClass,
)
from domain.screening.evidence import MasterFileEntry, StatusEvidence


def recipient_class(payee: Party, status: StatusEvidence | None) -> RecipientClass:
    """Return the class of a payee; what is not known is UNKNOWN, which refers and never allows."""
    match payee.kind:
        case PartyKind.PRIVATE_COMPANY:
            return RecipientClass.FOR_PROFIT
        case PartyKind.INDIVIDUAL:
            return RecipientClass.INDIVIDUAL
        case PartyKind.GOVERNMENT:
            return RecipientClass.US_GOVERNMENT if payee.country == "US" else RecipientClass.FOREIGN_GOVERNMENT
        case PartyKind.INTERNATIONAL_ORGANIZATION:
            return RecipientClass.UNKNOWN
        case _ if payee.country != "US" and not (status and status.found):
            return RecipientClass.FOREIGN_NONPROFIT
        case _:
            return _registered_class(payee, status)


def _registered_class(payee: Party, status: StatusEvidence | None) -> RecipientClass:
    if status is not None and status.master_file is not None:
        return _master_file_class(status.master_file)
    if status is not None and status.publication78:
        listed = (recipient for code, recipient in PUBLICATION_78_CLASSES if code in status.codes)
        return next(listed, RecipientClass.UNKNOWN)
    return RecipientClass.US_CHURCH_UNLISTED if payee.kind is PartyKind.CHURCH else RecipientClass.UNKNOWN


def _master_file_class(entry: MasterFileEntry) -> RecipientClass:
    if any(getattr(entry, field) not in codes for field, codes in KNOWN_CODES.items()):
        return RecipientClass.UNKNOWN
    if entry.subsection in KNOWN_SUBSECTIONS:
        return RecipientClass.US_OTHER_EXEMPT
    if entry.subsection != "03":
        return RecipientClass.UNKNOWN
    if entry.affiliation in {"7", "9"} and entry.group_number != "0000":
        return RecipientClass.US_GROUP_SUBORDINATE
    return FOUNDATION_CLASSES.get(entry.foundation, RecipientClass.UNKNOWN)
