"""Read camt.053 statements of account: what stood on an account before and after some days, under which number.

The balances and the booked entries must add up to the cent, or the whole file is refused. What the entries say is
read by `payments.answers.stated_entries`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element

from domain.payment.account_numbers import masked_account, plain_number
from domain.payment.continuity import ClosedStatement, named, place_of, run_of
from domain.values import minor_digits
from payments.answers.booking.copies import copies_in
from payments.answers.elements import (
    MessageFault,
    day,
    element,
    elements,
    entry_status,
    exact_sum,
    figure,
    glimpse,
    readable,
    reference,
    value,
)

_LONGEST_NUMBER: Final = 9
_OPENING: Final = ("OPBD", "PRCD")
"""The booked balance at the beginning, and that at the end of the statement before (ISO 20022, balance type codes)."""
_CLOSING: Final = ("CLBD",)


class AccountStatement(NamedTuple):
    """A statement of an account, with its place in the message."""

    place: str
    account: str
    """The IBAN or the number of the account, its letters and digits alone."""
    bank: str
    """The BIC of the bank that keeps it, or '' where the statement names none."""
    balances: ClosedStatement
    entries: int
    """The booked entries in it."""
    available: Decimal | None = None
    """The sum available at the end of it, where the bank says so beside its balance. It counts for nothing."""
    mapping: str = ""
    """The digest of the mapping by which a bank's CSV was read, or '' for a message."""


class _Balance(NamedTuple):
    amount: Decimal
    currency: str
    on: date


def read_account_statements(message: Element) -> tuple[AccountStatement, ...]:
    """Return the statements in a message, each once.

    Raises:
        MessageFault: One names no account, is a page of several, lacks a balance, does not add up, or stands in it in
            two versions.
    """
    nodes = elements(message, "Stmt")
    if not nodes:
        raise MessageFault("it holds no statement")
    copies = copies_in(nodes)
    statements = tuple(_statement(place, node) for place, node in enumerate(nodes, start=1) if place - 1 not in copies)
    _require_one_version(statements)
    return statements


def _require_one_version(statements: Sequence[AccountStatement]) -> None:
    """Raise MessageFault for a number that is there twice, and not the same: the entries of both would count."""
    places = defaultdict[tuple[object, ...], list[ClosedStatement]](list)
    for statement in statements:
        closed = statement.balances
        places[statement.account, statement.bank, closed.currency, place_of(closed)].append(closed)
    for (account, *_), versions in places.items():
        if versions[0].number is not None and len(versions) > 1 and not run_of(versions):
            raise MessageFault(
                f"{named(versions[0])} of account {masked_account(str(account))} stands in it {len(versions)} times, "
                "and not the same; ask the bank which is right, and for a file without the others"
            )


def _statement(place: int, node: Element) -> AccountStatement:
    name = f"statement {glimpse(node, 'Id') or place}"
    try:
        account = account_of(node)
        _whole(node)
        balances = _balances(node)
    except MessageFault as fault:
        raise MessageFault(f"{name}: {fault}") from None
    return AccountStatement(str(place), account, bank_of(node), balances, len(_booked(node)))


def account_of(node: Element) -> str:
    """Return the account of a statement or a report, its letters and digits alone.

    Raises:
        MessageFault: It names none.
    """
    account = account_key(reference(node, "Acct/Id/IBAN") or reference(node, "Acct/Id/Othr/Id"))
    if not account:
        raise MessageFault("it names no account")
    return account


def account_key(number: str) -> str:
    """Return the letters and digits of an IBAN or an account number."""
    return plain_number(number)


def bank_of(node: Element) -> str:
    """Return the BIC of the bank that keeps the account, in the layout of any version."""
    return (reference(node, "Acct/Svcr/FinInstnId/BICFI") or reference(node, "Acct/Svcr/FinInstnId/BIC")).upper()


def _whole(node: Element) -> None:
    """Raise MessageFault for a page of a statement that has several: its balances are of the page."""
    page, last = value(node, "StmtPgntn/PgNb"), value(node, "StmtPgntn/LastPgInd")
    if page and (page.lstrip("0") != "1" or last not in {"true", "1"}):
        raise MessageFault(
            f"it is page {readable(page, 10)} of several, and pages are not put together; ask the bank for the whole"
        )


