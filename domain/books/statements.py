"""The statements of a day: trial balance, funds, commitments, promises by age, and the cash to come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from domain.books.entries import JournalEntry, PostingPlace
from domain.books.periods import Closes
from domain.directory.chart import Account
from domain.money.amounts import ZERO


class Book(NamedTuple):
    """Entries in the order of their positions, with the closed periods."""

    entries: Sequence[JournalEntry]
    closes: Closes = Closes()

    def sums(self, on: date) -> dict[HeldPlace, Decimal]:
        """Return the sum at each place of the book at the end of a day, by partnership."""
        sums: dict[HeldPlace, Decimal] = {}
        for entry in self.entries:
            if self.closes.day_of(entry) <= on:
                for posting in entry.postings:
                    at = HeldPlace(posting.place, entry.partnership)
                    sums[at] = sums.get(at, ZERO) + posting.amount.value
        return {at: value for at, value in sums.items() if value}


class HeldPlace(NamedTuple):
    """A place of the book, and the partnership that a sum there is of."""

    place: PostingPlace
    partnership: str


class TrialLine(NamedTuple):
    """An account's balance in one currency: a debit or a credit."""

    funder: str
    currency: str
    account: Account
    debit: Decimal
    credit: Decimal


def trial_balance(book: Book, on: date) -> list[TrialLine]:
    """Return the balance of each account at the end of a day. Debits and credits are equal by funder and currency."""
    sums: dict[tuple[str, str, Account], Decimal] = {}
    for at, value in book.sums(on).items():
        key = at.place.funder, at.place.currency, at.place.account
        sums[key] = sums.get(key, ZERO) + value
    order = {account: number for number, account in enumerate(Account)}
    keys = sorted((key for key in sums if sums[key]), key=lambda key: (key[0], key[1], order[key[2]]))
    return [TrialLine(*key, max(sums[key], ZERO), max(-sums[key], ZERO)) for key in keys]


class FundLine(NamedTuple):
    """A fund's sums, and the sums of its own in the accounts."""

    fund: str
    funder: str
    currency: str
    granted: Decimal
    reserved: Decimal
    committed: Decimal
    spent: Decimal
    expense: Decimal
    """Its expense, less the sums that grantees paid back."""
    bank: Decimal
    """The bank's bookings of it, in and out."""

    @property
    def available(self) -> Decimal:
        """The sum that may still be reserved of it."""
        return self.granted - self.reserved - self.committed - self.spent


_OF_FUND: Final = {
    Account.FUND_GRANTED: ("granted", 1),
    Account.FUND_RESERVED: ("reserved", -1),
    Account.FUND_COMMITTED: ("committed", -1),
    Account.FUND_SPENT: ("spent", -1),
    Account.GRANTS_EXPENSE: ("expense", 1),
    Account.GRANT_RECOVERIES: ("expense", 1),
    Account.BANK: ("bank", 1),
}


def fund_statement(book: Book, on: date) -> list[FundLine]:
    """Return the sums of each fund at the end of a day. A reservation counts until the day on which it lapses."""
    sums: dict[tuple[str, str, str], dict[str, Decimal]] = {}
    for at, value in book.sums(on).items():
        place = at.place
        if place.account not in _OF_FUND or not place.fund:
            continue
        if place.account is Account.FUND_RESERVED and place.due is not None and place.due <= on:
            continue
        name, sign = _OF_FUND[place.account]
        of = sums.setdefault((place.fund, place.funder, place.currency), dict.fromkeys(_FIELDS, ZERO))
        of[name] += sign * value
    return [FundLine(*key, *sums[key].values()) for key in sorted(sums)]


_FIELDS: Final = ("granted", "reserved", "committed", "spent", "expense", "bank")


class YearLine(NamedTuple):
    """The promises for a year, in one currency. A year of None is that of what has no day."""

    funder: str
    currency: str
    year: int | None
    approved: Decimal
    conditional: Decimal
    owed: Decimal
    in_transit: Decimal


_OF_YEAR: Final = {
    Account.APPROVED: "approved",
    Account.CONDITIONAL: "conditional",
    Account.GRANTS_PAYABLE: "owed",
    Account.OWED: "owed",
    Account.IN_TRANSIT: "in_transit",
}


def commitments(book: Book, on: date) -> list[YearLine]:
    """Return the promises by the year in which they are due, as of the end of a day."""
    sums: dict[tuple[str, str, int | None], dict[str, Decimal]] = {}
    for at, value in book.sums(on).items():
        if (name := _OF_YEAR.get(at.place.account)) is not None:
            year = at.place.due.year if at.place.due is not None else None
            key = at.place.funder, at.place.currency, year
            sums.setdefault(key, dict.fromkeys(_OF_YEAR.values(), ZERO))[name] -= value
    return [
        YearLine(*key, *sums[key].values()) for key in sorted(sums, key=lambda key: (key[0], key[1], key[2] or 9999))
    ]


