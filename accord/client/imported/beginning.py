"""The beginning of a proposal from a claim of before: its own words, which whoever proposes reads and completes."""

from __future__ import annotations

from typing import Any, Final

from domain.imported.claims import ClaimedParty, ImportedPartnership
from domain.imported.orders import ImportRecord
from domain.legs.direction import Direction

BEFORE_MONEY: Final = (
    "a fresh look at the registers and lists, and an assessment by the rules of that day",
    "an approval at the tier of that day",
    "a signed agreement",
    "an account that its payee named and somebody called back about: none was brought in",
)
"""The steps between a claim and a payment, in their order."""


def begun_from(record: ImportRecord) -> dict[str, Any]:
    """Return the content of a proposal that goes on from a record of before, as far as its claim says it."""
    claim = record.partnership
    content: dict[str, Any] = {
        "reference": record.reference,
        "title": claim.title,
        "partner": _party(claim.partner),
        "public_interest": {"objective": claim.objective} if claim.objective else {},
    }
    if claim.direction is Direction.FUNDS_OUT:
        content["funds_out"] = _without_gaps({"funder": claim.funder, "purpose": claim.purpose})
    return content


def open_tranches(claim: ImportedPartnership) -> list[dict[str, Any]]:
    """Return the tranches that were promised and not paid, numbered from 1, as a proposal's form holds them."""
    return [
        {"number": number, "money": {"amount": f"{part.money.amount:f}", "currency": part.money.currency}}
        for number, part in enumerate(claim.tranches, 1)
    ]


def _party(partner: ClaimedParty) -> dict[str, Any]:
    kind = partner.kind.value if partner.kind is not None else None
    return _without_gaps({"name": partner.name, "kind": kind, "country": partner.country, "ein": partner.ein})


def _without_gaps(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if value is not None}
