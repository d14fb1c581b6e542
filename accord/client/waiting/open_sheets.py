"""Sheets that left to be typed into the bank's portal, and what people do with each next (ADR 0152)."""

from __future__ import annotations

from typing import NamedTuple

from accord.audit.bank.payment_files import read_payment_file
from accord.client.reading import LedgerAccess
from domain.partnership.state import Partnership
from domain.partnership.waiting.outlook import BANKS_ANSWER, Outlook
from domain.payment.payment_file import FileStatus, PaymentFile
from domain.payment.portal.sheets import SheetCountersigned
from payments.out.files import rows_of_file, unbooked_sheets


class OpenSheet(NamedTuple):
    """A sheet that nobody typed yet, or that another person must sign before it is released in the portal."""

    message_id: str
    partnership_id: str
    total: str
    confirmation: str
    """The number under which it was typed, or ''."""

    @property
    def next_step(self) -> str:
        """The next step of people."""
        if self.confirmation:
            return f"compare the bank's portal with sheet {self.message_id}, and sign as the second"
        return f"type sheet {self.message_id} into the bank's portal, and record the number that it gives"

    @property
    def command(self) -> str:
        """The command that records it."""
        verb, number = ("countersign", self.confirmation) if self.confirmation else ("typed", "NUMBER")
        return f"accord payments {verb} {self.message_id} --confirmation {number} --as STAFF"

    @property
    def plain(self) -> dict[str, str]:
        """The sheet for machines, with its next step."""
        return {**self._asdict(), "next_step": self.next_step, "command": self.command}


async def open_sheets(desk: LedgerAccess) -> tuple[OpenSheet, ...]:
    """Return the sheets that wait for people, the oldest first. One that two signed waits for the bank's booking."""
    async with desk.pool.acquire() as connection:
        stored = await unbooked_sheets(connection)
        rows = [(sheet.message_id, await rows_of_file(connection, sheet.message_id)) for sheet in stored]
    files = [(await read_payment_file(desk.reader, message_id), payments) for message_id, payments in rows]
    return tuple(
        _sheet(file, payments[0].partnership_id) for file, payments in files if payments and _waits_for_people(file)
    )


def _waits_for_people(file: PaymentFile) -> bool:
    return file.status is FileStatus.HANDED_OVER and file.countersigned is None


def _sheet(file: PaymentFile, partnership_id: str) -> OpenSheet:
    confirmation = file.typed[-1].confirmation if file.typed else ""
    return OpenSheet(file.message_id, partnership_id, str(file.total), confirmation)


async def with_open_sheet(desk: LedgerAccess, partnership: Partnership, ahead: Outlook) -> Outlook:
    """Return the next step: to type a sheet or to sign it, where the bank has nothing to answer before that."""
    if ahead.next_step != BANKS_ANSWER:
        return ahead
    for sheet in await open_sheets(desk):
        if sheet.partnership_id == partnership.partnership_id:
            awaiting = tuple(sorted(SheetCountersigned.roles))
            change = {"next_step": sheet.next_step, "command": sheet.command, "awaiting": awaiting}
            return ahead.model_copy(update=change)
    return ahead
