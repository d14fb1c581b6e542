"""A grant is decided in the browser and paid: each gate, and the check before the payment, accept what was touched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from accord.audit.signatures import authorship_of
from accord.client.desk import Desk
from domain.directory.tiers import Role
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


async def test_what_four_people_touched_in_the_browser_is_paid(
    at_a_browser: Callable[..., Any], desk: Desk, reference: str, tmp_path: Path
) -> None:
    await hire(desk, "rita.moss", Role.DIRECTOR)
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference, funds_out=funds_out("5000.00")))
    account = (await life.account("Riverbend Library Network")).reference
    for staff_id, act, given in DECISIONS:
        person = await at_a_browser(staff_id)
        await person.plug_in()
        await person.enrol(desk, tmp_path)
        await person.sign_in()
        await person.prepare(
            reference, act, **{name: account if name == "account" else one for name, one in given.items()}
        )
        shown = await person.page.inner_text(".terms")
        assert ("This pays\nUSD 5,000.00" in shown) == (act == "release"), shown
        assert (await person.touch()).startswith("Recorded at position ")
        await person.page.click("#outcome a")
        await person.page.wait_for_url(f"{person.settings.origin}/{reference}#*")
        assert person.complaints == []
    await life.bank_says(await life.instructed(), BankStatus.SETTLED)
    known = await life.until_tranche(TrancheState.SETTLED)
    history = await desk.history(reference)
    signed = {
        one.event.event_type: one.event.signature.key_id for one in history if getattr(one.event, "signature", None)
    }
    touched = {"ApprovalGiven", "AgreementSigned", "TrancheReleased"}
    assert {name for name, key in signed.items() if key.startswith("PK-")} == touched
    assert set((await authorship_of(desk.ledger, desk.registrar, StreamId.partnership(reference))).values()) == {""}
    assert known.settled_sum == 5000
