"""People who write drafts in the form of a proposal, as tests of it need them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accord.console.proposing.drafts import COOKIE
from accord.presentation.words.proposal.questions import LEGS
from accord.presentation.words.proposal.seldom import EVERY
from tests.accord.console.conftest import Visitor

Visit = Callable[[str], Any]


HELD = f"; {COOKIE}=a-secret-of-this-browser"


async def author(visit: Visit, staff_id: str = "pia.berg", held: str = HELD) -> Visitor:
    """Somebody at a browser that holds the key of its drafts."""
    visitor: Visitor = await visit(staff_id)
    visitor.cookie += held
    return visitor


async def begun(visitor: Visitor, **given: str) -> str:
    answer = await visitor.post("/propose", given)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def press(visitor: Visitor, draft: str, step: int, button: str, **typed: Any) -> Any:
    """Type on a step, press a button, and see where that leads."""
    answer = await visitor.post(draft, {"step": str(step), "do": button, **typed})
    return await visitor.get(answer.headers["location"]) if answer.status_code == 303 else answer


FIRST = {
    "reference": "P-2026-4242", "title": "Digital skills for river libraries",
    "partner.name": "Riverbend Library Network", "partner.kind": "NONPROFIT", "partner.country": "US",
    "partner.ein": "00-1000001",
}  # fmt: skip
SECOND: dict[str, Any] = {
    "from:funds_out": "ISOC", "funds_out.purpose": "Training", "same:funds_out.payee": "partner",
    "funds_out.tranches.0.money.amount": "5000.00", "currency:funds_out.tranches": "USD",
    "on": ["funds_out.uses", "is:none:funds_out"], "funds_out.uses": ["PROGRAMME"], "is:none:funds_out": "yes",
}  # fmt: skip
THIRD = {
    "public_interest.community_served": "Readers", "public_interest.statement": "Open courses for everybody",
    "public_interest.objective": "CONNECT", "public_interest.mission_objective": "Bring people online",
    "public_interest.community.kind": "LIBRARY_USERS", "public_interest.community.number": "1,200",
    "public_interest.community.places.0.country": "United States", "funds_out.no_private_benefit": "OPEN_TO_ALL",
}  # fmt: skip


async def complete(visitor: Visitor, **more: str) -> str:
    """A draft in which nothing is missing."""
    draft = await begun(visitor)
    await press(visitor, draft, 1, "go 2", **{**FIRST, **more})
    await press(visitor, draft, 2, "go 3", **SECOND)
    await press(visitor, draft, 3, "go 5", **THIRD)
    return draft


async def everything_open(visitor: Visitor, draft: str) -> None:
    """Tick all that may be true, with every leg, and add a row to every table."""
    legs = [f"leg:{leg}" for leg in LEGS]
    await press(visitor, draft, 1, "save", **{**FIRST, "on": legs, **dict.fromkeys(legs, "yes")})
    keys = [one.key for one in EVERY]
    await press(
        visitor, draft, 2, "save", **{"on": keys, **dict.fromkeys(keys, "yes"), "same:funds_out.payee": "other"}
    )
    for path in ("partner.principals", "reports", "public_interest.indicators", "contacts", "funds_out.tranches"):
        await press(visitor, draft, 1, f"add {path}")
