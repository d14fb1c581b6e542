"""Endpoints hear what the ledger records: signed, in order, never skipped, and nobody who was not enrolled by two."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.operations.webhooks import cursors, enrolling
from accord.operations.webhooks.enrolling import EnrolledSecret, standings
from accord.operations.webhooks.messages import Message
from accord.operations.webhooks.posting import Poster, PostResult
from accord.operations.webhooks.sealing import seal
from accord.operations.webhooks.sender import Sender
from accord.operations.webhooks.signing import digest_of, new_signing_secret
from accord.organisation.governance import confirm_change
from accord.presentation.faults import BadInput, Refused
from deploy.database import open_pool
from deploy.logins import Login
from deploy.payloads.keys import PayloadKey, PayloadKeys
from domain.directory.people import DirectoryChangeConfirmed, DirectoryChangeProposed, EndpointEnrolled
from domain.directory.sealing import change_id_of, change_statement
from domain.recorded.acts import confirmation_id
from domain.recorded.writers import Writer
from domain.streams import DIRECTORY_STREAM, StreamId
from domain.webhooks.endpoint import Endpoint
from ledger import AppendRequest, Ledger, NewEvent, clock
from records.codec import to_ledger
from records.opening import open_ledger
from tests.accord.operations.webhooks.receiver import Receiver, receiving
from tests.conftest import Office
from tests.waiting import until

KEYS = PayloadKeys((PayloadKey(bytes(32), clock.now()),))
SOON = (0.01,) * 500
"""Waits of a test: many short ones."""
OWN = frozenset({"127.0.0.1"})
TOLD = StreamId("webhook-test")


@pytest.fixture(scope="module")
async def sending_pool(office: Office) -> AsyncIterator[asyncpg.Pool]:
    """The office's database as the sender's own login sees it."""
    pool = await open_pool(office.url_of(Login.WEBHOOKS), 12)
    yield pool
    pool.terminate()


@pytest.fixture(autouse=True)
async def nothing_is_left(desk: Desk) -> AsyncIterator[None]:
    """Each test has its own endpoints: those before it are revoked."""
    yield
    for endpoint in (await desk.directory()).endpoints_in_force(clock.today()):
        await enrolling.revoke(desk, endpoint.name, "dora.kim")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as running:
        yield running


def content(receiver: Receiver, head: int, name: str = "", **more: Any) -> dict[str, Any]:
    return {
        "name": name or f"e-{uuid4().hex[:8]}", "url": receiver.url, "hears": ("TestTold",), "after": head,
        "last_day": clock.today() + timedelta(days=30), **more,
    }  # fmt: skip


async def enrolled(desk: Desk, receiver: Receiver, **more: Any) -> Endpoint:
    """An endpoint that two guardians enrolled. It hears `TestTold`, which nobody but these tests records."""
    proposal = await proposed(desk, receiver, **more)
    assert proposal.change.change_id is not None
    await confirm_change(desk, proposal.change.change_id, "otto.audit")
    return proposal.endpoint


async def proposed(desk: Desk, receiver: Receiver, **more: Any) -> EnrolledSecret:
    fields = content(receiver, await desk.ledger.head(), **more)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(enrolling, "EVENT_TYPES", {"TestTold": object, "TestOther": object})
        proposal = await enrolling.enrol(desk, KEYS, "dora.kim", fields)
    receiver.secret = proposal.secret
    return proposal


async def told(desk: Desk, number: int, kind: str = "TestTold") -> list[int]:
    """Record so many events, and return their positions."""
    ledger, stream = Ledger(desk.pool), f"webhook-test/{uuid4()}"
    events = tuple(NewEvent.of(kind, 1, {"n": place}, {}) for place in range(number))
    answer = await ledger.append(AppendRequest(stream, uuid4(), 0, events))
    assert answer.first_position is not None
    return list(range(answer.first_position, answer.first_position + number))


@asynccontextmanager
async def sending(pool: asyncpg.Pool, **more: Any) -> AsyncIterator[Sender]:
    """Let a sender work."""
    sender = Sender(pool, KEYS, OWN, **{"waits": SOON, **more})
    task = asyncio.create_task(sender.forever())
    try:
        yield sender
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def is_in(desk: Desk, name: str, state: str) -> bool:
    return any(line.state == state for line in await standings(desk) if line.endpoint.name == name)


async def test_what_is_recorded_is_heard_in_order_signed_and_once(
    desk: Desk, sending_pool: asyncpg.Pool, receiver: Receiver
) -> None:
    """Given an endpoint, when events are recorded before and while a sender works, then it hears its own."""
    await told(desk, 1)
    await enrolled(desk, receiver)
    first = await told(desk, 3)
    async with sending(sending_pool):
        await receiver.hears(3)
        await told(desk, 2, "TestOther")
        later = await told(desk, 2)
        messages = await receiver.hears(5)
    assert receiver.positions == [*first, *later]
    stored = {event.position: event async for event in Ledger(desk.pool).read_between(first[0] - 1, later[-1])}
    for message in messages:
        event, data = stored[message.position], message.body["data"]
        assert message.id == f"{event.position}-{event.leaf.hex()[:16]}"
        assert (message.body["type"], data["payload"].encode()) == (event.event_type, event.payload)
        assert (data["leaf"], data["meta"].encode(), data["version"]) == (event.leaf.hex(), event.meta, event.version)


class Killed(Exception):
    """Stands for a process that ends between an answer and its cursor."""


async def test_killed_between_an_answer_and_its_cursor_it_sends_again_and_loses_nothing(
    desk: Desk, sending_pool: asyncpg.Pool, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a sender that ends after each answer, before its cursor, then all is heard in order, some of it twice."""
    await enrolled(desk, receiver)
    positions = await told(desk, 4)
    writes, kills = cursors.go_on, iter([True, False, True, True, False, False, False])

    async def killed(*arguments: Any, **more: Any) -> None:
        if next(kills, False):
            raise Killed
        await writes(*arguments, **more)

    monkeypatch.setattr(cursors, "go_on", killed)
    monkeypatch.setattr("accord.operations.webhooks.sender.AGAIN", 0.01)
    async with sending(sending_pool):
        await receiver.hears(7)
        monkeypatch.undo()
        await told(desk, 1)
        await receiver.hears(8)
    sent = [receiver.positions.count(position) for position in positions]
    assert (sent, receiver.positions) == ([2, 3, 1, 1], sorted(receiver.positions)), "in order, and none is lost"
    assert len({message.id for message in receiver.heard}) == 5


