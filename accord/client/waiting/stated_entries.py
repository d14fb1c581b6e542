"""Each entry of the bank's statements of account with its explanation, or open, with its owner and its age."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID

from accord.audit.bank.said_in_files import agreed_details
from accord.client.reading import LedgerAccess
from accord.client.waiting.account_statements import kept_on
from accord.client.waiting.beliefs import beliefs_on
from accord.client.waiting.booked_files import differences
from domain.directory.directory import Directory, role_fault
from domain.identity import derive
from domain.payment.bank_file import ExceptionResolved
from domain.payment.continuity import ClosedStatement, chain, named
from domain.payment.stated.covering import days_open, kind_of_unstated, most_days
from domain.payment.stated.entries import FINANCE, UNEXPLAINED, Belief, EntryKind, ExplainedEntry, StatedEntry
from domain.payment.stated.explaining import Explained, explain
from ledger import clock
from payments.accounts import references_of_same
from payments.answers.booking.entry_owners import owners_of_entries
from payments.answers.booking.open_entries import OpenEntry, keep_open_entries
from payments.answers.exceptions import exception_name
from payments.answers.kept_entries import KeptEntry, stated_entries_of
from payments.answers.kept_statements import KeptStatement
from payments.answers.seen_bookings import is_seen

_WAITS: Final = "a refund on record is this, and a second person must confirm it"
_NOT_ITEMISED: Final = "its file does not say what its entries are"


class AccountEntry(NamedTuple):
    """An entry of a statement with its explanation, or a booking on record that no statement has."""

    account: str
    day: date
    amount: Decimal
    """Its movement of the balance, below zero for a debit."""
    currency: str
    kind: EntryKind
    subject: str
    """Its subject: a payment, a partnership, a refund or an exception."""
    words: str
    """The bank's reference of it, or ours."""
    reason: str
    owner: str
    """The person or the role that explains it, empty once it is explained."""
    days: int
    """The days since it was booked."""
    name: str = ""
    """The name by which people say what it is, empty where there is nothing to say."""
    entry_id: UUID | None = None
    """The identity of the entry, None for a booking that no statement has."""

    @property
    def is_open(self) -> bool:
        """True if nothing explains it."""
        return self.kind in UNEXPLAINED


class ExplainedAccount(NamedTuple):
    """An account of the organisation's own: its statements that count, and a line for each entry in them."""

    reference: str
    statements: tuple[ClosedStatement, ...]
    lines: tuple[AccountEntry, ...]

    @property
    def moved(self) -> Decimal:
        """The movement by the statements: their closing balances less their opening ones."""
        return sum((statement.closing - statement.opening for statement in self.statements), Decimal(0))


async def explained_accounts(desk: LedgerAccess) -> tuple[ExplainedAccount, ...]:
    """Return the organisation's accounts, the entries of their statements explained one by one."""
    accounts = await own_accounts(desk)
    readings = [(reference, *await stated_on(desk, reference)) for reference in dict.fromkeys(accounts.values())]
    entries = [entry for _, _, of_account in readings for entry in of_account]
    entry_ids = {exception_of_entry(entry): entry.entry_id for entry in entries}
    explanation = explain(entries, await beliefs_on(desk, accounts, entry_ids))
    explanation = explanation._replace(lines=await _with_differences(desk, explanation.lines))
    owners = await _owners(desk)
    notified = {belief.claim for belief in explanation.missing if await _is_in_a_notification(desk, belief)}
    return tuple(
        ExplainedAccount(
            reference,
            statements,
            tuple(_in_order(_lines(reference, statements, explanation, _Sight(notified, owners, clock.today())))),
        )
        for reference, statements, _ in readings
    )


async def tell_open_entries(desk: LedgerAccess) -> tuple[int, ...]:
    """Keep the open entries for whoever sends mail. Return the age in days of each that is open for too long.

    That is longer than the organisation's rule says, and of accounts with statements alone: without one nothing says
    what the bank booked.
    """
    most = most_days((await desk.directory()).rules)
    accounts = [account for account in await explained_accounts(desk) if account.statements]
    lines = [line for account in accounts for line in account.lines if line.is_open]
    async with desk.pool.acquire() as connection:
        await keep_open_entries(connection, (_as_open(line) for line in lines))
    return tuple(line.days for line in lines if line.days > most)


def _as_open(line: AccountEntry) -> OpenEntry:
    return OpenEntry(line.name or line.subject or line.words or str(line.entry_id), line.owner, line.day)


async def _owners(desk: LedgerAccess) -> dict[UUID, str]:
    """Return the person to whom each entry is assigned. Who may not explain it any more does not own it."""
    directory = await desk.directory()
    async with desk.pool.acquire() as connection:
        owners = await owners_of_entries(connection)
    return {entry_id: owner for entry_id, owner in owners.items() if may_own(directory, owner)}


def may_own(directory: Directory, staff_id: str) -> bool:
    """True if a person may say what an entry is today, so that it can be assigned to them."""
    act = ExceptionResolved.act.replace("_", " ")
    return role_fault(directory, staff_id, act, ExceptionResolved.roles, clock.today()) is None


async def _with_differences(desk: LedgerAccess, lines: Sequence[ExplainedEntry]) -> tuple[ExplainedEntry, ...]:
    """Return the lines. An open one over a whole payment file says by how much it is apart from its payments."""
    of_files = {
        line.entry.entry_id
        for line in lines
        if line.explanation is EntryKind.OPEN and line.entry.batch and not line.entry.about
    }
    apart = await differences(desk, of_files) if of_files else {}
    return tuple(
        line._replace(entry=line.entry._replace(reason=apart.get(line.entry.entry_id, line.entry.reason)))
        for line in lines
    )


