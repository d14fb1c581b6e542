"""Group commit may save time, never truth: who shares a batch with whom must not show in any answer."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from uuid import UUID, uuid4

import asyncpg
import pytest

from deploy.database import open_pool
from ledger import AppendRequest, AppendResult, AppendStatus, Ledger, LedgerUnavailable, NewEvent, appender
from ledger.appender import SMALL_BATCH, Appender
from tests.waiting import BACKSTOP

MEBIBYTE = 1 << 20
TRIES = 1 + len(appender.RETRY_PAUSES)
OUTAGE = LedgerUnavailable("away")


class Recorder:
    """Stands in the database's place: notes each batch, and answers it once it is let through."""

    def __init__(
        self, *outcomes: Exception | None, places: int = 999, patience: float = 60, held: bool = False
    ) -> None:
        self.appender = Appender(self.send, places, patience)
        self.outcomes = deque(outcomes)
        self.batches: list[list[AppendRequest]] = []
        self.let_go = asyncio.Event()
        if not held:
            self.let_go.set()
        self.answered: int | None = None
        self.travelling = 0
        self.most_at_once = 0

    async def append(self, request: AppendRequest) -> AppendResult:
        """Append one command of one request."""
        (answer,) = await self.appender.append(request)
        return answer

    async def send(self, requests: Sequence[AppendRequest]) -> list[AppendResult]:
        self.batches.append(list(requests))
        self.travelling += 1
        self.most_at_once = max(self.most_at_once, self.travelling)
        await asyncio.sleep(0)
        await self.let_go.wait()
        self.travelling -= 1
        if self.outcomes and (fault := self.outcomes.popleft()):
            raise fault
        return [answer_to(request) for request in requests[: self.answered]]

    @property
    def sizes(self) -> list[int]:
        return [len(batch) for batch in self.batches]

    @property
    def sent(self) -> list[int]:
        return [answer_to(request).stream_version for batch in self.batches for request in batch]


def command(number: int, size: int = 2, events: int = 1) -> AppendRequest:
    event = NewEvent("Noted", 1, b" " * size, b"")
    return AppendRequest(f"s/{number}", UUID(int=number), number, (event,) * events)


def answer_to(request: AppendRequest) -> AppendResult:
    """An answer that tells whose it is."""
    return AppendResult(AppendStatus.OK, 1000 + request.expected_version, request.expected_version)


def answers_to(numbers: Iterable[int]) -> list[AppendResult]:
    return [answer_to(command(number)) for number in numbers]