async def test_one_that_is_dead_keeps_no_other_waiting_and_is_stopped_at_the_end(
    desk: Desk, sending_pool: asyncpg.Pool, receiver: Receiver
) -> None:
    """Given two endpoints of which one refuses, then the other hears all, and the first goes on at a word."""
    async with receiving() as dead:
        dead.status = 500
        stopped = await enrolled(desk, dead)
        await enrolled(desk, receiver)
        positions = await told(desk, 3)
        async with sending(sending_pool, waits=(0.01, 0.01)):
            await receiver.hears(3)
            await until(lambda: is_in(desk, stopped.name, "STOPPED"))
            assert dead.positions == [positions[0]] * 3, "it skips nothing, and tries no more"
            dead.status = 200
            await enrolling.resume(desk, stopped.name, "dora.kim")
            await dead.hears(6)
            await until(lambda: is_in(desk, stopped.name, "ACTIVE"))
    assert dead.positions[3:] == positions
    assert receiver.positions == positions


async def test_one_that_is_gone_is_stopped_at_once_and_the_state_says_why(
    desk: Desk, sending_pool: asyncpg.Pool, receiver: Receiver
) -> None:
    endpoint = await enrolled(desk, receiver)
    receiver.status = 410
    await told(desk, 2)
    async with sending(sending_pool):
        await until(lambda: is_in(desk, endpoint.name, "STOPPED"))
    [line] = [line for line in await standings(desk) if line.endpoint.name == endpoint.name]
    assert line.cursor is not None
    assert (len(receiver.heard), line.behind) == (1, 2)
    assert line.cursor.reason == "it wants nothing more (410 Gone)"


async def test_what_was_taken_is_sent_again_from_a_position_under_the_same_ids(
    desk: Desk, sending_pool: asyncpg.Pool, receiver: Receiver
) -> None:
    endpoint = await enrolled(desk, receiver)
    positions = await told(desk, 3)
    async with sending(sending_pool):
        before = [message.id for message in await receiver.hears(3)]
        with pytest.raises(BadInput, match=rf"--from: {endpoint.after} is not between {endpoint.after + 1}"):
            await enrolling.replay(desk, endpoint.name, endpoint.after, "dora.kim")
        with pytest.raises(BadInput, match=rf"and {positions[-1]}, up to which it took all: nothing is skipped"):
            await enrolling.replay(desk, endpoint.name, positions[-1] + 1, "dora.kim")
        await enrolling.replay(desk, endpoint.name, positions[1], "dora.kim")
        messages = await receiver.hears(5)
    assert [message.id for message in messages[3:]] == before[1:]