async def _is_in_a_notification(desk: LedgerAccess, belief: Belief) -> bool:
    """True if people recorded a booking that no statement has, and another file of the bank has it."""
    if not belief.bank_reference or belief.amount is None:
        return False
    async with desk.pool.acquire() as connection:
        details = await agreed_details(connection, belief.account)
        return details is not None and await is_seen(
            connection, details, belief.bank_reference, belief.amount, belief.currency
        )


def exception_of_entry(entry: StatedEntry) -> UUID:
    """Return the id of the exception that an entry would raise, once people say what it is."""
    return derive("exception", entry.entry_id)


async def own_accounts(desk: LedgerAccess) -> dict[str, str]:
    """Return the reference that stands for each account of a funder, by every reference of it."""
    accounts: dict[str, str] = {}
    async with desk.pool.acquire() as connection:
        for funder in (await desk.directory()).funders:
            for reference in await references_of_same(connection, funder.account):
                accounts.setdefault(reference, accounts.get(funder.account, funder.account))
    return accounts


async def stated_on(desk: LedgerAccess, reference: str) -> tuple[tuple[ClosedStatement, ...], list[StatedEntry]]:
    """Return the statements of an account that count, and their entries. The same statement twice is one."""
    kept = await kept_on(desk, reference)
    statements_in_chain = chain(statement.balances for statement in kept)
    first = {statement.balances: statement for statement in sorted(kept, key=lambda kept: kept.kept_at, reverse=True)}
    choice = [first[balances] for balances in statements_in_chain]
    async with desk.pool.acquire() as connection:
        rows = await stated_entries_of(connection, [statement.file_sha256 for statement in choice])
    by_statement: dict[tuple[str, str], list[KeptEntry]] = {}
    for row in rows:
        by_statement.setdefault((row.file_sha256, row.statement), []).append(row)
    entries = [
        entry
        for statement in choice
        for entry in entries_of(reference, statement, by_statement.get((statement.file_sha256, statement.place), []))
    ]
    return statements_in_chain, entries


def entries_of(reference: str, statement: KeptStatement, rows: Sequence[KeptEntry]) -> Iterator[StatedEntry]:
    """Yield the entries of a statement, and the rest of what it moved where its file does not say what moved it."""
    balances = statement.balances
    for row in rows:
        yield StatedEntry(
            row.entry_id, reference, row.amount, row.currency, row.booked_on or balances.closed_on, row.about,
            frozenset(row.keys), frozenset(row.reference_keys), row.batch, row.is_charge, row.partnership_id,
            row.words, row.reason,
        )  # fmt: skip
    remainder = balances.closing - balances.opening - sum((row.amount for row in rows), Decimal(0))
    if remainder:
        remainder_id = derive("rest", statement.file_sha256, statement.place)
        yield StatedEntry(
            remainder_id, reference, remainder, balances.currency, balances.closed_on, words=named(balances),
            reason=_NOT_ITEMISED,
        )  # fmt: skip


class _Sight(NamedTuple):
    """The knowledge that the lines of all accounts share."""

    notified: Set[UUID]
    """The refunds that a notification has, which are seen at the bank before a statement of their day."""
    owners: Mapping[UUID, str]
    today: date


def _lines(
    reference: str, statements: Sequence[ClosedStatement], explained: Explained, sight: _Sight
) -> Iterator[AccountEntry]:
    """Yield the entries of an account, and what its statements do not have."""
    for line in explained.lines:
        if line.entry.account == reference:
            yield _of_entry(line, sight)
    for belief in explained.missing:
        kind = kind_of_unstated(belief, statements) if belief.account == reference else None
        is_seen_elsewhere = kind is EntryKind.NOT_SEEN and belief.claim in sight.notified
        if kind is not None and belief.amount is not None and not is_seen_elsewhere:
            yield _of_belief(belief, belief.amount, kind, sight.today)


def _of_entry(line: ExplainedEntry, sight: _Sight) -> AccountEntry:
    entry, is_open = line.entry, line.explanation is EntryKind.OPEN
    owner = sight.owners.get(entry.entry_id, FINANCE.value)
    reason = _WAITS if line.waits else entry.reason
    return AccountEntry(
        entry.account, entry.booked_on, entry.amount, entry.currency, line.explanation, line.subject, entry.words,
        reason if is_open else "", owner if is_open else "", days_open(entry.booked_on, sight.today),
        _name(line) if is_open else "", entry.entry_id,
    )  # fmt: skip


def _name(line: ExplainedEntry) -> str:
    """Return the name of the exception that an open entry is, or that it becomes once people say what it is."""
    if line.waits or line.entry.reason == _NOT_ITEMISED:
        return ""
    return line.subject if line.subject.startswith("EX-") else exception_name(exception_of_entry(line.entry))


_WHY: Final[Mapping[EntryKind, str]] = {
    EntryKind.NOT_STATED: "on record, and the bank's statement of its day does not have it",
    EntryKind.NOT_SEEN: "not yet seen at the bank: no file of it has this booking",
}


def _of_belief(belief: Belief, amount: Decimal, kind: EntryKind, today: date) -> AccountEntry:
    day = belief.booked_on or belief.since or today
    return AccountEntry(
        belief.account, day, amount, belief.currency, kind, belief.subject, "", _WHY[kind],
        belief.owner or FINANCE.value, days_open(day, today),
    )  # fmt: skip


def _in_order(lines: Iterator[AccountEntry]) -> list[AccountEntry]:
    return sorted(lines, key=lambda line: (line.day, line.currency, line.amount, line.subject, line.words))
