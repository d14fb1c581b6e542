"""Payment files in the database: their bytes, their payments and their status.

Decisions about a file are in the ledger; these tables only store files for retrieval. Nothing here writes to disk.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from domain.money.rails import PaymentRail
from domain.payment.payment_file import FileStatus
from payments import Connection
from payments.accounts import AccountDetails, read_account
from payments.out.instructions import Instruction, thaw
from payments.out.nacha import write_nacha_file
from payments.out.pain001 import CreditTransfer, WrittenFile, write_file
from payments.out.sheet import BEGINS as SHEET_BEGINS
from payments.out.sheet import write_sheet

_WRITERS: Final[Mapping[PaymentRail, Callable[[AccountDetails, tuple[CreditTransfer, ...], int], WrittenFile]]] = (
    MappingProxyType(
        {
            PaymentRail.ISO_20022: write_file,
            PaymentRail.NACHA: write_nacha_file,
            PaymentRail.MANUAL: write_sheet,
        }
    )
)
"""The writer of each rail's files."""

_SPARE = 10
"""The number of extra message ids to try, in case some are used by rows that no export wrote."""

REQUIRED_STATUS: Final = {
    FileStatus.VOID: FileStatus.MADE,
    FileStatus.HANDED_OVER: FileStatus.MADE,
    FileStatus.NEVER_SENT: FileStatus.HANDED_OVER,
}
"""For each new status, the status that a file must have before the change."""

_COLUMNS = "message_id, content, sha256, payment_count, status"


class StoredFile(NamedTuple):
    """A row of the payment files table."""

    message_id: str
    content: bytes
    sha256: str
    payment_count: int
    status: FileStatus

    @property
    def name(self) -> str:
        """Its name on disk, by its format."""
        if self.is_sheet:
            return f"{self.message_id}.sheet.txt"
        return f"{self.message_id}{'.ach.txt' if self.content.startswith(b'101 ') else '.pain.001.xml'}"

    @property
    def is_sheet(self) -> bool:
        """True if people type it into the bank's portal."""
        return self.content.startswith(SHEET_BEGINS)


class FrozenPayment(NamedTuple):
    """A stored instruction that is not verified yet: the pre-payment check compares its columns with its bytes."""

    payment_id: UUID
    partnership_id: str
    tranche: int
    attempt: int
    end_to_end_id: str
    frozen: bytes
    sha256: str


class Filed(NamedTuple):
    """A row that says that a payment is in a file."""

    message_id: str
    payment_id: UUID


async def filed_and_unanswered(connection: Connection) -> list[Filed]:
    """Return the rows of payments in a file with status MADE or HANDED_OVER of which no entry of the bank speaks."""
    rows = await connection.fetch(
        "SELECT message_id, payment_id FROM payments.file_payments p JOIN payments.files f USING (message_id) "
        "WHERE f.status IN ('MADE', 'HANDED_OVER') "
        "AND NOT EXISTS (SELECT FROM payments.entries WHERE about = p.payment_id::text) ORDER BY message_id"
    )
    return [Filed(**row) for row in rows]


async def unfiled_instructions(connection: Connection, besides: Collection[Filed] = ()) -> list[FrozenPayment]:
    """Return the instructions that are in no file with status MADE or HANDED_OVER, ordered by payment id.

    `besides`: rows that do not count, since nobody signed them.
    """
    rows = await connection.fetch(
        "SELECT payment_id, partnership_id, tranche, attempt, end_to_end_id, frozen, sha256 "
        "FROM payments.instructions i WHERE NOT EXISTS (SELECT FROM payments.file_payments p "
        "JOIN payments.files f USING (message_id) WHERE p.payment_id = i.payment_id "
        "AND f.status IN ('MADE', 'HANDED_OVER') "
        "AND NOT EXISTS (SELECT FROM unnest($1::text[], $2::uuid[]) AS b(message_id, payment_id) "
        "WHERE (b.message_id, b.payment_id) = (p.message_id, p.payment_id))) ORDER BY payment_id",
        [filed_payment.message_id for filed_payment in besides],
        [filed_payment.payment_id for filed_payment in besides],
    )
    return [FrozenPayment(**row) for row in rows]


async def rows_of_file(connection: Connection, message_id: str) -> list[FrozenPayment]:
    """Return the rows of the instructions in a file, ordered by payment id."""
    rows = await connection.fetch(
        "SELECT i.payment_id, partnership_id, tranche, attempt, end_to_end_id, frozen, sha256 "
        "FROM payments.instructions i JOIN payments.file_payments p USING (payment_id) "
        "WHERE p.message_id = $1 ORDER BY payment_id",
        message_id,
    )
    return [FrozenPayment(**row) for row in rows]


async def instructions_of_file(connection: Connection, message_id: str) -> list[Instruction]:
    """Return the instructions in a file, ordered by payment id."""
    return [thaw(row.frozen) for row in await rows_of_file(connection, message_id)]


async def files_with(connection: Connection, payment_id: UUID) -> list[StoredFile]:
    """Return every file that contains the payment, in any status, oldest first."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM payments.files JOIN payments.file_payments USING (message_id) "  # noqa: S608
        "WHERE payment_id = $1 ORDER BY created_at, message_id",
        payment_id,
    )
    return [_stored(row) for row in rows]


async def stored_files(connection: Connection, *statuses: FileStatus) -> list[StoredFile]:
    """Return the files with one of the statuses, or all files if none is given, oldest first."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM payments.files "  # noqa: S608
        "WHERE cardinality($1::text[]) = 0 OR status = ANY ($1) ORDER BY created_at, message_id",
        list(statuses),
    )
    return [_stored(row) for row in rows]


