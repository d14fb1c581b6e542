"""The code tables of the IRS registers, and the classes of recipient that they lead to (rules 2.2, 2.3).

Source: EO BMF information sheet (Publication 5926, irs.gov/pub/irs-soi/eo-info.pdf) and the Publication 78 status
table, as read in November 2026. A code that is not here is unknown: it refers the case and never allows a payment.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class RecipientClass(StrEnum):
    """A class of recipient: a row of the path table (rules 2.4)."""

    US_PUBLIC_CHARITY = "US_PUBLIC_CHARITY"
    US_SUPPORTING_ORG = "US_SUPPORTING_ORG"
    US_SUPPORTING_ORG_NOT_INTEGRATED = "US_SUPPORTING_ORG_NOT_INTEGRATED"
    US_SUPPORTING_ORG_TYPE_UNKNOWN = "US_SUPPORTING_ORG_TYPE_UNKNOWN"
    US_PRIVATE_FOUNDATION = "US_PRIVATE_FOUNDATION"
    US_EXEMPT_OPERATING_FOUNDATION = "US_EXEMPT_OPERATING_FOUNDATION"
    US_GROUP_SUBORDINATE = "US_GROUP_SUBORDINATE"
    US_GOVERNMENT = "US_GOVERNMENT"
    US_OTHER_EXEMPT = "US_OTHER_EXEMPT"
    US_PUBLIC_UNIVERSITY = "US_PUBLIC_UNIVERSITY"
    US_CHURCH_UNLISTED = "US_CHURCH_UNLISTED"
    US_CHURCH_DOCUMENTED = "US_CHURCH_DOCUMENTED"
    FOREIGN_GOVERNMENT = "FOREIGN_GOVERNMENT"
    DESIGNATED_INTERNATIONAL_ORGANIZATION = "DESIGNATED_INTERNATIONAL_ORGANIZATION"
    INTERNATIONAL_ORGANIZATION = "INTERNATIONAL_ORGANIZATION"
    FOREIGN_EQUIVALENT = "FOREIGN_EQUIVALENT"
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
"""Publication 78 codes with their classes, the most cautious first.

Other codes (LODGE, UNKWN ...) refer, but for EO, GROUP and FORGN from later editions on (`rules/payee/proofs.py`).
"""

OTHER_DEDUCTIBLE: Final = "EO"
"""The Publication 78 code of a body of IRC 170(c) that is neither a public charity nor a private foundation."""

CENTRAL_WITH_LETTER: Final = "GROUP"
"""The Publication 78 code of a central organisation that holds a group letter (rules 3.3)."""

ADDRESSED_ABROAD: Final = "FORGN"
"""The Publication 78 code of a body with an address abroad: it says where a body is, and not what it is."""

KNOWN_SUBSECTIONS: Final = frozenset(
    {f"{code:02}" for code in (*range(1, 28), 29, 40, 50, 60, 70, 71, 81, 92) if code != 3}
)
"""BMF SUBSECTION codes other than 03. A code that is not here is UNKNOWN and refers."""


KNOWN_CODES: Final = {
    "status": frozenset({"01", "02", "12", "25"}),
    "deductibility": frozenset({"0", "1", "2", "4"}),
    "affiliation": frozenset({"1", "2", "3", "6", "7", "8", "9"}),
}
"""BMF codes with a meaning (rules 2.2). A code that is not here makes the class UNKNOWN, which refers."""
