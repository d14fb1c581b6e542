"""Who is written to, of what, and when: what follows from the read models is queued once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from accord.client.desk import Desk
from accord.organisation.governance import change_directory, confirm_change
from accord.post.choices import choose
from accord.post.postman import Postman
from accord.presentation.faults import BadInput
from accord.presentation.words.mail import day_in
from domain.directory.people import StaffLeft, StaffRegistered
from domain.directory.tiers import Role
from ledger import clock
from tests.accord.post.conftest import chosen, granted, round_of, states
from tests.accord.post.servers import Mailbox, settings
from tests.paying import REFERENCE

PAUL, DORA = "paul.nkosi@funder.test", "dora.kim@funder.test"


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with clock.reading(lambda: moment):
        yield


def in_days(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def tomorrow(hour: int) -> datetime:
    return in_days(1).replace(hour=hour, minute=5, second=0, microsecond=0)


async def test_a_digest_goes_once_a_day_at_the_hour_of_its_person_with_what_waits_for_their_roles(
    furnished: Desk, box: Mailbox
) -> None:
    await granted(furnished)
    await chosen(furnished, "paul.nkosi", digest=7)
    await chosen(furnished, "dora.kim", digest=9)
    for hour in (6, 7, 8):
        with at(tomorrow(hour)):
            await round_of(furnished, box)
    assert (len(box.subjects(PAUL)), box.subjects(DORA)) == (1, [])
    [(_, _, digest)] = box.taken
    text = digest.get_body().get_content()
    assert f"- {REFERENCE}: “Release" in text
    assert str(digest["Subject"]).startswith("What waits for you: 1 thing")
    with at(tomorrow(9)):
        await round_of(furnished, box)
    assert await states(furnished) == [("DIGEST", "SENT", ""), ("DIGEST", "LET_GO", "nothing waits for them")]
    with at(tomorrow(8) + timedelta(days=1)):
        await round_of(furnished, box)
    assert len(box.subjects(PAUL)) == 2


async def test_a_guardian_is_told_of_a_change_that_waits_for_another(furnished: Desk, box: Mailbox) -> None:
    await chosen(furnished, "otto.audit", digest=7)
    await chosen(furnished, "paul.nkosi", digest=7)
    change = await change_directory(furnished, (StaffLeft(staff_id="rosa.lund"),), "dora.kim")
    postman = Postman(furnished.pool, settings(box.port, console="https://accord.funder.test"))
    async with postman.working() as connection:
        with at(tomorrow(7)):
            await postman.once(connection)
    [(_, recipient, message)] = box.taken
    text = message.get_body().get_content()
    assert recipient == "otto.audit@funder.test"
    assert f"https://accord.funder.test/directory/changes/{change.change_id}" in text
    assert "rosa" not in text


@pytest.mark.slow
async def test_the_hour_is_that_of_their_zone(furnished: Desk, box: Mailbox) -> None:
    await granted(furnished)
    await choose(furnished.pool, "paul.nkosi", PAUL, 7, "Asia/Tokyo", False)
    with at(tomorrow(7) + timedelta(hours=14)):
        await round_of(furnished, box)
    assert await states(furnished) == []
    with at(tomorrow(7) + timedelta(hours=15)):
        await round_of(furnished, box)
    assert len(box.subjects(PAUL)) == 1


async def test_a_digest_of_a_day_that_is_nearly_over_is_not_sent(furnished: Desk, box: Mailbox) -> None:
    await granted(furnished)
    await chosen(furnished, "paul.nkosi", digest=7)
    with at(tomorrow(20)):
        await round_of(furnished, box)
    assert await states(furnished) == []


@pytest.mark.parametrize(
    ("address", "hour", "zone", "field"),
    [
        ("", 7, "UTC", "address"),
        ("dora.kim@funder.test\r\nBcc: all@example.test", 7, "UTC", "address"),
        ("döra@funder.test", 7, "UTC", "address"),
        (DORA, 24, "UTC", "hour"),
        (DORA, 7, "Mars/Olympus", "zone"),
    ],
)
async def test_a_choice_that_is_none_is_refused_by_its_field(
    furnished: Desk, address: str, hour: int, zone: str, field: str
) -> None:
    with pytest.raises(BadInput, match=f"^{field}: "):
        await choose(furnished.pool, "dora.kim", address, hour, zone, False)
    assert await furnished.pool.fetchval("SELECT count(*) FROM post.choices") == 0


OVERDUE = """
UPDATE projection.documents SET document = jsonb_set(document, '{notices}', (
  SELECT jsonb_agg(n || jsonb_build_object('kind', 'OVERDUE', 'due', $1::text, 'notice_id', gen_random_uuid()))
    FROM jsonb_array_elements(document -> 'notices') n)) WHERE name = 'partnerships' AND document ? 'notices'
