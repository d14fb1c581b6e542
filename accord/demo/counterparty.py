"""The demo's bank: the files that are exchanged with it, made, handed over and imported as the counter does."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from accord.client.desk import Desk
from accord.counter.bank_import import import_file
from accord.counter.hand_over import HandedOver, hand_over
from accord.counter.payment_files import export
from accord.demo.money.second_bank import SecondBank
from accord.demo.steps import FINANCE, PAYER
from accord.presentation.faults import Refused
from domain.parties import AccountReference

if TYPE_CHECKING:
    from deploy.embedded.bank import Bank

BANK_SECONDS: Final = 0.5

OPENING_BALANCE: Final = "1000000.00"
"""What stands on each funder's account at the bank when the demo begins, in dollars."""


class Desks(NamedTuple):
    """The demo's desks: one for each task, each with that task's login, as in production."""

    staff: Desk
    loader: Desk
    exporter: Desk
    importer: Desk
    signer: Desk
    attester: Desk


class DemoBank:
    """The simulated banks, with the export, hand-over and import of the files exchanged with them."""

    def __init__(
        self, desks: Desks, bank: Bank, second: SecondBank, folder: Path, accounts: dict[str, AccountReference]
    ) -> None:
        self.accounts = accounts
        self.second = second
        self._desks, self._bank, self._folder = desks, bank, folder
        self._exceptions = 0

    @property
    def importer(self) -> Desk:
        """The desk that brings in what banks say."""
        return self._desks.importer

    async def begin_day(self) -> None:
        """Begin today at both banks, and import the statements of the days before: they say what may be paid from."""
        await asyncio.to_thread(self._bank.begin_today)
        await self._import_answers()

    async def end_day(self) -> None:
        """End today at both banks, and import their statements."""
        await asyncio.to_thread(self._bank.advance, 1)
        self.second.end_day()
        await self._import_answers()

    async def donate(self, amount_minor: int, note: str, donor: str) -> None:
        """Credit a donor's money to the public charity's account. The amount is in minor units."""
        await asyncio.to_thread(self._bank.receive_credit, "ISOC", amount_minor, note, donor)

    async def round(self) -> None:
        """Make and hand over files of all pending payments, let one bank day pass, and import the bank's answers."""
        batch = await export(self._desks.exporter, PAYER)
        waiting = [made_file.file.message_id for made_file in batch.files]
        while waiting:
            handed_over = await self._handed_over(waiting.pop(0))
            if handed_over.path is not None:
                await self._submit(handed_over.file.content)
            waiting += (
                [made_file.file.message_id for made_file in handed_over.instead.files]
                if handed_over.instead is not None
                else []
            )
        await asyncio.to_thread(self._bank.advance, 1)
        await self._import_answers()

    async def _submit(self, content: bytes) -> None:
        """Submit a file to the bank of the account that pays it."""
        if self.second.keeps(content):
            self.second.tell("take", base64.b64encode(content).decode())
        else:
            await asyncio.to_thread(self._bank.submit, content)

    async def _import_answers(self) -> None:
        await self._import(await asyncio.to_thread(self._bank.collect, self._folder / "in"))
        await self._import(self.second.collect())

    async def _handed_over(self, message_id: str) -> HandedOver:
        """Hand a file over, and once more if others decide on its ground meanwhile."""
        while True:
            try:
                return await hand_over(self._desks.exporter, message_id, PAYER, self._folder / "out")
            except Refused as fault:
                if fault.kind != "Conflict":
                    raise
            await asyncio.sleep(BANK_SECONDS)

    async def stranger_pays(self) -> None:
        """Credit money that names no partnership, and wait for the bank to tell of it: somebody must say what it is."""
        known_exceptions = self._exceptions
        await self.donate(12_500, "With our thanks", "Unknown Well-Wisher")
        while self._exceptions == known_exceptions:
            await self.round()

    async def make_file(self) -> None:
        """Make the file of what is released, as soon as it is instructed. It stays to be handed over."""
        while not (await export(self._desks.exporter, PAYER)).files:
            await asyncio.sleep(BANK_SECONDS)

    async def finish_imports(self) -> None:
        """Import the answers that the bank gave in earlier runs again: the import of the last was perhaps cut off."""
        await self._import(sorted((self._folder / "in").glob("*.xml")))
        await self._import([*self.second.written(), *self.second.collect()])

    async def _import(self, paths: Iterable[Path]) -> None:
        for path in paths:
            bank_import = await import_file(self._desks.importer, path.name, path.read_bytes(), FINANCE)
            self._exceptions += len(bank_import.for_a_person)
