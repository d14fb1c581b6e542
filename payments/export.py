"""Turn waiting instructions into payment files: each instruction in exactly one file, each file kept as it was sent."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from domain.parties import AccountReference
from payments import Connection
from payments.accounts import AccountDetails, read_account
from payments.instructions import Instruction, thaw
from payments.pain001 import PaymentFile, Transfer, write_file


class ExportedFile(NamedTuple):
    """A payment file in the database and, once written, on disk."""

    message_id: str
    content: bytes
    sha256: str
    payment_count: int
    new: bool


class Withheld(NamedTuple):
    """A payment that the gate did not let into a file; it goes on waiting."""

    instruction: Instruction
    reason: str


class Export(NamedTuple):
    """What an export made, and what it left out."""

    files: list[ExportedFile]
    withheld: list[Withheld]


Gate = Callable[[Instruction], Awaitable[str]]
"""Says why a payment is not authorised, or nothing: asked of each, in the last moment before its file is written."""


async def export_waiting(connection: Connection, gate: Gate) -> Export:
    """Put every waiting instruction that the gate lets through into a file, in one transaction.

    Two exports at once do not share an instruction: the rows are locked. A crash before the commit leaves them
    waiting; a crash after it leaves the stored bytes, which `stored_files` returns unchanged.
    """
    async with connection.transaction():
        rows = await connection.fetch(
            "SELECT frozen FROM payments.instructions WHERE message_id IS NULL ORDER BY payment_id FOR UPDATE"
        )
        asked = [(instruction, await gate(instruction)) for instruction in (thaw(row["frozen"]) for row in rows)]
        batches = _batches([instruction for instruction, reason in asked if not reason])
        files = [await _store(connection, debtor, batch) for debtor, batch in batches]
    return Export(files, [Withheld(instruction, reason) for instruction, reason in asked if reason])


async def stored_files(connection: Connection, message_id: str | None = None) -> list[ExportedFile]:
    """Return files exported before, as the very bytes they were; all of them, or one."""
    rows = await connection.fetch(
        "SELECT message_id, content, sha256, payment_count FROM payments.files "
        "WHERE $1::text IS NULL OR message_id = $1 ORDER BY created_at, message_id",
        message_id,
    )
    return [ExportedFile(**dict(row), new=False) for row in rows]


def write_to(folder: Path, files: list[ExportedFile]) -> list[Path]:
    """Write files into a folder, each under its message id. A file appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{file.message_id}.pain.001.xml" for file in files]
    for file, path in zip(files, paths, strict=True):
        part = path.with_suffix(".part")
        part.write_bytes(file.content)
        part.replace(path)
    return paths


def _batches(instructions: list[Instruction]) -> list[tuple[AccountReference, list[Instruction]]]:
    """One file per debtor account, currency and day, as banks ask for."""
    batches: dict[tuple[str, str, str], list[Instruction]] = defaultdict(list)
    for instruction in instructions:
        key = (instruction.debtor_account.reference, instruction.money.currency, instruction.execution_on.isoformat())
        batches[key].append(instruction)
    return [(batch[0].debtor_account, batch) for _, batch in sorted(batches.items())]


async def _store(connection: Connection, debtor: AccountReference, batch: list[Instruction]) -> ExportedFile:
    details = await read_account(connection, debtor.reference, debtor.sha256)
    transfers = tuple([Transfer(item, await _creditor(connection, item)) for item in batch])
    file = write_file(details, transfers)
    sha256 = hashlib.sha256(file.content).hexdigest()
    await _keep(connection, file, sha256, batch)
    return ExportedFile(file.message_id, file.content, sha256, len(batch), new=True)


async def _creditor(connection: Connection, instruction: Instruction) -> AccountDetails:
    account = instruction.creditor_account
    return await read_account(connection, account.reference, account.sha256)


async def _keep(connection: Connection, file: PaymentFile, sha256: str, batch: list[Instruction]) -> None:
    await connection.execute(
        "INSERT INTO payments.files (message_id, content, sha256, payment_count) VALUES ($1, $2, $3, $4)",
        file.message_id,
        file.content,
        sha256,
        len(batch),
    )
    await connection.execute(
        "UPDATE payments.instructions SET message_id = $1 WHERE payment_id = ANY ($2)",
        file.message_id,
        [instruction.payment_id for instruction in batch],
    )