async def test_one_that_is_revoked_or_stopped_hears_nothing_more(
    desk: Desk, sending_pool: asyncpg.Pool, receiver: Receiver
) -> None:
    """Given endpoints, when one guardian revokes one and somebody stops another, then a third alone hears the next."""
    async with receiving() as revoked, receiving() as stopped:
        ends, rests = await enrolled(desk, revoked), await enrolled(desk, stopped)
        await enrolled(desk, receiver)
        await told(desk, 1)
        async with sending(sending_pool):
            for each in (revoked, stopped, receiver):
                await each.hears(1)
            await enrolling.revoke(desk, ends.name, "dora.kim")
            await enrolling.stop(desk, rests.name, "dora.kim")
            await told(desk, 2)
            await receiver.hears(3)
            assert (len(revoked.heard), len(stopped.heard)) == (1, 1)
        assert await is_in(desk, ends.name, "REVOKED")
        with pytest.raises(Refused, match=r"no endpoint .* in force"):
            await enrolling.resume(desk, ends.name, "dora.kim")


async def test_another_secret_takes_over_while_a_message_is_tried_again_and_the_old_one_signs_nothing_more(
    desk: Desk, sending_pool: asyncpg.Pool, receiver: Receiver
) -> None:
    """Given a message that is not taken, when its endpoint is revoked and enrolled anew, then the new one hears all."""
    async with receiving() as retired:
        retired.status = 500
        ends = await enrolled(desk, retired)
        positions = await told(desk, 1)
        async with sending(sending_pool):
            await retired.hears(2)
            await enrolling.revoke(desk, ends.name, "dora.kim")
            await enrolled(desk, receiver, after=ends.after)
            await receiver.hears(1)
            number = len(retired.heard)
            positions += await told(desk, 1)
            await receiver.hears(2)
    assert (receiver.positions, len(retired.heard)) == (positions, number)


async def test_whether_it_is_in_force_is_asked_before_each_message(
    desk: Desk, sending_pool: asyncpg.Pool, receiver: Receiver
) -> None:
    """Given a sender in the midst of many events, when its endpoint is revoked, then the next one is not sent."""
    endpoint = await enrolled(desk, receiver)
    await told(desk, 3)
    sender, poster = Sender(sending_pool, KEYS, OWN), Poster(endpoint, receiver.secret, OWN)
    posts = poster.post

    async def revoked_meanwhile(message: Message) -> PostResult:
        result = await posts(message)
        await enrolling.revoke(desk, endpoint.name, "dora.kim")
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(poster, "post", revoked_meanwhile)
        await sender.drain(endpoint, poster)
    await poster.close()
    assert len(receiver.heard) == 1


async def test_nothing_is_sent_before_the_second_guardian_confirms_nor_after_the_last_day(
    desk: Desk, sending_pool: asyncpg.Pool, receiver: Receiver
) -> None:
    async with receiving() as over, receiving() as waiting:
        await enrolled(desk, receiver)
        await enrolled(desk, over, last_day=clock.today())
        await proposed(desk, waiting)
        await told(desk, 1)
        later = clock.now() + timedelta(days=1)
        with clock.reading(lambda: later):
            async with sending(sending_pool):
                receiver.secret = ""  # the library takes no message of tomorrow
                await receiver.hears(1)
    assert (over.heard, waiting.heard) == ([], [])


async def test_an_enrolment_that_the_workers_login_writes_is_not_believed(
    desk: Desk, office: Office, sending_pool: asyncpg.Pool, receiver: Receiver
) -> None:
    """Given a stolen login of the worker's, when it writes an enrolment with one guardian's key, nobody hears by it."""
    secret = new_signing_secret()
    await cursors.keep(desk.pool, digest_of(secret), seal(KEYS, secret))
    async with receiving() as thief:
        fields = content(thief, await desk.ledger.head(), sha256=digest_of(secret))
        await write_by_the_worker(desk, office, (EndpointEnrolled(endpoint=Endpoint(**fields)),))
        await enrolled(desk, receiver)
        await told(desk, 1)
        async with sending(sending_pool):
            await receiver.hears(1)
        assert thief.heard == []


async def write_by_the_worker(desk: Desk, office: Office, facts: tuple[EndpointEnrolled]) -> None:
    """Write a change of the directory by the worker's login, with one guardian's signatures in both names."""
    directory = await desk.directory()
    change_id, now = change_id_of(directory, facts), clock.now()
    statements = [
        change_statement(act, "dora.kim", now, change_id, facts) for act in ("change_directory", "confirm_directory")
    ]
    signatures = [await desk.sign(statement) for statement in statements]
    acts = (
        (change_id, DirectoryChangeProposed(change_id=change_id, changes=facts, signature=signatures[0])),
        (
            confirmation_id(change_id, "dora.kim"),
            DirectoryChangeConfirmed(change_id=change_id, signature=signatures[1]),
        ),
    )
    pool = await open_pool(office.url_of(Login.WORKER))
    async with pool:
        ledger = open_ledger(pool, Writer.WORKER)
        for version, (command, event) in enumerate(acts, directory.version):
            events = to_ledger((event,), "dora.kim", command)
            assert (await ledger.append(AppendRequest(DIRECTORY_STREAM, command, version, events))).recorded


