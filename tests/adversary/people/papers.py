"""Proposals as a person writes them, in the sample's invented world."""

from __future__ import annotations

from typing import Any, NamedTuple


class Organisation(NamedTuple):
    """An organisation of the sample, and its account there."""

    name: str
    ein: str
    account: str = ""


RIVERBEND = Organisation("Riverbend Library Network", "001000001", "riverbend")
LAKESIDE = Organisation("Lakeside School of Networking", "001000002", "lakeside")
CAPITOL = Organisation("Capitol Digital Archive", "001000012", "capitol")

PUBLIC_INTEREST = {
    "mission_objective": "Bring people online who are not",
    "community_served": "Readers of eleven village libraries along the Lower River",
    "statement": "Open courses for everybody who holds a library card, at no charge",
    "objective": "CONNECT",
    "community": {"kind": "LIBRARY_USERS", "places": [{"country": "US"}], "number": 1200},
}


BEHIND = [{"name": "Ines Marek", "role": role, "kind": "INDIVIDUAL"} for role in ("DIRECTOR", "SIGNATORY")]
"""Who governs an organisation and signs for it."""


def party(organisation: Organisation) -> dict[str, Any]:
    who = {"name": organisation.name, "kind": "NONPROFIT", "country": "US", "ein": organisation.ein}
    return {**who, "principals": BEHIND, "nobody_owns": True}


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def grant(reference: str, *amounts: str, payee: Organisation = RIVERBEND, final_report: bool = True) -> dict[str, Any]:
    """A grant in tranches of these sums."""
    tranches = [{"number": number, "money": money(amount)} for number, amount in enumerate(amounts, start=1)]
    leg = {"funder": "ISOC", "payee": party(payee), "purpose": f"Trainers for {reference}", "tranches": tranches}
    asked = {"controlled_by_insider": False, "uses": ["PROGRAMME"], "no_private_benefit": "OPEN_TO_ALL"}
    terms = {"final_report": final_report, **asked}
    return _proposal(reference, payee, funds_out={**leg, **terms})


_ASKED_OF_A_GIFT = ("influences_priorities", "names_receiver", "gets_in_return", "advertising", "contingent")


def gift(reference: str, amount: str, funder: str = "ISOC") -> dict[str, Any]:
    """A gift to a funder."""
    donor = {"name": "Northern Light Telecom Ltd", "kind": "PRIVATE_COMPANY", "country": "CA"}
    leg = {"funder": funder, "donor": donor, "money": money(amount), **dict.fromkeys(_ASKED_OF_A_GIFT, False)}
    return _proposal(reference, RIVERBEND, funds_in=leg)


def _proposal(reference: str, partner: Organisation, **legs: Any) -> dict[str, Any]:
    title = "Digital skills for river libraries"
    who = {"reference": reference, "title": title, "partner": party(partner)}
    return {**who, "public_interest": PUBLIC_INTEREST, **legs}