"""
"""Lets every notice be of something that is overdue since a time."""


@pytest.mark.slow
async def test_what_becomes_overdue_is_told_at_once_to_whoever_chose_that_before(furnished: Desk, box: Mailbox) -> None:
    await granted(furnished)
    await furnished.pool.execute(OVERDUE, in_days(-1).isoformat())
    await chosen(furnished, "paul.nkosi", overdue=True)
    await round_of(furnished, box)
    assert await states(furnished) == []
    await furnished.pool.execute(OVERDUE, in_days(1).isoformat())
    for _ in range(2):
        await round_of(furnished, box)
    [subject] = box.subjects(PAUL)
    assert subject.startswith("Overdue: “Release")
    [(_, _, message)] = box.taken
    [entries] = message.iter_attachments()
    assert f"DTSTART;VALUE=DATE:{in_days(1):%Y%m%d}" in entries.get_content()


async def test_what_is_overdue_no_more_is_not_told(furnished: Desk, box: Mailbox) -> None:
    await granted(furnished)
    await chosen(furnished, "paul.nkosi", overdue=True)
    await furnished.pool.execute(OVERDUE, in_days(1).isoformat())
    postman = Postman(furnished.pool, box.settings)
    async with postman.working() as connection:
        await postman._follower.queue_new(connection)
        await furnished.pool.execute("UPDATE projection.documents SET document = document - 'notices'")
        await postman.once(connection)
    assert await states(furnished) == [("OVERDUE", "LET_GO", "it is overdue no more, or no more for them")]


async def test_who_lost_the_role_since_is_not_told_of_what_is_another_s(furnished: Desk, box: Mailbox) -> None:
    """Given a mail on something overdue for a payer, when they are payer no more as it is sent, then it is let go."""
    await granted(furnished)
    await chosen(furnished, "paul.nkosi", overdue=True)
    await furnished.pool.execute(OVERDUE, in_days(1).isoformat())
    postman = Postman(furnished.pool, box.settings)
    async with postman.working() as connection:
        await postman._follower.queue_new(connection)
        member = (await furnished.directory()).person("paul.nkosi")
        assert member is not None
        entered = StaffRegistered(member=member.model_copy(update={"roles": (Role.PROPOSER,)}))
        change = await change_directory(furnished, (entered,), "dora.kim")
        assert change.change_id is not None
        await confirm_change(furnished, change.change_id, "otto.audit")
        await postman.once(connection)
    assert await states(furnished) == [("OVERDUE", "LET_GO", "it is overdue no more, or no more for them")]


async def test_who_wants_the_digest_alone_by_now_is_not_told_at_once(furnished: Desk, box: Mailbox) -> None:
    await granted(furnished)
    await chosen(furnished, "paul.nkosi", overdue=True)
    await furnished.pool.execute(OVERDUE, in_days(1).isoformat())
    postman = Postman(furnished.pool, box.settings)
    async with postman.working() as connection:
        await postman._follower.queue_new(connection)
        await chosen(furnished, "paul.nkosi", digest=(datetime.now(UTC).hour + 1) % 24)
        await postman.once(connection)
    assert await states(furnished) == [("OVERDUE", "LET_GO", "they chose not to be written to")]


MANY = """
UPDATE projection.documents SET document = jsonb_set(document, '{notices}', (
  SELECT jsonb_agg((document -> 'notices' -> 0) || jsonb_build_object('kind', 'OVERDUE', 'due', $1::text,
         'what', 'release --tranche ' || n, 'notice_id', gen_random_uuid())) FROM generate_series(1, $2) n))
 WHERE name = 'partnerships' AND document ? 'notices'
