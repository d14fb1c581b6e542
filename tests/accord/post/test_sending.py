"""A mail is sent once: what the server did not take is tried again, and what is in doubt waits for a person."""

from __future__ import annotations

import asyncio
from email.errors import MessageError
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.post import composing, outbox, sending
from accord.post.kinds import MailKind
from accord.post.letter import Letter
from accord.post.outbox import MailState, NewMail
from accord.post.postman import AnotherWorks, Postman
from accord.post.sending import ServerAway
from tests.accord.post.conftest import JANE, chosen, granted, round_of, states
from tests.accord.post.servers import Mailbox, rogue, settings
from tests.paying import REFERENCE

MINUTES = "SELECT round(extract(epoch FROM next_at - changed_at) / 60)::int FROM post.outbox"


async def queued(desk: Desk, kind: MailKind = MailKind.DIGEST, recipient: str = "staff/paul.nkosi") -> UUID:
    mail = NewMail(uuid4(), kind, recipient, {"day": "2026-12-01"})
    await outbox.queue(desk.pool, [mail])
    return mail.id


@pytest.fixture
async def paul(furnished: Desk) -> Desk:
    """A house in which a tranche waits for its payer, who chose a digest."""
    await granted(furnished)
    await chosen(furnished, "paul.nkosi", digest=0)
    return furnished


async def test_a_mail_is_taken_once_and_its_id_is_that_of_the_outbox(paul: Desk, box: Mailbox) -> None:
    mail_id = await queued(paul)
    await round_of(paul, box)
    await round_of(paul, box)
    assert box.ids == [str(mail_id)]
    [(sender, recipient, message)] = box.taken
    assert recipient == "paul.nkosi@funder.test"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == "<staff.accord.funder.test>"
    assert message["From"] == "River Foundation <grants@funder.test>"
    assert sender.startswith("grants+")
    assert REFERENCE in message.get_body().get_content()


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    ("at", "does", "state"),
    [
        ("MAIL", "421 closing", "QUEUED"),
        ("RCPT", "close", "QUEUED"),
        ("RCPT", "what is this", "QUEUED"),
        ("RCPT", "451 greylisted", "QUEUED"),
        ("RCPT", "hang", "QUEUED"),
        ("RCPT", "550 no such user", "REFUSED"),
        ("DATA", "close", "UNKNOWN"),
        ("DATA", "421 closing", "UNKNOWN"),
        ("DATA", "451 not now", "QUEUED"),
        ("DATA", "554 no", "REFUSED"),
        ("DOT", "451 not now", "QUEUED"),
        ("DOT", "554 spam", "REFUSED"),
        ("DOT", "421 closing", "UNKNOWN"),
        ("DOT", "rubbish", "UNKNOWN"),
        ("DOT", "close", "UNKNOWN"),
        ("DOT", "hang", "UNKNOWN"),
    ],
)
async def test_what_becomes_of_a_mail_by_what_the_server_does(
    paul: Desk, monkeypatch: pytest.MonkeyPatch, at: str, does: str, state: str
) -> None:
    """Before its content it is tried again later; after it, only what the server said for certain counts."""
    if does == "hang":
        monkeypatch.setattr(sending, "TIMEOUT", 0.2)
        monkeypatch.setattr(sending, "TIMEOUT_OF_CONTENT", 0.2)
    await queued(paul)
    async with rogue(at, does) as server:
        postman = Postman(paul.pool, settings(server.port))
        async with postman.working() as connection:
            await postman.once(connection)
            await postman.once(connection)
        contents = server.contents
    [(_, found, reason)] = await states(paul)
    assert (found, bool(reason)) == (state, True)
    assert contents == (1 if at == "DOT" else 0)
    assert "paul.nkosi" not in reason


@pytest.mark.parametrize("does", ["554 nobody", "close", "rubbish"])
async def test_a_server_that_lets_nobody_in_is_no_fault_of_a_mail(paul: Desk, does: str) -> None:
    await queued(paul)
    async with rogue("CONNECT", does) as server:
        postman = Postman(paul.pool, settings(server.port))
        async with postman.working() as connection:
            with pytest.raises(ServerAway):
                await postman.once(connection)
    assert [found[1] for found in await states(paul)] == ["QUEUED"]
    assert await paul.pool.fetchval("SELECT tried FROM post.outbox") == 0


@pytest.mark.slow
async def test_a_server_that_takes_nothing_from_the_sender_costs_no_mail_a_try(paul: Desk) -> None:
    """Given a sender that the server does not know, who is the same for all, then each mail waits for that."""
    await queued(paul)
    async with rogue("MAIL", "553 sender not owned by user") as server:
        postman = Postman(paul.pool, settings(server.port))
        async with postman.working() as connection:
            with pytest.raises(ServerAway, match=r"takes nothing from our sender \(553\)"):
                await postman.once(connection)
    assert await states(paul) == [("DIGEST", "QUEUED", "")]
    assert await paul.pool.fetchval("SELECT tried FROM post.outbox") == 0


