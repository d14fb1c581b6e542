"""The balance of a funder's own account: which record of it counts, and which payments it does not hold yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any, NamedTuple

from domain.directory.tiers import HouseRules
from domain.fault import Fault
from domain.payment.account import BalanceRecorded
from domain.payment.tranche.events import (
    PaymentHandedOver,
    PaymentNeverSent,
    PaymentRejected,
    PaymentReturned,
    PaymentSettled,
    PaymentShort,
)


class Noted(NamedTuple):
    """An event, and when the ledger recorded it."""

    event: Any
    recorded_at: datetime


class AccountBalance(NamedTuple):
    """The balance of an account at the end of a day, negative for an overdraft, and the statement that says it."""

    amount: Decimal
    currency: str
    on: date
    statement: str


def newest_balance(recorded: BalanceRecorded | None, stated: AccountBalance | None) -> AccountBalance | None:
    """Return the balance of the later day: what somebody read and recorded, or what the bank's own statement says.

    Of the same day the bank's statement counts.
    """
    if recorded is None or (stated is not None and stated.on >= recorded.on):
        return stated
    return AccountBalance(recorded.amount, recorded.currency, recorded.on, recorded.statement)


def bank_zone(rules: HouseRules | None) -> tzinfo:
    """Return the zone in which the banks' days end: UTC, unless the organisation's rules say otherwise."""
    offset = rules.bank_offset if rules is not None and rules.bank_offset else "+00:00"
    hours, minutes = map(int, offset[1:].split(":"))
    return timezone((-1 if offset[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))


def end_of(day: date, zone: tzinfo) -> datetime:
    """Return the end of a day."""
    return datetime.combine(day, time.min, zone) + timedelta(days=1)


def day_fault(day: date, now: datetime, zone: tzinfo) -> Fault | None:
    """Return the reason why no statement of a day can be there yet, or None if the day is over."""
    if day < date.max and end_of(day, zone) <= now:
        return None
    last = now.astimezone(zone).date() - timedelta(days=1)
    offset = datetime.combine(last, time.min, zone).isoformat()[-6:]
    return Fault(
        f"on: {day} is not over at the bank ({offset}); give the balance at the end of {last} or of an earlier day"
    )


def balance_in_force(events: Iterable[Noted], zone: tzinfo, currency: str = "") -> BalanceRecorded | None:
    """Return the last recorded balance of an account, in a currency or any, or None if none counts.

    A later record corrects an earlier one, whatever day it is of. A record of a day that was not over when it was made
    never counts. `events`: the account's events that count, in their order.
    """
    balance: BalanceRecorded | None = None
    for record in events:
        event = record.event
        if not isinstance(event, BalanceRecorded) or currency not in {"", event.currency}:
            continue
        if not day_fault(event.on, record.recorded_at, zone):
            balance = event
    return balance


def takes_from(events: Iterable[Noted], day: date, zone: tzinfo) -> bool:
    """True if an attempt to pay takes, or may still take, from the balance at the end of a day.

    It does once it was handed over, unless the bank booked it by that day. A rejection counts for what had left by
    then; what left later is gone until a newer balance shows otherwise.
    """
    moment: datetime | None = None
    in_balance = False
    for record in events:
        match record.event:
            case PaymentHandedOver():
                moment, in_balance = record.recorded_at, False
            case PaymentNeverSent():
                moment = None
            case PaymentSettled(answer=answer) | PaymentShort(answer=answer) | PaymentReturned(answer=answer):
                in_balance = in_balance or (answer.booked_on or answer.said_at.astimezone(zone).date()) <= day
            case PaymentRejected():
                in_balance = in_balance or (moment is not None and moment < end_of(day, zone))
            case _:
                pass
    return moment is not None and not in_balance
