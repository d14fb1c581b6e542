"""The mappings by which the CSV of an own account's bank is read: the one that stands, and those that wait."""

from __future__ import annotations

from accord.audit.bank.mappings import mappings_of_account
from accord.client.sending import Sending
from domain.payment.mapping import Mappings


async def mappings_on(desk: Sending, reference: str) -> Mappings:
    """Return the mappings of an account, by the signatures that count."""
    return await mappings_of_account(desk.reader, reference)
