"""The bank's files, stored byte for byte, so that the evidence for an answer can be read again years later."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import NamedTuple

from payments import Connection


class BankFile(NamedTuple):
    """A file from the bank, with its SHA-256 and name."""

    sha256: str
    name: str
    content: bytes


def bank_file(name: str, content: bytes) -> BankFile:
    """Return a file with its SHA-256. Its name is cut to 200 characters, and undecodable bytes in it become '?'."""
    readable = name.encode("utf-8", "replace").decode()
    return BankFile(hashlib.sha256(content).hexdigest(), readable[:200], content)


async def keep_bank_file(connection: Connection, file: BankFile, is_complete: bool = False) -> None:
    """Store a bank file. The same content is stored once, under its first name.

    `is_complete` means that the file has no entries left to process.
    """
    await connection.execute(
        "INSERT INTO payments.bank_files (sha256, name, content, taken_at) "
        "VALUES ($1, $2, $3, CASE WHEN $4 THEN ledger.now() END) ON CONFLICT (sha256) DO NOTHING",
        *file, is_complete,
    )  # fmt: skip


async def read_bank_file(connection: Connection, sha256: str) -> BankFile | None:
    """Return a stored file, or None if there is none or its content does not have this digest."""
    row = await connection.fetchrow("SELECT sha256, name, content FROM payments.bank_files WHERE sha256 = $1", sha256)
    if row is None or hashlib.sha256(row["content"]).hexdigest() != sha256:
        return None
    return BankFile(**row)


async def kept_since(connection: Connection, moment: datetime) -> list[str]:
    """Return the digests of the files that were stored at a moment or later, oldest first."""
    rows = await connection.fetch("SELECT sha256 FROM payments.bank_files WHERE kept_at >= $1 ORDER BY kept_at", moment)
    return [row["sha256"] for row in rows]


async def unfinished(connection: Connection) -> list[str]:
    """Return the digests of the files whose import was interrupted before all entries were processed, oldest first."""
    rows = await connection.fetch("SELECT sha256 FROM payments.bank_files WHERE taken_at IS NULL ORDER BY kept_at")
    return [row["sha256"] for row in rows]


async def mark_taken(connection: Connection, sha256: str) -> None:
    """Mark a bank file as taken: each of its entries has been processed."""
    await connection.execute(
        "UPDATE payments.bank_files SET taken_at = ledger.now() WHERE sha256 = $1 AND taken_at IS NULL", sha256
    )
