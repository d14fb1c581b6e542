"""A proposal on record is changed, or answered for, from its page, by whom the first gate would let."""

from __future__ import annotations

import html
from collections.abc import Callable

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.console.deciding.prepared import Prepared, Waiting
from accord.console.proposing.pages import PAGES
from domain.partnership import commands as c
from tests.accord.console.deciding.test_bulk import key_of
from tests.accord.console.proposing.drafting import Visit, author, begun, press
from tests.builders import funds_out, party, proposal
from tests.domain.partnership.specification import CONTACTS
from tests.lives import Life


@pytest.mark.slow
async def test_a_proposal_on_record_is_changed_from_its_page(
    visit: Visit, desk: Desk, reference: str, console_pool: asyncpg.Pool
) -> None:
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference, funds_out=funds_out("5000.00")))
    visitor = await author(visit)
    draft = await begun(visitor, amends=reference)
    kept = {"on": "partner.nobody_owns", "partner.nobody_owns": "yes"}  # a tick that a browser sends as it stands
    await press(visitor, draft, 1, "go 5", title="Digital skills, and tablets", **kept)
    answer = await visitor.post(draft, {"step": "5", "do": "sign", "reason": "a second trainer is needed"})
    waiting = await Prepared(console_pool).at(answer.headers["location"].rpartition("/")[2])
    assert waiting is not None
    assert isinstance(waiting.command, c.Amend)
    assert waiting.command.reason == "a second trainer is needed"
    before = (await desk.known_partnership(reference)).proposed
    assert waiting.command.proposal == before.model_copy(update={"title": "Digital skills, and tablets"})


async def test_a_call_is_asked_for_only_where_a_contact_is_on_record(
    visit: Visit, desk: Desk, new_reference: Callable[[], str]
) -> None:
    """Given a change, when nobody is on record whose number could change, then no call is asked for."""
    visitor, asked = await author(visit), {}
    for contacts in ((), CONTACTS):
        reference = new_reference()
        await Life(desk, reference).awaiting_approval(proposal(reference, contacts=contacts))
        draft = await begun(visitor, amends=reference)
        shown = html.unescape((await visitor.get(f"{draft}?step={len(PAGES)}")).text)
        assert "Why does it change?" in shown
        asked[bool(contacts)] = "whom did you call before?" in shown
    assert asked == {False: False, True: True}


@pytest.mark.slow
async def test_the_answer_to_a_question_is_asked_signed_and_shown(
    visit: Visit, desk: Desk, reference: str, console_pool: asyncpg.Pool
) -> None:
    """Given a question of a verifier, when its proposer answers in the form, then who decides reads it."""
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference, funds_out=funds_out("5000.00")))
    await life.do(c.ReturnForInformation, "vera.lind", question="Which villages are served?")
    visitor = await author(visit)
    key = await key_of(desk, visitor.settings, "pia.berg")
    draft = await begun(visitor, amends=reference)
    for number in range(1, len(PAGES) + 1):
        shown = html.unescape((await visitor.get(f"{draft}?step={number}")).text)
        assert ("Which villages are served?" in shown, "Your answer" in shown) == (True, True)
        assert f'<a href="{draft}?step={number}#answer">Your answer</a>' in shown, "its lack leads to the same page"
    silent = await visitor.post(draft, {"step": "5", "do": "sign"})
    assert (silent.status_code, "answer it in words" in html.unescape(silent.text)) == (422, True)
    answer = await visitor.post(draft, {"step": "5", "do": "sign", "answer": "Eleven, all along the river"})
    place = answer.headers["location"]
    assert "Eleven, all along the river" in (await visitor.asking.get(place)).text
    waiting = await Prepared(console_pool).at(place.rpartition("/")[2])
    assert isinstance(waiting, Waiting)
    headers = {"Origin": visitor.settings.signing_origin, "Sec-Fetch-Site": "same-origin"}
    assertion = key.sign(waiting.statement).model_dump_json()
    handed = await visitor.asking.post(place, content=assertion, headers=headers, timeout=120)
    assert handed.status_code == 200, handed.text
    [told] = [one.event for one in await life.events() if one.event.event_type == "ProposalRevised"]
    assert told.answer == "Eleven, all along the river"
    await life.until_quiet()
    read = html.unescape((await (await visit("ana.silva")).get(f"/{reference}")).text)
    assert read.count("Eleven, all along the river") >= 2, "beside its question, and in the history"
    assert "Asked and answered" in read


CHANGE = "Change what is proposed"


