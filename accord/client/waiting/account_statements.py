"""The bank's statements of account: what stands on the organisation's own accounts, and whether one is missing."""

from __future__ import annotations

from typing import NamedTuple

from accord.audit.bank.bank_evidence import BankEvidence
from accord.audit.bank.said_in_files import agreed_details
from accord.client.reading import LedgerAccess
from accord.client.sending import Sending
from accord.client.waiting.mappings import mappings_on
from domain.fault import Fault
from domain.payment.balance import AccountBalance, bank_zone, day_fault
from domain.payment.bank_file import CsvReading
from domain.payment.continuity import ClosedStatement, breaks, named
from payments.accounts import AccountDetails
from payments.answers.account_statements import AccountStatement
from payments.answers.bank_files import BankFile, read_bank_file
from payments.answers.csv.statements import read_csv
from payments.answers.kept_statements import KeptStatement, statements_of
from payments.answers.messages import UnreadableMessage, read_balances


class StatedAccount(NamedTuple):
    """An account of the organisation's own, by the bank's statements."""

    funder: str
    reference: str
    newest: ClosedStatement | None
    """The last statement, or None if none came in yet."""
    statements: int
    breaks: tuple[Fault, ...]
    by_currency: tuple[ClosedStatement, ...] = ()
    """The last statement in each currency, the newest first: one in another currency hides none."""


async def stated_accounts(desk: Sending) -> tuple[StatedAccount, ...]:
    """Return the accounts of the directory's funders, with what the bank's statements say of each."""
    funders = (await desk.directory()).funders
    return tuple([await stated_account(desk, funder.funder_id, funder.account) for funder in funders])


async def stated_account(desk: Sending, funder: str, reference: str) -> StatedAccount:
    """Return an account of a funder, with what the bank's statements say of it."""
    kept = await kept_on(desk, reference)
    closed = [statement.balances for statement in kept]
    newest = {statement.currency: statement for statement in reversed(closed)}
    by_currency = tuple(sorted(newest.values(), key=closed.index))
    return StatedAccount(funder, reference, next(iter(closed), None), len(set(closed)), breaks(closed), by_currency)


async def stated_balance(desk: Sending, reference: str, currency: str, payer: str) -> AccountBalance | None:
    """Return the closing balance of an account's newest statement in a currency, or None.

    It is read again in the file, for which somebody other than the payer signed: nobody says alone what they may pay
    from. A statement of a day that was not over when it came in never counts. Of several that differ under one number
    the least counts: which of them is right, the bank's next one says. So it is of those of a day that has one without.
    """
    zone, versions = bank_zone((await desk.directory()).rules), list[ClosedStatement]()
    for kept in await kept_on(desk, reference):
        closed = kept.balances
        if versions and closed.closed_on != versions[0].closed_on:
            break
        if versions and _is_another(closed, versions[0]):
            continue
        is_over = not day_fault(closed.closed_on, kept.kept_at, zone)
        if closed.currency == currency and is_over and await _is_proved(desk, kept, reference, payer):
            versions.append(closed)
    least = min(versions, key=lambda closed: closed.closing, default=None)
    return least and AccountBalance(least.closing, least.currency, least.closed_on, named(least))


def _is_another(statement: ClosedStatement, newest: ClosedStatement) -> bool:
    """True if the numbers of two statements of a day say that the other one is newer."""
    return None not in {statement.number, newest.number} and statement.number != newest.number


async def kept_on(desk: LedgerAccess, reference: str) -> list[KeptStatement]:
    """Return the statements of an account, the newest first. Of one whose details are not those agreed on, none."""
    details = await details_of_own(desk, reference)
    if details is None:
        return []
    async with desk.pool.acquire() as connection:
        return await statements_of(connection, details)


async def details_of_own(desk: LedgerAccess, reference: str) -> AccountDetails | None:
    """Return the details of an own account, or None if they are not those agreed on."""
    async with desk.pool.acquire() as connection:
        return await agreed_details(connection, reference)


async def _is_proved(desk: Sending, kept: KeptStatement, reference: str, payer: str) -> bool:
    """True if the file says it, and another than the payer signed for the file. The table proves nothing."""
    imports = await BankEvidence(desk.reader).imports(kept.file_sha256)
    ways = {file_import.read_as for file_import in imports if file_import.actor != payer}
    if not ways:
        return False
    async with desk.pool.acquire() as connection:
        file = await read_bank_file(connection, kept.file_sha256)
    if file is None:
        return False
    statements = [statement for way in ways for statement in await _said_in(desk, file, reference, way)]
    return any((statement.place, statement.balances) == (kept.place, kept.balances) for statement in statements)


async def _said_in(
    desk: Sending, file: BankFile, reference: str, way: CsvReading | None
) -> tuple[AccountStatement, ...]:
    """Return the statements in a file, read in the way for which its importer signed, or () if it says none."""
    try:
        if way is None:
            return read_balances(file.content, file.name)
        mapping = (await mappings_on(desk, reference)).ever_stood(way.mapping)
        details = await details_of_own(desk, reference)
        if way.account != reference or mapping is None or details is None:
            return ()
        return read_csv(file.content, file.name, mapping, details)
    except UnreadableMessage:
        return ()
