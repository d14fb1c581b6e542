"""A journal that is given events as a ledger holds them, and what it says in a few words."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.books.entries import JournalEntry
from domain.books.journal import Journal, JournalStep
from domain.directory.chart import Account, BookBasis
from domain.partnership import events as e
from domain.payment.bank_answers import BOOKED, BankAnswer, BankStatus
from domain.payment.tranche.events import PaymentReturned, PaymentSettled
from domain.payment.tranche.status import TrancheOutcome
from domain.signatures.signing import FileSignature, statement_about
from domain.streams import StreamId
from tests.builders import NOON, number

Lines = dict[tuple[str, str], str]
"""By account and fund: the amount, without a sign for a debit."""


class Ledger:
    """Events in the order of their positions, and the entries that they make."""

    def __init__(self, basis: BookBasis = BookBasis.ACCRUAL) -> None:
        self.journal = Journal(basis)
        self.entries: list[JournalEntry] = []
        self.position = 0

    def take(self, stream: str, *events: Any) -> list[JournalEntry]:
        """Record events of a stream, and return their entries."""
        before = len(self.entries)
        for event in events:
            self.position += 1
            entry = self.journal.take(JournalStep(self.position, StreamId(stream), event))
            self.entries += [entry] if entry is not None else []
        return self.entries[before:]

    def partnership(self, reference: str, events: Iterable[e.Event], *, booked: bool = True) -> list[JournalEntry]:
        """Record events of a partnership, each settlement and return after the bank's booking of it."""
        before = len(self.entries)
        for event in events:
            if booked and isinstance(event, e.TrancheEnded):
                self.bank(reference, event)
            self.take(StreamId.partnership(reference), event)
        return self.entries[before:]

    def bank(self, reference: str, event: e.TrancheEnded) -> None:
        """The bank booked an attempt to pay, or its return, on the day of the event."""
        kinds = {TrancheOutcome.SETTLED: PaymentSettled, TrancheOutcome.RETURNED: PaymentReturned}
        kind = kinds.get(event.outcome)
        if kind is None:
            return
        said = booking(BankStatus(event.outcome.value), reference, event.tranche, event.attempt, said_at=event.at)
        self.take(StreamId.attempt(reference, event.tranche, event.attempt), kind(at=event.at, answer=said))


def booking(status: BankStatus, reference: str, tranche: int, attempt: int, **more: Any) -> BankAnswer:
    """The bank's booking of an attempt to pay."""
    content = {
        "answer_id": number(f"{status} {reference} {tranche} {attempt}"),
        "status": status,
        "code": BOOKED,
        "money": {"amount": "1000.00", "currency": "USD"},
        "bank_reference": f"NTRF-{tranche}{attempt}",
        "partnership_id": reference,
        "tranche": tranche,
        "attempt": attempt,
        **more,
    }
    return BankAnswer.model_validate(content)


def of_counter(kind: type[Any], actor: str, command: str = "act", at: datetime = NOON, **content: Any) -> Any:
    """A signed act of the counter or the organisation. The mathematics is another room's."""
    statement = statement_about("a stream", kind.act, actor, at, number(command), {})
    key = base64.b32encode(actor.encode().ljust(10, b"."))[:16].decode()
    signature = FileSignature(statement=statement, key_id=f"EK-{key}", value="A" * 86 + "==")
    return kind.model_validate({"at": at, "actor": actor, "signature": signature, **content})


def lines(*entries: JournalEntry) -> Lines:
    """What entries did together, without what came and went again."""
    sums: dict[tuple[str, str], Decimal] = {}
    for entry in entries:
        for posting in entry.postings:
            key = posting.place.account.value, posting.place.fund
            sums[key] = sums.get(key, Decimal(0)) + posting.amount.value
    return {key: f"{value:.2f}" for key, value in sums.items() if value}


def standing(entries: Sequence[JournalEntry], account: Account) -> Decimal:
    """The balance of an account, whatever fund it is of."""
    return sum(
        (one.amount.value for entry in entries for one in entry.postings if one.place.account is account), Decimal(0)
    )
