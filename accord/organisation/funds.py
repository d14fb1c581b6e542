"""Open funds, and ask for and confirm changes of their money: signed acts, recorded by a worker."""

from __future__ import annotations

from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.organisation.signed_acts import SignedAct, signed_act
from accord.presentation.faults import BadInput
from accord.presentation.input_files import faults_of
from domain.funds.events import Change, FundChangeAsked, FundChangeConfirmed, FundOpened
from domain.funds.fund import Fund, PendingChange
from domain.recorded.acts import OrganisationAct
from domain.streams import StreamId
from domain.values import FundId
from records.funds import Funds

_FUND_ID: Final[TypeAdapter[str]] = TypeAdapter(FundId)
_CHANGE: Final[TypeAdapter[Change]] = TypeAdapter(Change)
_ENOUGH: Final = 8
"""The least number of leading characters by which a change may be named."""


async def open_fund(desk: Desk, fund_id: str, actor: str, **content: Any) -> None:
    """Open a fund, which holds no money yet.

    Raises:
        BadInput: A field is wrong; the message names it.
        Refused: The person may not, the fund is open already, or the directory holds no such funder.
    """
    await _record(desk, fund_id, FundOpened, actor, **content)


async def ask(desk: Desk, fund_id: str, change: dict[str, Any], reason: str, actor: str) -> PendingChange:
    """Ask for a change of a fund's money, and return it with the id by which another person confirms it.

    Raises:
        BadInput: A field is wrong; the message names it.
        Refused: The person may not ask, or the change cannot be made; nothing is recorded.
    """
    try:
        event = _CHANGE.validate_python(change)
    except ValidationError as fault:
        raise BadInput(f"the change has {faults_of(fault)}") from None
    return PendingChange(await _record(desk, fund_id, FundChangeAsked, actor, change=event, reason=reason))


async def confirm(desk: Desk, fund_id: str, change: str, actor: str) -> PendingChange:
    """Confirm a change that another person asked for, by its id or a prefix of 8 characters, and return it.

    Raises:
        BadInput: No change waits under that id, or more than one.
        Refused: The person may not confirm, asked for it, or the change cannot be made any more.
    """
    fund_change = named(await Funds(desk.reader).read(_valid(fund_id)), change)
    await _record(desk, fund_id, FundChangeConfirmed, actor, change_id=fund_change.change_id)
    return fund_change


def named(fund: Fund, change: str) -> PendingChange:
    """Return the change of a fund that waits under an id, or its beginning.

    Raises:
        BadInput: There is none, or more than one.
    """
    fund_changes = [
        fund_change
        for fund_change in fund.asked.values()
        if str(fund_change.change_id).startswith(change) and len(change) >= _ENOUGH
    ]
    if len(fund_changes) != 1:
        words = f"{len(fund_changes) or 'none'} of the changes that wait of {fund.fund_id}"
        raise BadInput(f"CHANGE: {change!r} names {words}; see `accord funds show {fund.fund_id}`")
    return fund_changes[0]


async def _record(desk: Desk, fund_id: str, kind: type[SignedAct], actor: str, **content: Any) -> SignedAct:
    stream = StreamId.fund(_valid(fund_id))
    event = await signed_act(desk, kind, stream, actor, **content)
    command_id = event.signature.statement.command_id
    act = OrganisationAct.model_validate({"command_id": command_id, "subject": fund_id, "event": event})
    await record_act(desk, act)
    return event


def _valid(fund_id: str) -> str:
    try:
        return _FUND_ID.validate_python(fund_id)
    except ValidationError:
        raise BadInput(f"FUND: {fund_id!r} is no fund's id; write one such as FD-2026-ISOC") from None
