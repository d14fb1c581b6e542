"""A grant in the 360Giving Data Standard 1.4.

`regrantType` is left out: the standard's code for a fiscal sponsor describes an agent of the funder, and a sponsor of
ours may not be a conduit (rules 2.7).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from domain.values import minor_digits
from publishing.awards import Award
from publishing.cases import Stand
from publishing.figures import EventSum, FileCell, SumPart
from publishing.json_text import JsonValue
from publishing.threesixty.lists import classifications, locations


def grant_of(award: Award, stand: Stand, funder_id: str) -> dict[str, JsonValue]:
    """Return an award as a grant. A fact that nobody recorded is left out."""
    case, out = award.case, award.case.out
    grant: dict[str, JsonValue] = {
        "id": award.identifier,
        "title": award.title,
        "description": award.description,
        "currency": out.currency,
        "amountAppliedFor": _number(out.requested.amount, out.currency) if out.requested is not None else None,
        "amountAwarded": _of(award.committed),
        "amountDisbursed": _of(award.paid),
        "awardDate": str(case.agreement.on),
        "plannedDates": _planned(award),
        **_recipient(award),
        "fundingOrganization": [{"id": funder_id, "name": stand.funder.name}],
        "beneficiaryLocation": [*locations(award)] or None,
        "grantProgramme": [{"title": out.programme}] if out.programme is not None else None,
        "classifications": [*classifications(award, stand)] or None,
        "dateModified": case.modified_at.isoformat(),
    }
    return {field: value for field, value in grant.items() if value is not None}


def cells_of(award: Award) -> Iterator[FileCell]:
    """Yield the cells of a grant: `P-2026-0042/amountAwarded`."""
    case, name = award.case, award.case.reference
    proposal, agreement = SumPart(case.facts["Proposal"]), SumPart(case.agreement.position)
    yield FileCell(f"{name}/amountAwarded", award.committed.parts)
    yield FileCell(f"{name}/amountDisbursed", award.paid.parts)
    yield FileCell(f"{name}/awardDate", (agreement,))
    for field in ("title", "description", "recipient", "plannedDates", "beneficiaryLocation", "classifications"):
        yield FileCell(f"{name}/{field}", (proposal,))
    if case.out.requested is not None:
        yield FileCell(f"{name}/amountAppliedFor", (SumPart(proposal.position, case.out.requested.amount),))


def _number(amount: Decimal, currency: str) -> Decimal:
    return round(amount, minor_digits(currency))


def _of(total: EventSum) -> Decimal:
    return _number(total.amount, total.currency)


def _planned(award: Award) -> JsonValue:
    period = award.case.partnership.proposed.period
    return [{"startDate": str(period.starts), "endDate": str(period.ends)}] if period is not None else None


def _recipient(award: Award) -> dict[str, JsonValue]:
    """Return the recipient: a person has an identifier that leads to nobody, and no name."""
    party = award.payee
    recipient: dict[str, JsonValue] = {"id": award.recipient_id, "name": award.recipient_name}
    if party.kind == "INDIVIDUAL":
        return {"recipientIndividual": recipient}
    return {"recipientOrganization": [{**recipient, "addressCountry": party.country} if award.is_named else recipient]}
