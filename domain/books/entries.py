"""Entries of the book, each of which adds up to zero by its construction, and the sums that they follow from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from domain.directory.chart import Account
from domain.money.amounts import ZERO, SignedAmount, sums_by_currency
from domain.values import minor_digits

_NEVER: Final = date.max


def utc_day(at: datetime) -> date:
    """Return the day of an act in the book, wherever it was signed."""
    return at.astimezone(UTC).date()


class PostingPlace(NamedTuple):
    """The place of a posting in the book: its account, and what tells postings of one account apart."""

    account: Account
    funder: str
    currency: str
    fund: str = ""
    """The fund that it is of, or '' for money that no fund keeps."""
    due: date | None = None
    """Of a promise: the day on which it is due, or of a reservation the day on which it lapses."""
    tranche: int = 0

    @property
    def order(self) -> tuple[object, ...]:
        """The place's order among the postings of an entry."""
        return self.account.value, self.funder, self.currency, self.fund, self.due or _NEVER, self.tranche


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry. A debit is positive."""

    place: PostingPlace
    amount: SignedAmount


class Origin(NamedTuple):
    """The event that an entry follows from."""

    position: int
    """The event's place in the ledger as a whole, which is the entry's number too."""
    stream: str
    event_type: str


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """The effect of one event on the book.

    Raises:
        ValueError: It has no posting, one of nothing, or its postings do not add up to zero by funder and currency.
    """

    origin: Origin
    on: date
    """The day that it is of: the bank's for a booking, else that of the act."""
    partnership: str
    words: str
    reference: str
    """The bank's reference of a booking, or ''."""
    postings: tuple[Posting, ...]

    def __post_init__(self) -> None:
        if not self.postings:
            raise ValueError(f"the entry of event {self.origin.position} has no posting")
        if any(not posting.amount.value for posting in self.postings):
            raise ValueError(f"the entry of event {self.origin.position} has a posting of nothing")
        if uneven := uneven_sums(self.postings):
            raise ValueError(f"the entry of event {self.origin.position} does not add up: {uneven}")


def uneven_sums(postings: Iterable[Posting]) -> dict[str, dict[str, Decimal]]:
    """Return the sums of the postings of each funder that are not zero, by currency. Empty if they add up."""
    by_funder: dict[str, list[SignedAmount]] = {}
    for posting in postings:
        by_funder.setdefault(posting.place.funder, []).append(posting.amount)
    sums = {funder: sums_by_currency(amounts) for funder, amounts in by_funder.items()}
    return {
        funder: uneven for funder, of in sums.items() if (uneven := {key: sum_ for key, sum_ in of.items() if sum_})
    }


Sums = Mapping[PostingPlace, Decimal]
"""The sum that stands at each place."""


_place = lru_cache(65_536)(PostingPlace)
"""Makes a place, once for all postings of it: a book holds each of them very often."""


class PairedSums:
    """Sums made pair by pair, so that they add up to zero whatever is put."""

    def __init__(self, funder: str, currency: str) -> None:
        self._funder, self._currency = funder, currency
        self.sums: dict[PostingPlace, Decimal] = {}

    def put(
        self,
        debit: Account,
        credit: Account,
        amount: Decimal,
        fund: str = "",
        due: date | None = None,
        tranche: int = 0,
    ) -> None:
        """Put an amount into one account and take it from another one."""
        for account, value in ((debit, amount), (credit, -amount)):
            own = (fund, due, tranche) if account in BY_PROMISE else (fund,)
            place = _place(account, self._funder, self._currency, *own)
            self.sums[place] = self.sums.get(place, ZERO) + value

    def move(self, account: Account, amount: Decimal, fund: str, to_fund: str) -> None:
        """Move an amount of an account from one fund to another one."""
        for of_fund, value in ((fund, amount), (to_fund, -amount)):
            place = _place(account, self._funder, self._currency, of_fund)
            self.sums[place] = self.sums.get(place, ZERO) + value


BY_PROMISE: Final = frozenset(
    {
        Account.PLEDGES_RECEIVABLE,
        Account.GRANTS_PAYABLE,
        Account.IN_TRANSIT,
        Account.FUND_RESERVED,
        Account.APPROVED,
        Account.CONDITIONAL,
        Account.OWED,
        Account.PLEDGED,
    }
)
"""The accounts in which each promise stands by itself, with its day and its tranche."""


def added(*parts: Sums) -> dict[PostingPlace, Decimal]:
    """Return sums added up, place by place."""
    sums: dict[PostingPlace, Decimal] = {}
    for part in parts:
        for place, value in part.items():
            sums[place] = sums.get(place, ZERO) + value
    return sums


def negative(sums: Sums) -> dict[PostingPlace, Decimal]:
    """Return sums with the other sign."""
    return {place: -value for place, value in sums.items()}


def difference(before: Sums, after: Sums) -> tuple[Posting, ...]:
    """Return the postings that lead from sums to others, in the order of their places."""
    changes = {place: after.get(place, ZERO) - before.get(place, ZERO) for place in {**before, **after}}
    moved = sorted((place for place, change in changes.items() if change), key=lambda place: place.order)
    return tuple(Posting(place, _amount(place.currency, changes[place])) for place in moved)


@lru_cache(65_536)
def _amount(currency: str, value: Decimal) -> SignedAmount:
    """Return an amount with all decimal places of its currency, once for all postings of it."""
    amount = SignedAmount(currency, value)
    return SignedAmount(currency, round(amount.value, minor_digits(currency)))
