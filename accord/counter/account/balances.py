"""The balance of a funder's own account, as somebody of finance reads it on the bank's statement and signs it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.presentation.faults import BadInput
from accord.presentation.input_files import faults_of
from domain.directory.directory import Directory, role_fault
from domain.identity import derive
from domain.payment.account import MAY_VOUCH, BalanceRecorded, account_statement
from domain.payment.balance import Noted, balance_in_force, bank_zone, day_fault
from domain.recorded.acts import OrganisationAct
from domain.recorded.event import RecordedEvent
from domain.streams import StreamId
from domain.values import ExactDecimal
from ledger import clock
from records.directory import is_doubted

_SUM: Final[TypeAdapter[Decimal]] = TypeAdapter(ExactDecimal)


async def record_balance(desk: Desk, reference: str, actor: str, **content: Any) -> BalanceRecorded:
    """Record the balance of an account at the end of a day, by the bank's statement, signed by its reader.

    Raises:
        BadInput: A field is wrong; the message names it.
        Refused: The person may not, or nobody has recorded the account.
    """
    now = clock.now()
    if not_over := day_fault(content["on"], now, bank_zone((await desk.directory()).rules)):
        raise BadInput(str(not_over))
    try:
        sum_ = _SUM.validate_python(content["amount"])
        draft_content = BalanceRecorded.model_construct(at=now, actor=actor, **{**content, "amount": sum_}).content()
        version = len(await desk.ledger.read_stream(StreamId.account(reference)))
        command_id = derive("balance", reference, version, actor, str(draft_content))
        signature = await desk.sign(
            account_statement("record_balance", draft_content, actor, now, command_id, reference)
        )
        event = BalanceRecorded.model_validate({"at": now, "actor": actor, "signature": signature, **content})
    except ValidationError as fault:
        raise BadInput(f"the balance has {faults_of(fault)}") from None
    await record_act(desk, OrganisationAct(command_id=command_id, subject=reference, event=event))
    return event


async def balance_of(desk: Desk, reference: str, currency: str = "") -> BalanceRecorded | None:
    """Return the balance of an account that somebody signed last, in one currency or any, or None."""
    events, times = await desk.reader.read(StreamId.account(reference)), await desk.reader.registrar.directories()
    today = await desk.directory()
    recorded_events = (event for event in events if _counts(event, times.at(event.position), today))
    return balance_in_force(map(noted, recorded_events), bank_zone(today.rules), currency)


def noted(recorded_event: RecordedEvent) -> Noted:
    """Return an event with the time at which the ledger recorded it."""
    event: Any = recorded_event.event
    return Noted(event, recorded_event.recorded_at or event.at)


def _counts(recorded_event: RecordedEvent, then: Directory, today: Directory) -> bool:
    """True if an account's event is a balance of somebody who might record it, with a key of nobody else."""
    event = recorded_event.event
    if not isinstance(event, BalanceRecorded) or is_doubted(today, event.signature, recorded_event):
        return False
    return not role_fault(
        then, event.actor, "vouch for an account", MAY_VOUCH, (recorded_event.recorded_at or event.at).date()
    )