@pytest.mark.slow
async def test_a_mail_that_cannot_be_written_keeps_no_other_waiting(
    paul: Desk, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a name that the library cannot write, then a person looks at that mail, and the next goes out."""
    odd, other = await queued(paul), await queued(paul)
    wrote = composing.message

    def message(letter: Letter, identifier: UUID, *more: Any) -> Any:
        if identifier == odd:
            raise MessageError("a header within a header")
        return wrote(letter, identifier, *more)

    monkeypatch.setattr(composing, "message", message)
    await round_of(paul, box)
    assert box.ids == [str(other)]
    assert {found[1] for found in await states(paul)} == {"REFUSED", "SENT"}


LATER = """
INSERT INTO post.outbox (id, kind, recipient, facts) VALUES (gen_random_uuid(), 'LATER', 'staff/dora.kim', '{}')
"""


async def test_a_kind_of_a_newer_release_waits_for_it_and_stops_nothing(paul: Desk, box: Mailbox) -> None:
    await paul.pool.execute(LATER)
    mail_id = await queued(paul)
    await round_of(paul, box)
    assert box.ids == [str(mail_id)]
    assert await paul.pool.fetchval("SELECT state FROM post.outbox WHERE kind = 'LATER'") == "QUEUED"


@pytest.mark.slow
async def test_pauses_grow_and_then_a_person_is_asked(paul: Desk) -> None:
    await queued(paul)
    pauses = []
    async with rogue("RCPT", "451 later") as server:
        for _ in range(6):
            await paul.pool.execute("UPDATE post.outbox SET next_at = ledger.now()")
            postman = Postman(paul.pool, settings(server.port))
            async with postman.working() as connection:
                await postman.once(connection)
            pauses.append(await paul.pool.fetchval(MINUTES))
    assert pauses[:5] == [1, 5, 30, 120, 720]
    [(_, state, reason)] = await states(paul)
    assert (state, reason) == ("REFUSED", "given up after 6 tries: the server answered 451 to the address")


@pytest.mark.slow
async def test_a_mail_that_a_process_was_sending_when_it_ended_is_never_sent_by_itself(
    paul: Desk, box: Mailbox
) -> None:
    mail_id = await queued(paul)
    [mail] = await outbox.ready_mails(paul.pool, 1)
    assert await outbox.begin(paul.pool, mail, bytes(32))
    await round_of(paul, box)
    assert box.taken == []
    assert [found[1] for found in await states(paul)] == ["UNKNOWN"]
    another = await outbox.send_anew(paul.pool, mail, "dora.kim")
    assert await outbox.send_anew(paul.pool, mail, "dora.kim") is None
    await round_of(paul, box)
    assert box.ids == [str(another)]
    assert str(mail_id) not in box.ids


async def test_of_two_processes_one_works(paul: Desk, box: Mailbox) -> None:
    first, second = Postman(paul.pool, box.settings), Postman(paul.pool, box.settings)
    async with first.working():
        with pytest.raises(AnotherWorks):
            async with second.working():
                pass
    async with second.working():
        pass


@pytest.mark.slow
async def test_two_that_take_the_same_mail_send_it_once(paul: Desk, box: Mailbox) -> None:
    """Given two that both believe to work, when they have the same mail in hand, then the row lets one of them."""
    await queued(paul)
    postmen = [Postman(paul.pool, box.settings) for _ in range(2)]
    async with paul.pool.acquire() as one, paul.pool.acquire() as other:
        await asyncio.gather(*(p._send_ready(c) for p, c in zip(postmen, (one, other), strict=True)))
    assert len(box.taken) == 1
    assert [found[1] for found in await states(paul)] == ["SENT"]


@pytest.mark.sampled(1)
@pytest.mark.parametrize("state", ["SENT", "UNKNOWN", "REFUSED", "LET_GO"])
async def test_the_database_lets_nothing_be_queued_again(paul: Desk, state: str) -> None:
    await queued(paul)
    await paul.pool.execute("UPDATE post.outbox SET state = 'SENDING'")
    steps = ["UNKNOWN", "LET_GO"] if state == "LET_GO" else [state]
    for step in steps:
        await paul.pool.execute("UPDATE post.outbox SET state = $1", step)
    for back in ("QUEUED", "SENDING"):
        with pytest.raises(asyncpg.CheckViolationError, match="does not go"):
            await paul.pool.execute("UPDATE post.outbox SET state = $1", back)
    with pytest.raises(asyncpg.CheckViolationError, match="not changed"):
        await paul.pool.execute("UPDATE post.outbox SET recipient = 'staff/dora.kim'")


async def test_a_recipient_whom_the_server_refuses_keeps_no_other_waiting(paul: Desk, box: Mailbox) -> None:
    await chosen(paul, "dora.kim", digest=0)
    box.refused["paul.nkosi@funder.test"] = "550 5.1.1 <paul.nkosi@funder.test> unknown"
    await queued(paul, recipient="staff/paul.nkosi")
    await queued(paul, recipient=f"contact/{REFERENCE}/0", kind=MailKind.AGREEMENT_WAITS)
    other = await queued(paul, recipient="staff/paul.nkosi")
    await round_of(paul, box)
    assert [found[1:] for found in await states(paul)][::2] == [("REFUSED", "the server refuses the address (550)")] * 2
    assert str(other) not in box.ids
    assert JANE not in str(await states(paul))


def test_the_states_of_a_mail_are_those_of_the_database() -> None:
    assert {state.value for state in MailState} == {"QUEUED", "SENDING", "SENT", "REFUSED", "UNKNOWN", "LET_GO"}
