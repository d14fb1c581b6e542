"""The third reader: the bank's statements of account (camt.053, BAI2), from the bytes kept under their digest."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from hashlib import sha256
from itertools import groupby, pairwise
from typing import Any, Final

import asyncpg

from accord.operations.attesting.readers.bai2 import begins_bai2, read_bai2_statement
from accord.operations.attesting.readers.camt import BadStatement, OwnStatement, read_statement
from domain.attestation.readings import (
    ZERO,
    MoneySide,
    NotKnown,
    ReadStatement,
    SideDifference,
    StatedStretch,
    StatementsReading,
)

_ACCOUNT: Final = "SELECT details FROM payments.accounts WHERE reference = $1"
_STATEMENTS: Final = """
SELECT s.file_sha256, s.place, s.closed_on, s.currency, s.opening, s.closing, f.content
  FROM payments.account_statements s JOIN payments.bank_files f ON f.sha256 = s.file_sha256
 WHERE s.account = $1 AND ($2 = '' OR s.bank = '' OR left(s.bank, 8) = left($2, 8)) ORDER BY s.file_sha256, s.place
"""


async def read_statements(pool: asyncpg.Pool, accounts: Sequence[str]) -> StatementsReading:
    """Return the kept statements of some accounts as they read, given by the references of the accounts."""
    parts = [await _of_account(pool, account) for account in sorted(set(accounts))]
    return StatementsReading(
        *(tuple(value for part in parts for value in part[place]) for place in range(5))  # type: ignore[arg-type]
    )


async def _of_account(pool: asyncpg.Pool, account: str) -> StatementsReading:
    details = await pool.fetchval(_ACCOUNT, account)
    if details is None:
        return StatementsReading(
            (), (), (), (NotKnown(MoneySide.STATEMENTS, f"no details of {account} are on record"),)
        )
    try:
        number, bank = _identity(json.loads(details), account)
    except (ValueError, KeyError):
        return StatementsReading((), (), (_details_changed(account),), ())
    statements, differences, unknowns = list[OwnStatement](), list[SideDifference](), list[NotKnown]()
    for row in await pool.fetch(_STATEMENTS, number, bank):
        try:
            statements.append(_proved(account, row))
        except _OfAnotherForm:
            unknowns.append(_unread(account, row))
        except BadStatement as fault:
            differences.append(_changed(account, row, str(fault)))
    in_order = sorted(_each_once(statements), key=_order)
    chains = [_chain(list(group)) for _, group in groupby(in_order, key=lambda statement: statement.currency)]
    differences += [fault for chain in chains for fault in _breaks(account, chain)]
    entries = tuple(
        entry._replace(account=account) for chain in chains for statement in chain for entry in statement.entries
    )
    read = tuple(
        ReadStatement(account, statement.currency, statement.last_day, statement.words, statement.file_sha256)
        for chain in chains
        for statement in chain
    )
    return StatementsReading(tuple(_stretches(account, chains)), entries, tuple(differences), tuple(unknowns), read)


def _identity(details: dict[str, Any], account: str) -> tuple[str, str]:
    """Return an account's number, and its bank where the number is no IBAN.

    Raises:
        ValueError: The details are not those that the reference was made of.
    """
    text = json.dumps(details, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if "BA-" + base64.b32encode(sha256(text.encode()).digest()).decode()[:12] != account:
        raise ValueError("other details")
    number = "".join(sign for sign in (details.get("iban") or details["number"]).upper() if sign.isalnum())
    return number, "" if details.get("iban") else details["bic"]


def _details_changed(account: str) -> SideDifference:
    words = "the account's details are not those of its reference: whose statements are read nobody can say"
    return SideDifference(MoneySide.STATEMENTS, words, account, account, "", ZERO)


def _proved(account: str, row: Any) -> OwnStatement:
    """Return a statement as its file says it.

    Raises:
        BadStatement: The file is not that of its digest, or cannot be read, or says other than when it came in.
    """
    content = bytes(row["content"])
    if sha256(content).hexdigest() != row["file_sha256"]:
        raise BadStatement("its file is not the one that was kept: it was changed")
    statement = _read(content, row, whole=True)
    if (statement.currency, statement.opening, statement.closing) != (row["currency"], row["opening"], row["closing"]):
        raise BadStatement("the table says other balances than its file")
    return statement


class _OfAnotherForm(ValueError):
    """A file is neither camt.053 nor BAI2: a CSV is read by its bank's mapping, which this reader does not know."""


def _read(content: bytes, row: Any, *, whole: bool) -> OwnStatement:
    """Return a statement of a file, in the form that the file has.

    Raises:
        BadStatement: It cannot be read.
        _OfAnotherForm: It is of neither form.
    """
    place, sha256_of_file = str(row["place"]), row["file_sha256"]
    if not place.isdecimal():  # that of a CSV names its account, mapping and day
        raise _OfAnotherForm
    if begins_bai2(content):
        return read_bai2_statement(content, int(place), sha256_of_file, whole=whole)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return read_statement(content, int(place), sha256_of_file, whole=whole)
    raise _OfAnotherForm


