"""An office in trouble: people work on lamed servers, and the proof from outside that nothing stopped for good."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from temporalio.client import WorkflowExecutionStatus, WorkflowQueryFailedError
from temporalio.service import RPCError

from accord.presentation.faults import Failure
from deploy.database import open_pool
from deploy.embedded.processes import ChildProcess
from domain.partnership import commands as c
from domain.streams import StreamId
from tests.builders import proposal
from tests.chaos.partnerships.books import bank_books
from tests.chaos.partnerships.check import acknowledgements, ledger_order, one_life
from tests.chaos.partnerships.drive import OUTAGES, Staff, persist
from tests.chaos.partnerships.episode import cast, unfinished
from tests.chaos.partnerships.restoring import Office, paid_once
from tests.chaos.partnerships.teller import Teller
from tests.drills.course import Course
from tests.drills.releases import Answer
from tests.drills.shell import accord, done
from tests.lives import Life
from tests.waiting import until

FOR_GOOD: Final = 300.0
"""Seconds after which whoever has not come to an end is held to be stopped for good."""

ANSWER: Final = timedelta(seconds=5)
"""The time in which a workflow whose history can be read answers a query."""

CONNECTIONS: Final = 8
"""Of one shell: the server lets in a hundred."""

SILENCE: Final = 10.0
"""Seconds that whoever tries is given to be answered, against a promise."""


class TroubledOffice(Office):
    """An office that keeps every receipt, and whose shell is a process of its own."""

    def __init__(self, folder: Path, seed: int, partnerships: int) -> None:
        super().__init__(folder, seed, partnerships)
        self.everybody: list[Staff] = []

        self.waiting = [f"P-2026-{7950 + place}" for place in range(max(2, partnerships // 4))]
        """Partnerships that wait for an approval, however fast the others are paid."""

    async def open(self) -> None:
        """Start everything, and propose what waits until the end."""
        await super().open()
        for reference in self.waiting:
            await persist(partial(Life(self.desk, reference).awaiting_approval, proposal(reference)))

    async def _work_here(self) -> None:
        """Open another shell. The older ones stay open for who signs in them, so each has few connections."""
        await super()._work_here()
        self.desk.pool.terminate()
        self.desk = replace(self.desk, pool=await open_pool(self.stack.postgres.url, CONNECTIONS))

    def _begin(self, known: Teller | None = None) -> None:
        super()._begin(known)
        self.everybody += self.staff

    def lead_without_teller(self) -> None:
        """Let everybody work but the teller: nobody carries a file to the bank."""
        self._begin(self.teller)
        self._tasks.pop().cancel()

    async def resume(self) -> None:
        """Let everybody begin again, each in a new shell: with the secrets and the ring that are here now."""
        await self._work_here()
        self._begin(self.teller)

    async def accord(self, *words: str) -> Answer:
        """Run a command of the shell on this stack."""
        return await accord(self, *words)

    async def done(self, *words: str) -> str:
        """Run a command that must succeed, and return what it printed."""
        return await done(self, *words)

    @asynccontextmanager
    async def supervised(self) -> AsyncIterator[None]:
        """Restart whatever dies, as `accord up` does."""
        keeper = asyncio.create_task(self.stack.supervise())
        try:
            yield
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    async def silent(self) -> list[str]:
        """Return the open partnerships whose workflows answer nobody."""

        async def is_silent(reference: str) -> bool:
            handle = self.desk.temporal.get_workflow_handle(StreamId.partnership(reference))
            with suppress(RPCError, WorkflowQueryFailedError, TimeoutError):
                await handle.query("next_step", rpc_timeout=ANSWER)
                return False
            return True

        open_still = [each.partnership_id for each in await persist(self.desk.portfolio) if not each.ended]
        silence = await asyncio.gather(*map(is_silent, open_still))
        return [reference for reference, silent in zip(open_still, silence, strict=True) if silent]

    async def all_answer(self) -> bool:
        """True if the workflow of every open partnership answers."""
        return not await self.silent()

    async def to_the_end(self, course: Course) -> None:
        """Everybody goes on to the end of their partnership, and the proof follows from outside."""
        staff, teller = self._tasks[:-1], self._tasks[-1]
        try:
            async with asyncio.timeout(FOR_GOOD):
                await asyncio.gather(*staff)
            stopped = ""
        except TimeoutError:
            stopped = await unfinished(self.desk, self.staff)
        teller.cancel()
        [ended] = await asyncio.gather(teller, return_exceptions=True)
        gone = "" if isinstance(ended, asyncio.CancelledError) else repr(ended)
        course.promise("whoever carries files worked to the end", not gone, gone)
        course.promise(
            f"each of {len(staff)} partnerships came to its end: nothing stopped for good", not stopped, stopped
        )
        await self._decide_what_waits(course)
        await self.teller.until_all_is_told()
        found, paid = await asyncio.to_thread(paid_once, self.bank, self.references)
        course.promise(f"nothing was paid twice, of {paid} payments", not found and paid > 0, found)
        broken = [] if stopped else await self._violations()
        receipts = sum(len(member.acknowledged) for member in self.everybody)
        course.promise(f"each of {receipts} receipts is true, and books and histories agree", not broken, broken[:3])

    async def _violations(self) -> list[str]:
        """Return all that must not be. A run that an operator ended is asked nothing: the ledger knows its end."""
        found, expected = await ledger_order(self.desk), cast(self.desk, self._account, self._count)[1]
        for member in self.everybody:
            found += await acknowledgements(self.desk, member)
        for life, stage in [(Life(self.desk, reference), stage) for reference, stage in expected.items()]:
            if (await life.handle.describe()).status is WorkflowExecutionStatus.TERMINATED:
                found += [] if (await life.state()).stage is stage else [f"{life.reference} is no {stage}"]
            else:
                found += await one_life(life, stage)
        return found + await bank_books(self.desk, self.bank, self.teller.answers)

    async def _decide_what_waits(self, course: Course) -> None:
        """Approve what waited all the time."""
        for life in [Life(self.desk, reference) for reference in self.waiting]:
            await persist(partial(life.do, c.Approve, "femi.ade", no_interest=True, reason="within budget"))
        approvals = [len((await self.desk.known_partnership(reference)).approvals) for reference in self.waiting]
        course.promise(f"each of {len(approvals)} that waited took a decision, once", set(approvals) == {1}, approvals)


async def restart(process: ChildProcess) -> None:
    """End a process by SIGTERM, and start it anew."""
    await asyncio.to_thread(process.stop)
    process.start()


async def comes(look: Callable[[], Awaitable[object]]) -> bool:
    """Wait for a thing, and return False if it never comes."""
    try:
        await until(look)
    except TimeoutError:
        return False
    return True


async def told(work: Coroutine[Any, Any, Any]) -> str:
    """Return what somebody is told who tries something, or '' where it is done."""
    try:
        await work
    except (Failure, *OUTAGES) as fault:
        return str(fault) or type(fault).__name__
    return ""


def is_a_sentence(words: str) -> bool:
    """True if something was said, in one line that is neither a trace nor the name of an error alone."""
    lines = words.strip().splitlines()
    return len(lines) == 1 and " " in lines[0] and not any(bad in words for bad in ("Traceback", "unexpected fault"))


async def nobody_is_answered(office: TroubledOffice, work: Callable[[], Awaitable[Any]]) -> bool:
    """True if everybody goes on to try, and nobody gets a receipt or is paid meanwhile."""
    before = _answers(office), len(await asyncio.to_thread(office.bank.payments))
    await asyncio.sleep(SILENCE)
    await work()
    return before == (_answers(office), len(await asyncio.to_thread(office.bank.payments)))


def _answers(office: TroubledOffice) -> int:
    return sum(len(member.acknowledged) for member in office.everybody)
