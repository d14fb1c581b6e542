"""Shares of a grant's money: the change by each entry of the book, by fund and by the day on which it is due.

They are of the same postings as the movements that are published elsewhere, so that every total is the book's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from domain.books.entries import JournalEntry
from domain.directory.chart import Account
from domain.money.amounts import ZERO
from publishing.figures import EventSum, SumPart


class ShareKind(StrEnum):
    """A kind of sum that a board looks at."""

    COMMITTED = "committed"
    """Agreed in writing, whether or not it is paid."""
    PAID = "paid"
    """Booked by the bank, less what came back through it."""
    PAID_BACK = "paid_back"
    """Paid back by the grantee."""
    AHEAD = "ahead"
    """Agreed and not booked: what is committed, less what is paid."""


_WEIGHTS: Final[Mapping[ShareKind, Mapping[Account, int]]] = MappingProxyType(
    {
        ShareKind.COMMITTED: {Account.GRANTS_EXPENSE: 1, Account.CONDITIONAL: -1, Account.OWED: -1},
        ShareKind.PAID: {Account.GRANTS_EXPENSE: 1, Account.GRANTS_PAYABLE: 1, Account.IN_TRANSIT: 1},
        ShareKind.PAID_BACK: {Account.GRANT_RECOVERIES: -1},
        ShareKind.AHEAD: {
            Account.GRANTS_PAYABLE: -1, Account.CONDITIONAL: -1, Account.OWED: -1, Account.IN_TRANSIT: -1,
        },
    }
)  # fmt: skip
"""The accounts whose postings add up to each kind, on either basis. The weights of AHEAD are those of COMMITTED less
those of PAID."""


class Promise(NamedTuple):
    """An instalment that is ahead."""

    tranche: int
    due: date | None
    """The day before which it is not paid."""
    in_transit: bool


class BoardShare(NamedTuple):
    """The change that one event made to a sum of a grant, for one fund."""

    kind: ShareKind
    position: int
    on: date
    currency: str
    fund: str
    amount: Decimal
    promise: Promise | None = None
    """The instalment that it is of, if it is ahead."""


def shares_of(entries: Iterable[JournalEntry], funder: str) -> tuple[BoardShare, ...]:
    """Return the shares of a funder's money in entries, in the order of their positions."""
    return tuple(share for entry in entries for share in _of_entry(entry, funder))


def _of_entry(entry: JournalEntry, funder: str) -> Iterator[BoardShare]:
    sums: dict[tuple[ShareKind, str, str, Promise | None], Decimal] = {}
    for posting in entry.postings:
        place = posting.place
        for kind, weights in _WEIGHTS.items():
            if place.funder == funder and place.account in weights:
                is_ahead = kind is ShareKind.AHEAD
                promise = Promise(place.tranche, place.due, place.account is Account.IN_TRANSIT) if is_ahead else None
                key = (kind, place.currency, place.fund, promise)
                sums[key] = sums.get(key, ZERO) + posting.amount.value * weights[place.account]
    for (kind, currency, fund, promise), amount in sums.items():
        if amount:
            yield BoardShare(kind, entry.origin.position, entry.on, currency, fund, amount, promise)


def sum_of_shares(currency: str, shares: Iterable[BoardShare]) -> EventSum:
    """Return the sum of shares of one currency, with the events that it is of."""
    parts: dict[int, Decimal] = {}
    for share in shares:
        if share.currency == currency:
            parts[share.position] = parts.get(share.position, ZERO) + share.amount
    return EventSum(currency, tuple(SumPart(position, parts[position]) for position in sorted(parts)))
