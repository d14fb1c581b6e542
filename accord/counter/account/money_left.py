"""The account that pays a file: its balance, the payments that left it since, and whether the file would take more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from accord.client.desk import Desk
from accord.client.waiting.account_statements import stated_balance
from accord.counter.account.balances import balance_of, noted
from domain.fault import Fault
from domain.payment.balance import AccountBalance, bank_zone, end_of, newest_balance, takes_from
from domain.streams import StreamId
from payments.accounts import references_of_same
from payments.out.instructions import Instruction, thaw
from records.codec import from_ledger

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
_ENDS: Final = ("PaymentSettled", "PaymentShort", "PaymentRejected", "PaymentReturned")


class AccountSight(NamedTuple):
    """An account in one currency: its last known balance, and the payments that left it and were not booked by then."""

    references: frozenset[str]
    """The references under which the account is on record, the one that pays among them."""
    reference: str
    currency: str
    balance: AccountBalance | None
    gone: tuple[Instruction, ...] = ()

    @property
    def gone_sum(self) -> Decimal:
        """The sum that left in the account's currency and was not booked by the day of the balance."""
        return sum_of(self.gone, self.currency)

    @property
    def left(self) -> Decimal:
        """The sum that is left of the balance, or zero without one."""
        return self.balance.amount - self.gone_sum if self.balance is not None else Decimal(0)

    @property
    def unknown(self) -> Fault | None:
        """The reason why nobody knows what is left on it, or None."""
        if self.balance is None:
            return Fault(f"no balance in {self.currency} of {self.reference} is on record: import the bank's statement")
        if others := sorted({instruction.money.currency for instruction in self.gone} - {self.currency}):
            return Fault(
                f"what was handed over in {' and '.join(others)} and not booked by {self.balance.on} cannot be"
                f" deducted from the balance of {self.reference} in {self.currency}; record a newer one: `accord"
                " payments balance`"
            )
        return None


def sum_of(instructions: Iterable[Instruction], currency: str) -> Decimal:
    """Return the sum of the payments in a currency."""
    amounts = (instruction.money.amount for instruction in instructions if instruction.money.currency == currency)
    return sum(amounts, Decimal(0))


async def account_sight(desk: Desk, paid: Instruction, actor: str) -> AccountSight:
    """Return the account that pays an instruction. `actor`: who hands the file over."""
    reference, currency = paid.debtor_account.reference, paid.money.currency
    async with desk.pool.acquire() as connection:
        references = frozenset({reference, *await references_of_same(connection, reference)})
    recorded = await balance_of(desk, reference, currency)
    balance = newest_balance(recorded, await stated_balance(desk, reference, currency, actor))
    gone = await _gone(desk, references, balance.on) if balance is not None else ()
    return AccountSight(references, reference, currency, balance, gone)


def shortfall(sight: AccountSight, instructions: Iterable[Instruction], *, requires_balance: bool) -> Fault | None:
    """Return the fault of a file by the balance of the account that pays it, or None.

    `requires_balance`: True if a missing balance is a fault too.
    """
    balance, required_amount = sight.balance, sum_of(instructions, sight.currency)
    if balance is None:
        return sight.unknown if requires_balance else None
    if sight.unknown or required_amount <= sight.left:
        return sight.unknown
    return Fault(
        f"{sight.reference} held {balance.currency} {balance.amount:,} on {balance.on}, {sight.gone_sum:,} that was"
        f" handed over was not booked by then, and this file takes {required_amount:,}: it lacks"
        f" {required_amount - sight.left:,}"
    )


async def _gone(desk: Desk, references: frozenset[str], day: date) -> tuple[Instruction, ...]:
    """Return the payments that were handed over of an account and that the bank had not booked by a day."""
    zone = bank_zone((await desk.directory()).rules)
    async with desk.pool.acquire() as connection:
        rows = await connection.fetch(_GONE, _ENDS, end_of(day - timedelta(days=2), zone))
    gone: list[Instruction] = []
    for row in rows:
        instruction = thaw(row["frozen"])
        if instruction.debtor_account.reference not in references:
            continue
        stream = StreamId.attempt(row["partnership_id"], row["tranche"], row["attempt"])
        events = [noted(from_ledger(event)) for event in await desk.reader.read_as_far_as_possible(stream)]
        if takes_from(events, day, zone):
            gone.append(instruction)
    return tuple(gone)
