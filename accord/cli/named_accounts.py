"""Accounts as the shell names them: by a reference, which may be of none."""

from __future__ import annotations

from accord.client.desk import Desk
from accord.presentation.faults import BadInput
from domain.parties import AccountReference
from payments.accounts import UnknownAccount, find_account


async def named_account(desk: Desk, reference: str) -> AccountReference:
    """Return the account of a reference. Raises BadInput where none has it."""
    async with desk.pool.acquire() as connection:
        try:
            return await find_account(connection, reference)
        except UnknownAccount as fault:
            raise BadInput(str(fault)) from fault