async def test_it_sends_to_no_address_of_this_machine_that_the_settings_do_not_name(
    desk: Desk, sending_pool: asyncpg.Pool, receiver: Receiver
) -> None:
    endpoint = await enrolled(desk, receiver)
    await told(desk, 1)
    sender = Sender(sending_pool, KEYS, waits=())
    task = asyncio.create_task(sender.forever())
    await until(lambda: is_in(desk, endpoint.name, "STOPPED"))
    task.cancel()
    [line] = [line for line in await standings(desk) if line.endpoint.name == endpoint.name]
    assert line.cursor is not None
    assert "name the host in ACCORD_WEBHOOK_HOSTS" in line.cursor.reason
    assert receiver.heard == []


async def test_a_secret_is_sealed_anew_by_the_key_that_writes(
    desk: Desk, sending_pool: asyncpg.Pool, receiver: Receiver
) -> None:
    """Given a ring in which another key writes, when a sender begins, then the old key can be dropped."""
    endpoint = await enrolled(desk, receiver)
    await told(desk, 1)
    turned = KEYS.with_new()
    turned = turned.using(turned.keys[-1].key_id, clock.now())
    assert await enrolling.number_sealed_by(desk, KEYS.writes.key_id) >= 1
    sender = Sender(sending_pool, turned, OWN, waits=SOON)
    task = asyncio.create_task(sender.forever())
    await receiver.hears(1)
    task.cancel()
    sealed = await cursors.sealed_secret(desk.pool, endpoint.sha256)
    assert sealed is not None
    assert sealed.key_id == turned.writes.key_id


async def test_one_sender_works_and_another_waits(desk: Desk, sending_pool: asyncpg.Pool, receiver: Receiver) -> None:
    await enrolled(desk, receiver)
    async with sending(sending_pool), sending(sending_pool) as second:

        async def waits() -> str:
            return await second.fault()

        assert await until(waits) == "another process sends webhooks"
        await told(desk, 2)
        await receiver.hears(2)
    assert len(receiver.heard) == 2


async def test_a_copy_of_the_database_tells_nobody(
    desk: Desk, sending_pool: asyncpg.Pool, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enrolled(desk, receiver)
    await told(desk, 1)

    async def elsewhere(*_: object) -> str:
        return "epoch 1 began in another database than this one"

    monkeypatch.setattr("records.directory.DirectoryRepository.fault_of_installation", elsewhere)
    async with sending(sending_pool) as sender:
        assert "another database" in await until(sender.fault)
    assert receiver.heard == []


async def test_the_senders_login_moves_no_cursor_back_or_past_the_ledger(
    desk: Desk, sending_pool: asyncpg.Pool, receiver: Receiver
) -> None:
    """Given a stolen login of the sender's, then it skips nothing that is yet to come."""
    endpoint = await enrolled(desk, receiver)
    move = "UPDATE webhooks.cursors SET position = $2 WHERE sha256 = $1"
    head = await desk.ledger.head()
    await sending_pool.execute(move, endpoint.sha256, head)
    for position, fault in ((head + 1, "past the ledger"), (head - 1, "goes back at a person's word")):
        with pytest.raises(asyncpg.CheckViolationError, match=fault):
            await sending_pool.execute(move, endpoint.sha256, position)
    assert not await cursors.say(desk.pool, endpoint.sha256, "dora.kim", head + 1), "nor does the shell's login"


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "an address": ({"url": "http://books.example.org"}, "url: .* write https://HOST/PATH"),
    "a type": ({"hears": ("PaymentSetled",)}, "--hears: there is no event PaymentSetled; `accord webhooks types`"),
    "a kind": ({"hears": ("payments",)}, "hears: 'payments' is neither a type of event"),
    "a position": ({"after": 10**9}, "--after: 1000000000 lies ahead; the ledger has"),
    "a day": ({"last_day": clock.today() + timedelta(days=800)}, "--until: .* name a nearer day"),
    "a name": ({"name": "General Ledger"}, "name: "),
}


@pytest.mark.parametrize("field", BAD)
async def test_a_field_that_is_wrong_is_named_with_its_remedy(desk: Desk, receiver: Receiver, field: str) -> None:
    more, fault = BAD[field]
    with pytest.raises(BadInput, match=fault):
        await enrolling.enrol(desk, KEYS, "dora.kim", {**content(receiver, 0), "hears": ("fund",), **more})


async def test_who_is_no_guardian_enrols_nothing(desk: Desk, receiver: Receiver) -> None:
    fields = {**content(receiver, 0), "hears": ("fund",)}
    with pytest.raises(Refused, match="may not change the directory: it needs AUDITOR or DIRECTOR"):
        await enrolling.enrol(desk, KEYS, "paul.nkosi", fields)
