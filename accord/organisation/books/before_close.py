"""The list of what is open before a period of the book is closed, each with who may mend it and by which command."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from accord.audit.bank.bank_tables import raised_exceptions
from accord.client.desk import Desk
from accord.client.waiting.account_statements import StatedAccount, stated_accounts
from accord.client.waiting.open_exceptions import listed_exceptions
from accord.client.waiting.stated_entries import AccountEntry, ExplainedAccount, explained_accounts
from accord.organisation.books.exporting import require_a_period
from domain.books.events import MAY_CLOSE
from domain.books.periods import Closes
from domain.books.statements import Book
from domain.directory.chart import Account
from domain.directory.directory import Directory, role_fault
from domain.directory.tiers import Role
from domain.funds.events import MAY_CONFIRM
from domain.payment.account_numbers import masked
from domain.payment.bank_file import BankException, BankFileImported, ExceptionResolved
from domain.payment.banking_days import is_banking_day
from domain.payment.stated.entries import EntryKind
from domain.payment.stated.reconciling import ReconciledBalance, StatedMovement, reconciled
from ledger import clock
from payments.answers.bank_files import unfinished
from payments.answers.exceptions import RaisedException
from records.books.reading import Books
from records.funds import funds_as_of
from records.read_models.as_of import LedgerAsOf

IMPORT: Final = "accord payments import FILE --as STAFF"
GUARDIANS: Final = frozenset({Role.AUDITOR, Role.DIRECTOR})


class OpenKind(StrEnum):
    """The part of the money's record that is open."""

    PERIOD = "PERIOD"
    BOOK = "BOOK"
    BANK_FILE = "BANK_FILE"
    STATEMENT = "STATEMENT"
    ENTRY = "ENTRY"
    EXCEPTION = "EXCEPTION"
    FUND = "FUND"
    CLOSE = "CLOSE"


class OpenItem(NamedTuple):
    """An item that is open, with who may mend it and how."""

    kind: OpenKind
    subject: str
    """The account, the entry, the exception or the fund that it is about."""
    words: str
    people: tuple[str, ...]
    """The staff who may do it. Empty where time alone mends it."""
    command: str


class ReconciledAccount(NamedTuple):
    """An own account with its reconciliation in one currency."""

    funder: str
    reference: str
    reconciliation: ReconciledBalance
    in_book: Decimal
    """The movement of the account in the book on the days of these statements."""

    @property
    def beside_the_book(self) -> Decimal:
        """The movement that the book does not have: it knows what Accord knows."""
        return self.reconciliation.closing - self.reconciliation.opening - self.in_book


class BeforeClose(NamedTuple):
    """A period before its close: what is open, what stands on the accounts, and the step that closes it."""

    first_day: date
    last_day: date
    items: tuple[OpenItem, ...]
    accounts: tuple[ReconciledAccount, ...]
    without_statement: tuple[str, ...]
    """The accounts of which no statement closes in the period, so that nothing says what stood there."""
    close: OpenItem | None
    """The step that closes it, or None once it is closed."""


async def before_close(desk: Desk, books: Books, last_day: date) -> BeforeClose:
    """Return what is open before the period that ends on a day is closed. The oldest of each kind comes first.

    It closes nothing and forbids nothing: two people sign, who have read it.

    Raises:
        BadInput: Another period holds that day.
    """
    directory, closes = await desk.directory(), await books.closes()
    require_a_period(closes, last_day)
    first_day, staff = closes.first_day(last_day), _Staff(directory)
    readings, statements = await explained_accounts(desk), await stated_accounts(desk)
    lines = [line for account in readings for line in account.lines if line.is_open and line.day <= last_day]
    view = await books.read(last_day)
    items = [
        *_of_time(last_day),
        *_of_the_book(view.missing, staff),
        *await _of_files(desk, staff),
        *(item for account in statements for item in _of_statements(account, last_day, staff)),
        *(_of_entry(line, staff) for line in lines),
        *await _of_exceptions(desk, last_day, {line.name for line in lines}, staff),
        *await _of_funds(desk, last_day, staff),
    ]
    accounts = tuple(_reconciled(readings, statements, view.book, (first_day, last_day)))
    silent = tuple(_without_statement(statements, accounts))
    return BeforeClose(first_day, last_day, tuple(items), accounts, silent, _closing(closes, last_day, staff))


