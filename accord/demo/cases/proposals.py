"""The contents of invented proposals: a partner, what it is for, and the money on its legs."""

from __future__ import annotations

from typing import Any

IN_FULL = "Open to everybody on equal published terms, run by a non-profit that distributes nothing"

Content = dict[str, Any]

BEHIND = [{"name": "Ines Marek", "role": role, "kind": "INDIVIDUAL"} for role in ("DIRECTOR", "SIGNATORY")]
"""The person who governs each organisation and signs for it. She is invented, like them."""


def party(name: str, ein: str | None = None, country: str = "US", kind: str = "NONPROFIT", **more: Any) -> Content:
    """Return an invented organisation."""
    behind: Content = {} if kind == "PRIVATE_COMPANY" else {"principals": BEHIND, "nobody_owns": True}
    return {"name": name, "kind": kind, "country": country, "ein": ein, **behind, **more}


def proposal(title: str, partner: Content, community: str, **legs: Any) -> Content:
    """Return the content of an invented proposal with these legs."""
    residents = {"kind": "RESIDENTS", "places": [{"country": partner["country"]}], "number": "NOT_KNOWN"}
    interest = {"mission_objective": "An open, trusted Internet", "objective": "OPEN", "community_served": community,
                "community": residents, "statement": IN_FULL}  # fmt: skip
    if "funds_out" in legs:
        legs["funds_out"] = {"purpose": f"Equipment and training: {title}", **legs["funds_out"]}
    return {"title": title, "partner": partner, "public_interest": interest, **legs}


def out(payee: Content, *amounts: str, funder: str = "ISOC", report: bool = True, **more: Any) -> Content:
    """Return the leg of money out to a payee, in tranches of these amounts."""
    tranches = [{"number": n, "money": {"amount": a, "currency": "USD"}} for n, a in enumerate(amounts, start=1)]
    common = {"funder": funder, "payee": payee, "final_report": report, "no_private_benefit": "OPEN_TO_ALL"}
    return {**common, "tranches": tranches, "controlled_by_insider": False, "uses": ["PROGRAMME"], **more}


def gift_of(donor: Content, amount: str, **more: Any) -> Content:
    """Return the leg of a donor's money that comes in."""
    flags = ("influences_priorities", "advertising", "contingent")
    answers: Content = {**dict.fromkeys(flags, False), "names_receiver": "conduit_to" in more}
    answers["gets_in_return"] = "benefit" in more
    return {"funder": "ISOC", "donor": donor, "money": {"amount": amount, "currency": "USD"}, **answers, **more}
