"""The demo's bank: the files that are exchanged with it, made, handed over and imported as the counter does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from accord.client.desk import Desk
from accord.counter.account.balances import balance_of, record_balance
from accord.counter.bank_import import import_file
from accord.counter.hand_over import HandedOver, hand_over
from accord.counter.payment_files import export
from accord.demo.steps import FINANCE, PAYER
from accord.presentation.faults import Refused
from domain.parties import AccountReference
from ledger import clock

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


class DemoBank:
    """The simulated bank, with the export, hand-over and import of the files exchanged with it."""

    def __init__(self, desks: Desks, bank: Bank, folder: Path, accounts: dict[str, AccountReference]) -> None:
        self.accounts = accounts
        self._desks, self._bank, self._folder = desks, bank, folder
        self._exceptions = 0

    async def tell_balances(self) -> None:
        """Record what stood on the funders' accounts yesterday, as somebody of finance reads it, once on a folder."""
        desk, yesterday = self._desks.staff, clock.today() - timedelta(days=1)
        for funder in (await desk.directory()).funders:
            if await balance_of(desk, funder.account) is None:
                said = {"amount": OPENING_BALANCE, "currency": "USD", "on": yesterday, "statement": "the day before"}
                await record_balance(desk, funder.account, FINANCE, **said)

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
                await asyncio.to_thread(self._bank.submit, handed_over.file.content)
            waiting += (
                [made_file.file.message_id for made_file in handed_over.instead.files]
                if handed_over.instead is not None
                else []
            )
        await asyncio.to_thread(self._bank.advance, 1)
        await self._import(await asyncio.to_thread(self._bank.collect, self._folder / "in"))

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

    async def _import(self, paths: Iterable[Path]) -> None:
        for path in paths:
            bank_import = await import_file(self._desks.importer, path.name, path.read_bytes(), FINANCE)
            self._exceptions += len(bank_import.for_a_person)
