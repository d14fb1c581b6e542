"""Forms follow their partnerships: they show what stands, close where it is over, and open where it is asked anew."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.grantee.store import OpenForm
from accord.post.door.plans import FormPlan
from accord.post.door.showing import HouseNames, shown_of
from accord.presentation.words.door_mail import CODE_FOR, FORMS, GREETING, LINK, LINK_OF_COLLEAGUE, MAILS, MAY
from accord.presentation.words.door_status import STATUS
from accord.presentation.words.mail import LANGUAGES
from domain.partnership import events as e
from domain.partnership.stages import Stage
from domain.partnership.submission.invitations import FieldQuestion
from domain.payment.tranche.status import TrancheOutcome
from domain.submissions.kinds import DoorForm, SubmissionKind
from records.submissions.seals import seal_submissions
from tests import paying
from tests.accord.post.conftest import granted, shown, states
from tests.accord.post.door.reading import in_ten_days, link_in, newest, owing_a_report, round_with_links
from tests.accord.post.servers import Mailbox
from tests.accord.post.test_following import at, in_days
from tests.doors import door, handed_in
from tests.payments.orders import RIVERBEND
from tests.records.submissions.test_seals import reference_of
from tests.scribe import Scribe


async def seen(desk: Desk, secret: str) -> OpenForm:
    form = await door(desk.pool, secret).look()
    assert form is not None
    return form


async def is_open(desk: Desk, secret: str) -> bool:
    form = await door(desk.pool, secret).look()
    return form is not None and not form.closed


async def mailed(desk: Desk, box: Mailbox, **more: Any) -> tuple[Scribe, str]:
    """A grant that owes a report, and the secret of the link that its contact got."""
    story = await owing_a_report(desk, **more)
    await round_with_links(desk, box)
    return story, link_in(newest(box))


async def reported(story: Scribe, **more: Any) -> None:
    content = {"summary": "Done", "report_kind": "PROGRESS", "planned": 1, "document_sha256": None, **more}
    await story.says(e.ReportReceived, "pia.berg", **content)
    await shown(story.desk)


async def test_a_form_shows_where_it_stands_and_follows_it(
    furnished: Desk, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    story, secret = await mailed(furnished, box)
    status = (await seen(furnished, secret)).shown["status"]
    assert status["stands"] == "The agreement is signed, and the work is under way."
    assert status["waits"] == [
        "Payment 1, USD 600.00, is not paid yet.",
        "Payment 2, USD 400.00, follows when report 1 is accepted.",
    ]
    assert [owed.startswith("Report 1, by ") for owed in status["owes"]] == [True]
    monkeypatch.setattr("records.authorship.CLAIMS", {})  # nobody signed the file in this story
    await paying.release(story)
    await story.write(e.TrancheHandedOver(at=datetime.now(UTC), tranche=1, attempt=1, message_id="M-1"))
    ended = {"tranche": 1, "attempt": 1, "outcome": TrancheOutcome.SETTLED, "reason": ""}
    await story.write(e.TrancheEnded(at=datetime.now(UTC), **ended))
    await shown(furnished)
    await round_with_links(furnished, box)
    form = await seen(furnished, secret)
    assert [paid.startswith("Payment 1, USD 600.00, was made on ") for paid in form.shown["status"]["paid"]] == [True]
    assert form.shown["paid"] == "USD 600.00"
    [in_french] = form.shown["spoken"]["fr"]["paid"]
    assert in_french.startswith("Le paiement 1, USD 600,00, a été fait le ")


@pytest.mark.slow
async def test_what_a_form_shows_has_no_account_and_no_code_of_the_house(furnished: Desk, box: Mailbox) -> None:
    _, secret = await mailed(furnished, box)
    text = str((await seen(furnished, secret)).shown)
    assert RIVERBEND.identifier not in text
    assert not [stage for stage in Stage if stage.value in text]


@pytest.mark.slow
async def test_what_was_handed_in_is_said_to_be_looked_at(furnished: Desk, box: Mailbox) -> None:
    _, secret = await mailed(furnished, box)
    await handed_in(furnished.pool, secret)
    await round_with_links(furnished, box)
    [looks, *_] = (await seen(furnished, secret)).shown["status"]["waits"]
    assert looks.startswith("We have your report, handed in on ")


@pytest.mark.slow
async def test_a_form_closes_once_its_report_is_on_record_and_opens_where_that_is_returned(
    furnished: Desk, box: Mailbox
) -> None:
    story, secret = await mailed(furnished, box)
    await reported(story)
    await round_with_links(furnished, box)
    assert not await is_open(furnished, secret)
    await story.says(e.ReportReturned, "ana.silva", report=1, reason="The photographs are missing.")
    await shown(furnished)
    await round_with_links(furnished, box)
    text = newest(box)
    assert "The photographs are missing." in text
    assert (await seen(furnished, link_in(text))).form == (await seen(furnished, link_in(text))).form
    assert await furnished.pool.fetchval("SELECT count(*) FROM grantee.forms") == 1


@pytest.mark.slow
async def test_a_question_by_a_reports_form_that_was_answered_closes_no_report(furnished: Desk, box: Mailbox) -> None:
    story, secret = await mailed(furnished, box)
    from tests.doors import content, entered

    at_door, form = await entered(furnished.pool, secret)
    asked = content(form, SubmissionKind.QUESTION)
    assert await at_door.say(form, asked) is not None
    await seal_submissions(furnished.ledger, furnished.pool)
    reference = await reference_of(furnished.pool, asked.sha256)
    await story.says(e.CommentMade, "pia.berg", text="We told them", submission=reference)
    await shown(furnished)
    await round_with_links(furnished, box)
    assert await is_open(furnished, secret)


async def invited(desk: Desk, box: Mailbox, form: str = "CHANGE", language: str = "en") -> tuple[Scribe, str]:
    story = await granted(desk)
    await round_with_links(desk, box)
    content = {"form": form, "contact": 1, "language": language, "until": in_ten_days(), "note": "Which lines?"}
    await story.says(e.GranteeInvited, "pia.berg", **content)
    await shown(desk)
    await round_with_links(desk, box)
    return story, link_in(newest(box))


async def returned(story: Scribe, box: Mailbox, secret: str) -> None:
    """What was handed in by a link comes back, with a question under a field."""
    submission = await handed_in(story.desk.pool, secret)
    await seal_submissions(story.desk.ledger, story.desk.pool)
    reference = await reference_of(story.desk.pool, submission.sha256)
    questions = (FieldQuestion(field="budget", question="What was bought in May?"),)
    content = {"submission": reference, "reason": "The figures lack May.", "questions": questions}
    await story.says(e.SubmissionReturned, "pia.berg", **content)
    await shown(story.desk)
    await round_with_links(story.desk, box)


@pytest.mark.slow
async def test_what_comes_back_is_mailed_with_its_questions_and_shown_under_its_field(
    furnished: Desk, box: Mailbox
) -> None:
    story, secret = await invited(furnished, box)
    await returned(story, box, secret)
    text = newest(box)
    assert ("The figures lack May." in text, "What was bought in May?" in text) == (True, True)
    form = await seen(furnished, link_in(text))
    assert form.shown["questions"] == {"budget": "What was bought in May?"}
    assert form.shown["note"] == "Which lines?\n\nThe figures lack May."
    await handed_in(furnished.pool, link_in(text))
    await round_with_links(furnished, box)
    assert "questions" not in (await seen(furnished, link_in(text))).shown


@pytest.mark.slow
async def test_what_comes_back_is_mailed_in_the_language_of_its_form(furnished: Desk, box: Mailbox) -> None:
    story, secret = await invited(furnished, box, language="fr")
    await returned(story, box, secret)
    assert newest(box).startswith("Bonjour Jane Roe,")


@pytest.mark.slow
async def test_an_invited_form_closes_where_its_invitation_ended(furnished: Desk, box: Mailbox) -> None:
    story, secret = await invited(furnished, box)
    assert await is_open(furnished, secret)
    await story.says(e.InvitationEnded, "pia.berg", invitation=1, reason="Asked by mistake")
    await shown(furnished)
    await round_with_links(furnished, box)
    assert await door(furnished.pool, secret).look() is None


@pytest.mark.slow
async def test_an_invited_form_closes_where_it_was_taken_over(furnished: Desk, box: Mailbox) -> None:
    story, secret = await invited(furnished, box, "QUESTION")
    submission = await handed_in(furnished.pool, secret)
    await seal_submissions(furnished.ledger, furnished.pool)
    reference = await reference_of(furnished.pool, submission.sha256)
    await story.says(e.CommentMade, "pia.berg", text="They answered", submission=reference)
    await shown(furnished)
    await round_with_links(furnished, box)
    assert not await is_open(furnished, secret)


@pytest.mark.slow
async def test_forms_close_where_the_partnership_is_over(furnished: Desk, box: Mailbox) -> None:
    story, secret = await invited(furnished, box)
    await story.says(e.PartnershipTerminated, "dora.kim", reason="They ceased to be")
    await shown(furnished)
    await round_with_links(furnished, box)
    assert not await is_open(furnished, secret)


@pytest.mark.slow
async def test_while_a_hold_stands_a_form_shows_what_it_showed_before(furnished: Desk, box: Mailbox) -> None:
    story, secret = await mailed(furnished, box)
    before = (await seen(furnished, secret)).shown
    await story.says(e.HoldPlaced, "vera.lind", reason="a complaint came in")
    await shown(furnished)
    with at(in_days(11)):
        await round_with_links(furnished, box)
    assert (await seen(furnished, secret)).shown == before


@pytest.mark.slow
async def test_what_did_not_move_is_not_pushed_again(furnished: Desk, box: Mailbox) -> None:
    _, secret = await mailed(furnished, box)
    await round_with_links(furnished, box)
    pushed = await furnished.pool.fetchval("SELECT pushed_at FROM grantee.shown")
    await round_with_links(furnished, box)
    assert await furnished.pool.fetchval("SELECT pushed_at FROM grantee.shown") == pushed
    assert [kind for kind, _, _ in await states(furnished)] == ["OWED_SOON"]
    assert await is_open(furnished, secret)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_word_lacks_in_a_language(furnished: Desk, language: str) -> None:
    tables = (*MAILS.values(), *FORMS.values(), *CODE_FOR.values(), *MAY.values(), GREETING, LINK, LINK_OF_COLLEAGUE)
    assert [table for table in tables if not table.get(language)] == []
    assert set(STATUS[language].stands) == set(Stage)
    assert set(FORMS) == set(SubmissionKind)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_form_shows_itself_in_each_language(furnished: Desk, language: str) -> None:
    story = await owing_a_report(furnished)
    for kind in DoorForm:
        plan = FormPlan(kind, "1" if kind is DoorForm.REPORT else "", 0, None, in_ten_days())
        house = HouseNames("River Foundation", "grants@funder.test")
        content = shown_of(plan, story.state, await furnished.history(story.reference), (), house, language)
        assert content["status"]["stands"] == STATUS[language].stands["ACTIVE"]
        assert (content["title"], content["funder"]) == (story.state.proposed.title, "River Foundation")
