"""What grantees are told, when, where and in which language, once an organisation turns that on."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.organisation.erasures import approve, erase_now, what_it_blanks
from accord.post.kinds import MailKind, stage_of
from accord.post.postman import Postman
from deploy.database import open_pool
from deploy.embedded.stack import Stack
from deploy.logins import Login
from domain.partnership import events as e
from domain.payment.tranche.status import TrancheOutcome
from records.privacy.vault import Vault
from tests import paying
from tests.accord.post.conftest import JANE, chosen, granted, round_of, shown, states, with_a_contact
from tests.accord.post.servers import Mailbox, settings
from tests.accord.post.test_following import DORA, at, in_days, tomorrow
from tests.booked_sums import charge, figures
from tests.conftest import Office, name_in
from tests.logins import let_in
from tests.paying import REFERENCE
from tests.scribe import Scribe


async def followed(desk: Desk, box: Mailbox) -> None:
    """Let a process of mail follow what stands now. Of what was before, nobody is told."""
    await round_of(desk, box)
    assert [kind for kind, _, _ in await states(desk)] == []


async def test_nobody_outside_is_written_to_before_an_organisation_turns_it_on(furnished: Desk, box: Mailbox) -> None:
    story = await granted(furnished)
    postman = Postman(furnished.pool, settings(box.port, to_grantees=False))
    async with postman.working() as connection:
        await postman.once(connection)
        await hand_over(story)
        await postman.once(connection)
    await round_of(furnished, box)
    assert (box.taken, await states(furnished)) == ([], [])


async def hand_over(story: Scribe) -> None:
    """The payment of the first tranche is released and handed over, as one of finance signs it."""
    await paying.release(story)
    await story.write(e.TrancheHandedOver(at=datetime.now(UTC), tranche=1, attempt=1, message_id="M-1"))
    await shown(story.desk)


@pytest.mark.slow
async def test_a_payment_is_told_when_it_is_sent_and_when_it_is_made(
    furnished: Desk, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = await granted(furnished)
    await followed(furnished, box)
    monkeypatch.setattr("records.authorship.CLAIMS", {})  # nobody signed the file in this story
    await hand_over(story)
    await round_of(furnished, box)
    ended = {"tranche": 1, "attempt": 1, "outcome": TrancheOutcome.SETTLED, "reason": ""}
    await story.write(e.TrancheEnded(at=datetime.now(UTC), **ended))
    await shown(furnished)
    for _ in range(2):
        await round_of(furnished, box)
    booked = figures("USD 600.00", "USD 600.00", charge("USD 25.00", "CRED", is_payees=True))
    await story.write(e.TrancheEnded(at=datetime.now(UTC), **ended, figures=booked))
    await shown(furnished)
    await round_of(furnished, box)
    assert box.subjects(JANE) == [f"A payment for {REFERENCE} is on its way", f"A payment for {REFERENCE} was made"]
    assert "USD 600.00" in box.taken[1][2].get_body().get_content()
    assert box.taken[0][2]["List-Id"] == "<grantees.accord.funder.test>"
    assert box.taken[0][2]["To"] == f"Jane Roe <{JANE}>"


@pytest.mark.slow
async def test_what_nobody_signed_is_told_to_nobody(furnished: Desk, box: Mailbox) -> None:
    story = await granted(furnished)
    await followed(furnished, box)
    await hand_over(story)
    await round_of(furnished, box)
    assert await states(furnished) == []


@pytest.mark.slow
async def test_a_question_is_told_without_its_words(furnished: Desk, box: Mailbox) -> None:
    story = await paying.verified_and_assessed(furnished, with_a_contact())
    await shown(furnished)
    await followed(furnished, box)
    await story.says(e.InformationRequested, "ana.silva", question="Is their treasurer related to ours?")
    await shown(furnished)
    await round_of(furnished, box)
    [(_, _, message)] = box.taken
    assert (message["Subject"], "treasurer" in message.as_string()) == (f"A question about {REFERENCE}", False)


@pytest.mark.slow
async def test_a_question_that_was_answered_meanwhile_is_not_told(furnished: Desk, box: Mailbox) -> None:
    made = with_a_contact()
    story = await paying.verified_and_assessed(furnished, made)
    await shown(furnished)
    await followed(furnished, box)
    await story.says(e.InformationRequested, "ana.silva", question="Who is the treasurer?")
    await shown(furnished)
    postman = Postman(furnished.pool, box.settings)
    async with postman.working() as connection:
        await postman._follower.queue_new(connection)
        answer = {"proposal": made, "funding": await paying.funding_of(furnished, made), "answer": "Nobody of theirs"}
        await story.says(e.ProposalRevised, "pia.berg", **answer)
        await postman.once(connection)
    [(kind, state, reason)] = await states(furnished)
    assert (kind, state, "answered" in reason) == ("QUESTION_ASKED", "LET_GO", True)


@pytest.mark.slow
async def test_a_mail_goes_to_the_address_that_stands_as_it_is_sent(furnished: Desk, box: Mailbox) -> None:
    """Given a mail that waits, when the contact gets another address, then the mail goes there and not to the old."""
    story = await paying.verified_and_assessed(furnished, with_a_contact())
    await shown(furnished)
    await followed(furnished, box)
    await story.says(e.InformationRequested, "ana.silva", question="Who is the treasurer?")
    await shown(furnished)
    postman = Postman(furnished.pool, box.settings)
    async with postman.working() as connection:
        await postman._follower.queue_new(connection)
        made = with_a_contact(email="new@riverbend.test")
        answer = {"proposal": made, "funding": await paying.funding_of(furnished, made), "answer": "Nobody of theirs"}
        await story.says(e.ProposalRevised, "pia.berg", **answer)
        await story.says(e.InformationRequested, "ana.silva", question="Who is the treasurer?")
        await postman.once(connection)
    assert [to for _, to, _ in box.taken] == ["new@riverbend.test"]


@pytest.mark.slow
async def test_a_mail_that_waited_past_its_day_says_nothing_that_is_no_longer_so(furnished: Desk, box: Mailbox) -> None:
    """Given a mail that a report is due today, when the server takes mail again the next day, then it is let go."""
    due = datetime.now(UTC).date() + timedelta(days=2)
    await granted(furnished, reports=[{"number": 1, "kind": "PROGRESS", "due_on": due.isoformat()}])
    postman = Postman(furnished.pool, box.settings)
    async with postman.working() as connection:
        with at(in_days(2)):
            await postman._follower.queue_new(connection)
        with at(in_days(3)):
            await postman.once(connection)
    assert [found[:2] for found in await states(furnished)] == [("OWED_NOW", "LET_GO"), ("OWED_LATE", "SENT")]
    assert [subject.startswith("Report 1 was due") for subject in box.subjects(JANE)] == [True]


@pytest.mark.slow
async def test_while_a_hold_stands_a_grantee_is_told_nothing(furnished: Desk, box: Mailbox) -> None:
    story = await paying.verified_and_assessed(furnished, with_a_contact())
    await shown(furnished)
    await followed(furnished, box)
    await story.says(e.InformationRequested, "ana.silva", question="Who is the treasurer?")
    await story.says(e.HoldPlaced, "vera.lind", reason="a complaint came in")
    await shown(furnished)
    await round_of(furnished, box)
    assert await states(furnished) == [("QUESTION_ASKED", "LET_GO", "nothing is sent while a hold stands")]


async def test_whoever_approved_waits_for_the_agreement_and_its_grantee_is_told(furnished: Desk, box: Mailbox) -> None:
    await paying.approved(furnished, with_a_contact())
    await shown(furnished)
    for _ in range(2):
        await round_of(furnished, box)
    assert box.subjects(JANE) == [f"{REFERENCE} is approved: the agreement waits"]


@pytest.mark.parametrize(
    ("days", "stage"),
    [
        (31, None),
        (30, (MailKind.OWED_SOON, 0)),
        (1, (MailKind.OWED_SOON, 0)),
        (0, (MailKind.OWED_NOW, 0)),
        (-1, (MailKind.OWED_LATE, 0)),
        (-30, (MailKind.OWED_LATE, 0)),
        (-31, (MailKind.OWED_LATE, 1)),
    ],
)
def test_what_is_owed_is_told_a_month_before_on_its_day_and_each_month_after(days: int, stage: Any) -> None:
    today = date(2026, 12, 1)
    assert stage_of(today + timedelta(days=days), today) == stage


@pytest.mark.slow
async def test_a_report_is_told_of_until_it_is_there(furnished: Desk, box: Mailbox) -> None:
    due = datetime.now(UTC).date() + timedelta(days=10)
    plan = [{"number": 1, "kind": "PROGRESS", "due_on": due.isoformat()}]
    story = await granted(furnished, reports=plan)
    subjects = ["Report 1 is due on", "Report 1 is due today", "Report 1 was due on"]
    for days in (0, 1, 10, 11, 12):
        with at(in_days(days)):
            await round_of(furnished, box)
    assert [told.startswith(word) for told, word in zip(box.subjects(JANE), subjects, strict=True)] == [True] * 3
    await story.says(
        e.ReportReceived, "pia.berg", summary="Done", report_kind="PROGRESS", planned=1, document_sha256=None
    )
    with at(in_days(45)):
        await round_of(furnished, box)
    assert (await states(furnished))[-1] == ("OWED_LATE", "LET_GO", "it is owed no more")


@pytest.mark.slow
async def test_a_report_that_comes_back_is_told_with_the_reasons(furnished: Desk, box: Mailbox) -> None:
    story = await granted(furnished)
    await story.says(e.ReportReceived, "pia.berg", summary="Done", report_kind="PROGRESS", document_sha256=None)
    await story.says(e.ReportReceived, "pia.berg", summary="More", report_kind="PROGRESS", document_sha256=None)
    await shown(furnished)
    await followed(furnished, box)
    await story.says(e.ReportReturned, "ana.silva", report=1, reason="The photographs are missing.\n\nSend them.")
    await story.says(e.ReportAccepted, "ana.silva", report=2, reason="It agrees.")
    await shown(furnished)
    await round_of(furnished, box)
    assert sorted(box.subjects(JANE)) == [
        f"Report 1 on {REFERENCE} comes back to you",
        f"Report 2 on {REFERENCE} is accepted",
    ]
    returned = next(m for _, _, m in box.taken if "comes back" in m["Subject"])
    assert "The photographs are missing.\r\n\r\nSend them." in returned.get_body().get_content()


@pytest.mark.slow
async def test_without_an_address_a_person_is_told_that_the_grantee_was_not(furnished: Desk, box: Mailbox) -> None:
    await paying.approved(furnished, with_a_contact(email=None))
    await shown(furnished)
    await round_of(furnished, box)
    [(kind, state, reason)] = await states(furnished)
    assert (kind, state, "no address" in reason) == ("AGREEMENT_WAITS", "REFUSED", True)


@pytest.mark.parametrize(("language", "word"), [("es", "aprobado"), ("fr", "approuvé"), (None, "approved")])
async def test_a_contact_is_written_to_in_the_language_that_they_read(
    furnished: Desk, box: Mailbox, language: str | None, word: str
) -> None:
    await paying.approved(furnished, with_a_contact(**({"language": language} if language else {})))
    await shown(furnished)
    await round_of(furnished, box)
    [(_, _, message)] = box.taken
    assert word in message["Subject"]


@pytest.mark.slow
async def test_else_they_are_written_to_in_the_language_of_the_newest_letter(furnished: Desk, box: Mailbox) -> None:
    story = await paying.approved(furnished, with_a_contact())
    for language, to in (("fr", "PARTNER"), ("es", "PAYEE"), ("fr", "BOARD")):
        await story.says(e.LetterIssued, "ana.silva", **issued(language, to))
    await shown(furnished)
    await round_of(furnished, box)
    [(_, _, message)] = box.taken
    assert "aprobado" in message["Subject"]


def issued(language: str, to: str) -> dict[str, Any]:
    """What is recorded of a letter in a language."""
    digests = dict.fromkeys(("edition_sha256", "facts_sha256", "code_sha256"), "0" * 64)
    pdf = hashlib.sha256(f"{language} {to}".encode()).hexdigest()
    kind = "AWARD" if to != "BOARD" else "SUMMARY"
    edition = {"edition_name": "award", "edition": "2026.1", "pdf_sha256": pdf, **digests}
    return {"letter": kind, "to": to, "dated": datetime.now(UTC).date(), "language": language, **edition}


@pytest.mark.parametrize(("language", "word"), [("es", "aprobado"), ("fr", "approuvé")])
async def test_grantees_of_whom_nothing_is_known_are_written_to_in_the_language_that_is_set(
    furnished: Desk, box: Mailbox, language: str, word: str
) -> None:
    await paying.approved(furnished, with_a_contact())
    await shown(furnished)
    postman = Postman(furnished.pool, settings(box.port, language=language))
    async with postman.working() as connection:
        await postman.once(connection)
    [(_, _, message)] = box.taken
    assert word in message["Subject"]
    assert word in message.get_body().get_content()


async def test_who_was_erased_between_is_not_written_to_and_their_address_is_nowhere(
    furnished: Desk, box: Mailbox
) -> None:
    """Given a mail that is queued, when its person is erased before it is sent, then nobody is written to."""
    await paying.approved(furnished, with_a_contact())
    await shown(furnished)
    postman = Postman(furnished.pool, box.settings)
    async with postman.working() as connection:
        await postman._follower.queue_new(connection)
        [jane] = [one for one in await Vault(furnished.pool).people() if one.name == "Jane Roe"]
        for guardian in ("dora.kim", "otto.audit"):
            blanking = await what_it_blanks(furnished, jane)
            await approve(furnished, jane, blanking, "They asked for it", guardian)
        await erase_now(furnished, jane, blanking.seen)
        await postman.once(connection)
    assert box.taken == []
    [(_, state, reason)] = await states(furnished)
    assert (state, "erased" in reason) == ("REFUSED", True)
    everything = await furnished.pool.fetchval("SELECT string_agg(o::text, '') FROM post.outbox o")
    assert "jane" not in everything.casefold()


@pytest.mark.slow
async def test_the_login_of_mail_is_enough_for_it(
    furnished: Desk, furnished_database: str, stack: Stack, box: Mailbox
) -> None:
    """Given the process's own login, then it reads a contact's address and writes to staff and to the grantee."""
    await paying.approved(furnished, with_a_contact())
    await shown(furnished)
    await chosen(furnished, "dora.kim", digest=0)
    house = Office(stack.postgres, name_in(furnished_database))
    await let_in(house.url)
    async with await open_pool(house.url_of(Login.POST), 4) as pool:
        postman = Postman(pool, box.settings)
        async with postman.working() as connection:
            with at(tomorrow(1)):
                await postman.once(connection)
    assert {state for _, state, _ in await states(furnished)} == {"SENT"}
    assert (len(box.subjects(JANE)), len(box.subjects(DORA))) == (1, 1)
