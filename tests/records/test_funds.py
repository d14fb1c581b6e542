"""Nobody reserves money that is not there, however many decide at once and whatever fails between (R15, R39)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from accord.client.desk import Desk
from activities.contracts import CarriedOut, CarryOut, KnownVersion
from activities.partnerships import Partnerships
from domain.directory.people import KeyRevoked
from domain.directory.tiers import Role
from domain.funds.claims import claims_of
from domain.funds.fund import NONE, Fund
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.policy.rulebook import assess
from domain.streams import StreamId
from ledger import AppendRequest, AppendResult, AppendStatus, Ledger, LedgerUnavailable, NewEvent, clock
from records.authorship import Reader
from records.funds import Funds
from tests.activities.story import QUORUM
from tests.builders import funding, funds_out, party, proposal, status, verification
from tests.governing import decree
from tests.scribe import Scribe, signing_for
from tests.treasury import ASKS, change, fund, unrestricted

FUND, OTHER, GRANT = "FD-2026-YEAR", "FD-2026-OTHER", Decimal(1000)
OK, REPLAY, KEY_REUSE, CONFLICT = AppendStatus.OK, AppendStatus.REPLAY, AppendStatus.KEY_REUSE, AppendStatus.CONFLICT
Desks = Callable[[], Awaitable[Desk]]


async def waiting(desk: Desk, n: int) -> Scribe:
    """A grant of 1,000 that finance approved and programme has not. No two have payee or purpose in common."""
    payee = party(f"Readers {n}", ein=f"0020{n:05}")
    out = funds_out(payee=payee, purpose=f"Reading room {n}", funds=[{"fund": FUND}], final_report=False)
    proposed = proposal(f"P-2026-{6000 + n}", partner=payee, funds_out=out)
    scribe, found = Scribe(desk, proposed.reference), verification(status())
    await scribe.says(e.PartnershipProposed, "pia.berg", proposal=proposed, funding=funding())
    assessment = assess(proposed, funding(), found)
    await scribe.write(
        e.DueDiligenceCompleted(at=datetime.now(UTC), verification=found),
        e.EligibilityAssessed(at=datetime.now(UTC), assessment=assessment, quorum=QUORUM),
    )
    given = {"no_interest": True, "role": Role.FINANCE_APPROVER, "reason": "within budget", "quorum": QUORUM}
    await scribe.says(e.ApprovalGiven, "femi.ade", **given)
    return scribe


async def all_waiting(desk: Desk, most: int) -> list[Scribe]:
    return [await waiting(desk, n) for n in range(most)]


def approval(scribe: Scribe) -> CarryOut:
    """The programme's approval, which completes the quorum."""
    return signed(scribe, c.Approve, "ana.silva", no_interest=True, reason="it fits")


def withdrawal(scribe: Scribe) -> CarryOut:
    return signed(scribe, c.Withdraw, "pia.berg", reason="other plans")


def signed(scribe: Scribe, kind: type[c.StaffRequest], actor: str, **content: Any) -> CarryOut:
    """A command, signed on what stands now."""
    command = kind(command_id=uuid4(), at=datetime.now(UTC), actor=actor, **content)
    statement = command.statement(scribe.reference, scribe.shown).within(signing_for())
    said = command.model_copy(update={"signature": scribe.keyring.sign(statement)})
    return CarryOut(partnership_id=scribe.reference, command=said, known=KnownVersion())


async def carried_out(process: Partnerships, asked: CarryOut) -> CarriedOut:
    """The command, tried again under its id until the ledger answers, as Temporal does."""
    while True:
        try:
            return await process.carry_out(asked)
        except LedgerUnavailable:
            await asyncio.sleep(0)


async def require_the_books_agree(desk: Desk, scribes: Sequence[Scribe]) -> Fund:
    """The fund's kept sums are those of the partnerships, one by one and together."""
    known, standing = await fund(desk, FUND), 0
    for scribe in scribes:
        state = await scribe.reread()
        assert known.claim(scribe.reference) == claims_of(state).get(FUND, NONE), scribe.reference
        standing += state.is_approved and not state.ended
    assert known.balance(clock.now()).reserved == standing * GRANT
    assert known.available(clock.now()) >= 0
    return known


# Everybody at once


