"""Carry files to the bank and answers back, again and again, while whoever does it is torn away at seeded moments."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from accord.client.desk import Desk
from accord.counter.bank_import import import_file
from accord.counter.exceptions import resolve
from accord.counter.hand_over import hand_over
from accord.counter.payment_files import export
from accord.counter.resolutions import PaymentReference
from accord.counter.written_again import write_again
from accord.presentation.faults import Refused
from deploy.embedded.bank import Bank
from domain.payment.bank_answers import ExceptionKind, Resolution
from domain.payment.payment_file import FileStatus
from payments.answers.exceptions import RaisedException, read_exceptions
from payments.out.files import StoredFile, stored_files
from tests.chaos.partnerships.drive import persist

PAYER = "paul.nkosi"
IMPORTER = "femi.ade"
DIRECTOR = "dora.kim"
TORN_AWAY = 0.2
"""How often, of all the steps, whoever takes one is torn away in the middle of it."""

LONGEST_STEP = 0.4
"""Seconds within which that happens."""


class Teller:
    """Makes files, hands them over, carries them to the bank and imports its answers, one in three twice."""

    def __init__(self, desk: Desk, bank: Bank, folder: Path, seed: int) -> None:
        self.torn_away = 0
        self.answers: list[Path] = []
        """Every file of the bank's, in the order it was sent."""
        self._desk, self._bank, self._folder = desk, bank, folder
        self._random = random.Random(f"teller {seed}")  # noqa: S311 - a seeded drill, not a secret
        self._carried: set[str] = set()
        self._imported = 0

    async def forever(self) -> None:
        """Run, up to cancellation."""
        while True:
            await persist(self.once)
            await asyncio.sleep(0.3)

    async def until_all_is_told(self) -> None:
        """Carry and import until the bank has nothing more to say."""
        before = -1
        while before != len(self.answers):
            before = len(self.answers)
            await persist(self.once)

    async def once(self) -> None:
        """One run. Each step may be repeated after an outage, or after somebody was torn away from it."""
        await self._step(export(self._desk, PAYER))
        for file in await self._files(FileStatus.MADE):
            await self._step(hand_over(self._desk, file.message_id, PAYER, self._out))
        for file in await self._files(FileStatus.HANDED_OVER):
            await self._carry(file)
        await asyncio.to_thread(self._bank.advance, 1)
        self.answers += await asyncio.to_thread(self._bank.collect, self._folder / "answers")
        while self._imported < len(self.answers):
            path = self.answers[self._imported]
            if await self._step(import_file(self._desk, path.name, path.read_bytes(), IMPORTER)):
                self._imported += 1
        for refused in await self._refused_copies():
            note = "it is the copy that was refused: the bank has the first"
            await self._step(resolve(self._desk, refused, Resolution.BANK_ERROR, PaymentReference(), note, DIRECTOR))

    async def _refused_copies(self) -> list[RaisedException]:
        """Return the bank's refusals of copies before it booked the first: one holds the payment for a person."""
        async with self._desk.pool.acquire() as connection:
            waiting = await read_exceptions(connection)
        return [one for one in waiting if one.kind is ExceptionKind.REJECTION_IN_DOUBT]

    @property
    def _out(self) -> Path:
        return self._folder / "out"

    async def _files(self, status: FileStatus) -> list[StoredFile]:
        async with self._desk.pool.acquire() as connection:
            return await stored_files(connection, status)

    async def _carry(self, file: StoredFile) -> None:
        """Take a file to the bank from its place. If nobody came to write it, it is written again."""
        if file.message_id in self._carried:
            return
        path = self._out / f"{file.message_id}.pain.001.xml"
        if not path.exists():
            await write_again(self._desk, file.message_id, PAYER, self._out)
        if not path.exists():  # a payment in it would not pass today: a second person must agree
            await write_again(self._desk, file.message_id, "femi.ade", self._out)
        for _ in range(1 + (len(self._carried) % 3 == 0)):
            await asyncio.to_thread(self._bank.submit, path.read_bytes())
        self._carried.add(file.message_id)

    async def _step(self, work: Coroutine[Any, Any, Any]) -> bool:
        """Take a step. Return True if it was neither torn away nor refused."""
        if self._random.random() >= TORN_AWAY:
            return await self._unless_refused(work)
        try:
            return await asyncio.wait_for(self._unless_refused(work), self._random.uniform(0, LONGEST_STEP))
        except TimeoutError:
            self.torn_away += 1
            return False

    async def _unless_refused(self, work: Coroutine[Any, Any, Any]) -> bool:
        try:
            await work
        except Refused:
            return False
        return True