@pytest.mark.slow
async def test_a_change_is_offered_to_whom_the_first_gate_would_let(visit: Visit, desk: Desk, reference: str) -> None:
    """Given a proposal in approval, then its proposer may change it, and its approver reads why they may not."""
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference, funds_out=funds_out("5000.00")))
    pia, ana = await author(visit), await author(visit, "ana.silva")
    assert f">{CHANGE}…</button>" in (await pia.get(f"/{reference}")).text
    shown = (await ana.get(f"/{reference}")).text
    assert CHANGE not in shown
    begun_all_the_same = await ana.post("/propose", {"amends": reference})
    assert (begun_all_the_same.status_code, "This is for " in begun_all_the_same.text) == (422, True)
    await life.do(c.PlaceHold, "vera.lind", reason="a newspaper names the donor")
    assert f">{CHANGE}…</button>" in (await pia.get(f"/{reference}")).text, "a party may be told anew under a hold"


@pytest.mark.slow
async def test_a_change_is_not_offered_at_a_stage_that_takes_none(visit: Visit, desk: Desk, reference: str) -> None:
    unknown = party("Saint Agnes Parish Room", ein="001999999")
    life = Life(desk, reference)
    await life.propose(proposal(reference, partner=unknown, funds_out=funds_out("5000.00", payee=unknown)))
    await life.until_quiet()
    pia = await author(visit)
    assert CHANGE not in (await pia.get(f"/{reference}")).text
    refused = await pia.post("/propose", {"amends": reference})
    assert (refused.status_code, "Opens to " in refused.text) == (422, True)


@pytest.mark.slow
async def test_only_who_may_propose_is_offered_a_draft(visit: Visit) -> None:
    assert "Begin a proposal" in (await (await author(visit)).get("/propose")).text
    ana = await author(visit, "ana.silva")
    shown = (await ana.get("/propose")).text
    assert ("Begin a proposal" in shown, "This is for " in shown) == (False, True)
    assert (await ana.post("/propose", {})).status_code == 422


@pytest.mark.slow
async def test_a_draft_undoes_nothing_that_others_changed_meanwhile(visit: Visit, desk: Desk, reference: str) -> None:
    """Given a draft that changes a title, when the sum is amended meanwhile, then it cannot be signed any more."""
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference, funds_out=funds_out("5000.00")))
    visitor = await author(visit)
    draft = await begun(visitor, amends=reference)
    await press(visitor, draft, 1, "go 5", title="Digital skills, and tablets")
    less = proposal(reference, funds_out=funds_out("1000.00"))
    await desk.decide(await desk.known_sight(reference), c.Amend, "pia.berg", proposal=less, reason="less is needed")
    answer = await visitor.post(draft, {"step": "5", "do": "sign", "reason": "a better title"})
    assert (answer.status_code, "was changed since you began this draft" in answer.text) == (422, True)


@pytest.mark.slow
async def test_a_change_prepared_before_another_is_not_recorded_over_it(
    visit: Visit, desk: Desk, reference: str, console_pool: asyncpg.Pool
) -> None:
    """Given a change of the title that waits for the touch, when others change it, then it is refused."""
    await Life(desk, reference).awaiting_approval(proposal(reference, funds_out=funds_out("5000.00")))
    visitor = await author(visit)
    key = await key_of(desk, visitor.settings, "pia.berg")
    draft = await begun(visitor, amends=reference)
    await press(visitor, draft, 1, "go 5", title="Digital skills, and tablets")
    answer = await visitor.post(draft, {"step": "5", "do": "sign", "reason": "a better title"})
    place = answer.headers["location"]
    waiting = await Prepared(console_pool).at(place.rpartition("/")[2])
    assert isinstance(waiting, Waiting)
    known = await desk.known_sight(reference)
    other = known.partnership.proposed.model_copy(update={"title": "Digital skills for every library"})
    await desk.decide(known, c.Amend, "pia.berg", proposal=other, reason="for every library")
    headers = {"Origin": visitor.settings.signing_origin, "Sec-Fetch-Site": "same-origin"}
    assertion = key.sign(waiting.statement).model_dump_json()
    handed = await visitor.asking.post(place, content=assertion, headers=headers, timeout=120)
    assert "look again" in handed.text
    assert (await desk.known_partnership(reference)).proposed.title == "Digital skills for every library"


@pytest.mark.slow
async def test_the_page_that_signs_says_what_a_change_changes(visit: Visit, desk: Desk, reference: str) -> None:
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference, funds_out=funds_out("5000.00")))
    visitor = await author(visit)
    draft = await begun(visitor, amends=reference)
    await press(visitor, draft, 1, "go 5", title="Digital skills, and tablets")
    answer = await visitor.post(draft, {"step": "5", "do": "sign", "reason": "a better title"})
    shown = html.unescape((await visitor.asking.get(answer.headers["location"])).text)
    assert "What changes" in shown
    assert '<td data-label="After">Digital skills, and tablets</td>' in shown
