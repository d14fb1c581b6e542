"""Lead partnerships through their lives while everything dies around them, with stubborn staff and bank."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
from commands.delivery import deliver
from payments.export import export_waiting, stored_files

from audit.authorisation import Gate
from commands.desk import Desk
from commands.faults import Refused, Unreachable
from commands.sight import Sight
from deploy.embedded.bank import Bank
from domain import commands as c
from domain.parties import AccountReference
from domain.partnership import Partnership, Stage, TrancheState
from domain.proposal import Proposal
from ledger import LedgerUnavailable
from payments.reconciliation import import_message
from workflows.messages import Receipt

Result = TypeVar("Result")

OUTAGES = (
    Unreachable,
    LedgerUnavailable,
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
PAUSE = 0.1


async def persist(work: Callable[[], Awaitable[Result]]) -> Result:
    """Do something until no outage is in the way."""
    while True:
        try:
            return await work()
        except OUTAGES:
            await asyncio.sleep(PAUSE)


class Staff:
    """Leads one partnership, and remembers what was acknowledged."""

    def __init__(self, desk: Desk, proposal: Proposal, account: AccountReference) -> None:
        self.acknowledged: list[Receipt] = []
        self._desk = desk
        self._proposal = proposal
        self._account = account

    async def lead(self) -> None:
        """From proposal to the end."""
        self.acknowledged.append(await persist(lambda: self._desk.propose(self._proposal, "pia.berg")))
        await self._until(lambda known: known.stage is not Stage.DUE_DILIGENCE and known.assessment is not None)
        if (await self._state()).ended:
            return
        await self._do(lambda k: len(k.approvals) >= 1, c.Approve, "ana.silva", reason="fits the programme")
        await self._do(lambda k: len(k.approvals) == 2, c.Approve, "femi.ade", reason="within budget")
        signed = {"signed_on": date(2026, 11, 2), "account": self._account}
        await self._do(lambda k: k.stage is Stage.ACTIVE or k.ended, c.SignAgreement, "dora.kim", **signed)
        for tranche in (await self._state()).tranches:
            await self._pay(tranche.number)
        await self._until(lambda known: known.ended)

    async def _pay(self, number: int) -> None:
        def released(known: Partnership) -> bool:
            return known.ended or known.tranches[number - 1].state is not TrancheState.PLANNED

        def settled(known: Partnership) -> bool:
            return known.tranches[number - 1].state is TrancheState.SETTLED

        await self._do(released, c.Release, "paul.nkosi", tranche=number)
        await self._until(settled)

    async def _do(
        self, done: Callable[[Partnership], bool], kind: type[c.StaffCommand], actor: str, **content: Any
    ) -> None:
        """Ask until it is done; being told that it was done already is as good."""
        while not done((seen := await self._sight()).partnership):
            try:
                self.acknowledged.append(await self._desk.decide(seen, kind, actor, **content))
            except (Refused, *OUTAGES):
                await asyncio.sleep(PAUSE)

    async def _sight(self) -> Sight:
        return await persist(lambda: self._desk.known_sight(self._proposal.reference))

    async def _state(self) -> Partnership:
        return (await self._sight()).partnership

    async def _until(self, reached: Callable[[Partnership], bool]) -> None:
        while not reached(await self._state()):
            await asyncio.sleep(PAUSE)


class BankRuns:
    """Carries files to the bank and answers back, again and again; every third file is handed in twice."""

    def __init__(self, desk: Desk, bank: Bank, folder: Path) -> None:
        self._desk, self._bank, self._folder = desk, bank, folder
        self._handed_in: set[str] = set()
        self._answers: list[Path] = []

    async def forever(self) -> None:
        """Run until cancelled."""
        while True:
            await persist(self.once)
            await asyncio.sleep(0.3)

    async def once(self) -> None:
        """One run; each part may be repeated after an outage."""
        async with self._desk.pool.acquire() as connection:
            await export_waiting(connection, Gate(self._desk.ledger))
            for file in await stored_files(connection):
                if file.message_id not in self._handed_in:
                    for _ in range(1 + (len(self._handed_in) % 3 == 0)):
                        await asyncio.to_thread(self._bank.submit, file.content)
                    self._handed_in.add(file.message_id)
        await asyncio.to_thread(self._bank.advance, 1)
        self._answers += await asyncio.to_thread(self._bank.collect, self._folder)
        while self._answers:
            async with self._desk.pool.acquire() as connection:
                await import_message(connection, self._answers[0])
            self._answers.pop(0)
        await deliver(self._desk)
