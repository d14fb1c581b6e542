"""The table of exceptions for people to resolve. The ledger records how each was raised and resolved."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.payment.bank_answers import ExceptionKind
from payments import Connection

_COLUMNS = "exception_id, kind, partnership, file_name, reason, content, raised_at, resolved_at"


class RaisedException(NamedTuple):
    """A row of the exceptions table: a statement by the bank that a person must look at, or has resolved."""

    exception_id: UUID
    kind: ExceptionKind
    partnership: str
    file_name: str
    reason: str
    content: str
    raised_at: datetime
    resolved_at: datetime | None
    next_step: str = ""
    """The next step of people, in plain words, while it is open."""

    @property
    def name(self) -> str:
        """The short name that people use for it."""
        return exception_name(self.exception_id)


def exception_name(exception_id: UUID) -> str:
    """Return the short name of an exception: "EX-" and the first ten hex digits of its id."""
    return f"EX-{exception_id.hex[:10].upper()}"


async def keep_exception(
    connection: Connection, exception_id: UUID, kind: ExceptionKind, partnership: str, file_name: str, reason: str,
    content: str,
) -> bool:  # fmt: skip
    """Store an exception if it is new, and return whether it was new."""
    status = await connection.execute(
        "INSERT INTO payments.exceptions (exception_id, kind, partnership, file_name, reason, content) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (exception_id) DO NOTHING",
        exception_id, kind, partnership, file_name, reason, content,
    )  # fmt: skip
    return str(status).endswith(" 1")


async def read_exceptions(connection: Connection, with_history: bool = False) -> list[RaisedException]:
    """Return the unresolved exceptions, or all if `with_history` is set, oldest first."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM payments.exceptions WHERE $1 OR resolved_at IS NULL "  # noqa: S608
        "ORDER BY raised_at, exception_id",
        with_history,
    )
    return [RaisedException(**{**dict(row), "kind": ExceptionKind(row["kind"])}) for row in rows]


async def mark_resolved(connection: Connection, exception_id: UUID) -> None:
    """Mark an exception as resolved, unless it is already."""
    await connection.execute(
        "UPDATE payments.exceptions SET resolved_at = coalesce(resolved_at, ledger.now()) WHERE exception_id = $1",
        exception_id,
    )
