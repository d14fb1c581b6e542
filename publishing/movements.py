"""Movements of a grant's money: how an entry of the book changed what is committed, paid, spent and paid back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from domain.books.entries import JournalEntry
from domain.directory.chart import Account
from domain.money.amounts import ZERO
from domain.parties import Party


class MovementKind(StrEnum):
    """A kind of movement."""

    COMMITMENT = "COMMITMENT"
    """A sum that was agreed in writing, also where a barrier stands before it."""
    PAYMENT = "PAYMENT"
    """A sum that the bank booked. What came back through the bank is negative."""
    EXPENSE = "EXPENSE"
    """A sum that became an expense on the book's basis of accounting."""
    RECOVERY = "RECOVERY"
    """A sum that the grantee paid back."""


class GrantMovement(NamedTuple):
    """The change that one event made to a sum of a grant."""

    kind: MovementKind
    position: int
    """The event's place in the ledger."""
    on: date
    """The bank's day of a booking, else that of the act."""
    funder: str
    currency: str
    amount: Decimal
    payee: Party
    """The payee as the proposal described it at that event."""


_WEIGHTS: Final[Mapping[MovementKind, Mapping[Account, int]]] = MappingProxyType(
    {
        MovementKind.COMMITMENT: {Account.GRANTS_EXPENSE: 1, Account.CONDITIONAL: -1, Account.OWED: -1},
        MovementKind.PAYMENT: {Account.GRANTS_EXPENSE: 1, Account.GRANTS_PAYABLE: 1, Account.IN_TRANSIT: 1},
        MovementKind.EXPENSE: {Account.GRANTS_EXPENSE: 1},
        MovementKind.RECOVERY: {Account.GRANT_RECOVERIES: -1},
    }
)
"""The accounts whose postings add up to each movement, with their sign. It holds on either basis of accounting.

Payments are not read off the account of the bank, since charges stand there in the same sum.
"""


def movements_of(entry: JournalEntry, payee: Party) -> Iterator[GrantMovement]:
    """Yield an entry's changes of a grant, by funder, currency and kind."""
    sums: dict[tuple[str, str], dict[Account, Decimal]] = {}
    for posting in entry.postings:
        by_account = sums.setdefault((posting.place.funder, posting.place.currency), {})
        account = posting.place.account
        by_account[account] = by_account.get(account, ZERO) + posting.amount.value
    for (funder, currency), by_account in sorted(sums.items()):
        for kind, weights in _WEIGHTS.items():
            amount = sum((by_account.get(account, ZERO) * sign for account, sign in weights.items()), ZERO)
            if amount:
                yield GrantMovement(kind, entry.origin.position, entry.on, funder, currency, amount, payee)


def part_of_fund(entry: JournalEntry, kind: MovementKind, fund: str) -> Decimal:
    """Return the part of an entry's change of a grant that is of one fund."""
    weights = _WEIGHTS[kind]
    amounts = (
        posting.amount.value * weights.get(posting.place.account, 0)
        for posting in entry.postings
        if posting.place.fund == fund
    )
    return sum(amounts, ZERO)
