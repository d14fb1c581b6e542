"""Mail that asks for something bears a link to the form for it, which opens that form alone and stands nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from accord.client.desk import Desk
from accord.grantee.store import OpenForm
from accord.post.postman import Postman
from deploy.database import open_pool
from deploy.embedded.stack import Stack
from deploy.logins import Login
from domain.partnership import events as e
from domain.submissions.kinds import DoorForm
from tests import paying
from tests.accord.post.conftest import JANE, granted, round_of, shown, states, with_a_contact
from tests.accord.post.door.reading import (
    agreement,
    amended,
    in_ten_days,
    link_in,
    newest,
    owing_a_report,
    round_with_links,
    text_of,
    with_links,
)
from tests.accord.post.servers import Mailbox
from tests.accord.post.test_following import at, in_days
from tests.conftest import Office, name_in
from tests.doors import door
from tests.logins import let_in
from tests.paying import REFERENCE


async def opened(desk: Desk, secret: str) -> OpenForm | None:
    return await door(desk.pool, secret).look()


async def test_who_owes_a_report_gets_a_link_to_its_form(furnished: Desk, box: Mailbox) -> None:
    await owing_a_report(furnished)
    await round_with_links(furnished, box)
    form = await opened(furnished, link_in(newest(box)))
    assert form is not None
    assert (form.kind, form.subject, form.about, form.may) == (DoorForm.REPORT, REFERENCE, "1", "SUBMIT")
    assert "works until" in newest(box)


@pytest.mark.slow
async def test_without_a_door_mail_goes_as_it_did(furnished: Desk, box: Mailbox) -> None:
    await owing_a_report(furnished)
    await round_of(furnished, box)
    assert ("http" in newest(box), await furnished.pool.fetchval("SELECT count(*) FROM grantee.forms")) == (False, 0)


@pytest.mark.slow
async def test_a_newer_mail_ends_the_link_before_it_and_nothing_that_was_written(furnished: Desk, box: Mailbox) -> None:
    await owing_a_report(furnished)
    await round_with_links(furnished, box)
    before = link_in(newest(box))
    form = await opened(furnished, before)
    assert form is not None
    await door(furnished.pool, before).enter()
    await door(furnished.pool, before).save(form, "summary", "Eleven courses", 0)
    with at(in_days(10)):
        await round_with_links(furnished, box)
    after = link_in(newest(box))
    again = await opened(furnished, after)
    assert (await opened(furnished, before), again is not None) == (None, True)
    assert again is not None
    drafts = await door(furnished.pool, after).drafts(again)
    assert drafts["summary"][0].value == "Eleven courses"


@pytest.mark.slow
async def test_a_mail_that_the_server_did_not_take_ends_no_link(furnished: Desk, box: Mailbox) -> None:
    """Given a link, when the mail with the next one is refused before its content, then the first still opens."""
    await owing_a_report(furnished)
    await round_with_links(furnished, box)
    secret = link_in(newest(box))
    box.refused[JANE] = "450 try later"
    with at(in_days(10)):
        await round_with_links(furnished, box)
    assert await opened(furnished, secret) is not None


@pytest.mark.slow
async def test_a_mail_in_doubt_is_never_sent_again_by_itself(furnished: Desk, box: Mailbox) -> None:
    await owing_a_report(furnished)
    box.answer = "421 closing"
    await round_with_links(furnished, box)
    box.answer = "250 taken"
    for _ in range(2):
        await round_with_links(furnished, box)
    assert (box.taken, [state for _, state, _ in await states(furnished)]) == ([], ["UNKNOWN"])


async def test_the_agreement_that_was_issued_is_accepted_by_link(furnished: Desk, box: Mailbox) -> None:
    """Given an approval, then its grantee hears of it once: with the agreement, by the link that accepts it."""
    story = await paying.approved(furnished, with_a_contact())
    await shown(furnished)
    await round_with_links(furnished, box)
    assert box.subjects(JANE) == []  # nothing to accept yet
    await story.says(e.LetterIssued, "ana.silva", **agreement())
    await shown(furnished)
    await round_with_links(furnished, box)
    form = await opened(furnished, link_in(newest(box)))
    assert form is not None
    assert (form.kind, form.shown["agreement"]) == (DoorForm.ACCEPTANCE, {"sha256": agreement()["pdf_sha256"]})
    await round_with_links(furnished, box)
    assert box.subjects(JANE) == [f"{REFERENCE} is approved: please accept the agreement"]


@pytest.mark.slow
async def test_an_approval_whose_agreement_is_not_issued_for_long_is_told_by_itself(
    furnished: Desk, box: Mailbox
) -> None:
    """Given a house that sends agreements in another way, then after a week its grantee hears that one waits, once."""
    await paying.approved(furnished, with_a_contact())
    await shown(furnished)
    await round_with_links(furnished, box)
    with at(in_days(6)):
        await round_with_links(furnished, box)
    assert box.subjects(JANE) == []
    for days in (8, 9):
        with at(in_days(days)):
            await round_with_links(furnished, box)
    assert box.subjects(JANE) == [f"{REFERENCE} is approved: the agreement waits"]
    assert "http" not in newest(box)


@pytest.mark.slow
async def test_an_agreement_that_was_issued_before_is_told_once(furnished: Desk, box: Mailbox) -> None:
    story = await paying.verified_and_assessed(furnished, with_a_contact())
    await shown(furnished)
    await round_with_links(furnished, box)
    for actor, role in (("ana.silva", "PROGRAMME_APPROVER"), ("femi.ade", "FINANCE_APPROVER")):
        await story.says(e.ApprovalGiven, actor, no_interest=True, role=role, reason="good work")
    await story.says(e.LetterIssued, "ana.silva", **agreement())
    await shown(furnished)
    for _ in range(2):
        await round_with_links(furnished, box)
    assert box.subjects(JANE) == [f"{REFERENCE} is approved: please accept the agreement"]
    assert await opened(furnished, link_in(newest(box))) is not None


async def invited(story: Any, form: str, language: str = "en", **more: Any) -> None:
    content = {"form": form, "contact": 1, "language": language, "until": in_ten_days(), **more}
    await story.says(e.GranteeInvited, "pia.berg", **content)
    await shown(story.desk)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "word"), [("en", "ask for a change"), ("es", "pedir un cambio"), ("fr", "demander une modification")]
)
async def test_who_is_invited_reads_what_is_asked_in_the_language_of_the_form(
    furnished: Desk, box: Mailbox, language: str, word: str
) -> None:
    story = await granted(furnished)
    await round_with_links(furnished, box)
    await invited(story, "CHANGE", language, note="Which lines do you want to move?")
    await round_with_links(furnished, box)
    text = newest(box)
    form = await opened(furnished, link_in(text))
    assert form is not None
    assert (form.kind, form.language, form.shown["note"]) == (
        DoorForm.CHANGE, language, "Which lines do you want to move?",
    )  # fmt: skip
    assert (word in text, "Which lines do you want to move?" in text) == (True, True)


@pytest.mark.slow
async def test_only_the_contact_who_is_invited_is_told(furnished: Desk, box: Mailbox) -> None:
    made = with_a_contact()
    other = made.contacts[0].model_copy(update={"name": "Li Wei", "email": "li@riverbend.test"})
    story = await granted(furnished)
    await amended(story, made.model_copy(update={"contacts": (*made.contacts, other)}))
    await round_with_links(furnished, box)
    content = {"form": "QUESTION", "contact": 2, "language": "en", "until": in_ten_days(), "note": "Who teaches?"}
    await story.says(e.GranteeInvited, "pia.berg", **content)
    await shown(furnished)
    await round_with_links(furnished, box)
    assert [to for _, to, _ in box.taken] == ["li@riverbend.test"]
    assert "Who teaches?" in newest(box, "li@riverbend.test")


async def test_an_invitation_that_was_ended_before_its_mail_left_is_not_mailed(furnished: Desk, box: Mailbox) -> None:
    story = await granted(furnished)
    await round_with_links(furnished, box)
    await invited(story, "CHANGE")
    postman = Postman(furnished.pool, with_links(box))
    async with postman.working() as connection:
        await postman._follower.queue_new(connection)
        await story.says(e.InvitationEnded, "pia.berg", invitation=1, reason="Asked by mistake")
        await postman.once(connection)
    assert [found[:2] for found in await states(furnished)] == [("GRANTEE_INVITED", "LET_GO")]
    assert box.taken == []


async def test_no_secret_stands_anywhere_but_in_the_mail(furnished: Desk, box: Mailbox) -> None:
    await owing_a_report(furnished)
    await round_with_links(furnished, box)
    secret = link_in(newest(box))
    for table in ("post.outbox", "grantee.links", "grantee.shown", "grantee.forms", "ledger.events"):
        everything = await furnished.pool.fetchval(f"SELECT string_agg(t::text, '') FROM {table} t")
        assert secret not in everything


@pytest.mark.slow
async def test_the_login_of_mail_is_enough_for_forms_and_links(
    furnished: Desk, furnished_database: str, stack: Stack, box: Mailbox
) -> None:
    await owing_a_report(furnished)
    house = Office(stack.postgres, name_in(furnished_database))
    await let_in(house.url)
    async with await open_pool(house.url_of(Login.POST), 4) as pool:
        for days in (0, 10):
            postman = Postman(pool, with_links(box))
            async with postman.working() as connection:
                with at(in_days(days)):
                    await postman.once(connection)
    assert await opened(furnished, link_in(newest(box))) is not None
    assert {state for _, state, _ in await states(furnished)} == {"SENT"}


@pytest.mark.sampled(1)
@pytest.mark.parametrize("language", ["en", "es", "fr"])
async def test_a_mail_with_a_link_reads_as_one_letter(furnished: Desk, box: Mailbox, language: str) -> None:
    await owing_a_report(furnished, language=language)
    await round_with_links(furnished, box)
    greeting, *paragraphs = text_of(box.taken[-1][2]).split("\n\n")
    assert "Jane Roe" in greeting
    assert sum("/f/" in paragraph for paragraph in paragraphs) == 1
    assert paragraphs[-1].strip() == "River Foundation"
    assert "{" not in "".join(paragraphs)