async def of_so_many_at_once(desks: Desks, asking: int, enough_for: int) -> None:
    """More approvals at once than the fund has money for, in two processes."""
    desk, other = await desks(), await desks()
    await unrestricted(desk, FUND, str(enough_for * GRANT))
    scribes = await all_waiting(desk, asking)
    processes = [Partnerships(one.pool) for one in (desk, other)]
    answers = await asyncio.gather(
        *[carried_out(processes[n % 2], approval(scribe)) for n, scribe in enumerate(scribes)]
    )
    refused = [one.refusal for one in answers if one.refusal is not None]
    assert len(refused) == asking - enough_for
    for refusal in refused:
        assert refusal.kind == "FundsShort"
        assert refusal.reason.startswith("1,000.00 are to be kept for P-2026-6")
        assert f"{FUND} has 0 USD left: amend the sum" in refusal.reason
    known = await require_the_books_agree(other, scribes)
    assert (len(known.claims), known.available(clock.now())) == (enough_for, 0)
    for scribe in scribes:
        told = [one.event.event_type for one in await desk.history(scribe.reference)]
        assert told.count("ApprovalGiven") == 1 + told.count("FundsAllotted"), told
        assert told.count("CommandRefused") == 1 - told.count("FundsAllotted"), told


async def test_of_sixty_approvals_at_once_a_fund_for_thirty_bears_exactly_thirty(desks: Desks) -> None:
    await of_so_many_at_once(desks, 60, 30)


@pytest.mark.slow
async def test_of_two_hundred_approvals_at_once_a_fund_for_a_hundred_bears_exactly_a_hundred(desks: Desks) -> None:
    await of_so_many_at_once(desks, 200, 100)


async def test_the_same_approval_in_two_processes_at_once_reserves_once(desks: Desks) -> None:
    desk, other = await desks(), await desks()
    await unrestricted(desk, FUND, "5000.00")
    (scribe,) = await all_waiting(desk, 1)
    asked = approval(scribe)
    processes = [Partnerships(one.pool) for one in (desk, other, desk, other)]
    answers = await asyncio.gather(*[carried_out(process, asked) for process in processes])
    assert [one.refusal for one in answers] == [None] * 4
    assert (await require_the_books_agree(desk, [scribe])).available(clock.now()) == 4000


async def test_what_is_withdrawn_in_one_process_is_reserved_in_another(desks: Desks) -> None:
    desk, other = await desks(), await desks()
    await unrestricted(desk, FUND, "1000.00")
    first, second = await all_waiting(desk, 2)
    here, there = Partnerships(desk.pool), Partnerships(other.pool)
    assert (await carried_out(here, approval(first))).refusal is None
    assert (await carried_out(there, approval(second))).refusal is not None
    await seen(first)
    await seen(second)
    assert (await carried_out(here, withdrawal(first))).refusal is None
    assert (await carried_out(there, approval(second))).refusal is None
    await require_the_books_agree(desk, [first, second])


async def seen(scribe: Scribe) -> None:
    """The scribe looks at what was recorded since."""
    recorded = await scribe.desk.ledger.read_stream(StreamId.partnership(scribe.reference))
    scribe.state, scribe.position = await scribe.reread(), recorded[-1].position


