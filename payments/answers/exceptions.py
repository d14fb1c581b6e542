"""Exceptions that wait for a person, in a table to look at; how each was raised and resolved stands in the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.payment.bank_answers import ExceptionKind
from payments import Connection

_COLUMNS = "exception_id, kind, partnership, file_name, reason, content, raised_at, resolved_at"


class RaisedException(NamedTuple):
    """A row of the exceptions table: a statement of the bank for a person to look at, when raised, when resolved."""

    exception_id: UUID
    kind: ExceptionKind
    partnership: str
    file_name: str
    reason: str
    content: str
    raised_at: datetime
    resolved_at: datetime | None

    @property
    def name(self) -> str:
        """The name by which people call it."""
        return exception_name(self.exception_id)


def exception_name(exception_id: UUID) -> str:
    """Return the short name of an exception."""
    return f"EX-{exception_id.hex[:10].upper()}"


async def keep_exception(
    connection: Connection, exception_id: UUID, kind: ExceptionKind, partnership: str, file_name: str, reason: str,
    content: str,
) -> bool:  # fmt: skip
    """Store an exception; the same one once. Returns whether it is new."""
    status = await connection.execute(
        "INSERT INTO payments.exceptions (exception_id, kind, partnership, file_name, reason, content) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (exception_id) DO NOTHING",
        exception_id, kind, partnership, file_name, reason, content,
    )  # fmt: skip
    return str(status).endswith(" 1")


async def read_exceptions(connection: Connection, resolved: bool = False) -> list[RaisedException]:
    """Return the exceptions that wait, or all, oldest first."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM payments.exceptions WHERE $1 OR resolved_at IS NULL "  # noqa: S608
        "ORDER BY raised_at, exception_id",
        resolved,
    )
    return [RaisedException(**{**dict(row), "kind": ExceptionKind(row["kind"])}) for row in rows]


async def mark_resolved(connection: Connection, exception_id: UUID) -> None:
    """Take an exception off the list of those that wait."""
    await connection.execute(
        "UPDATE payments.exceptions SET resolved_at = coalesce(resolved_at, ledger.now()) WHERE exception_id = $1",
        exception_id,
    )
