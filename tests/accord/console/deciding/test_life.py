"""A grant is decided in the browser and paid: each gate, and the check before the payment, accept what was touched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accord.audit.signatures import authorship_of
from accord.client.desk import Desk
from domain.directory.tiers import Role
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import BankStatus
from domain.streams import StreamId
from tests.builders import funds_out, proposal
from tests.governing import hire
from tests.lives import Life

DECISIONS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("femi.ade", "approve", {"reason": "within the budget", "no_interest": "yes"}),
    ("ana.silva", "approve", {"reason": "it fits the programme", "no_interest": "yes"}),
    ("rita.moss", "sign-agreement", {"signed_on": "2026-11-02", "account": "its account"}),
    ("paul.nkosi", "release", {"tranche": "1"}),
)


STEPS: tuple[dict[str, str], ...] = (
    {
        "title": "Digital skills for river libraries",
        "partner.name": "Riverbend Library Network",
        "partner.kind": "NONPROFIT",
        "partner.country": "US",
        "partner.ein": "00-1000001",
        "partner.nobody_owns": "yes",
        "add": "partner.principals",
        "partner.principals.0.name": "Ines Marek",
        "partner.principals.0.role": "SIGNATORY",
        "add ": "partner.principals",
        "partner.principals.1.name": "Ines Marek",
        "partner.principals.1.role": "DIRECTOR",
    },
    {
        "from:funds_out": "ISOC",
        "funds_out.tranches.0.money.amount": "5000.00",
        "funds_out.purpose": "Training",
        "funds_out.uses=PROGRAMME": "yes",
        "is:none:funds_out": "yes",
    },
    {
        "public_interest.objective": "CONNECT",
        "public_interest.community_served": "Readers of eleven village libraries along the Lower River",
        "public_interest.community.kind": "LIBRARY_USERS",
        "public_interest.community.places.0.country": "United States",
        "public_interest.community.number": "1200",
        "public_interest.statement": "Open courses for everybody who holds a library card",
        "funds_out.no_private_benefit": "OPEN_TO_ALL",
    },
    {},
)
"""What a proposer types on each step."""


async def propose(person: Any, reference: str, steps: tuple[dict[str, str], ...] = STEPS) -> None:
    """Propose in the browser, step by step, up to the page that signs."""
    page = person.page
    await page.goto(person.settings.origin + "/propose")
    await page.click("button:has-text('Begin a proposal')")
    await person.type("reference", reference)
    for step in steps:
        for name, text in step.items():
            if name.strip() == "add":
                rows = await page.locator(f'button[value^="remove {text}."]').count()
                await page.click(f'button[value="add {text}"]')
                await page.locator(f'button[value="remove {text}.{rows}"]').wait_for()
            else:
                await person.type(name, text)
        async with page.expect_navigation():
            await page.click("button:has-text('Save and continue')")
    await page.click("button:has-text('Continue to signing')")


@pytest.mark.slow
async def test_a_grant_lives_from_its_proposal_to_its_settlement_by_browser_alone(
    at_a_browser: Callable[..., Any], desk: Desk, reference: str, tmp_path: Path
) -> None:
    """Given five people with passkeys, when each acts in the browser alone, then it is paid as they signed."""
    await hire(desk, "rita.moss", Role.DIRECTOR)
    life, proposer = Life(desk, reference), await at_a_browser("pia.berg")
    await proposer.plug_in()
    await proposer.enrol(desk, tmp_path)
    await proposer.sign_in()
    await propose(proposer, reference)
    shown = await proposer.page.inner_text(".oath")
    assert shown == "You propose USD 5,000.00 from Internet Society to Riverbend Library Network."
    assert "Recorded as entry " in await proposer.touch()
    assert proposer.complaints == []
    await life.until(lambda known: known.stage is Stage.APPROVAL)
    await decided_by_browser(at_a_browser, desk, life, tmp_path)


@pytest.mark.slow
async def test_what_four_people_touched_in_the_browser_is_paid(
    at_a_browser: Callable[..., Any], desk: Desk, reference: str, tmp_path: Path
) -> None:
    await hire(desk, "rita.moss", Role.DIRECTOR)
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference, funds_out=funds_out("5000.00")))
    await decided_by_browser(at_a_browser, desk, life, tmp_path)


async def decided_by_browser(at_a_browser: Callable[..., Any], desk: Desk, life: Life, tmp_path: Path) -> None:
    """Lead a grant from its approval to its settlement, each decision touched in a browser. All signatures hold."""
    reference = life.reference
    account = (await life.account("Riverbend Library Network")).reference
    for staff_id, act, given in DECISIONS:
        person = await at_a_browser(staff_id)
        await person.plug_in()
        await person.enrol(desk, tmp_path)
        await person.sign_in()
        await person.prepare(
            reference, act, **{name: account if name == "account" else one for name, one in given.items()}
        )
        shown = await person.page.inner_text(".oath")
        assert ("payment 1 of 1: USD 5,000.00 to" in shown) == (act == "release"), shown
        assert "Recorded as entry " in await person.touch()
        await person.page.click("text=See it in the record")
        await person.page.wait_for_url(f"{person.settings.origin}/{reference}#*")
        assert person.complaints == []
    await life.bank_says(await life.instructed(), BankStatus.SETTLED)
    known = await life.until_tranche(TrancheState.SETTLED)
    history = await desk.history(reference)
    signed = {
        one.event.event_type: one.event.signature.key_id for one in history if getattr(one.event, "signature", None)
    }
    touched = {"ApprovalGiven", "AgreementSigned", "TrancheReleased"}
    assert touched <= {name for name, key in signed.items() if key.startswith("PK-")}
    authors = await authorship_of(desk.ledger, desk.registrar, StreamId.partnership(reference))
    assert set(authors.values()) == {None}
    assert known.settled_sum == 5000
