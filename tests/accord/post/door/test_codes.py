"""Codes and the other mail that the door queues: made while they are sent, and never for a new address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.grantee.store import GranteeLink, OpenForm
from accord.post.postman import Postman
from domain.partnership import events as e
from domain.submissions.kinds import SubmissionKind
from tests.accord.post.conftest import JANE, shown, states
from tests.accord.post.door.reading import (
    amended,
    code_in,
    link_in,
    newest,
    owing_a_report,
    round_with_links,
    with_links,
)
from tests.accord.post.servers import Mailbox
from tests.accord.post.test_following import at, in_days
from tests.doors import content, entered
from tests.scribe import Scribe

NEW = "new@riverbend.test"


async def begun(desk: Desk, box: Mailbox, **more: Any) -> tuple[GranteeLink, OpenForm]:
    """The door to a report's form, from the link in a mail."""
    await owing_a_report(desk, **more)
    await round_with_links(desk, box)
    return await entered(desk.pool, link_in(newest(box)))


async def code_of(desk: Desk, box: Mailbox, at_door: GranteeLink, purpose: str = "SUBMIT", to: str = JANE) -> str:
    assert await at_door.ask_code(purpose)
    await round_with_links(desk, box)
    return code_in(newest(box, to))


@pytest.mark.sampled(1)
@pytest.mark.parametrize("language", ["en", "es", "fr"])
async def test_a_report_is_handed_in_by_the_code_of_a_mail_and_the_receipt_names_its_digest(
    furnished: Desk, box: Mailbox, language: str
) -> None:
    at_door, form = await begun(furnished, box, language=language)
    handed = content(form)
    at_time, fault = await at_door.submit(form, handed, await code_of(furnished, box, at_door))
    assert (at_time is not None, fault) == (True, "")
    await round_with_links(furnished, box)
    assert at_time is not None
    text = newest(box)
    assert (handed.sha256 in text, f"{at_time:%H:%M} UTC" in text, "{" in text) == (True, True, False)


@pytest.mark.slow
async def test_a_code_is_in_its_mail_alone(furnished: Desk, box: Mailbox) -> None:
    at_door, _ = await begun(furnished, box)
    digits = await code_of(furnished, box, at_door)
    for table in ("post.outbox", "grantee.codes", "ledger.events"):
        everything = await furnished.pool.fetchval(f"SELECT string_agg(t::text, '') FROM {table} t")
        assert digits not in everything


@pytest.mark.slow
async def test_a_code_in_doubt_is_asked_for_anew(furnished: Desk, box: Mailbox) -> None:
    """Given a code of which nobody knows whether it left, then nobody is asked to look, and another is sent."""
    at_door, form = await begun(furnished, box)
    box.answer = "421 closing"
    assert await at_door.ask_code("SUBMIT")
    await round_with_links(furnished, box)
    box.answer = "250 taken"
    await round_with_links(furnished, box)
    [(kind, state, reason)] = [found for found in await states(furnished) if found[0] == "DOOR_CODE"]
    assert (kind, state, "asks for another" in reason) == ("DOOR_CODE", "LET_GO", True)
    with at(in_days(1 / 1440)):
        digits = await code_of(furnished, box, at_door)
    assert (await at_door.submit(form, content(form), digits))[1] == ""


@pytest.mark.slow
async def test_a_code_that_waited_too_long_is_not_sent(furnished: Desk, box: Mailbox) -> None:
    at_door, _ = await begun(furnished, box)
    taken = len(box.taken)
    assert await at_door.ask_code("OPEN")
    with at(in_days(1 / 48)):
        await round_with_links(furnished, box)
    assert len(box.taken) == taken
    assert (await states(furnished))[-1][:2] == ("DOOR_CODE", "LET_GO")


@pytest.mark.slow
async def test_a_new_address_gets_links_and_no_code_for_ten_days(furnished: Desk, box: Mailbox) -> None:
    story = await owing_a_report(furnished)
    await round_with_links(furnished, box)
    [jane] = story.state.proposed.contacts
    contacts = (jane.model_copy(update={"email": NEW}),)
    await amended(story, story.state.proposed.model_copy(update={"contacts": contacts}))
    content = {"form": "CHANGE", "contact": 1, "language": "en", "until": in_days(60).date()}
    await story.says(e.GranteeInvited, "pia.berg", **content)
    await shown(furnished)
    await round_with_links(furnished, box)
    at_door, _ = await entered(furnished.pool, link_in(newest(box, NEW)))
    assert await at_door.ask_code("SUBMIT")
    await round_with_links(furnished, box)
    assert "ten days" in newest(box, NEW)
    assert not any(part.isdecimal() and len(part) == 8 for part in newest(box, NEW).split())
    with at(in_days(11)):
        await round_with_links(furnished, box)
    later, _ = await entered(furnished.pool, link_in(newest(box, NEW)))
    await furnished.pool.execute("UPDATE grantee.codes SET asked_at = asked_at - interval '1 day'")
    assert await later.ask_code("SUBMIT")
    await furnished.pool.execute("UPDATE grantee.codes SET until = until + interval '11 days'")
    with at(in_days(11)):
        await round_with_links(furnished, box)
    assert code_in(newest(box, NEW))


@pytest.mark.slow
async def test_going_back_and_forth_begins_the_ten_days_anew(furnished: Desk, box: Mailbox) -> None:
    """Given an address that was there from the beginning, went and came again, then it is new."""
    story = await owing_a_report(furnished)
    made = story.state.proposed
    await round_with_links(furnished, box)
    await amended(story, made.model_copy(update={"contacts": ()}))
    await round_with_links(furnished, box)
    await amended(story, made)
    with at(in_days(10) + timedelta(hours=-1)):
        await round_with_links(furnished, box)
        at_door, _ = await entered(furnished.pool, link_in(newest(box)))
    assert await at_door.ask_code("SUBMIT")
    await round_with_links(furnished, box)
    assert "Your address is new in our records" in newest(box)