async def unbooked_sheets(connection: Connection) -> list[StoredFile]:
    """Return the sheets that were handed over and whose payment no file of the bank names, oldest first."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM payments.files f WHERE status = 'HANDED_OVER' "  # noqa: S608
        "AND substr(content, 1, $2) = $1 AND NOT EXISTS (SELECT FROM payments.file_payments p JOIN payments.entries e "
        "ON e.about = p.payment_id::text WHERE p.message_id = f.message_id) ORDER BY created_at, message_id",
        SHEET_BEGINS,
        len(SHEET_BEGINS),
    )
    return [_stored(row) for row in rows]


async def stored_file(connection: Connection, message_id: str) -> StoredFile | None:
    """Return a file by its message id, or None. Its row stays locked until the transaction ends."""
    row = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM payments.files WHERE message_id = $1 FOR UPDATE",  # noqa: S608
        message_id,
    )
    return None if row is None else _stored(row)


async def count_unsent_files(connection: Connection, payments: Sequence[UUID]) -> int:
    """Return the number of files with exactly these payments that never reached the bank (VOID or NEVER_SENT)."""
    file_count = await connection.fetchval(
        "SELECT count(*) FROM (SELECT message_id FROM payments.file_payments JOIN payments.files USING (message_id) "
        "WHERE status IN ('VOID', 'NEVER_SENT') GROUP BY message_id "
        "HAVING array_agg(payment_id ORDER BY payment_id) = $1::uuid[]) same",
        sorted(payments),
    )
    return int(file_count)


async def make_file(connection: Connection, batch: Sequence[Instruction]) -> StoredFile:
    """Build the payment file for a batch (one account, one currency, one day) without storing it.

    Raises:
        UnknownAccount: An account of the batch is not on record.
        AccountChanged: The stored details of an account do not have the hash that was agreed on.
    """
    void = await count_unsent_files(connection, [instruction.payment_id for instruction in batch])
    while True:
        file = await remade(connection, batch, void)
        if not await connection.fetchval("SELECT true FROM payments.files WHERE message_id = $1", file.message_id):
            return file
        void += 1  # the id is used by a row that no export wrote


async def remade(connection: Connection, batch: Sequence[Instruction], void: int) -> StoredFile:
    """Build the file for a batch, the same bytes every time, after `void` earlier ones that never reached the bank."""
    debtor = batch[0].debtor_account
    details = await read_account(connection, debtor.reference, debtor.sha256)
    accounts = [instruction.creditor_account for instruction in batch]
    creditors = [await read_account(connection, account.reference, account.sha256) for account in accounts]
    file = _WRITERS[batch[0].rail](details, tuple(map(CreditTransfer, batch, creditors)), void)
    sha256 = hashlib.sha256(file.content).hexdigest()
    return StoredFile(file.message_id, file.content, sha256, len(batch), FileStatus.MADE)


async def is_remade(connection: Connection, file: StoredFile, batch: Sequence[Instruction]) -> bool:
    """True if a stored file is byte for byte the file for a batch, after some number of earlier void ones."""
    file_count = await connection.fetchval(
        "SELECT count(DISTINCT message_id) FROM payments.file_payments WHERE payment_id = $1", batch[0].payment_id
    )
    for void in range(int(file_count) + _SPARE):
        stored_file = await remade(connection, batch, void)
        if (stored_file.message_id, stored_file.content, stored_file.sha256) == (
            file.message_id,
            file.content,
            file.sha256,
        ):
            return True
    return False


async def keep_file(connection: Connection, file: StoredFile, batch: Sequence[Instruction]) -> None:
    """Store a payment file and the ids of its payments."""
    await connection.execute(
        "INSERT INTO payments.files (message_id, content, sha256, payment_count) VALUES ($1, $2, $3, $4)",
        file.message_id, file.content, file.sha256, file.payment_count,
    )  # fmt: skip
    await connection.executemany(
        "INSERT INTO payments.file_payments (message_id, payment_id) VALUES ($1, $2)",
        [(file.message_id, instruction.payment_id) for instruction in batch],
    )


async def mark(connection: Connection, message_id: str, status: FileStatus) -> None:
    """Set a file's status if `REQUIRED_STATUS` allows the change. The signed status is in the ledger."""
    query = "UPDATE payments.files SET status = $2 WHERE message_id = $1 AND status = $3"
    await connection.execute(query, message_id, status, REQUIRED_STATUS[status])


def batch_key(instruction: Instruction) -> tuple[str, str, str, str]:
    """Return what the payments of one file share: rail, debtor account, currency and execution day.

    What is typed has a sheet of its own, since the bank's portal confirms each payment by itself.
    """
    account, day = instruction.debtor_account.reference, instruction.execution_on.isoformat()
    rail = instruction.rail
    way = f"{rail} {instruction.payment_id}" if rail is PaymentRail.MANUAL else rail
    return account, instruction.money.currency, day, way


def batches(instructions: Sequence[Instruction]) -> list[list[Instruction]]:
    """Group instructions into one batch per file, as banks require."""
    groups: dict[tuple[str, str, str, str], list[Instruction]] = defaultdict(list)
    for instruction in instructions:
        groups[batch_key(instruction)].append(instruction)
    return [batch for _, batch in sorted(groups.items())]


def _stored(row: asyncpg.Record) -> StoredFile:
    return StoredFile(**{**dict(row), "status": FileStatus(row["status"])})