"""
"""Lets so many things be overdue for whoever holds a role."""


@pytest.mark.slow
@pytest.mark.parametrize("count", [6, 10_000])
async def test_whoever_has_many_overdue_things_gets_one_mail_that_is_bounded(
    furnished: Desk, box: Mailbox, count: int
) -> None:
    """Given more overdue things than a person reads, then one mail says how many, with the first, and once."""
    await granted(furnished)
    await chosen(furnished, "paul.nkosi", overdue=True)
    await furnished.pool.execute(MANY, in_days(1).isoformat(), count)
    for _ in range(2):
        await round_of(furnished, box)
    assert box.subjects(PAUL) == [f"Overdue: {count:,} things"]
    [(_, _, message)] = box.taken
    text = message.get_body().get_content()
    assert text.count("\r\n- ") == min(count, 200)
    assert ("And 9,800 more:" in text) is (count == 10_000)
    assert len(message.as_bytes()) < 250_000
    assert await furnished.pool.fetchval("SELECT count(*) FROM post.outbox WHERE state = 'LET_GO'") == count


async def test_a_thing_is_due_on_its_last_day_and_not_on_the_day_after(furnished: Desk, box: Mailbox) -> None:
    """Given a report that is due on a day, then the digest and its calendar name that day."""
    due = datetime.now(UTC).date() + timedelta(days=10)
    await granted(furnished, reports=[{"number": 1, "kind": "PROGRESS", "due_on": due.isoformat()}])
    await chosen(furnished, "pia.berg", digest=7)
    with at(tomorrow(8)):
        await round_of(furnished, box)
    digest = next(message for _, to, message in box.taken if to == "pia.berg@funder.test")
    assert f"report 1, by {day_in('en', due)}" in digest.get_body().get_content()
    [entries] = digest.iter_attachments()
    assert f"DTSTART;VALUE=DATE:{due:%Y%m%d}" in entries.get_content()


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("language", "subject", "line"),
    [
        ("en", "What waits for you: 1 thing", "Waits for you:"),
        ("es", "Le espera 1 asunto", "Le espera:"),
        ("fr", "1 chose vous attend", "Vous attend :"),
    ],
)
async def test_staff_are_written_to_in_the_language_of_their_choice(
    furnished: Desk, box: Mailbox, language: str, subject: str, line: str
) -> None:
    await granted(furnished)
    await choose(furnished.pool, "paul.nkosi", PAUL, 7, "UTC", False, language)
    with at(tomorrow(8)):
        await round_of(furnished, box)
    [(_, _, message)] = box.taken
    assert (message["Subject"], line in message.get_body().get_content()) == (subject, True)


async def test_who_left_or_chose_otherwise_since_is_not_written_to(furnished: Desk, box: Mailbox) -> None:
    await granted(furnished)
    await chosen(furnished, "paul.nkosi", digest=7)
    await chosen(furnished, "dora.kim", digest=7)
    postman = Postman(furnished.pool, box.settings)
    async with postman.working() as connection:
        with at(tomorrow(7)):
            await postman._follower.queue_new(connection)
        await choose(furnished.pool, "dora.kim", "", None, "UTC", False)
        change = await change_directory(furnished, (StaffLeft(staff_id="paul.nkosi"),), "dora.kim")
        assert change.change_id is not None
        await confirm_change(furnished, change.change_id, "otto.audit")
        await postman.once(connection)
    assert box.taken == []
    assert {reason for _, _, reason in await states(furnished)} == {"they have left", "they chose not to be written to"}
    assert await furnished.pool.fetchval("SELECT count(*) FROM post.choices") == 0
