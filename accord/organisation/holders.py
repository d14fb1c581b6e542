"""Compare an account's holder with its owner when the account is recorded, before anybody calls back (rules 3.1)."""

from __future__ import annotations

from accord.client.desk import Desk
from accord.presentation.faults import BadInput, Refused
from payments.accounts import AccountDetails
from registers.matching.identity.agreement import compare_written, is_one_name
from registers.matching.identity.registered_name import RegisteredName


async def require_holder(desk: Desk, details: AccountDetails, owner: str) -> None:
    """Require an account in its owner's name. `owner`: a partnership, whose payee it is, or a funder.

    Raises:
        BadInput: There is no such partnership with a payee, and no such funder.
        Refused: The account is held in another name.
    """
    name = await _name_of(desk, owner)
    if not is_one_name(details.holder, name):
        why = compare_written(details.holder, RegisteredName(name)).explanation
        reason = f"holder: {details.holder!r} is not {name!r}: {why}"
        raise Refused(f"{reason}; record the account that is held in that name", "PaymentRefused")


async def _name_of(desk: Desk, owner: str) -> str:
    if (funder := (await desk.directory()).funder(owner)) is not None:
        return funder.name
    partnership = await desk.partnership(owner)
    if partnership is None or partnership.proposal is None or partnership.proposal.funds_out is None:
        raise BadInput(f"--of: {owner!r} is no partnership with a payee, and no funder; see `accord list`")
    return partnership.proposal.funds_out.payee.name
