"""Staff decide in a browser: each decision is signed with a passkey over the very words that were shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accord.audit.signatures import authorship_of
from accord.client.desk import Desk
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.streams import StreamId
from tests.accord.machine_words import open_words
from tests.builders import funds_out, proposal
from tests.waiting import until

Browsers = Callable[..., Any]


async def waiting_for_approval(desk: Desk, reference: str) -> str:
    """A partnership that two people are to approve."""
    await desk.propose(proposal(reference, funds_out=funds_out("5000.00")), "pia.berg")

    async def is_there() -> bool:
        known = await desk.partnership(reference)
        return known is not None and known.stage is Stage.APPROVAL

    await until(is_there)
    return reference


async def test_two_people_approve_in_the_browser_and_their_signatures_verify(
    at_a_browser: Browsers, desk: Desk, reference: str, tmp_path: Path
) -> None:
    await waiting_for_approval(desk, reference)
    for staff_id, reason in (("femi.ade", "within the budget"), ("ana.silva", "it fits\nthe programme")):
        person = await at_a_browser(staff_id)
        await person.plug_in()
        key_id = await person.enrol(desk, tmp_path)
        await person.sign_in()
        await person.prepare(reference, "approve", reason=reason, no_interest="yes")
        shown = await person.page.inner_text("main")
        assert "You approve USD 5,000.00 from Internet Society to Riverbend Library Network." in shown
        assert "Who decides" in shown
        assert "You, as " in shown
        assert "Recorded as entry " in await person.touch()
        deciders = await person.page.inner_text("#deciders")
        assert "You, as " not in deciders, "who signed is among those who decided"
        assert f"“{' '.join(reason.split())}”" in " ".join(deciders.split())
        assert ("Who decided" in deciders) == (staff_id == "ana.silva"), "once everybody did, nobody is waited for"
        newest = (await desk.history(reference))[-1]
        given = next(
            one.event for one in reversed(await desk.history(reference)) if one.event.event_type == "ApprovalGiven"
        )
        assert (given.actor, given.signature.key_id, given.reason) == (staff_id, key_id, reason), newest
        assert person.complaints == []
    faults = await authorship_of(desk.ledger, desk.registrar, StreamId.partnership(reference))
    assert set(faults.values()) == {None}
    known = await desk.known_partnership(reference)
    assert known.is_approved


@pytest.mark.slow
async def test_a_hold_is_chosen_by_whose_it_is_and_why(visit: Any, desk: Desk, reference: str) -> None:
    """Given two holds, when somebody lifts one, then each is named by its author and reason, and by no number."""
    await waiting_for_approval(desk, reference)
    for reason in ("the registry is silent", "a newspaper names the donor"):
        await desk.decide(await desk.known_sight(reference), c.PlaceHold, "vera.lind", reason=reason)
    form = open_words((await (await visit("dora.kim")).get(f"/{reference}/lift")).text)
    assert "Hold by Vera Lind: the registry is silent Hold by Vera Lind: a newspaper names the donor" in form


@pytest.mark.slow
async def test_a_digit_changed_between_the_words_and_the_touch_is_refused(
    at_a_browser: Browsers, desk: Desk, reference: str, tmp_path: Path
) -> None:
    await waiting_for_approval(desk, reference)
    person = await at_a_browser("femi.ade")
    await person.plug_in()
    await person.enrol(desk, tmp_path)
    await person.sign_in()
    await person.prepare(reference, "approve", reason="within the budget", no_interest="yes")
    await person.page.evaluate(
        "s = document.getElementById('statement'); s.value = s.value.replace('5000.00', '5000.01')"
    )
    told = await person.touch()
    assert told.startswith("Not recorded: ")
    assert "another statement" in told
    assert (await desk.known_partnership(reference)).approvals == ()


@pytest.mark.slow
async def test_a_key_that_does_not_know_its_owner_decides_nothing(
    at_a_browser: Browsers, desk: Desk, reference: str, tmp_path: Path
) -> None:
    await waiting_for_approval(desk, reference)
    person = await at_a_browser("femi.ade")
    await person.plug_in()
    await person.enrol(desk, tmp_path)
    await person.sign_in()
    await person.prepare(reference, "approve", reason="within the budget", no_interest="yes")
    await person.devices.send("WebAuthn.disable")
    await person.plug_in(isUserVerified=False)
    await person.page.evaluate("document.querySelector('#ceremony').dataset.keys")
    await person.page.click("#sign")
    await person.page.locator("#outcome", has_text="not touched").wait_for(timeout=150_000)
    assert await person.page.evaluate("document.activeElement.id") == "sign", "the focus stays where one tries again"
    assert (await desk.known_partnership(reference)).approvals == ()


@pytest.mark.slow
async def test_a_form_says_what_it_is_about_and_every_fault_of_it_at_once(
    visit: Any, desk: Desk, reference: str
) -> None:
    """Given an approval without a reason and without the tick, then both are said; the sum and the payee are above."""
    await waiting_for_approval(desk, reference)
    visitor, version = await visit("femi.ade"), (await desk.known_sight(reference)).version
    form = (await visitor.get(f"/{reference}/approve")).text
    assert "USD 5,000.00 from Internet Society to Riverbend Library Network" in form
    refused = await visitor.post(f"/{reference}/approve", {"version": version, "reason": ""})
    faults = refused.text.partition('id="faults"')[2].partition("</div>")[0]
    assert refused.status_code == 422
    assert ('href="#reason"' in faults, "Say that you have no interest" in faults) == (True, True)
    ticked = await visitor.post(f"/{reference}/approve", {"version": version, "reason": "", "no_interest": "yes"})
    faults = ticked.text.partition('id="faults"')[2].partition("</div>")[0]
    assert ('href="#reason"' in faults, "Say that you have no interest" in faults) == (True, False)
    assert (await desk.known_partnership(reference)).approvals == ()


@pytest.mark.slow
async def test_without_a_passkey_the_page_says_how_to_get_one(
    at_a_browser: Browsers, desk: Desk, reference: str
) -> None:
    await waiting_for_approval(desk, reference)
    person = await at_a_browser("vera.lind")
    await person.sign_in()
    await person.prepare(reference, "hold", reason="a question")
    shown = await person.page.inner_text("main")
    assert "You have no passkey for this page yet" in shown
    assert "two guardians (each a director or an auditor)" in shown
    await person.page.get_by_role("link", name="Go back without signing").click()
    await person.page.wait_for_url(f"**/{reference}")


@pytest.mark.slow
@pytest.mark.parametrize("act", ["approve", "hold"])
async def test_without_scripts_everything_works_up_to_the_touch(
    at_a_browser: Browsers, desk: Desk, reference: str, tmp_path: Path, act: str
) -> None:
    await waiting_for_approval(desk, reference)
    with_scripts = await at_a_browser("femi.ade")
    await with_scripts.plug_in()
    await with_scripts.enrol(desk, tmp_path)
    person = await at_a_browser("femi.ade", java_script_enabled=False)
    await person.sign_in()
    await person.page.fill("#jump", reference)
    await person.page.press("#jump", "Enter")
    await person.page.click(f"text={reference}")
    await person.page.goto(f"{person.settings.origin}/{reference}/{act}")
    await person.page.fill("[name=reason]", "it is as it should be")
    if act == "approve":
        await person.page.check("[name=no_interest]")
    await person.page.click("button:has-text('Continue to signing')")
    await person.page.click("noscript summary")  # which is folded, and opens without a script
    shown = await person.page.inner_text("main")
    assert f"accord {act} {reference} --reason REASON" in shown
    assert "--as femi.ade" in shown