@pytest.mark.slow
async def test_an_address_that_was_taken_out_gets_no_code_and_its_link_opens_nothing(
    furnished: Desk, box: Mailbox
) -> None:
    at_door, _ = await begun(furnished, box)
    assert await at_door.ask_code("SUBMIT")
    story_of = await furnished.partnership("P-2026-0042")
    assert story_of is not None
    taken = len(box.taken)
    await amended(await _story(furnished), story_of.proposed.model_copy(update={"contacts": ()}))
    await round_with_links(furnished, box)
    told = [message["Subject"] for _, _, message in box.taken[taken:]]
    assert told == ["You are no longer a contact for P-2026-0042"]
    assert await at_door.look() is None


async def _story(desk: Desk) -> Scribe:
    """The story of the grant, as whoever writes its next event reads it."""
    scribe = Scribe(desk, "P-2026-0042")
    scribe.state = await scribe.reread()
    scribe.position = (await desk.history("P-2026-0042"))[-1].position
    return scribe


@pytest.mark.slow
async def test_an_address_that_was_taken_out_says_nothing_by_a_form_that_closed_before(
    furnished: Desk, box: Mailbox
) -> None:
    """Given a report that was taken over, when its contact is taken out, then their link withdraws nothing any more."""
    at_door, form = await begun(furnished, box)
    story = await _story(furnished)
    report = {"summary": "Done", "report_kind": "PROGRESS", "planned": 1, "document_sha256": None}
    await story.says(e.ReportReceived, "pia.berg", **report)
    await shown(furnished)
    await round_with_links(furnished, box)
    closed = await at_door.look()
    assert closed is not None
    assert closed.closed
    await amended(story, story.state.proposed.model_copy(update={"contacts": ()}))
    await round_with_links(furnished, box)
    assert await at_door.say(form, content(form, SubmissionKind.WITHDRAWAL)) is None
    assert await at_door.look() is None


@pytest.mark.slow
async def test_a_second_browser_is_told_to_the_address(furnished: Desk, box: Mailbox) -> None:
    at_door, _ = await begun(furnished, box)
    await entered(furnished.pool, link_in(newest(box)), "somebody else's browser")
    await round_with_links(furnished, box)
    assert "This was not me" in newest(box)
    assert box.subjects(JANE)[-1].startswith("Your link was opened in another browser")
    assert await at_door.look() is not None


@pytest.mark.slow
async def test_a_colleague_gets_a_link_that_never_hands_in(furnished: Desk, box: Mailbox) -> None:
    at_door, form = await begun(furnished, box)
    digits = await code_of(furnished, box, at_door, "INVITE")
    assert await at_door.invite(form, "omar@riverbend.test", "FILL", digits) == ""
    await round_with_links(furnished, box)
    text = newest(box, "omar@riverbend.test")
    colleague, seen = await entered(furnished.pool, link_in(text))
    assert (seen.may, await colleague.ask_code("SUBMIT"), text.startswith("Hello,")) == ("FILL", False, True)


@pytest.mark.slow
async def test_a_fresh_link_takes_the_place_of_one_that_expired(furnished: Desk, box: Mailbox) -> None:
    at_door, _ = await begun(furnished, box)
    await furnished.pool.execute("UPDATE grantee.links SET until = ledger.now() - interval '1 day'")
    assert await at_door.look() is None
    await at_door.ask_fresh()
    await round_with_links(furnished, box)
    fresh, _ = await entered(furnished.pool, link_in(newest(box)))
    assert (await fresh.look() is not None, await at_door.look()) == (True, None)


async def test_who_revoked_a_link_gets_none_by_asking(furnished: Desk, box: Mailbox) -> None:
    at_door, _ = await begun(furnished, box)
    taken = len(box.taken)
    await at_door.ask_fresh()
    await at_door.revoke()
    await round_with_links(furnished, box)
    assert (len(box.taken), (await states(furnished))[-1][:2]) == (taken, ("DOOR_LINK", "LET_GO"))


@pytest.mark.slow
async def test_the_door_is_answered_also_while_a_hold_stands(furnished: Desk, box: Mailbox) -> None:
    """A code says nothing of the case: what is handed in meanwhile is received."""
    at_door, _ = await begun(furnished, box)
    story = await _story(furnished)
    await story.says(e.HoldPlaced, "vera.lind", reason="a complaint came in")
    await shown(furnished)
    assert code_in(await _text_after(furnished, box, at_door))


async def _text_after(desk: Desk, box: Mailbox, at_door: GranteeLink) -> str:
    assert await at_door.ask_code("SUBMIT")
    postman = Postman(desk.pool, with_links(box))
    async with postman.working() as connection:
        await postman.once(connection)
    return newest(box)


@pytest.mark.slow
async def test_an_address_that_nobody_can_read_stops_no_other_mail(furnished: Desk, box: Mailbox) -> None:
    """Given a door that lays down anything for a colleague's address, then that mail is refused and others go on."""
    at_door, form = await begun(furnished, box)
    digits = await code_of(furnished, box, at_door, "INVITE")
    assert await at_door.invite(form, "omar@riverbend.test", "FILL", digits) == ""
    await furnished.pool.execute("UPDATE grantee.links SET address = 'anything' WHERE may = 'FILL'")
    assert await at_door.ask_code("SUBMIT")
    await round_with_links(furnished, box)
    assert code_in(newest(box))
    [(_, state, reason)] = [found for found in await states(furnished) if found[0] == "DOOR_LINK"]
    assert (state, "not what was written" in reason) == ("REFUSED", True)