class AgeLine(NamedTuple):
    """A promise that is open, and how many days it is overdue: below zero before its day, None without one."""

    is_receivable: bool
    funder: str
    currency: str
    partnership: str
    tranche: int
    due: date | None
    days: int | None
    amount: Decimal


_PAYABLE: Final = frozenset({Account.GRANTS_PAYABLE, Account.OWED})
_RECEIVABLE: Final = frozenset({Account.PLEDGES_RECEIVABLE, Account.PLEDGED})


def ageing(book: Book, on: date) -> list[AgeLine]:
    """Return each promise that is open at the end of a day, the longest overdue first."""
    sums: dict[tuple[bool, str, str, str, int, date | None], Decimal] = {}
    for at, value in book.sums(on).items():
        place = at.place
        if place.account in _PAYABLE | _RECEIVABLE:
            is_receivable = place.account in _RECEIVABLE
            key = is_receivable, place.funder, place.currency, at.partnership, place.tranche, place.due
            sums[key] = sums.get(key, ZERO) + (value if is_receivable else -value)
    lines = [
        AgeLine(*key, (on - key[-1]).days if key[-1] is not None else None, amount)
        for key, amount in sums.items()
        if amount
    ]
    return sorted(lines, key=_oldest_first)


def _oldest_first(line: AgeLine) -> tuple[object, ...]:
    days = -line.days if line.days is not None else 10**6
    return line.is_receivable, line.funder, line.currency, days, line.partnership, line.tranche


BANDS: Final = ((0, "not due"), (30, "1 to 30"), (60, "31 to 60"), (90, "61 to 90"))
"""The bands of days by which promises are overdue: the last day of each, and its words."""


def band_of(days: int | None) -> str:
    """Return the band that so many days overdue belong to."""
    if days is None:
        return "no day"
    return next((words for last, words in BANDS if days <= last), "over 90")


class CashLine(NamedTuple):
    """The cash of one currency in a month: what comes, what goes, and what is left of the bank accounts after it."""

    funder: str
    currency: str
    month: str
    """Such as 2026-11, `overdue` for what was due before, or `no day`."""
    coming: Decimal
    going: Decimal
    conditional: Decimal
    """The sum that goes only if a barrier is met. It is not in `going`."""
    approved: Decimal
    """The sum that goes once an agreement is signed. It is in none of the others."""
    left: Decimal


_GOING: Final = frozenset({Account.GRANTS_PAYABLE, Account.OWED, Account.IN_TRANSIT})


def forecast(book: Book, on: date) -> list[CashLine]:
    """Return the cash to come and to go by month, from what is promised at the end of a day."""
    months: dict[tuple[str, str], dict[str, list[Decimal]]] = {}
    bank: dict[tuple[str, str], Decimal] = {}
    for at, value in book.sums(on).items():
        place, of = at.place, (at.place.funder, at.place.currency)
        if place.account is Account.BANK:
            bank[of] = bank.get(of, ZERO) + value
        column = _column(place.account)
        if column is not None:
            by_month = months.setdefault(of, {})
            sign = 1 if place.account in _RECEIVABLE else -1
            by_month.setdefault(_month(place.due, on), [ZERO] * len(_COLUMNS))[column] += sign * value
    keys = sorted({*months, *bank})
    return [line for of in keys for line in _running(of, bank.get(of, ZERO), _moving(months.get(of, {})))]


def _moving(months: dict[str, list[Decimal]]) -> dict[str, list[Decimal]]:
    """Return the months in which anything may move: what was booked on a day before its release adds up to nothing."""
    return {month: sums for month, sums in months.items() if any(sums)}


_COLUMNS: Final = (_RECEIVABLE, _GOING, frozenset({Account.CONDITIONAL}), frozenset({Account.APPROVED}))
"""The accounts of what comes, of what goes, and of what may go."""


def _column(account: Account) -> int | None:
    return next((place for place, accounts in enumerate(_COLUMNS) if account in accounts), None)


def _running(of: tuple[str, str], left: Decimal, months: dict[str, list[Decimal]]) -> Iterable[CashLine]:
    if not months:
        yield CashLine(*of, NO_DAY, ZERO, ZERO, ZERO, ZERO, left)
    for month in sorted(months, key=lambda name: (name == NO_DAY, name != OVERDUE, name)):
        coming, going, conditional, approved = months[month]
        left += coming - going
        yield CashLine(*of, month, coming, going, conditional, approved, left)


NO_DAY: Final = "no day"
OVERDUE: Final = "overdue"


def _month(due: date | None, on: date) -> str:
    if due is None:
        return NO_DAY
    return OVERDUE if due < on else f"{due:%Y-%m}"