async def asked(recorder: Recorder, requests: Iterable[AppendRequest]) -> list[asyncio.Task[AppendResult]]:
    """Ask for appends. Come back when each has taken its place, and the first of all is on its way."""
    tasks = [asyncio.create_task(recorder.append(request)) for request in requests]
    for _ in ("enqueued", "sent"):
        await asyncio.sleep(0)
    return tasks


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries follow each other without a pause."""
    monkeypatch.setattr(appender, "RETRY_PAUSES", (0.0,) * (TRIES - 1))


async def test_appends_that_meet_share_a_batch() -> None:
    recorder = Recorder()
    assert await asyncio.gather(*await asked(recorder, map(command, range(10)))) == answers_to(range(10))
    assert recorder.sizes == [10]


async def test_what_comes_while_a_batch_travels_leaves_together_with_the_next() -> None:
    recorder = Recorder(held=True)
    first = await asked(recorder, [command(0)])
    later = await asked(recorder, map(command, range(1, 8)))
    recorder.let_go.set()
    assert await asyncio.gather(*first, *later) == answers_to(range(8))
    assert recorder.sizes == [1, 7]


@pytest.mark.parametrize(
    ("requests", "sizes"),
    [
        pytest.param([command(n) for n in range(600)], [256, 172, 86, 64, 22], id="half of many, at most 256 commands"),
        pytest.param([command(n, MEBIBYTE) for n in range(9)], [4, 4, 1], id="at most 4 MiB"),
        pytest.param([command(0, MEBIBYTE, 3), command(1, MEBIBYTE), command(2, 1)], [2, 1], id="not a byte more"),
        pytest.param([command(0), command(1, MEBIBYTE, 5), command(2)], [1, 1, 1], id="a larger one alone"),
    ],
)
async def test_a_batch_carries_so_much_and_no_more(requests: list[AppendRequest], sizes: list[int]) -> None:
    recorder = Recorder()
    await asyncio.gather(*await asked(recorder, requests))
    assert (recorder.sizes, recorder.sent) == (sizes, list(range(len(requests))))


async def test_one_batch_at_a_time_is_on_its_way() -> None:
    recorder = Recorder()

    async def one_after_another(caller: int) -> None:
        for number in range(caller, caller + 10):
            assert await recorder.append(command(number)) == answer_to(command(number))

    await asyncio.gather(*map(one_after_another, range(0, 200, 10)))
    assert recorder.most_at_once == 1
    assert sorted(recorder.sent) == list(range(200))


@pytest.mark.parametrize("seed", range(10))
async def test_however_outages_fall_commands_keep_their_order_and_their_answers(seed: int, at_once: None) -> None:
    chance = random.Random(seed)  # noqa: S311
    recorder = Recorder(*[OUTAGE if chance.random() < 0.4 else None for _ in range(20)])
    requests = [command(number, chance.choice([1, 1000, MEBIBYTE])) for number in range(100)]
    answers = await asyncio.gather(*await asked(recorder, requests), return_exceptions=True)
    assert all(answer in (answer_to(request), OUTAGE) for request, answer in zip(requests, answers, strict=True))
    assert list(dict.fromkeys(recorder.sent)) == list(range(100))


# Faults


async def test_a_fault_reaches_every_caller_of_the_batch_and_the_next_batch_is_sent_all_the_same() -> None:
    recorder = Recorder(ValueError("no such event"))
    appends = await asked(recorder, map(command, range(SMALL_BATCH + 2)))
    answers = await asyncio.gather(*appends, return_exceptions=True)
    assert [str(answer) for answer in answers[:SMALL_BATCH]] == ["no such event"] * SMALL_BATCH
    assert answers[SMALL_BATCH:] == answers_to([64, 65])
    assert recorder.sizes == [64, 2], "a fault that is no outage is not sent again"


async def test_too_few_answers_are_a_fault_that_reaches_every_caller() -> None:
    recorder = Recorder()
    recorder.answered = 2
    tasks = await asked(recorder, map(command, range(3)))
    async with asyncio.timeout(BACKSTOP):
        answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(answer, ValueError) for answer in answers)


async def test_an_unknown_outcome_is_sent_again_with_the_very_same_requests(at_once: None) -> None:
    recorder = Recorder(OUTAGE, OUTAGE, None)
    tasks = await asked(recorder, map(command, range(3)))
    late = await asked(recorder, [command(3)])
    assert await asyncio.gather(*tasks, *late) == answers_to(range(4))
    assert recorder.batches == [[command(0), command(1), command(2)]] * 3 + [[command(3)]]


async def test_an_outage_longer_than_all_retries_is_told_to_everyone_and_then_it_goes_on(at_once: None) -> None:
    recorder = Recorder(*[OUTAGE] * TRIES)
    answers = await asyncio.gather(*await asked(recorder, map(command, range(3))), return_exceptions=True)
    assert answers == [OUTAGE] * 3
    assert recorder.sizes == [3] * TRIES
    assert await recorder.append(command(3)) == answer_to(command(3))


# A full queue, and callers who leave


async def test_who_finds_the_queue_full_waits_for_a_place_and_is_served() -> None:
    recorder = Recorder(places=2, held=True)
    tasks = await asked(recorder, map(command, range(5)))
    assert recorder.sent == [0, 1]
    recorder.let_go.set()
    assert await asyncio.gather(*tasks) == answers_to(range(5))
    assert recorder.sent == list(range(5))


async def test_a_queue_that_stays_full_is_an_outage_that_names_it_and_nothing_is_sent_or_lost() -> None:
    recorder = Recorder(places=2, patience=0.01, held=True)
    tasks = await asked(recorder, map(command, range(2)))
    with pytest.raises(LedgerUnavailable, match=r"^the queue of the ledger stayed full for 0\.01 s$"):
        await recorder.append(command(2))
    recorder.let_go.set()
    assert await asyncio.gather(*tasks) == answers_to(range(2))
    assert await recorder.append(command(3)) == answer_to(command(3))
    assert recorder.sent == [0, 1, 3]


async def test_a_caller_who_leaves_does_not_disturb_the_others_of_the_batch() -> None:
    recorder = Recorder(held=True)
    travelling = await asked(recorder, map(command, range(3)))
    queued = await asked(recorder, map(command, range(3, 6)))
    travelling[1].cancel()
    queued[1].cancel()
    recorder.let_go.set()
    answers = await asyncio.gather(*travelling, *queued, return_exceptions=True)
    assert [n for n, answer in enumerate(answers) if isinstance(answer, asyncio.CancelledError)] == [1, 4]
    assert [answer for answer in answers if isinstance(answer, AppendResult)] == answers_to([0, 2, 3, 5])


async def test_a_caller_who_leaves_gives_the_place_back_also_while_waiting_for_one() -> None:
    recorder = Recorder(places=1, held=True)
    tasks = await asked(recorder, map(command, range(3)))
    tasks[1].cancel()
    recorder.let_go.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [answers[0], answers[2]] == answers_to([0, 2])
    assert recorder.sent == [0, 2]


async def test_callers_who_leave_and_come_again_do_not_make_the_queue_longer_than_it_may_be() -> None:
    recorder = Recorder(places=3, held=True)
    first = await asked(recorder, [command(0)])
    for number in range(1, 50):
        (left,) = await asked(recorder, [command(number)])
        left.cancel()
        await asyncio.wait([left])
    last = await asked(recorder, [command(50)])
    recorder.let_go.set()
    assert await asyncio.gather(*first, *last) == answers_to([0, 50])
    assert max(recorder.sizes) <= 3


# The same with the real ledger


def noted(stream: str, after: int = 0, **payload: object) -> AppendRequest:
    return AppendRequest(stream, uuid4(), after, (NewEvent.of("Noted", 1, payload, {}),))


async def test_a_batch_is_one_commit_and_one_call(pool: asyncpg.Pool, connection: asyncpg.Connection) -> None:
    heard: list[object] = []

    def listen(*told: object) -> None:
        heard.append(told[-1])

    await connection.add_listener("ledger_head", listen)
    ledger = Ledger(pool)
    await asyncio.gather(*[ledger.append(noted(f"s/{number}")) for number in range(300)])
    commits = await connection.fetchval("SELECT count(DISTINCT xmin::text) FROM ledger.events")
    await connection.remove_listener("ledger_head", listen)
    assert (commits, heard) == (4, ["150", "225", "289", "300"])


async def test_commands_on_one_stream_that_meet_are_taken_in_the_order_they_were_asked(pool: asyncpg.Pool) -> None:
    ledger = Ledger(pool)
    answers = await asyncio.gather(*[ledger.append(noted("s", after, n=after)) for after in (0, 1, 2, 2, 3)])
    assert [str(answer.status) for answer in answers] == ["OK", "OK", "OK", "CONFLICT", "OK"]
    assert [event.payload for event in await ledger.read_stream("s")] == [b'{"n":%d}' % n for n in range(4)]


async def append_from_several_tasks(ledger: Ledger, name: str) -> list[tuple[int, str]]:
    """Append with ten tasks at once, and return where each event was said to stand."""

    async def one(stream: str) -> list[tuple[int, str]]:
        answers = [await ledger.append(noted(stream, after)) for after in range(20)]
        places = [(answer.first_position or 0, stream) for answer in answers]
        assert places == sorted(places), "what was asked after an answer stands after it"
        return places

    return [place for places in await asyncio.gather(*[one(f"{name}/{n}") for n in range(10)]) for place in places]


async def assert_one_order(pool: asyncpg.Pool, places: list[list[tuple[int, str]]]) -> None:
    """The answers to all are the record, position by position, without a gap."""
    recorded = [(event.position, event.stream_id) async for event in Ledger(pool).read_all()]
    assert sorted(chain(*places)) == recorded
    assert [position for position, _ in recorded] == list(range(1, 200 * len(places) + 1))


async def test_several_ledgers_at_once_make_one_order_without_a_gap(pool: asyncpg.Pool) -> None:
    await assert_one_order(pool, await asyncio.gather(*[append_from_several_tasks(Ledger(pool), n) for n in "abcd"]))


def append_in_a_process(database: str, name: str) -> list[tuple[int, str]]:
    async def run() -> list[tuple[int, str]]:
        async with await open_pool(database) as pool:
            return await append_from_several_tasks(Ledger(pool), name)

    return asyncio.run(run())


@pytest.mark.slow
async def test_several_processes_at_once_make_one_order_without_a_gap(database: str, pool: asyncpg.Pool) -> None:
    with ProcessPoolExecutor(3, multiprocessing.get_context("spawn")) as processes:
        running = [asyncio.wrap_future(processes.submit(append_in_a_process, database, name)) for name in "abc"]
        await assert_one_order(pool, await asyncio.gather(*running))
