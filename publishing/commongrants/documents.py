"""An award document by the CommonGrants protocol 0.4: `AwardBase`, as its own models have it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from domain.parties import PartyKind
from domain.plans import Period
from publishing.awards import Award
from publishing.cases import Stand
from publishing.commongrants.identifiers import award_identifiers, organisation_identifiers, record_id
from publishing.commongrants.status import status_of
from publishing.figures import EventSum, FileCell, SumPart
from publishing.identifiers import id_of_party
from publishing.json_text import JsonValue

_FACTS: Final = ("title", "description", "recipient", "periodOfPerformance")
"""The cells behind which the proposal stands."""


def document_of(award: Award, stand: Stand, funder_id: str) -> dict[str, JsonValue]:
    """Return an award as a document. A fact that nobody recorded is left out."""
    case, requested = award.case, award.requested
    funder: dict[str, JsonValue] = {
        "id": record_id(funder_id), "name": stand.funder.name, "identifiers": organisation_identifiers(funder_id),
    }  # fmt: skip
    return {
        "id": record_id(award.identifier),
        "title": award.title,
        "identifiers": award_identifiers(award.base, case.reference),
        "description": award.description,
        "status": status_of(case).as_json(),
        "funding": {
            **({"requestedAmount": _money(requested)} if requested is not None else {}),
            "awardedAmount": _money(award.committed),
            "disbursedAmount": _money(award.paid),
        },
        "keyDates": {"awardDate": _day(award), **_period(case.partnership.proposed.period)},
        "funders": {"primary": funder},
        **_recipient(award),
        "createdAt": case.created_at.isoformat(),
        "lastModifiedAt": case.modified_at.isoformat(),
    }


def cells_of(award: Award) -> Iterator[FileCell]:
    """Yield the cells of a document: `P-2026-0042/awardedAmount`."""
    name, case = award.case.reference, award.case
    yield FileCell(f"{name}/awardedAmount", award.committed.parts)
    yield FileCell(f"{name}/disbursedAmount", award.paid.parts)
    yield FileCell(f"{name}/awardDate", (SumPart(case.agreement.position),))
    yield FileCell(f"{name}/status", status_of(case).parts)
    for field in _FACTS:
        yield FileCell(f"{name}/{field}", (SumPart(case.facts["Proposal"]),))
    if award.requested is not None:
        yield FileCell(f"{name}/requestedAmount", award.requested.parts)


def _money(total: EventSum) -> JsonValue:
    return {"amount": total.written, "currency": total.currency}


def _day(award: Award) -> JsonValue:
    return {"name": "Award date", "eventType": "singleDate", "date": str(award.case.agreement.on)}


def _period(period: Period | None) -> dict[str, JsonValue]:
    if period is None:
        return {}
    dates: dict[str, JsonValue] = {"startDate": str(period.starts), "endDate": str(period.ends)}
    return {"periodOfPerformance": {"name": "Period of performance", "eventType": "dateRange", **dates}}


def _recipient(award: Award) -> dict[str, JsonValue]:
    """Return the recipient: a person has an identifier that leads to nobody, and no name."""
    identifier = record_id(award.recipient_id)
    if award.payee.kind is PartyKind.INDIVIDUAL:
        return {"recipientIndividual": {"identifiers": {"systemId": {"id": identifier}}}}
    numbers = organisation_identifiers(id_of_party(award.payee)) if award.is_named else None
    primary: dict[str, JsonValue] = {"id": identifier, "name": award.recipient_name}
    return {"recipientOrganizations": {"primary": {**primary, **({"identifiers": numbers} if numbers else {})}}}