def _unread(account: str, row: Any) -> NotKnown:
    reason = f"the statement of {account} of {row['closed_on']} came in as a CSV, which this reader does not read"
    return NotKnown(MoneySide.STATEMENTS, reason)


def _each_once(statements: list[OwnStatement]) -> set[OwnStatement]:
    """Return the statements without those that say, without a number, the same as one that has a number."""
    numbered = {_sums(statement) for statement in statements if statement.number}
    return {statement for statement in statements if statement.number or _sums(statement) not in numbered}


def _sums(statement: OwnStatement) -> tuple[object, ...]:
    return statement.last_day, statement.currency, statement.opening, statement.closing


def _changed(account: str, row: Any, fault: str) -> SideDifference:
    """Return the difference of a statement that is not what was kept, with the sum that its bytes now add."""
    where, by = f"statement of {row['closed_on']} in file {row['file_sha256'][:12]}", row["closing"]
    try:
        statement = _read(bytes(row["content"]), row, whole=False)
        by = sum((entry.amount for entry in statement.entries), ZERO) - (row["closing"] - row["opening"])
    except (BadStatement, _OfAnotherForm):
        pass  # nothing can be said of its sums: all that it closed with is in doubt
    return SideDifference(MoneySide.STATEMENTS, fault, where, account, row["currency"], by, row["closed_on"])


def _order(statement: OwnStatement) -> tuple[object, ...]:
    sums = (statement.opening, statement.closing)
    return (statement.currency, *statement.place, statement.first_day, *sums, statement.file_sha256)


def _chain(in_order: list[OwnStatement]) -> list[OwnStatement]:
    """Return the statements of one currency, of those under one number the one that the next goes on from.

    A bank corrects several in a row, so that the last of them decides. Of those without a number of their own each
    counts that goes on from the one before it.
    """
    chain: list[OwnStatement] = []
    places = list(_places(in_order))
    for versions, openings in zip(places, _openings_after(places), strict=True):
        going_on = [statement for statement in versions if not chain or statement.opening == chain[-1].closing]
        meeting = [statement for statement in going_on if not openings or statement.closing in openings]
        chain.append((meeting or going_on or versions)[-1])
        while further := _further(versions, chain):
            chain.append(further[0])
    return chain


def _places(in_order: list[OwnStatement]) -> Iterator[list[OwnStatement]]:
    """Yield the versions of each statement. All of a day are together where one of them has no number."""
    for _, same_day in groupby(in_order, key=lambda statement: statement.last_day):
        day = list(same_day)
        by_number = (list(versions) for _, versions in groupby(day, key=lambda statement: statement.number))
        yield from by_number if day[0].number else [day]


def _openings_after(places: list[list[OwnStatement]]) -> list[set[Decimal]]:
    """Return of each place the balances with which the next one opens, on a way that leads on where there is one."""
    after: list[set[Decimal]] = [set()]
    for versions in reversed(places[1:]):
        openings = [statement.opening for statement in versions if statement.closing in after[-1]]
        after.append({*(openings or (statement.opening for statement in versions))})
    return after[::-1]


def _further(versions: list[OwnStatement], chain: list[OwnStatement]) -> list[OwnStatement]:
    """Return the statements of a place that go on from the newest of a chain and are not in it."""
    return [statement for statement in versions if statement.opening == chain[-1].closing and statement not in chain]


def _breaks(account: str, chain: list[OwnStatement]) -> Iterator[SideDifference]:
    """Yield the places at which a statement does not open as the one before closed, or a number is left out."""
    for before, after in pairwise(chain):
        where = f"between the statements of {before.last_day} and {after.last_day}"
        if before.closing != after.opening:
            words = f"one closed with {before.closing:,} and the next opened with {after.opening:,}"
            by = after.opening - before.closing
            yield SideDifference(MoneySide.STATEMENTS, words, where, account, after.currency, by, after.first_day)
        elif before.is_followed_by_another(after):
            yield SideDifference(
                MoneySide.STATEMENTS, "a number is left out", where, account, after.currency, ZERO, after.first_day
            )


def _stretches(account: str, chains: list[list[OwnStatement]]) -> Iterator[StatedStretch]:
    """Yield the days over which statements follow one another."""
    for chain in chains:
        stretch: StatedStretch | None = None
        for statement in chain:
            if stretch is not None and stretch.closing == statement.opening:
                stretch = stretch._replace(last_day=statement.last_day, closing=statement.closing)
                continue
            if stretch is not None:
                yield stretch
            days = (statement.first_day, statement.last_day)
            stretch = StatedStretch(account, statement.currency, *days, statement.opening, statement.closing)
        if stretch is not None:
            yield stretch
