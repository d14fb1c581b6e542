"""The payments that a sample is drawn from: those that the bank booked in a period, by the ledger's own events.

No read model is asked: whoever writes those could leave a payment out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from accord.client.reading import LedgerAccess
from accord.presentation.faults import Refused
from domain.errors import EventUnreadable
from domain.payment.bank_answers import BankAnswer
from domain.payment.tranche.events import PaymentReturned, PaymentSettled, PaymentShort, TrancheReleasedForPayment
from domain.payment.tranche.evolution import from_release
from domain.payment.tranche.order import TrancheOrder
from domain.streams import PARTNERSHIP_STREAMS, StreamId
from domain.values import minor_digits
from ledger.model import StoredEvent
from records.codec import event_in, read_stored

_TYPES: Final = frozenset({"TrancheReleasedForPayment", "PaymentSettled", "PaymentShort", "PaymentReturned"})
_AT_ONCE: Final = 500
"""Streams that are read by one query."""


class SettledPayment(NamedTuple):
    """A payment that the bank booked, as far as it is drawn from and shown. There may be a hundred thousand of them."""

    booked_on: date
    partnership_id: str
    tranche: int
    attempt: int
    units: int
    """Its sum in the currency's smallest unit."""
    currency: str
    payee: str
    returned_on: date | None
    """The day on which it came back later, or None."""

    @property
    def stream(self) -> StreamId:
        """The stream of the attempt to pay."""
        return StreamId.attempt(self.partnership_id, self.tranche, self.attempt)

    @property
    def name(self) -> str:
        """Its name in a sample, such as P-2026-0042 payment 1, attempt 2."""
        attempt = f", attempt {self.attempt}" if self.attempt > 1 else ""
        return f"{self.partnership_id} payment {self.tranche}{attempt}"


class BookedOrder(NamedTuple):
    """An order to pay that the bank booked, with what it said."""

    order: TrancheOrder
    booked_on: date
    answer: BankAnswer
    returned_on: date | None


def booked_order(events: Sequence[Any]) -> BookedOrder | None:
    """Return the first booking after the release with its order, or None where nothing was released or booked."""
    valid_events = from_release(events)
    release = next((event for event in valid_events if isinstance(event, TrancheReleasedForPayment)), None)
    booking = next((event for event in valid_events if isinstance(event, PaymentSettled | PaymentShort)), None)
    if release is None or booking is None:
        return None
    return_day = next((event.at.date() for event in valid_events if isinstance(event, PaymentReturned)), None)
    return BookedOrder(release.order, booking.at.date(), booking.answer, return_day)


def sum_of(units: int, currency: str) -> Decimal:
    """Return a sum that is given in a currency's smallest unit."""
    return Decimal(units).scaleb(-minor_digits(currency))


async def settled_payments(desk: LedgerAccess, first: date, last: date, head: int) -> list[SettledPayment]:
    """Return the payments that the bank booked from one day to another, as the first `head` events say, by their days.

    Raises:
        Refused: What somebody recorded of such a payment cannot be read.
    """
    try:
        streams = await _streams_settled(desk, first, last, head)
        payments = []
        for start in range(0, len(streams), _AT_ONCE):
            async with desk.ledger.connection() as connection:
                events = await desk.ledger.read_streams(streams[start : start + _AT_ONCE], head, connection)
            payments += _payments_of(await desk.reader.judge(events))
    except EventUnreadable as fault:
        raise Refused(str(fault), EventUnreadable.__name__) from fault
    return sorted(payment for payment in payments if first <= payment.booked_on <= last)


async def _streams_settled(desk: LedgerAccess, first: date, last: date, head: int) -> list[str]:
    """Return the streams in which something was recorded as booked by the bank in these days."""
    streams = dict[str, None]()
    async for record in desk.ledger.read_payloads(PARTNERSHIP_STREAMS, ("PaymentSettled", "PaymentShort")):
        if record.position > head:
            break
        event = read_stored(record)
        if isinstance(event, PaymentSettled | PaymentShort) and first <= event.at.date() <= last:
            streams[record.stream_id] = None
    return list(streams)


def _payments_of(events: Sequence[StoredEvent]) -> list[SettledPayment]:
    by_stream = defaultdict[str, list[StoredEvent]](list)
    for event in events:
        if event.event_type in _TYPES:
            by_stream[event.stream_id].append(event)
    payments = ((stream, _payment_of([event_in(event) for event in records])) for stream, records in by_stream.items())
    # An order that stands in another payment's stream is nobody's: the bank's word goes to the stream of its own.
    return [payment for stream, payment in payments if payment is not None and payment.stream == stream]


def _payment_of(events: Sequence[Any]) -> SettledPayment | None:
    if (booking := booked_order(events)) is None:
        return None
    order, money = booking.order, booking.order.money
    return SettledPayment(
        booking.booked_on, order.partnership_id, order.tranche, order.attempt,
        int(money.amount.scaleb(minor_digits(money.currency))), money.currency, order.payee.name, booking.returned_on,
    )  # fmt: skip