def _without_statement(statements: Sequence[StatedAccount], accounts: Sequence[ReconciledAccount]) -> Iterator[str]:
    within = {account.reference for account in accounts}
    for account in statements:
        if account.newest is not None and account.reference not in within:
            yield account.reference


class _Staff:
    """The people of a directory, asked who may do something."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def able(self, roles: Collection[Role], besides: Collection[str] = ()) -> tuple[str, ...]:
        """Return the staff who hold one of some roles today, their own or lent."""
        people = [member.staff_id for member in self._directory.staff if member.staff_id not in besides]
        return tuple(
            person for person in people if role_fault(self._directory, person, "act", roles, clock.today()) is None
        )


def _of_time(last_day: date) -> Iterator[OpenItem]:
    if last_day >= clock.today():
        words = f"the period is not over; it can be closed once {last_day} is"
        yield OpenItem(OpenKind.PERIOD, str(last_day), words, (), "")


def _of_the_book(missing: Sequence[str], staff: _Staff) -> Iterator[OpenItem]:
    words = "the book lacks what came after an event that nobody can read; two guardians judge it"
    for stream in missing:
        yield OpenItem(OpenKind.BOOK, stream, words, staff.able(GUARDIANS), "accord ledger verify")


async def _of_files(desk: Desk, staff: _Staff) -> list[OpenItem]:
    async with desk.pool.acquire() as connection:
        cut_off = await unfinished(connection)
    words, people = "a file of the bank was brought in and not read to its end", staff.able(BankFileImported.roles)
    command = "accord payments import --as STAFF"
    return [OpenItem(OpenKind.BANK_FILE, sha256[:16], words, people, command) for sha256 in cut_off]


def _of_statements(account: StatedAccount, last_day: date, staff: _Staff) -> Iterator[OpenItem]:
    people, newest = staff.able(BankFileImported.roles), account.newest
    for fault in account.breaks:
        yield OpenItem(OpenKind.STATEMENT, account.reference, str(fault), people, IMPORT)
    if newest is None:
        words = f"no statement of {account.funder}'s account came in: nothing says what stood there"
        yield OpenItem(OpenKind.STATEMENT, account.reference, words, people, IMPORT)
    elif _lacks_a_day(newest.closed_on, last_day, newest.currency):
        words = f"the newest statement of {account.funder}'s account ends on {newest.closed_on}; bring in those since"
        yield OpenItem(OpenKind.STATEMENT, account.reference, words, people, IMPORT)


def _lacks_a_day(closed_on: date, last_day: date, currency: str) -> bool:
    """True if a banking day of the period that is over came after a statement: on other days nothing is booked."""
    upto = min(last_day, clock.today() - timedelta(days=1))
    days = (closed_on + timedelta(days=number) for number in range(1, (upto - closed_on).days + 1))
    return any(is_banking_day(day, (currency,)) for day in days)


def _of_entry(line: AccountEntry, staff: _Staff) -> OpenItem:
    sum_ = f"{line.currency} {line.amount:,} of {line.day}"
    reason = masked(line.reason) or "nothing on record explains it"
    people = (line.owner,) if "." in line.owner else staff.able(ExceptionResolved.roles)
    return OpenItem(OpenKind.ENTRY, line.name or line.subject, f"{sum_}: {reason}", people, _command_of(line))


def _command_of(line: AccountEntry) -> str:
    """Return the command that explains an entry. What waits for a second person, or for the bank, its case says."""
    if line.name:
        return f"accord payments resolve {line.name} --kind KIND --note NOTE --as STAFF"
    if line.kind is EntryKind.OPEN and not line.subject:
        return IMPORT
    return f"accord show {line.subject.split(',')[0].split(' ')[0]}"


async def _of_exceptions(desk: Desk, last_day: date, entries: Collection[str], staff: _Staff) -> list[OpenItem]:
    """Return the bank's answers that wait for people, without those that are an entry, or of a later day."""
    by_id = await raised_exceptions(desk.reader)
    exceptions = [
        exception
        for exception in await listed_exceptions(desk)
        if exception.name not in entries and _is_of(by_id.get(exception.exception_id), last_day)
    ]
    return [_of_exception(exception, staff) for exception in exceptions]


