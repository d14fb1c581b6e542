"""The last known balance of a funder's own account, and whether a payment file would leave more than stands there."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.client.faults import BadInput
from accord.client.input_files import faults_of
from domain.identity import derive
from domain.payment.account import BalanceRecorded, account_statement
from domain.recorded.acts import OrganisationAct
from domain.streams import StreamId
from domain.values import ExactDecimal
from ledger import clock
from payments.accounts import references_of_same
from payments.out.files import rows_of_file
from payments.out.instructions import Instruction, thaw

_SUM: Final[TypeAdapter[Decimal]] = TypeAdapter(ExactDecimal)
_LEFT_SINCE: Final = (
    "SELECT stream_id FROM ledger.events WHERE event_type = 'PaymentFileHandedOver' AND recorded_at >= $1"
)


async def record_balance(desk: Desk, reference: str, actor: str, **content: Any) -> BalanceRecorded:
    """Record what a bank's statement says stood on an account at the end of a day, signed by whoever read it.

    Raises:
        BadInput: A field is wrong; the message names it.
        Refused: The person may not, or nobody has recorded the account.
    """
    now = clock.now()
    try:
        sum_ = _SUM.validate_python(content["amount"])
        said = BalanceRecorded.model_construct(at=now, actor=actor, **{**content, "amount": sum_}).content()
        version = len(await desk.ledger.read_stream(StreamId.account(reference)))
        command_id = derive("balance", reference, version, actor, str(said))
        signature = await desk.sign(account_statement("record_balance", said, actor, now, command_id, reference))
        event = BalanceRecorded.model_validate({"at": now, "actor": actor, "signature": signature, **content})
    except ValidationError as fault:
        raise BadInput(f"the balance has {faults_of(fault)}") from None
    await record_act(desk, OrganisationAct(command_id=command_id, subject=reference, event=event))
    return event


async def balance_of(desk: Desk, reference: str, currency: str = "") -> BalanceRecorded | None:
    """Return the newest balance of an account that somebody signed, in one currency or any; None if there is none."""
    recorded = await desk.reader.read(StreamId.account(reference))
    told = [one.event for one in recorded if isinstance(one.event, BalanceRecorded)]
    told = [one for one in told if currency in {"", one.currency}]
    return max(told, key=lambda one: (one.on, one.at), default=None)


async def shortfall(desk: Desk, instructions: list[Instruction], *, must_be_known: bool) -> str:
    """Return what speaks against a file by the balance of the account that pays it; '' if nothing does.

    `must_be_known`: whether it speaks against it that no balance is on record. From the balance all is taken that was
    handed over since the end of its day, whatever the bank made of it.
    """
    first = instructions[0]
    reference, wanted = first.debtor_account.reference, sum((one.money.amount for one in instructions), Decimal(0))
    known = await balance_of(desk, reference, first.money.currency)
    if known is None:
        unknown = f"no balance in {first.money.currency} of {reference} is on record: `accord payments balance`"
        return unknown if must_be_known else ""
    gone = await _left_since(desk, reference, known.on)
    if others := sorted(gone.keys() - {known.currency}):
        return (
            f"what was handed over in {' and '.join(others)} since {known.on} cannot be deducted from the balance of "
            f"{reference} in {known.currency}; record a newer one: `accord payments balance`"
        )
    left = gone.get(known.currency, Decimal(0))
    stands = known.amount - left
    if wanted <= stands:
        return ""
    return (
        f"{reference} held {known.currency} {known.amount:,} on {known.on}, {left:,} was handed over since, and this "
        f"file takes {wanted:,}: it lacks {wanted - stands:,}"
    )


async def _left_since(desk: Desk, reference: str, day: date) -> dict[str, Decimal]:
    """Return the sums, by currency, of the payments of an account that were handed over after a day."""
    since = datetime.combine(day, time.max, UTC)
    total: defaultdict[str, Decimal] = defaultdict(Decimal)
    async with desk.pool.acquire() as connection:
        same = {reference, *await references_of_same(connection, reference)}
        for row in await connection.fetch(_LEFT_SINCE, since):
            for frozen in await rows_of_file(connection, StreamId(row["stream_id"]).subject):
                one = thaw(frozen.frozen)
                if one.debtor_account.reference in same:
                    total[one.money.currency] += one.money.amount
    return dict(total)
