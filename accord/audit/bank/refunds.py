"""Refunds as the audit counts them: signed by two, and each booking once in the whole ledger (R42).

It asks every partnership in which the same reference was recorded, and what the bank's files are said to have counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accord.audit.heads import Heads
from domain.partnership import events as e
from domain.partnership.refund.refunds import Place, Refund, RefundDirection, confirmed, confirmed_by, without
from domain.payment.bookings import CountedAs, Way, booking_stream, reference_key
from domain.recorded.event import RecordedEvent
from records.authorship import Reader
from records.bookings import read_booking, refunded_in


def refunds_after(refunds: tuple[Refund, ...], event: Any, places: tuple[Place, ...] = ()) -> tuple[Refund, ...]:
    """Return the refunds after an event. An event of any other kind leaves them as they were.

    `places`: the attempts to pay that were released before it, whose money it can be of.
    """
    match event:
        case e.RefundRecorded():
            refund = Refund(
                direction=event.direction, money=event.money, bank_reference=event.bank_reference,
                detail=event.detail, recorded_by=event.actor, paid_then=places,
            )  # fmt: skip
            return (*refunds, refund)
        case e.RefundConfirmed():
            return confirmed_by(refunds, event.bank_reference, event.detail, event.actor)
        case e.RefundWithdrawn():
            return without(refunds, event.bank_reference, event.detail)
        case _:
            return refunds


async def counted_once(
    reader: Reader, partnership_id: str, refunds: Sequence[Refund], heads: Heads | None = None
) -> tuple[Refund, ...]:
    """Return a grantee's refunds that two people signed, less those whose booking counts elsewhere.

    Of two refunds of one booking the earlier in the ledger counts, and what the bank's own file counted counts before
    any. The version of each stream that was read is added to `heads`.
    """
    grantee_refunds = [refund for refund in confirmed(refunds) if refund.direction is RefundDirection.FROM_GRANTEE]
    return tuple(
        [refund for refund in grantee_refunds if not await _counts_elsewhere(reader, partnership_id, refund, heads)]
    )


async def _counts_elsewhere(reader: Reader, partnership_id: str, refund: Refund, heads: Heads | None) -> bool:
    booking = await read_booking(reader, Way.IN, refund.bank_reference)
    if heads is not None:
        heads[booking_stream(Way.IN, refund.bank_reference)] = booking.version
    details = {reference_key(refund.detail)} if refund.detail else set()
    for claim in booking.claims:
        is_same_detail = not details or not claim.details or not details.isdisjoint(claim.details)
        if claim.counted_as is not CountedAs.REFUND and is_same_detail:
            return True
    streams = await refunded_in(reader, refund.bank_reference)
    if len(streams) < 2:
        return False
    standing = {stream.subject: _since(await reader.read(stream), refund) for stream in streams}
    own_position = standing.get(partnership_id) or 0
    return any(at and at < own_position for other_id, at in standing.items() if other_id != partnership_id)


def _since(events: Sequence[RecordedEvent], refund: Refund) -> int:
    """Return the position of the first refund of the same booking that was not taken back, or 0."""
    standing: tuple[Refund, ...] = ()
    places: dict[tuple[str, str], int] = {}
    for recorded_event in events:
        event: Any = recorded_event.event
        standing = refunds_after(standing, event)
        if isinstance(event, e.RefundRecorded):
            places[event.bank_reference, event.detail] = recorded_event.position
    refunds = [
        standing_refund
        for standing_refund in standing
        if standing_refund.direction is refund.direction and standing_refund.is_same_booking(*_named(refund))
    ]
    return min((places[_named(refund)] for refund in refunds), default=0)


def _named(refund: Refund) -> tuple[str, str]:
    return refund.bank_reference, refund.detail
