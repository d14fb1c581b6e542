"""The last known balance of a funder's own account, and whether a payment file would leave more than stands there."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.client.waiting.account_statements import stated_balance
from accord.presentation.faults import BadInput
from accord.presentation.input_files import faults_of
from domain.directory.directory import Directory, role_fault
from domain.fault import Fault
from domain.identity import derive
from domain.payment.account import MAY_VOUCH, BalanceRecorded, account_statement
from domain.payment.balance import (
    Noted,
    balance_in_force,
    bank_zone,
    day_fault,
    end_of,
    newest_balance,
    takes_from,
)
from domain.recorded.acts import OrganisationAct
from domain.recorded.event import RecordedEvent
from domain.streams import StreamId
from domain.values import ExactDecimal
from ledger import clock
from payments.accounts import references_of_same
from payments.out.instructions import Instruction, thaw
from records.codec import from_ledger
from records.directory import is_doubted

_SUM: Final[TypeAdapter[Decimal]] = TypeAdapter(ExactDecimal)
_GONE: Final = """
SELECT i.partnership_id, i.tranche, i.attempt, i.frozen FROM payments.instructions i
WHERE EXISTS (
    SELECT FROM payments.file_payments p JOIN payments.files f USING (message_id)
    WHERE p.payment_id = i.payment_id AND f.status = 'HANDED_OVER'
) AND NOT EXISTS (
    SELECT FROM ledger.events e
    WHERE e.stream_id = format('partnership/%s/tranche/%s/attempt/%s', i.partnership_id, i.tranche, i.attempt)
    AND e.event_type = ANY ($1) AND e.recorded_at < $2
)"""
"""The handed-over payments, without those that the bank had answered before a time."""
_ENDS: Final = ("PaymentSettled", "PaymentRejected", "PaymentReturned")


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
    return balance_in_force(map(_noted, recorded_events), bank_zone(today.rules), currency)


def _noted(recorded_event: RecordedEvent) -> Noted:
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


async def shortfall(desk: Desk, instructions: list[Instruction], actor: str, *, requires_balance: bool) -> Fault | None:
    """Return the fault of a file by the balance of the account that pays it, or None.

    `actor`: who hands it over. `requires_balance`: True if a missing balance is a fault too. From the balance all is
    taken that was handed over and that the bank had not booked at the end of its day.
    """
    first = instructions[0]
    reference, required_amount = (
        first.debtor_account.reference,
        sum((instruction.money.amount for instruction in instructions), Decimal(0)),
    )
    currency = first.money.currency
    recorded, stated = (
        await balance_of(desk, reference, currency),
        await stated_balance(desk, reference, currency, actor),
    )
    balance = newest_balance(recorded, stated)
    if balance is None:
        unknown = f"no balance in {currency} of {reference} is on record: import the bank's statement"
        return Fault(unknown) if requires_balance else None
    outgoing_sums = await _gone(desk, reference, balance.on)
    if other_currencies := sorted(outgoing_sums.keys() - {balance.currency}):
        return Fault(
            f"what was handed over in {' and '.join(other_currencies)} and not booked by {balance.on} cannot be"
            f" deducted from the balance of {reference} in {balance.currency}; record a newer one: `accord payments"
            " balance`"
        )
    outgoing_sum = outgoing_sums.get(balance.currency, Decimal(0))
    stands = balance.amount - outgoing_sum
    if required_amount <= stands:
        return None
    return Fault(
        f"{reference} held {balance.currency} {balance.amount:,} on {balance.on}, {outgoing_sum:,} that was handed over"
        f" was not booked by then, and this file takes {required_amount:,}: it lacks {required_amount - stands:,}"
    )


async def _gone(desk: Desk, reference: str, day: date) -> dict[str, Decimal]:
    """Return the sums, by currency, of what was handed over of an account and what the bank had not booked by a day."""
    zone = bank_zone((await desk.directory()).rules)
    total: defaultdict[str, Decimal] = defaultdict(Decimal)
    async with desk.pool.acquire() as connection:
        references = {reference, *await references_of_same(connection, reference)}
        rows = await connection.fetch(_GONE, _ENDS, end_of(day - timedelta(days=2), zone))
    for row in rows:
        instruction = thaw(row["frozen"])
        if instruction.debtor_account.reference not in references:
            continue
        stream = StreamId.attempt(row["partnership_id"], row["tranche"], row["attempt"])
        events = [_noted(from_ledger(event)) for event in await desk.reader.read_as_far_as_possible(stream)]
        if takes_from(events, day, zone):
            total[instruction.money.currency] += instruction.money.amount
    return dict(total)
