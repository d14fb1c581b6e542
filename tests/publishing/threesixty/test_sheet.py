"""The sheet of a 360Giving package holds all that the package does, under headings that are paths of the standard.

Read back by flatten-tool 0.28.0 with the standard's schema, this workbook gave the same JSON. It brings seventeen
packages, an object database among them, so it is no dependency: a path is followed here by its heading.
"""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any, Final

from openpyxl import load_workbook

from publishing.threesixty.publication import three_sixty
from tests.publishing.casting import stand
from tests.publishing.threesixty.test_package import ON, grants, told, whole

FIELDS: Final = {
    "Identifier": "id", "Title": "title", "Description": "description", "Currency": "currency",
    "Amount Applied For": "amountAppliedFor", "Amount Awarded": "amountAwarded",
    "Amount Disbursed": "amountDisbursed", "Award Date": "awardDate", "Planned Dates": "plannedDates",
    "Start Date": "startDate", "End Date": "endDate", "Recipient Org": "recipientOrganization",
    "Recipient Ind": "recipientIndividual", "Name": "name", "Funding Org": "fundingOrganization",
    "Country": "addressCountry", "Grant Programme": "grantProgramme", "Last Modified": "dateModified",
    "Beneficiary Location": "beneficiaryLocation", "Country Code": "countryCode",
    "Classifications": "classifications", "Vocabulary": "vocabulary", "Code": "code",
}  # fmt: skip
"""The fields of the standard's schema, by their titles there."""
SINGLE: Final = {"recipientIndividual"}
"""The objects that a grant has once. Every other one is a list."""


def put(grant: dict[str, Any], heading: str, value: Any) -> None:
    """Put the value of a cell where its heading says: `Beneficiary Location:1:Country Code`."""
    first, *rest = heading.split(":")
    field = FIELDS[first]
    if not rest:
        grant[field] = value
        return
    number, part = (int(rest[0]), rest[-1]) if len(rest) > 1 else (0, rest[0])
    if field in SINGLE:
        grant.setdefault(field, {})[FIELDS[part]] = value
        return
    members = grant.setdefault(field, [])
    members += [{} for _ in range(number + 1 - len(members))]
    members[number][FIELDS[part]] = value


def unflattened(content: bytes) -> list[dict[str, Any]]:
    """The grants of a workbook, by the paths of its headings."""
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    headings, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    all_grants = []
    for row in rows:
        grant: dict[str, Any] = {}
        for heading, value in zip(headings, row, strict=True):
            if value is not None and value != "":
                put(grant, str(heading), Decimal(str(value)) if isinstance(value, int | float) else value)
        all_grants.append(grant)
    return all_grants


def test_the_workbook_read_back_is_the_package() -> None:
    publication = three_sixty(whole().cases(), stand(ON), "360G-example")
    assert unflattened(told(publication, "360giving.xlsx")) == grants(publication)