def _balances(node: Element) -> ClosedStatement:
    opening, closing = _balance(node, _OPENING, "opening"), _balance(node, _CLOSING, "closing")
    if opening.currency != closing.currency or value(node, "Acct/Ccy") not in {"", closing.currency}:
        raise MessageFault(f"its account and balances are in several currencies, {opening.currency} among them")
    if opening.on > closing.on:
        raise MessageFault(f"it opens on {opening.on} and closes before, on {closing.on}")
    movements = [signed(entry, closing.currency) for entry in _booked(node)]
    _require_sums((opening.amount, closing.amount, *movements), closing.currency)
    moved = exact_sum(movements)
    if exact_sum((opening.amount, moved)) != closing.amount:
        lack = exact_sum((closing.amount, -opening.amount, -moved))
        raise MessageFault(
            f"it opens with {opening.currency} {opening.amount:,}, its booked entries ({len(_booked(node))}) come to "
            f"{moved:,} and it closes with {closing.amount:,}, which is {lack:,} apart; fetch it from the bank again"
        )
    return ClosedStatement(
        closing.on, _number(node), opening.on, closing.currency, opening.amount, closing.amount
    )  # fmt: skip


def _require_sums(amounts: Iterable[Decimal], currency: str) -> None:
    """Raise MessageFault for a currency that there is not, or for a part of its smallest unit: no list could say it."""
    try:
        digits = minor_digits(currency)
    except KeyError:
        raise MessageFault(f"it is in {currency}, which is not a currency; ask the bank for it") from None
    for amount in amounts:
        if amount != round(amount, digits):
            raise MessageFault(
                f"the sum {amount:f} has more decimal places than {currency}, which has {digits}; ask the bank for it"
            )


def _balance(node: Element, codes: tuple[str, ...], words: str) -> _Balance:
    """Return the balance of the first of some codes that a statement has."""
    for code in codes:
        match [part for part in elements(node, "Bal") if value(part, "Tp/CdOrPrtry/Cd") == code]:
            case []:
                continue
            case [part]:
                return _balance_of(part, words)
            case several:
                raise MessageFault(f"it says its {words} balance {len(several)} times; its pages came in one file")
    raise MessageFault(f"it lacks its {words} balance ({' or '.join(codes)})")


def _balance_of(part: Element, words: str) -> _Balance:
    on, currency = day(part, "Dt"), _currency(part)
    if on is None:
        raise MessageFault(f"its {words} balance is of no day")
    return _Balance(signed(part, currency), currency, on)


def _currency(part: Element) -> str:
    node = element(part, "Amt")
    return "" if node is None else node.get("Ccy", "")


def signed(part: Element, currency: str) -> Decimal:
    """Return the amount of a balance or an entry, negative for a debit."""
    amount = figure(part, "Amt")
    if amount.currency != currency:
        raise MessageFault(f"an entry is in {amount.currency}, and the account in {currency}")
    match value(part, "CdtDbtInd"):
        case "CRDT":
            return amount.figure
        case "DBIT":
            return -amount.figure
        case direction:
            raise MessageFault(f"a sum is neither a debit nor a credit: {readable(direction, 35) or 'no direction'}")


def _booked(node: Element) -> list[Element]:
    return [entry for entry in elements(node, "Ntry") if entry_status(entry) == "BOOK"]


def _number(node: Element) -> int | None:
    """Return the number of a statement: that of its sending, or else its legal one."""
    text = value(node, "ElctrncSeqNb") or value(node, "LglSeqNb")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER):
        raise MessageFault(f"its number {readable(text, 40)} is not written as one")
    return int(text)


def in_words(statement: AccountStatement) -> str:
    """Return a statement in one line, with the account by its last digits."""
    closed = statement.balances
    number = "" if closed.number is None else f", number {closed.number}"
    return (
        f"account {masked_account(statement.account)}{number}: {closed.currency} {closed.closing:,} "
        f"at the end of {closed.closed_on} (booked entries: {statement.entries})"
    )
