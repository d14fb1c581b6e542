"""Whatever happens in whatever order: the first reader's own fold comes to what the book posts on bank accounts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant

from accord.operations.attesting.readers.event_fold import EventFold
from domain.books.entries import JournalEntry
from domain.directory.chart import Account
from domain.funds import events as f
from domain.partnership import events as e
from domain.partnership.refund.refunds import RefundDirection
from domain.payment.bank_answers import BankStatus
from domain.payment.tranche.events import PaymentReturned, PaymentSettled
from domain.payment.tranche.status import TrancheOutcome
from domain.recorded.schema import event_payload
from domain.streams import StreamId
from tests.builders import funds_in
from tests.domain.books.keeping import Ledger, booking
from tests.domain.funds.test_laws import Money
from tests.domain.partnership import specification as s
from tests.domain.partnership.specification import Story
from tests.thoroughness import draws

KINDS = {TrancheOutcome.SETTLED: PaymentSettled, TrancheOutcome.RETURNED: PaymentReturned}
Sums = dict[tuple[str, str, str], Decimal]


class ReadTwice(Ledger):
    """Events that the journal hears, and the first reader as bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.fold = EventFold()

    def take(self, stream: str, *events: Any) -> list[JournalEntry]:
        for event in events:
            self.read(stream, event.event_type, event_payload(event))
        return super().take(stream, *events)

    def read(self, stream: str, event_type: str, content: dict[str, Any]) -> None:
        assert self.fold.take(self.position, stream, event_type, json.dumps(content).encode()) == ""

    def bank(self, reference: str, event: e.TrancheEnded) -> None:
        """The bank booked an attempt to pay, or its return, at the sum that was ordered."""
        kind, stream = KINDS.get(event.outcome), StreamId.attempt(reference, event.tranche, event.attempt)
        progress = self.journal._cases[reference].partnership.tranche(event.tranche)
        if kind is None or progress is None:
            return
        money = progress.money.model_dump(mode="json")
        funder = {"funder_id": "ISOC", "account": "BA-1"}
        self.read(stream, "TrancheReleasedForPayment", {"order": {"money": money, "funder": funder}})
        status, more = BankStatus(event.outcome.value), {"money": progress.money, "said_at": event.at}
        answer = booking(status, reference, event.tranche, event.attempt, **more)
        self.take(stream, kind(at=event.at, answer=answer))


class TwoReaders(Money):
    """The same people, funds and bank, with both readers of their events."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = ReadTwice()

    def fund_hears(self, name: str, *events: f.AnyFundEvent) -> None:
        super().fund_hears(name, *events)
        self.ledger.take(StreamId.fund(name), *events)

    def partnership_hears(self, reference: str, events: tuple[e.Event, ...]) -> None:
        self.ledger.partnership(reference, events)

    @invariant()
    def both_come_to_the_same_by_partnership(self) -> None:
        assert by_events(self.ledger) == by_book(self.ledger)


def by_events(ledger: ReadTwice) -> Sums:
    movements = ledger.fold.bookings()
    return added_up(((one.funder, one.currency, one.partnership), one.amount) for one in movements)


def by_book(ledger: ReadTwice) -> Sums:
    return added_up(
        ((posting.place.funder, posting.place.currency, entry.partnership), posting.amount.value)
        for entry in ledger.entries
        for posting in entry.postings
        if posting.place.account is Account.BANK
    )


def added_up(movements: Iterable[tuple[tuple[str, str, str], Decimal]]) -> Sums:
    sums = Sums()
    for key, amount in movements:
        sums[key] = sums.get(key, Decimal(0)) + amount
    return {key: amount for key, amount in sums.items() if amount}


def back(**more: Any) -> Story:
    return s.active(funds_out=None, funds_in=funds_in(**more)).given(s.receipt("5000.00"))


STORIES: dict[str, tuple[Callable[[], Story], str]] = {
    "paid": (s.paid, "-1000.00"),
    "paid and came back": (lambda: s.paid().given(s.ended(TrancheOutcome.RETURNED)), ""),
    "paid back in part": (lambda: s.paid().given(s.refund("100.00"), s.confirm_refund()), "-900.00"),
    "paid back, and nobody confirmed it": (lambda: s.paid().given(s.refund("100.00")), "-1000.00"),
    "a gift came in": (back, "5000.00"),
    "a gift went back in part": (
        lambda: back().given(s.refund("1200.00", direction=RefundDirection.TO_DONOR)), "3800.00",
    ),
    "a gift did not go back after all": (
        lambda: back().given(s.refund("1200.00", direction=RefundDirection.TO_DONOR), s.withdraw_refund()), "5000.00",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STORIES)
def test_both_come_to_the_sum_of_a_story(name: str) -> None:
    """Given what happened to one partnership, then events and book have moved the same sum on its account."""
    story, expected = STORIES[name]
    ledger = ReadTwice()
    ledger.partnership(s.REFERENCE, story().history)
    assert by_events(ledger) == by_book(ledger)
    assert "".join(str(amount) for amount in by_events(ledger).values()) == expected


TestTwoReaders = TwoReaders.TestCase
TestTwoReaders.settings = settings(
    max_examples=draws(40), stateful_step_count=30, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip
del Money
