"""The evidence behind the lines of a gift: the bank's bookings, and the accepted reports.

Of a booking only this fund's part is said. The whole would tell what others gave to the same grant.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from domain.books.entries import JournalEntry
from domain.directory.chart import Account
from domain.money.amounts import ZERO
from domain.partnership import events as e
from domain.partnership.report.filed import ReportState
from domain.partnership.state import Partnership
from publishing.gifts.evidence import GiftSource
from publishing.movements import MovementKind, part_of_fund

_GIFT: Final = ""
"""Stands for the gift itself where a use is named."""


class FundBookingPart(NamedTuple):
    """The part of a bank's booking that is of one fund. What came back is negative."""

    use: str
    """The reference of the grant, or '' where the gift itself came in or went back."""
    position: int
    on: date
    amount: Decimal


class AcceptedReport(NamedTuple):
    """A report on a use that was accepted, and that still counts."""

    use: str
    position: int
    on: date
    number: int


def bookings_of(source: GiftSource) -> Iterator[FundBookingPart]:
    """Yield the bookings of a gift and, unless its fund is shared, of its uses."""
    fund, gift = source.fund.fund_id, source.gift.partnership_id
    for entry in source.entries.get(gift, ()):
        if amount := _given(entry, fund):
            yield FundBookingPart(_GIFT, entry.origin.position, entry.on, amount)
    for reference in () if source.is_shared else source.uses:
        for entry in source.entries.get(reference, ()):
            if amount := _paid(entry, fund):
                yield FundBookingPart(reference, entry.origin.position, entry.on, amount)


def reports_of(source: GiftSource) -> Iterator[AcceptedReport]:
    """Yield the accepted reports on the uses of a gift, unless its fund is shared."""
    for reference, case in () if source.is_shared else source.uses.items():
        counting = _numbers(case.partnership) if case is not None else frozenset[int]()
        for occurrence in source.histories.get(reference, ()):
            event = occurrence.event
            if isinstance(event, e.ReportAccepted) and event.report in counting:
                yield AcceptedReport(reference, occurrence.position, event.at.date(), event.report)


def _numbers(partnership: Partnership) -> frozenset[int]:
    reports = partnership.reporting.filed
    return frozenset(report.number for report in reports if report.state is ReportState.ACCEPTED)


def _given(entry: JournalEntry, fund: str) -> Decimal:
    """Return the receipt of the gift itself in an entry. An entry of a payment or of a refund to us is a use's."""
    if _paid(entry, fund):
        return ZERO
    amounts = (
        posting.amount.value
        for posting in entry.postings
        if posting.place.account is Account.BANK and posting.place.fund == fund
    )
    return sum(amounts, ZERO)


def _paid(entry: JournalEntry, fund: str) -> Decimal:
    return part_of_fund(entry, MovementKind.PAYMENT, fund) - part_of_fund(entry, MovementKind.RECOVERY, fund)
