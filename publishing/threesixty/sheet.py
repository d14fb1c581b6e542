"""The grants of a package as one sheet, with the titles of the standard as its headings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from publishing.awards import Award
from publishing.cases import Stand
from publishing.spreadsheets import CellValue, PublishedColumn, PublishedTable

COLUMNS: Final = (
    PublishedColumn("id", "Identifier"), PublishedColumn("title", "Title"),
    PublishedColumn("description", "Description"), PublishedColumn("currency", "Currency"),
    PublishedColumn("amountAppliedFor", "Amount Applied For"), PublishedColumn("amountAwarded", "Amount Awarded"),
    PublishedColumn("amountDisbursed", "Amount Disbursed"), PublishedColumn("awardDate", "Award Date"),
    PublishedColumn("startDate", "Planned Dates:Start Date"), PublishedColumn("endDate", "Planned Dates:End Date"),
    PublishedColumn("recipientOrganizationId", "Recipient Org:Identifier"),
    PublishedColumn("recipientOrganizationName", "Recipient Org:Name"),
    PublishedColumn("recipientIndividualId", "Recipient Ind:Identifier"),
    PublishedColumn("recipientIndividualName", "Recipient Ind:Name"),
    PublishedColumn("fundingOrganizationId", "Funding Org:Identifier"),
    PublishedColumn("fundingOrganizationName", "Funding Org:Name"),
    PublishedColumn("countryCode", "Beneficiary Location:0:Country Code"),
    PublishedColumn("grantProgramme", "Grant Programme:Title"), PublishedColumn("dateModified", "Last Modified"),
)  # fmt: skip
"""The columns. Of several places of activity the first stands here; the package has all."""


def sheet_of(awards: Iterable[Award], stand: Stand, funder_id: str) -> PublishedTable:
    """Return the awards as a table."""
    return PublishedTable("360giving", "Grants", COLUMNS, tuple(_row(award, stand, funder_id) for award in awards))


def _row(award: Award, stand: Stand, funder_id: str) -> dict[str, CellValue]:
    case, out, period = award.case, award.case.out, award.case.partnership.proposed.period
    kind = "recipientIndividual" if award.payee.kind == "INDIVIDUAL" else "recipientOrganization"
    return {
        "id": award.identifier, "title": award.title, "description": award.description, "currency": out.currency,
        "amountAppliedFor": format(out.requested.amount, "f") if out.requested is not None else None,
        "amountAwarded": award.committed, "amountDisbursed": award.paid, "awardDate": str(case.agreement.on),
        "startDate": str(period.starts) if period is not None else None,
        "endDate": str(period.ends) if period is not None else None,
        f"{kind}Id": award.recipient_id, f"{kind}Name": award.recipient_name,
        "fundingOrganizationId": funder_id, "fundingOrganizationName": stand.funder.name,
        "countryCode": award.places[0].country if award.places else None, "grantProgramme": out.programme,
        "dateModified": case.modified_at.isoformat(),
    }  # fmt: skip
