"""Read what a stored file of the bank says, in the way for which its importers signed.

A message says itself what it is. A bank's own CSV is of the account, and read by the mapping, that the signed import
names, as two people signed it: a later mapping changes nothing that was read before.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from accord.audit.bank.mappings import mappings_of_account
from accord.audit.signed_acts import counted_events
from domain.directory.directory import Directory
from domain.payment.balance import bank_zone, day_fault
from domain.payment.bank_file import BankFileEvent, BankFileImported
from domain.streams import StreamId
from payments import Connection
from payments.accounts import AccountChanged, AccountDetails, UnknownAccount, find_account, read_account
from payments.answers.bank_files import BankFile
from payments.answers.csv.bookings import read_csv_bookings
from payments.answers.messages import BankNotice, Unclear, UnreadableMessage, read_message
from records.authorship import Reader


class CountedImport(NamedTuple):
    """An import of a bank file that counts, with the directory of its moment."""

    act: BankFileImported
    directory: Directory

    def is_over(self, day: date) -> bool:
        """True if a day was over at the bank when the person signed."""
        return day_fault(day, self.act.at, bank_zone(self.directory.rules)) is None


async def imports_of(reader: Reader, sha256: str) -> tuple[CountedImport, ...]:
    """Return the imports of a bank file with valid signatures, in their order."""
    acts = await counted_events(reader, StreamId.bank_file(sha256), BankFileEvent)
    return tuple(
        CountedImport(act, directory)
        for act, directory in acts
        if isinstance(act, BankFileImported) and act.sha256 == sha256
    )


async def entries_in(reader: Reader, connection: Connection, file: BankFile) -> list[BankNotice | Unclear]:
    """Return the entries of a file, or none if it is neither a bank message nor imported as a CSV, such as a letter."""
    imports = await imports_of(reader, file.sha256)
    csv_imports = [signed_import for signed_import in imports if signed_import.act.read_as is not None]
    entries: list[BankNotice | Unclear] = []
    if not csv_imports or len(csv_imports) < len(imports):
        entries += _message_in(file)
    # The last one first: more of its days are over. The same bookings again are the same.
    ways = {signed_import.act.read_as: signed_import for signed_import in reversed(csv_imports)}
    for signed_import in ways.values():
        entries += await _csv_in(reader, connection, file, signed_import)
    return entries


async def is_statement(reader: Reader, connection: Connection, file: BankFile) -> bool:
    """True if a file holds bookings by a statement of account."""
    return any(entry.statement_place for entry in await entries_in(reader, connection, file))


async def agreed_details(connection: Connection, reference: str) -> AccountDetails | None:
    """Return the details of an account, or None if they are not those agreed on."""
    try:
        account = await find_account(connection, reference)
        return await read_account(connection, account.reference, account.sha256)
    except (UnknownAccount, AccountChanged):
        return None


def _message_in(file: BankFile) -> list[BankNotice | Unclear]:
    try:
        return read_message(file.content, file.name)
    except UnreadableMessage:
        return []


async def _csv_in(
    reader: Reader, connection: Connection, file: BankFile, signed_import: CountedImport
) -> list[BankNotice]:
    way = signed_import.act.read_as
    if way is None:
        return []
    mapping = (await mappings_of_account(reader, way.account)).ever_stood(way.mapping)
    details = await agreed_details(connection, way.account)
    if mapping is None or details is None:
        return []
    try:
        return read_csv_bookings(file.content, file.name, mapping, details, signed_import.is_over)
    except UnreadableMessage:
        return []
