"""Begin a change of a payee's bank details: hold the partnership, and record the new ones (R40)."""

from __future__ import annotations

from accord.client.desk import Desk
from accord.organisation.governance import require_may_vouch, vouch
from accord.organisation.holders import require_holder
from accord.presentation.faults import Refused
from domain.parties import AccountReference
from domain.partnership.commands import PlaceHold
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.values import Value
from payments.accounts import AccountDetails, record_account, reference_of


class AccountChange(Value):
    """A begun change of bank details: the payee's new account, the hold, and the payments to the old account."""

    partnership_id: str
    account: AccountReference
    held: bool
    """True if this call placed the hold, and False if it stood already."""
    released: tuple[int, ...] = ()
    """The tranches whose payment to the old account was released, and is kept back now."""
    at_the_bank: tuple[int, ...] = ()
    """The tranches whose payment to the old account left for the bank already."""


def changes_account(partnership: Partnership, account: AccountReference) -> bool:
    """True if payments of an active partnership go to another account."""
    return partnership.stage is Stage.ACTIVE and partnership.account not in {None, account}


async def hold_for_change(desk: Desk, state: Partnership, account: AccountReference, actor: str) -> bool:
    """Hold a partnership whose payee's account changes, and return whether this call placed the hold.

    It comes before the account is recorded: if what follows never comes, nothing is paid to the old one either.

    Raises:
        Refused: The actor may not record accounts, so nothing would follow.
    """
    await require_may_vouch(desk, actor)
    reason = f"the bank details change to {account.reference}"
    if any(hold.actor == actor and hold.reason == reason for hold in state.holds):
        return False
    await desk.decide(await desk.known_sight(state.partnership_id), PlaceHold, actor, reason=reason)
    return True


async def begin_change(desk: Desk, partnership: str, details: AccountDetails, actor: str) -> AccountChange:
    """Place a hold, and record the new account of a partnership's payee under the actor's signature.

    A payment that was released to the old one is kept back from then on; the agreement names the new one once it ended.

    Raises:
        Refused: The holder is another, or the actor may not record accounts.
        BadInput: There is no such partnership with a payee.
    """
    await require_holder(desk, details, partnership)
    state = await desk.known_partnership(partnership)
    if state.stage is not Stage.ACTIVE:
        raise Refused(f"{partnership} is {state.stage.value}; its first account is named by its agreement", "Stage")
    reference = reference_of(details)
    if state.account == reference:
        raise Refused(f"{reference.reference} is the account of {partnership} already", "Unchanged")
    held = await hold_for_change(desk, state, reference, actor)
    await vouch(desk, reference, actor)
    async with desk.pool.acquire() as connection:
        await record_account(connection, details, actor)
    return AccountChange(
        partnership_id=partnership,
        account=reference,
        held=held,
        released=_in_state(state, TrancheState.RELEASED),
        at_the_bank=_in_state(state, TrancheState.HANDED_OVER),
    )


def _in_state(partnership: Partnership, state: TrancheState) -> tuple[int, ...]:
    return tuple(tranche.number for tranche in partnership.tranches if tranche.state is state)
