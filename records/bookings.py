"""Read the claims on bookings of the bank, and the partnerships in which a refund of one was recorded (ADR 0061)."""

from __future__ import annotations

from functools import reduce
from typing import Final

from asyncpg.pool import PoolConnectionProxy

from domain.partnership.refund.refunds import OF_A_GIFT, RefundDirection
from domain.payment.bookings import BookingClaims, Way, booking_stream, evolve_booking
from domain.streams import StreamId
from records.authorship import Reader

_REFUNDED_IN: Final = (
    "SELECT DISTINCT stream_id FROM ledger.events WHERE event_type = 'RefundRecorded' AND payees.refund_of(payload) = "
    "sha256(convert_to(payees.reference_key($1), 'UTF8')) ORDER BY stream_id"
)

WAY_OF: Final = {RefundDirection.FROM_GRANTEE: Way.IN, **dict.fromkeys(OF_A_GIFT, Way.OUT)}
"""The way that the money of a refund goes."""


async def read_booking(
    reader: Reader, way: Way, reference: str, connection: PoolConnectionProxy | None = None
) -> BookingClaims:
    """Return the bookings of a reference, with the claims on them."""
    events = await reader.read(booking_stream(way, reference), connection=connection)
    return reduce(evolve_booking, (recorded_event.event for recorded_event in events), BookingClaims())


async def refunded_in(
    reader: Reader, reference: str, connection: PoolConnectionProxy | None = None
) -> tuple[StreamId, ...]:
    """Return the streams of the partnerships in which a refund of a reference was ever recorded.

    Those that were recorded before bookings had streams are among them.
    """
    if connection is not None:
        rows = await connection.fetch(_REFUNDED_IN, reference)
    else:
        async with reader.ledger.connection() as proxy:
            rows = await proxy.fetch(_REFUNDED_IN, reference)
    return tuple(StreamId(row["stream_id"]) for row in rows)
