"""Read a bank's CSV as statements of account, one of each day with a booking: balances that run from row to row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise

from domain.payment.continuity import ClosedStatement
from domain.payment.mapping import StatementMapping
from payments.accounts import AccountDetails
from payments.answers.account_statements import AccountStatement, account_key
from payments.answers.csv.rows import CsvRow, read_rows, refuse_cell
from payments.answers.elements import MessageFault, UnreadableMessage, exact_sum

_REMEDY = "rows are missing, changed or in another order; export the days again, whole"


def read_csv(
    content: bytes, name: str, mapping: StatementMapping, details: AccountDetails
) -> tuple[AccountStatement, ...]:
    """Return the statements of an account in its bank's CSV, the oldest first.

    Raises:
        UnreadableMessage: The file is not what the mapping says, or its balances do not run. The text begins with
            `name`, and names the line and the column.
    """
    rows = rows_in_order(content, name, mapping)
    days = [list(group) for _, group in groupby(rows, key=lambda row: row.booked_on)]
    return tuple(_of_day(day, mapping, details) for day in days)


def rows_in_order(content: bytes, name: str, mapping: StatementMapping) -> list[CsvRow]:
    """Return the rows of a CSV whose balances run, the oldest first. Raises as `read_csv`."""
    try:
        return _in_order(read_rows(content, mapping), mapping)
    except MessageFault as fault:
        raise UnreadableMessage(f"{name} {fault}") from None


def place_of_day(day: date, mapping: StatementMapping, details: AccountDetails) -> str:
    """Return the place of the statement of a day in an account's CSV."""
    return f"{account_key(details.identifier)}/{mapping.sha256[:16]}/{day}"


def _in_order(rows: list[CsvRow], mapping: StatementMapping) -> list[CsvRow]:
    """Return the rows, the oldest first. Banks write them in either order, and the balances say in which."""
    if len({row.currency for row in rows}) > 1:
        currencies = " and ".join(sorted({row.currency for row in rows}))
        raise MessageFault(f"its rows are in {currencies}; export each currency's account by itself")
    backwards = rows[::-1]
    newest_first = rows[0].booked_on > rows[-1].booked_on
    if rows[0].booked_on == rows[-1].booked_on:
        newest_first = _first_break(rows) is not None and _first_break(backwards) is None
    chronological = backwards if newest_first else rows
    _require_days_in_order(chronological, mapping)
    _require_balances_run(chronological, mapping)
    return chronological


def _require_days_in_order(rows: Sequence[CsvRow], mapping: StatementMapping) -> None:
    for before, after in pairwise(rows):
        if after.booked_on < before.booked_on:
            fault = f"{after.booked_on} stands on the wrong side of {before.booked_on} in line {before.line}"
            remedy = f"days and months may have changed places (the mapping says {mapping.dates}), or {_REMEDY}"
            refuse_cell(after.line, mapping.columns.booked_on, fault, remedy)


def _require_balances_run(rows: Sequence[CsvRow], mapping: StatementMapping) -> None:
    pair = _first_break(rows)
    if pair is not None:
        before, after = pair
        lack = exact_sum((after.balance, -before.balance, -after.amount))
        fault = (
            f"{after.balance:,} is not the {before.balance:,} of line {before.line} and {after.amount:,}, which is "
            f"{lack:,} apart"
        )
        refuse_cell(after.line, mapping.columns.balance, fault, _REMEDY)


def _first_break(rows: Sequence[CsvRow]) -> tuple[CsvRow, CsvRow] | None:
    """Return the first two rows whose balances do not run, or None."""
    return next(
        (pair for pair in pairwise(rows) if exact_sum((pair[0].balance, pair[1].amount)) != pair[1].balance), None
    )


def _of_day(rows: Sequence[CsvRow], mapping: StatementMapping, details: AccountDetails) -> AccountStatement:
    day, opening = rows[0].booked_on, exact_sum((rows[0].balance, -rows[0].amount))
    balances = ClosedStatement(day, None, day, rows[0].currency, Decimal(opening), rows[-1].balance)
    bank, account = "" if details.iban else details.bic, account_key(details.identifier)
    place = place_of_day(day, mapping, details)
    return AccountStatement(place, account, bank, balances, len(rows), mapping=mapping.sha256)
