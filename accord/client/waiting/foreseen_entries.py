"""A bank's statement before it is brought in: its balances, its entries, and how many of them would stay open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from typing import NamedTuple

from accord.client.reading import LedgerAccess
from accord.client.waiting.account_statements import details_of_own
from accord.client.waiting.beliefs import beliefs_on
from accord.client.waiting.stated_entries import entries_of, exception_of_entry, own_accounts, stated_on
from domain.payment.stated.entries import EntryKind, StatedEntry
from domain.payment.stated.explaining import explain
from ledger import clock
from payments.answers.account_statements import AccountStatement, account_key
from payments.answers.kept_entries import lines_of
from payments.answers.kept_statements import KeptStatement
from payments.answers.matching.matched import MatchedEntry


class ForeseenStatement(NamedTuple):
    """A statement of account that nobody brought in yet, with the standing that its entries would have."""

    statement: AccountStatement
    explained: int
    """The entries that bookings on record explain, or that a payment or a gift hears by this file."""
    open: int
    """The entries that nothing explains."""
    is_own: bool
    """False if it is of an account that is none of the organisation's."""


async def foreseen(
    desk: LedgerAccess, sha256: str, statements: Sequence[AccountStatement], matched: Sequence[MatchedEntry]
) -> tuple[ForeseenStatement, ...]:
    """Return the statements of a file as they would stand once it is brought in. Nothing is recorded.

    `sha256`: the digest of the file. `matched`: its entries, each with the payment or the gift that it names.
    """
    if not statements:
        return ()
    accounts = await own_accounts(desk)
    numbers = {await _number(desk, reference): reference for reference in dict.fromkeys(accounts.values())}
    rows = list(lines_of(sha256, matched))
    entries = {
        statement.place: list(
            entries_of(
                numbers.get(statement.account, ""),
                KeptStatement(sha256, statement.place, clock.now(), statement.balances),
                [row for row in rows if row.statement == statement.place],
            )
        )
        for statement in statements
    }
    new = [entry for listed in entries.values() for entry in listed]
    kinds = await _kinds(desk, accounts, new, matched)
    return tuple(
        _foreseen(statement, [kinds[entry.entry_id] for entry in entries[statement.place]], numbers)
        for statement in statements
    )


def _foreseen(statement: AccountStatement, kinds: Sequence[EntryKind], numbers: dict[str, str]) -> ForeseenStatement:
    is_open = Counter(kind is EntryKind.OPEN for kind in kinds)
    return ForeseenStatement(statement, is_open[False], is_open[True], statement.account in numbers)


async def _number(desk: LedgerAccess, reference: str) -> str:
    details = await details_of_own(desk, reference)
    return account_key(details.identifier) if details is not None else ""


async def _kinds(
    desk: LedgerAccess, accounts: dict[str, str], new: Sequence[StatedEntry], matched: Sequence[MatchedEntry]
) -> dict[object, EntryKind]:
    """Return the explanation of each new entry, beside those of the statements that are on record."""
    kept = [entry for reference in dict.fromkeys(accounts.values()) for entry in (await stated_on(desk, reference))[1]]
    new_ids = {entry.entry_id for entry in new}
    entries = [*(entry for entry in kept if entry.entry_id not in new_ids), *new]
    entry_ids = {exception_of_entry(entry): entry.entry_id for entry in entries}
    beliefs = await beliefs_on(desk, accounts, entry_ids)
    kinds: dict[object, EntryKind] = {line.entry.entry_id: line.explanation for line in explain(entries, beliefs).lines}
    counted = {belief.about for belief in beliefs if belief.about}
    heard = {match.entry.entry_id for match in matched if _is_heard(match, counted)}
    return {
        entry_id: EntryKind.PAYMENT if entry_id in heard and kind is EntryKind.OPEN else kind
        for entry_id, kind in kinds.items()
    }


def _is_heard(entry: MatchedEntry, counted: Set[str]) -> bool:
    """True if a payment or a partnership hears the entry as it stands, once the file is brought in.

    `counted`: the payments and partnerships of which a booking is on record. Another one of a payment is for people.
    """
    if entry.fault is not None or entry.answer is None:
        return entry.fault is None and bool(entry.payments)
    is_second = bool(entry.answer.tranche) and entry.entry.about in counted
    return bool(entry.answer.partnership_id) and not is_second
