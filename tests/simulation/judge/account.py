"""The promise about the accounts: what stands there is what the bank has, each entry explained or open, the book even.

Asked of the bank's own book, of what the product makes of the bank's statements, and of the book of its events.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from accord.client.waiting.account_statements import stated_account, stated_balance
from accord.client.waiting.stated_entries import AccountEntry, explained_accounts
from deploy.embedded.trial_bank.account_book import AccountBook, BankBooking, StatementForm
from domain.directory.chart import Account
from domain.payment.stated.entries import EntryKind
from records.books.reading import Books
from tests.simulation.bank.records import Payment, Said
from tests.simulation.judge.backs import FROM_GRANTEE, Backs, backs_of
from tests.simulation.judge.facts import facts_of
from tests.simulation.judge.violations import Promise

if TYPE_CHECKING:  # the world asks the judge, who is told of the world
    from tests.simulation.grounds.world import World

ZERO = Decimal(0)
NO_ENTRY = frozenset({EntryKind.NOT_STATED, EntryKind.NOT_SEEN})


async def ask_chain(world: World) -> None:
    """Ask for a statement that is missing to be told as missing, and for nothing else to be. Raises Violation."""
    for number, book in world.bank.accounts.items():
        numbers = sorted({one.stated.number for one in _imported(world, number) if one.stated})
        missing = bool(numbers) and numbers != list(range(numbers[0], numbers[-1] + 1))
        if book.account.form is StatementForm.BAI2:  # it has no numbers: balances alone tell what is missing
            came = [one for one in book.statements if one.number in numbers]
            missing = any(before.closing != after.opening for before, after in pairwise(came))
        told = await stated_account(world.office.desk, "", await _reference(world, book))
        if missing != bool(told.breaks):
            said = "; ".join(map(str, told.breaks)) or "nothing is missing"
            world.broken(Promise.BALANCE, f"of {number} came {numbers}, and it is said: {said}")


async def ask_accounts(world: World) -> None:
    """Ask, at rest, for the closing balances of the bank and for every entry. Raises Violation."""
    lines = {account.reference: account.lines for account in await explained_accounts(world.office.desk)}
    for number, book in world.bank.accounts.items():
        reference = await _reference(world, book)
        if not any(_imported(world, number)):
            continue
        newest = book.statements[-1]
        balance = await stated_balance(world.office.desk, reference, newest.account.currency, "")
        known = None if balance is None else (balance.amount, balance.on)
        if known != (newest.closing, newest.closed_on) or newest.closing != book.balance:
            told = f"{number}: the bank has {book.balance} on {newest.closed_on}, and here stands {known}"
            world.broken(Promise.BALANCE, told)
        for fault in _unexplained(world, book, lines[reference]):
            world.broken(Promise.BALANCE, fault)
    await _ask_book(world)


def _imported(world: World, number: str) -> Iterator[Said]:
    """Yield the statements of an account that were imported."""
    for said in world.bank.said:
        if said.stated is not None and said.stated.account.number == number and said.number in world.imported:
            yield said


async def _reference(world: World, book: AccountBook) -> str:
    query = "SELECT reference FROM payments.accounts WHERE $1 IN (details->>'iban', details->>'number')"
    return str(await world.pool.fetchval(query, book.account.number))


def _unexplained(world: World, book: AccountBook, lines: Sequence[AccountEntry]) -> Iterator[str]:
    """The entries of an account come to what moved. A payment's booking is open only where nobody could believe it."""
    entries = [line for line in lines if line.kind not in NO_ENTRY]
    moved = sum((line.amount for line in entries), ZERO)
    opening = next(one for one in book.statements if one.number == _first(world, book))
    if opening.opening + moved != book.balance:
        yield f"{book.account.number}: {opening.opening} and {moved} of entries are not the bank's {book.balance}"
    for payment in _plain_payments(world):
        for booking in payment.bookings:
            if booking.account == book.account.number and not _is_explained(payment, booking, entries):
                yield f"{payment.partnership_id} tranche {payment.tranche}: its booking of {booking.amount} is open"


def _first(world: World, book: AccountBook) -> int:
    """Return the number of the first statement that came."""
    return min(said.stated.number for said in _imported(world, book.account.number) if said.stated)


def _is_explained(payment: Payment, booking: BankBooking, entries: Sequence[AccountEntry]) -> bool:
    """True if an entry of a booking's sum, without the charges beside it, is the payment's."""
    charges = sum((one.amount for one in booking.charges if one.included), ZERO) if booking.exchange is None else ZERO
    sums = {booking.movement, booking.movement + (ZERO if booking.is_credit else charges)}
    kind = EntryKind.RETURN if booking.is_credit else EntryKind.PAYMENT
    return any(
        (line.kind in {kind, EntryKind.REFUND} and line.amount in sums and payment.partnership_id in line.subject)
        or (line.kind is kind and line.amount in sums and line.words == payment.end_to_end_id)
        for line in entries
    )  # fmt: skip


def _plain_payments(world: World) -> Iterator[Payment]:
    """Yield the payments of which the bank booked nothing by mistake, of partnerships that nobody meddled with."""
    for payment in world.bank.payments.values():
        debits = [one for one in payment.bookings if not one.is_credit]
        if len(debits) == 1 and not payment.by_mistake and _is_untouched(world, payment.partnership_id):
            yield payment


def _is_untouched(world: World, partnership_id: str) -> bool:
    return partnership_id not in world.beyond and not any(partnership_id in one for one in world.forged)


# The book of the ledger's events.


async def _ask_book(world: World) -> None:
    """The book's postings add up to zero, and of each partnership its bank is what the bank booked of it."""
    view = await Books(world.office.desk.reader).read(world.clock.at.date())
    if view.missing:
        return
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    bank: defaultdict[str, Decimal] = defaultdict(Decimal)
    for entry in view.book.entries:
        for posting in entry.postings:
            sums[posting.place.funder, posting.place.currency] += posting.amount.value
            if posting.place.account is Account.BANK and posting.place.currency == "USD":
                bank[entry.partnership] += posting.amount.value
    for (funder, currency), uneven in sums.items():
        if uneven:
            world.broken(Promise.BALANCE, f"the book of {funder} is uneven by {currency} {uneven}")
    known = await backs_of(world)
    for partnership_id in world.partnerships:
        mine = [one for one in world.bank.payments.values() if one.partnership_id == partnership_id]
        plain = [one for one in _plain_payments(world) if one.partnership_id == partnership_id]
        if not _is_untouched(world, partnership_id) or len(plain) < sum(bool(one.bookings) for one in mine):
            continue
        should = await _moved_by(world, partnership_id, mine, known.get(partnership_id, Backs()))
        if bank[partnership_id] != should:
            told = f"{partnership_id}: the book's bank moved by {bank[partnership_id]}, and the bank's own by {should}"
            world.broken(Promise.BALANCE, told)


async def _moved_by(world: World, partnership_id: str, mine: Sequence[Payment], backs: Backs) -> Decimal:
    """Return what moved on the account by the bank's book of payments, and by what counts of gifts and refunds."""
    facts = await facts_of(world, partnership_id)
    paid = sum((booking.movement for one in mine for booking in one.bookings), ZERO)
    told = {
        booking.reference for one in mine for booking in one.bookings if booking.is_credit
    }  # they are in it already
    refunds = (one for reference, one in backs.refunds.items() if one.confirmed and reference not in told)
    back = sum((one.amount if one.direction == FROM_GRANTEE else -one.amount for one in refunds), ZERO)
    return paid + facts.received + back