def _is_of(exception: BankException | None, last_day: date) -> bool:
    """True if a booking is of a day of the period, or nobody knows of which day it is."""
    answer = exception.raised.answer if exception is not None else None
    return answer is None or answer.booked_on is None or answer.booked_on <= last_day


def _of_exception(exception: RaisedException, staff: _Staff) -> OpenItem:
    command = f"accord payments resolve {exception.name} --kind KIND --note NOTE --as STAFF"
    words = f"{exception.partnership or 'no partnership'}: {exception.reason}"
    return OpenItem(OpenKind.EXCEPTION, exception.name, words, staff.able(ExceptionResolved.roles), command)


async def _of_funds(desk: Desk, last_day: date, staff: _Staff) -> list[OpenItem]:
    return [
        OpenItem(
            OpenKind.FUND, fund.fund_id, f"{change.event.actor} asked for a change of its money, which waits",
            staff.able(MAY_CONFIRM, (change.event.actor,)),
            f"accord funds confirm {fund.fund_id} {str(change.change_id)[:8]} --as STAFF",
        )
        for fund in await funds_as_of(desk.reader, LedgerAsOf())
        for change in fund.asked.values()
        if change.event.at.date() <= last_day
    ]  # fmt: skip


def _reconciled(
    accounts: Sequence[ExplainedAccount], statements: Sequence[StatedAccount], book: Book, days: tuple[date, date]
) -> Iterator[ReconciledAccount]:
    funders = {account.reference: account.funder for account in statements}
    for account in accounts:
        funder = funders.get(account.reference, "")
        movements = [StatedMovement(line.day, line.kind, line.currency, line.amount) for line in account.lines]
        for balance in reconciled(account.statements, movements, *days):
            yield ReconciledAccount(funder, account.reference, balance, _booked(book, funder, balance))


def _booked(book: Book, funder: str, balance: ReconciledBalance) -> Decimal:
    """Return the movement of a funder's bank account in the book, on the bank's own days of some statements."""
    of = (funder, balance.currency, Account.BANK)
    return sum(
        (
            posting.amount.value
            for entry in book.entries
            if balance.opened_on <= entry.on <= balance.closed_on
            for posting in entry.postings
            if (posting.place.funder, posting.place.currency, posting.place.account) == of
        ),
        balance.opening - balance.opening,
    )


def _closing(closes: Closes, last_day: date, staff: _Staff) -> OpenItem | None:
    """Return the step that closes the period: to ask for it, or to confirm what another person asked for."""
    if closes.of(last_day) is not None:
        return None
    askers = [request.actor for request in closes.requests.values() if request.last_day == last_day]
    if not askers:
        command = f"accord books close {last_day} --reason REASON --as STAFF"
        return OpenItem(OpenKind.CLOSE, str(last_day), "one person asks to close it", staff.able(MAY_CLOSE), command)
    words = f"{askers[-1]} asked to close it, and another person confirms"
    command = f"accord books confirm {last_day} --as STAFF"
    return OpenItem(OpenKind.CLOSE, str(last_day), words, staff.able(MAY_CLOSE, askers), command)
