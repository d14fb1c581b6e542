"""Begin a change of a payee's bank details: record the new ones, and hold the partnership meanwhile (R40)."""

from __future__ import annotations

from accord.client.desk import Desk
from accord.client.faults import Refused
from accord.client.governance import vouch
from accord.client.holders import require_holder
from domain.parties import AccountReference
from domain.partnership.commands import PlaceHold
from domain.partnership.stages import Stage
from domain.values import Value
from payments.accounts import AccountDetails, record_account, reference_of


class AccountChange(Value):
    """A change of bank details that was begun."""

    partnership_id: str
    account: AccountReference
    held: bool
    """True if this call placed the hold; False if one stood already."""


async def begin_change(desk: Desk, partnership: str, details: AccountDetails, actor: str) -> AccountChange:
    """Record the new account of a partnership's payee under the actor's signature, and place a hold.

    Raises:
        Refused: The holder is another, a payment is on its way, or the actor may not record accounts.
        BadInput: There is no such partnership with a payee.
    """
    await require_holder(desk, details, partnership)
    known = await desk.known_partnership(partnership)
    if known.stage is not Stage.ACTIVE:
        raise Refused(f"{partnership} is {known.stage.value}; its first account is named by its agreement", "Stage")
    if known.in_flight:
        raise Refused(f"a payment of {partnership} is on its way; cancel it, or wait for the bank's answer", "Payment")
    reference = reference_of(details)
    if known.account == reference:
        raise Refused(f"{reference.reference} is the account of {partnership} already", "Unchanged")
    await vouch(desk, reference, actor)
    async with desk.pool.acquire() as connection:
        await record_account(connection, details, actor)
    if known.hold is None:
        reason = f"the bank details change to {reference.reference}"
        await desk.decide(await desk.known_sight(partnership), PlaceHold, actor, reason=reason)
    return AccountChange(partnership_id=partnership, account=reference, held=known.hold is None)
