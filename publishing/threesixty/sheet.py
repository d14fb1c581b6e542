"""The grants of a package as one sheet, with the titles of the standard as its headings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from publishing.awards import Award
from publishing.cases import Stand
from publishing.spreadsheets import CellValue, PublishedColumn, PublishedTable
from publishing.threesixty.lists import classifications, locations

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
    PublishedColumn("recipientCountry", "Recipient Org:Country"),
    PublishedColumn("grantProgramme", "Grant Programme:Title"), PublishedColumn("dateModified", "Last Modified"),
)  # fmt: skip
"""The columns of what a grant has once. Places and classifications have columns behind them, as many as are needed."""

_PLACE: Final = (("countryCode", "Country Code"), ("name", "Name"))
_CODE: Final = (("vocabulary", "Vocabulary"), ("code", "Code"))


def sheet_of(awards: Iterable[Award], stand: Stand, funder_id: str) -> PublishedTable:
    """Return the awards as a table, which holds all that the package does."""
    all_awards = tuple(awards)
    lists = [(locations(award), classifications(award, stand)) for award in all_awards]
    places = _columns("beneficiaryLocation", "Beneficiary Location", _PLACE, [places for places, _ in lists])
    codes = _columns("classifications", "Classifications", _CODE, [codes for _, codes in lists])
    rows = tuple(
        {
            **_row(award, stand, funder_id),
            **_spread("beneficiaryLocation", places_of),
            **_spread("classifications", codes_of),
        }
        for award, (places_of, codes_of) in zip(all_awards, lists, strict=True)
    )
    return PublishedTable("360giving", "Grants", (*COLUMNS, *places, *codes), rows, is_numbered=False)


def _columns(
    field: str, title: str, parts: tuple[tuple[str, str], ...], lists: Iterable[Sequence[Mapping[str, str]]]
) -> Iterator[PublishedColumn]:
    """Yield the columns of a list: one for each part that something has at each place."""
    spread = {name for members in lists for name in _spread(field, members)}
    for number in range(len(spread)):
        for part, part_title in parts:
            if f"{field}/{number}/{part}" in spread:
                yield PublishedColumn(f"{field}/{number}/{part}", f"{title}:{number}:{part_title}")


def _spread(field: str, members: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {f"{field}/{number}/{part}": text for number, member in enumerate(members) for part, text in member.items()}


def _row(award: Award, stand: Stand, funder_id: str) -> dict[str, CellValue]:
    case, out, period = award.case, award.case.out, award.case.partnership.proposed.period
    kind = "recipientIndividual" if award.payee.kind == "INDIVIDUAL" else "recipientOrganization"
    return {
        "id": award.identifier, "title": award.title, "description": award.description, "currency": out.currency,
        "amountAppliedFor": award.requested,
        "amountAwarded": award.committed, "amountDisbursed": award.paid, "awardDate": str(case.agreement.on),
        "startDate": str(period.starts) if period is not None else None,
        "endDate": str(period.ends) if period is not None else None,
        f"{kind}Id": award.recipient_id, f"{kind}Name": award.recipient_name,
        "fundingOrganizationId": funder_id, "fundingOrganizationName": stand.funder.name,
        "recipientCountry": award.payee.country if award.is_named and kind == "recipientOrganization" else None,
        "grantProgramme": out.programme,
        "dateModified": case.modified_at.isoformat(),
    }  # fmt: skip
