"""Assign an open entry of a statement to a person, who may resolve exceptions and so explain it."""

from __future__ import annotations

from typing import Final

from accord.client.desk import Desk
from accord.client.waiting.stated_entries import AccountEntry, explained_accounts, may_own
from accord.organisation.signed_acts import require_may
from accord.presentation.faults import BadInput, Refused
from domain.payment.bank_file import ExceptionResolved
from payments.answers.booking.entry_owners import assign

NOBODY: Final = "nobody"
"""The name by which an entry is given back to the role of finance."""


async def assign_entry(desk: Desk, name: str, to: str, actor: str) -> AccountEntry:
    """Give the open entry of a name to a person, or back to the role of finance, and return it with its owner.

    Raises:
        BadInput: No open entry has the name, or more than one.
        Refused: The person who assigns it, or to whom, may not resolve exceptions.
    """
    await require_may(desk, actor, ExceptionResolved)
    if to != NOBODY and not may_own(await desk.directory(), to):
        raise Refused(f"{to} may not say what an entry is, so nobody assigns it to them", "NotAuthorised")
    line = _named(await _open_lines(desk), name)
    assert line.entry_id is not None  # noqa: S101 - what has a name is an entry
    async with desk.pool.acquire() as connection:
        await assign(connection, line.entry_id, "" if to == NOBODY else to, actor)
    return _named(await _open_lines(desk), line.name)


async def _open_lines(desk: Desk) -> list[AccountEntry]:
    accounts = await explained_accounts(desk)
    return [line for account in accounts for line in account.lines if line.is_open and line.name]


def _named(lines: list[AccountEntry], name: str) -> AccountEntry:
    wanted = f"EX-{name.upper().removeprefix('EX-')}"
    named_lines = [line for line in lines if line.name.startswith(wanted)]
    if len(named_lines) != 1:
        raise BadInput(
            f"{name!r} names {len(named_lines) or 'none'} of the open entries: `accord payments entries --open`"
        )
    return named_lines[0]
