"""After a restore mail waits until payments are open again, and what an earlier timeline may have sent is in doubt."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accord.cli.payments.reopening import open_again
from accord.client.desk import Desk
from accord.organisation.governance import change_directory, confirm_change, epoch_to_begin
from accord.post import outbox
from accord.post.epochs import PutBack
from accord.post.kinds import MailKind
from accord.post.outbox import PUT_BACK
from domain.partnership import events as e
from tests import paying
from tests.accord.counter.files import booked, imports, told_now
from tests.accord.operations.test_epochs import ANOTHER_TIMELINE
from tests.accord.post.conftest import JANE, chosen, granted, round_of, shown, states, with_a_contact
from tests.accord.post.servers import Mailbox
from tests.accord.post.test_following import at, in_days, tomorrow
from tests.accord.post.test_sending import queued
from tests.paying import REFERENCE


async def put_back(desk: Desk) -> None:
    """The database is another one by its own word, as after each restore, and two guardians begin an epoch in it."""
    await desk.pool.execute(ANOTHER_TIMELINE)
    change = await change_directory(desk, (await epoch_to_begin(desk),), "dora.kim")
    assert change.change_id is not None
    await confirm_change(desk, change.change_id, "otto.audit")


async def reopen(desk: Desk) -> None:
    """Two of finance say by the bank's newest file that nothing left since."""
    said = told_now(booked("of somebody else"))
    for actor in ("femi.ade", "paul.nkosi"):
        await imports(desk, said, actor=actor)
        await open_again(desk, (said,), (), actor)


async def test_on_a_copy_and_before_payments_are_open_again_nothing_is_sent(furnished: Desk, box: Mailbox) -> None:
    """Given mail that waits when the database is put back, then it waits until two of finance say what left."""
    await granted(furnished)
    await round_of(furnished, box)
    await chosen(furnished, "paul.nkosi", digest=0)
    await queued(furnished)
    await furnished.pool.execute(ANOTHER_TIMELINE)
    with pytest.raises(PutBack, match="began in another database"):
        await round_of(furnished, box)
    await put_back(furnished)
    with pytest.raises(PutBack, match=r"payments are not open in epoch 2: `accord runbook after-a-restore`"):
        await round_of(furnished, box)
    assert (box.taken, [state for _, state, _ in await states(furnished)]) == ([], ["QUEUED"])


@pytest.mark.slow
async def test_what_an_earlier_timeline_may_have_sent_is_in_doubt_and_goes_once_a_person_says_so(
    furnished: Desk, box: Mailbox
) -> None:
    """Given a mail that waited at the restored time, and an event since, when mail goes on, then both are in doubt."""
    story = await paying.verified_and_assessed(furnished, with_a_contact())
    await shown(furnished)
    await round_of(furnished, box)
    waited = await queued(furnished, MailKind.REPORT_ACCEPTED, f"contact/{REFERENCE}/0")
    await story.says(e.InformationRequested, "ana.silva", question="Who is the treasurer?")
    await put_back(furnished)
    await reopen(furnished)
    await shown(furnished)
    for _ in range(2):
        await round_of(furnished, box)
    assert box.taken == []
    found = [(kind, state, reason) for kind, state, reason in await states(furnished)]
    assert sorted(found) == [("QUESTION_ASKED", "UNKNOWN", PUT_BACK), ("REPORT_ACCEPTED", "UNKNOWN", PUT_BACK)]
    asked = next(
        mail for mail in await outbox.listed_mails(furnished.pool, outbox.FOR_A_PERSON, 9) if mail.id != waited
    )
    assert await outbox.send_anew(furnished.pool, asked, "dora.kim") is not None
    await round_of(furnished, box)
    assert box.subjects(JANE) == [f"A question about {REFERENCE}"]


@pytest.mark.slow
async def test_what_follows_after_that_is_sent_as_ever(furnished: Desk, box: Mailbox) -> None:
    await granted(furnished)
    await chosen(furnished, "paul.nkosi", digest=7)
    await round_of(furnished, box)
    await put_back(furnished)
    await reopen(furnished)
    await shown(furnished)
    with at(tomorrow(8)):
        await round_of(furnished, box)
    assert await states(furnished) == [("DIGEST", "LET_GO", PUT_BACK)]
    with at(tomorrow(8).replace(tzinfo=UTC) + (in_days(2) - in_days(1))):
        await round_of(furnished, box)
    assert [state for _, state, _ in await states(furnished)] == ["LET_GO", "SENT"]


@pytest.mark.slow
async def test_nothing_is_followed_before_the_read_models_show_the_whole_ledger(furnished: Desk, box: Mailbox) -> None:
    """Given read models that lag after a restore, then mail waits for them, and what they show then is in doubt."""
    story = await paying.verified_and_assessed(furnished, with_a_contact())
    await shown(furnished)
    await round_of(furnished, box)
    await story.says(e.InformationRequested, "ana.silva", question="Who is the treasurer?")
    await put_back(furnished)
    await reopen(furnished)
    with pytest.raises(PutBack, match="read models"):
        await round_of(furnished, box)
    await shown(furnished)
    await round_of(furnished, box)
    assert [found[:2] for found in await states(furnished)] == [("QUESTION_ASKED", "UNKNOWN")]


async def test_an_installation_that_notes_its_epoch_for_the_first_time_doubts_nothing(
    furnished: Desk, box: Mailbox
) -> None:
    """Given a row of a release that noted no epoch, when mail goes on, then it is noted and mail is sent."""
    await granted(furnished)
    await round_of(furnished, box)
    await furnished.pool.execute("UPDATE post.followed SET epoch = NULL")
    await chosen(furnished, "paul.nkosi", digest=datetime.now(UTC).hour)
    await queued(furnished)
    await round_of(furnished, box)
    assert (len(box.taken), await furnished.pool.fetchval("SELECT epoch FROM post.followed")) == (1, 1)
