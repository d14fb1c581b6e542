"""Which class of recipient a payee is in US tax law, from what it declares and what the registers say (rules 2.3)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from domain.evidence import MasterFileEntry, StatusEvidence
from domain.parties import Party, PartyKind


class RecipientClass(StrEnum):
    """The rows of the path table (rules 2.4)."""

    US_PUBLIC_CHARITY = "US_PUBLIC_CHARITY"
    US_SUPPORTING_ORG = "US_SUPPORTING_ORG"
    US_SUPPORTING_ORG_NOT_INTEGRATED = "US_SUPPORTING_ORG_NOT_INTEGRATED"
    US_SUPPORTING_ORG_TYPE_UNKNOWN = "US_SUPPORTING_ORG_TYPE_UNKNOWN"
    US_PRIVATE_FOUNDATION = "US_PRIVATE_FOUNDATION"
    US_GROUP_SUBORDINATE = "US_GROUP_SUBORDINATE"
    US_GOVERNMENT = "US_GOVERNMENT"
    US_OTHER_EXEMPT = "US_OTHER_EXEMPT"
    US_CHURCH_UNLISTED = "US_CHURCH_UNLISTED"
    FOREIGN_GOVERNMENT = "FOREIGN_GOVERNMENT"
    FOREIGN_NONPROFIT = "FOREIGN_NONPROFIT"
    FOR_PROFIT = "FOR_PROFIT"
    INDIVIDUAL = "INDIVIDUAL"
    UNKNOWN = "UNKNOWN"


FOUNDATION_CLASSES: Final = {
    **dict.fromkeys(("10", "11", "12", "13", "15", "16"), RecipientClass.US_PUBLIC_CHARITY),
    **dict.fromkeys(("21", "22", "23"), RecipientClass.US_SUPPORTING_ORG),
    **dict.fromkeys(("02", "03", "04"), RecipientClass.US_PRIVATE_FOUNDATION),
    "14": RecipientClass.US_GOVERNMENT,
    "17": RecipientClass.US_SUPPORTING_ORG_TYPE_UNKNOWN,
    "24": RecipientClass.US_SUPPORTING_ORG_NOT_INTEGRATED,
}
"""BMF FOUNDATION codes within subsection 03. A code that is not here (09, 18, new ones) is UNKNOWN and refers."""

PUBLICATION_78_CLASSES: Final = (
    ("SONFI", RecipientClass.US_SUPPORTING_ORG_NOT_INTEGRATED),
    ("SOUNK", RecipientClass.US_SUPPORTING_ORG_TYPE_UNKNOWN),
    ("SO", RecipientClass.US_SUPPORTING_ORG),
    ("PF", RecipientClass.US_PRIVATE_FOUNDATION),
    ("POF", RecipientClass.US_PRIVATE_FOUNDATION),
    ("PC", RecipientClass.US_PUBLIC_CHARITY),
)
"""Publication 78 codes, the more cautious first. Codes that are not here (GROUP, LODGE, UNKWN ...) refer."""

KNOWN_SUBSECTIONS: Final = frozenset(
    {f"{code:02}" for code in (*range(1, 28), 29, 40, 50, 60, 70, 71, 81, 92) if code != 3}
)
"""BMF SUBSECTION codes other than 03. A code that is not here is UNKNOWN and refers."""


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


KNOWN_CODES: Final = {
    "status": frozenset({"01", "02", "12", "25"}),
    "deductibility": frozenset({"0", "1", "2", "4"}),
    "affiliation": frozenset({"1", "2", "3", "6", "7", "8", "9"}),
}
"""BMF codes with a meaning (rules 2.2). A code that is not here makes the class UNKNOWN, which refers."""


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