async def test_an_approval_waits_for_what_is_on_its_way_and_is_not_refused_by_what_never_arrives(
    furnished: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The money is reserved for the first in one process's memory. Its append fails, so the second gets it."""
    await unrestricted(furnished, FUND, "1000.00")
    first, second = await all_waiting(furnished, 2)
    process, original, left = Partnerships(furnished.pool), Ledger.append_unless, [LedgerUnavailable("away")]

    async def fails_once(self: Ledger, *asked: Any) -> list[AppendResult]:
        await asyncio.sleep(0)
        if left:
            raise left.pop()
        return await original(self, *asked)

    monkeypatch.setattr(Ledger, "append_unless", fails_once)
    answers = await asyncio.gather(
        process.carry_out(approval(first)), process.carry_out(approval(second)), return_exceptions=True
    )
    assert sorted(isinstance(one, LedgerUnavailable) for one in answers) == [False, True]
    assert [one.refusal for one in answers if isinstance(one, CarriedOut)] == [None]
    assert (await require_the_books_agree(furnished, [first, second])).available(clock.now()) == 0


async def test_an_append_that_arrives_after_it_was_given_up_is_answered_as_what_was_recorded(
    furnished: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection broke, but the server goes on. The command that is tried again finds itself recorded."""
    await unrestricted(furnished, FUND, "5000.00")
    (scribe,) = await all_waiting(furnished, 1)
    original, late = Ledger.append_unless, list[Any]()

    async def given_up(self: Ledger, *asked: Any) -> list[AppendResult]:
        if not late:
            late.append((self, asked))
            raise LedgerUnavailable("the connection broke")
        if len(late) == 1:
            late.append(await original(late[0][0], *late[0][1]))
        return await original(self, *asked)

    monkeypatch.setattr(Ledger, "append_unless", given_up)
    answer = await carried_out(Partnerships(furnished.pool), approval(scribe))
    assert said(late[1]) == [OK, OK]
    assert answer.refusal is None
    await require_the_books_agree(furnished, [scribe])


# Faults


class Faults:
    """Appends that fail, half of them although they were recorded, up to so many."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
        self.left, self.chance = most, Random(20261102)  # noqa: S311
        for name in ("append_unless", "_send"):
            monkeypatch.setattr(Ledger, name, self.failing(getattr(Ledger, name)))

    def failing(self, original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def append(*asked: Any) -> Any:
            fails, recorded = self.left > 0 and self.chance.random() < 0.9, self.chance.random() < 0.5
            self.left -= fails
            answer = await original(*asked) if recorded or not fails else None
            if fails:
                raise LedgerUnavailable("the connection broke")
            return answer

        return append


async def with_faults(desks: Desks, monkeypatch: pytest.MonkeyPatch, faults: int) -> None:
    """Approvals and withdrawals in two processes, all of them tried until they are answered."""
    desk, other = await desks(), await desks()
    asking = faults * 2 // 3
    await unrestricted(desk, FUND, str(asking // 2 * GRANT))
    scribes = await all_waiting(desk, asking)
    processes, injected = [Partnerships(one.pool) for one in (desk, other)], Faults(monkeypatch, faults)

    async def live(n: int, scribe: Scribe) -> CarriedOut:
        answer = await carried_out(processes[n % 2], approval(scribe))
        if n % 3 == 0:
            await seen(scribe)
            assert (await carried_out(processes[(n + 1) % 2], withdrawal(scribe))).refusal is None
        return answer

    answers = await asyncio.gather(*[live(n, scribe) for n, scribe in enumerate(scribes)])
    assert injected.left < faults // 2, "one append bears several, so that how many fail is chance"
    await require_the_books_agree(desk, scribes)
    for answer, scribe in zip(answers, scribes, strict=True):
        told = [one.event.event_type for one in await desk.history(scribe.reference)]
        assert told.count("FundsAllotted") == (answer.refusal is None), "it is told what was recorded"
        assert answer.refusal is None or answer.refusal.kind == "FundsShort"


@pytest.mark.slow
async def test_after_fifty_faults_at_the_append_the_fund_keeps_what_stands_and_no_more(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_faults(desks, monkeypatch, 50)


@pytest.mark.slow
async def test_after_five_hundred_faults_at_the_append_the_fund_keeps_what_stands_and_no_more(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_faults(desks, monkeypatch, 500)


async def test_funds_are_read_as_they_are_recorded_whoever_recorded_last(desks: Desks) -> None:
    desk, other = await desks(), await desks()
    mine = Funds(other.reader)
    assert not (await mine.read(FUND)).is_open
    await unrestricted(desk, FUND, "700.00")
    assert (await mine.read(FUND)).granted == 700
    assert await mine.read_all([FUND, "FD-2026-NONE"]) == {
        FUND: await fund(desk, FUND), "FD-2026-NONE": Fund("FD-2026-NONE"),
    }  # fmt: skip


# What the ledger promises of one command over several streams


@pytest.fixture
def ledger(pool: asyncpg.Pool) -> Ledger:
    return Ledger(pool)


def request(stream: str, command: UUID | None = None, after: int = 0, **payload: Any) -> AppendRequest:
    made = NewEvent.of("Noted", 1, payload or {"said": "yes"}, {"actor": "pia.berg"})
    return AppendRequest(stream, command or uuid4(), after, (made,))


async def versions(ledger: Ledger, *streams: str) -> list[int]:
    return [len(await ledger.read_stream(one)) for one in streams]


def said(answers: Sequence[AppendResult]) -> list[AppendStatus]:
    return [one.status for one in answers]


async def test_a_command_over_two_streams_is_recorded_in_both(ledger: Ledger) -> None:
    command = uuid4()
    answers = await ledger.append_together([request("one", command), request("two", command)])
    assert answers == [AppendResult(OK, 1, 1), AppendResult(OK, 2, 1)]
    assert await versions(ledger, "one", "two") == [1, 1]


@pytest.mark.parametrize("at_fault", [0, 1, 2])
async def test_a_conflict_in_one_stream_leaves_all_as_they_were(ledger: Ledger, at_fault: int) -> None:
    await ledger.append(request("moved"))
    streams, command = ["one", "two"], uuid4()
    streams.insert(at_fault, "moved")
    answers = await ledger.append_together([request(one, command) for one in streams])
    assert answers == [AppendResult(CONFLICT, None, int(one == "moved")) for one in streams]
    assert await versions(ledger, "one", "two", "moved") == [0, 0, 1]
    assert (await ledger.append(request("next"))).first_position == 2, "and no gap"


async def test_after_a_conflict_the_command_is_decided_anew_under_its_id(ledger: Ledger) -> None:
    await ledger.append(request("fund"))
    command = uuid4()
    assert said(await ledger.append_together([request("own", command), request("fund", command)])) == [CONFLICT] * 2
    anew = [request("own", command, said="less"), request("fund", command, after=1)]
    assert said(await ledger.append_together(anew)) == [OK, OK]


async def test_the_same_command_again_is_a_replay_in_every_stream(ledger: Ledger) -> None:
    command = uuid4()
    same = [request("one", command), request("two", command)]
    await ledger.append_together(same)
    await ledger.append(request("one", after=1))
    assert await ledger.append_together(same) == [AppendResult(REPLAY, 1, 2), AppendResult(REPLAY, 2, 1)]
    assert await versions(ledger, "one", "two") == [2, 1]


async def test_the_same_command_twice_in_one_batch_is_recorded_once_and_then_replayed(ledger: Ledger) -> None:
    command = uuid4()
    same = [request("one", command), request("two", command)]
    assert await ledger.append_many([*same, *same]) == [
        AppendResult(OK, 1, 1), AppendResult(OK, 2, 1), AppendResult(REPLAY, 1, 1), AppendResult(REPLAY, 2, 1),
    ]  # fmt: skip
    assert await versions(ledger, "one", "two") == [1, 1]


async def test_a_command_that_is_known_with_other_content_in_one_stream_records_nothing_in_another(
    ledger: Ledger,
) -> None:
    command = uuid4()
    await ledger.append(request("one", command, said="this"))
    answers = await ledger.append_together([request("one", command, said="that"), request("two", command)])
    assert said(answers) == [KEY_REUSE, CONFLICT]
    assert await versions(ledger, "one", "two") == [1, 0]


async def test_a_command_of_which_one_stream_is_known_records_nothing_in_the_other(ledger: Ledger) -> None:
    command = uuid4()
    await ledger.append(request("one", command))
    answers = await ledger.append_together([request("one", command), request("two", command)])
    assert said(answers) == [REPLAY, CONFLICT]
    assert await versions(ledger, "one", "two") == [1, 0]


async def test_in_one_batch_a_group_falls_alone_and_what_stands_beside_it_is_recorded(ledger: Ledger) -> None:
    await ledger.append(request("moved"))
    falls, stands = uuid4(), uuid4()
    batch = [
        request("first"),
        *(request(one, falls) for one in ("one", "moved")),
        *(request(one, stands) for one in ("one", "two")),
        request("last"),
        request("two"),
    ]
    answers = await ledger.append_many(batch)
    assert said(answers) == [OK, CONFLICT, CONFLICT, OK, OK, OK, CONFLICT]
    assert [one.first_position for one in answers if one.recorded] == [2, 3, 4, 5]
    assert [one.command_id for one in await ledger.read_stream("one")] == [stands]
    assert [one.position async for one in ledger.read_all()] == [1, 2, 3, 4, 5]


async def test_groups_in_one_batch_stand_on_one_another(ledger: Ledger) -> None:
    """So decisions on one fund, one after another, share a commit. If one falls, so do those on top of it."""
    groups = [on_the_fund(f"own/{n}", after=n) for n in range(5)]
    answers = await asyncio.gather(*[ledger.append_together(group) for group in groups])
    assert [said(one) for one in answers] == [[OK, OK]] * 5
    falling = [on_the_fund(own, after=5 + n) for n, own in enumerate(("own/0", "own/5", "own/6"))]
    answers = await asyncio.gather(*[ledger.append_together(group) for group in falling])
    assert [said(one) for one in answers] == [[CONFLICT, CONFLICT]] * 3
    assert await versions(ledger, "fund", "own/0", "own/5", "own/6") == [5, 1, 0, 0]


def on_the_fund(own: str, after: int) -> list[AppendRequest]:
    """A command over a new stream and a fund."""
    command = uuid4()
    return [request(own, command), request("fund", command, after)]


async def test_groups_of_many_writers_leave_no_gap_and_none_is_recorded_in_part(ledger: Ledger) -> None:
    async def write(writer: int) -> None:
        version = 0
        for n in range(10):
            command = uuid4()
            while True:
                both = [request(f"own/{writer}", command, n), request("shared", command, version, by=writer)]
                answers = await ledger.append_together(both)
                if all(one.recorded for one in answers):
                    break
                assert said(answers) == [CONFLICT, CONFLICT]
                version = answers[1].stream_version
            version += 1

    await asyncio.gather(*[write(writer) for writer in range(4)])
    events = [one async for one in ledger.read_all()]
    assert [one.position for one in events] == list(range(1, 81))
    for own, shared in zip(events[::2], events[1::2], strict=True):
        assert (own.command_id, shared.stream_id) == (shared.command_id, "shared")


async def test_requests_of_different_commands_are_never_recorded_together(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="bear one command id"):
        await ledger.append_together([request("one"), request("two")])
    assert await versions(ledger, "one", "two") == [0, 0]


@pytest.mark.parametrize("disturbed", [False, True])
async def test_a_group_that_asks_first_is_recorded_as_one_or_not_at_all(ledger: Ledger, disturbed: bool) -> None:
    async def asked(_connection: Any) -> bool:
        return disturbed

    command = uuid4()
    group = [request("one", command), request("two", command)]
    assert said(await ledger.append_unless(group, asked)) == [CONFLICT if disturbed else OK] * 2
    assert await versions(ledger, "one", "two") == [int(not disturbed)] * 2
    moved = [request("three", late := uuid4()), request("two", late, after=7)]
    assert said(await ledger.append_unless(moved, asked)) == [CONFLICT, CONFLICT]
    assert await versions(ledger, "three") == [0]


# Transfers


async def with_a_transfer(desk: Desk) -> None:
    await unrestricted(desk, FUND)
    await unrestricted(desk, OTHER, "900.00")
    await change(desk, OTHER, {"kind": "transfer", "to": FUND, "amount": "400.00"})


@pytest.mark.slow
async def test_a_transfer_is_the_same_in_whatever_order_funds_are_read(desks: Desks) -> None:
    desk, other = await desks(), await desks()
    await with_a_transfer(desk)
    for names in ((FUND, OTHER), (OTHER, FUND)):
        for reader in (desk.reader, other.reader):
            found = await Funds(reader).read_all(names)
            assert (found[FUND].granted, found[OTHER].granted) == (400, 500)


@pytest.mark.slow
async def test_who_knows_a_fund_already_sees_what_came_since_and_what_fell_since(desks: Desks) -> None:
    """One process keeps its reading. A transfer is made and undone in another."""
    desk, other = await desks(), await desks()
    mine = Funds(other.reader)
    await with_a_transfer(desk)
    assert [one.granted for one in (await mine.read_all([OTHER, FUND])).values()] == [500, 400]
    await change(desk, OTHER, {"kind": "transfer", "to": FUND, "amount": "100.00"})
    assert [one.granted for one in (await mine.read_all([FUND, OTHER])).values()] == [500, 400]
    since = datetime.now(UTC) - timedelta(days=1)
    key_id = desk.keyring.public(ASKS).key_id
    await decree(desk, KeyRevoked(staff_id=ASKS, key_id=key_id, compromised_since=since))
    assert [one.granted for one in (await mine.read_all([FUND, OTHER])).values()] == [0, 0]
    assert [one.granted for one in (await Funds(desk.reader).read_all([OTHER, FUND])).values()] == [0, 0]


async def test_only_a_fund_of_which_something_does_not_count_is_read_beside_another(
    furnished: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transfer that counted once is not looked up again, so a decision on a fund reads that fund alone."""
    await with_a_transfer(furnished)
    funds, original, read = Funds(furnished.reader), Reader.read, list[str]()

    async def noted(self: Reader, stream_id: str, *given: Any, **named: Any) -> Any:
        read.append(stream_id)
        return await original(self, stream_id, *given, **named)

    monkeypatch.setattr(Reader, "read", noted)
    await funds.read(FUND)
    assert read == [StreamId.fund(FUND), StreamId.fund(OTHER)]
    read.clear()
    assert (await funds.read(FUND)).granted == 400
    assert read == [StreamId.fund(FUND)]
