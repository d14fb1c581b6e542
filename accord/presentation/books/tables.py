"""The lists that are read off the book: their columns and rows, the same in shell and console."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from accord.presentation.sheets import Column
from domain.books import statements as s
from domain.directory.chart import AccountKind, Chart
from domain.money.amounts import ZERO, SignedAmount

TRIAL_BALANCE: Final = (
    Column("funder", "Funder", 2),
    Column("code", "Account"),
    Column("name", "Name"),
    Column("kind", "Kind", 3),
    Column("debit", "Debit", is_sum=True),
    Column("credit", "Credit", is_sum=True),
)
FUND_STATEMENT: Final = (
    Column("fund", "Fund"),
    Column("funder", "Funder", 3),
    Column("granted", "Granted", is_sum=True),
    Column("reserved", "Reserved", 2, is_sum=True),
    Column("committed", "Committed", is_sum=True),
    Column("spent", "Spent", is_sum=True),
    Column("available", "Available", is_sum=True),
    Column("expense", "Expense", 4, is_sum=True),
    Column("bank", "Bank", 5, is_sum=True),
)
COMMITMENTS: Final = (
    Column("funder", "Funder", 2),
    Column("year", "Year"),
    Column("approved", "Approved", 1, is_sum=True),
    Column("conditional", "Conditional", is_sum=True),
    Column("owed", "Owed", is_sum=True),
    Column("in_transit", "In transit", is_sum=True),
)
AGEING: Final = (
    Column("kind", "Kind"),
    Column("funder", "Funder", 3),
    Column("partnership_id", "Partnership"),
    Column("tranche", "Tranche", 2),
    Column("due", "Due"),
    Column("band", "Days overdue", 1),
    Column("amount", "Sum", is_sum=True),
)
FORECAST: Final = (
    Column("funder", "Funder", 2),
    Column("month", "Month"),
    Column("coming", "In", is_sum=True),
    Column("going", "Out", is_sum=True),
    Column("conditional", "Out if a barrier is met", 3, is_sum=True),
    Column("approved", "Out once agreed", 4, is_sum=True),
    Column("left", "Left", is_sum=True),
)

PERIODS: Final = (
    Column("last_on", "Up to"),
    Column("asked_by", "Asked by"),
    Column("closed_by", "Closed by"),
    Column("closed_on", "Closed"),
    Column("sha256", "Digest"),
)

Rows = list[dict[str, Any]]
"""The rows of a list, by field. Sums are text, with `currency` beside them."""


def trial_rows(lines: Iterable[s.TrialLine], chart: Chart) -> Rows:
    """Return the rows of a trial balance, by the organisation's chart of accounts."""
    return [
        {
            "funder": line.funder, "currency": line.currency, "code": chart[line.account].code,
            "name": chart[line.account].name, "kind": chart[line.account].kind.value,
            "debit": _written(line.debit, line.currency), "credit": _written(line.credit, line.currency),
        }
        for line in lines
    ]  # fmt: skip


def trial_totals(rows: Rows) -> list[str]:
    """Return all debits and credits of a trial balance by funder and currency, and its memoranda, a sentence each."""
    books = dict.fromkeys((row["funder"], row["currency"]) for row in rows)
    return [_totals_of(funder, currency, rows) for funder, currency in books]


def _totals_of(funder: str, currency: str, rows: Rows) -> str:
    own = [row for row in rows if (row["funder"], row["currency"]) == (funder, currency)]
    beside = [row for row in own if row["kind"] == AccountKind.MEMORANDUM.value]
    words = f"{funder}, {currency}: debits {_sum(own, 'debit'):,}, credits {_sum(own, 'credit'):,}"
    return f"{words}; {_sum(beside, 'debit'):,} of each are memoranda." if beside else f"{words}."


def _sum(rows: Rows, field: str) -> Decimal:
    return sum((Decimal(row[field]) for row in rows), ZERO)


def fund_rows(lines: Iterable[s.FundLine]) -> Rows:
    """Return the rows of a fund statement."""
    return [_as_text({**line._asdict(), "available": line.available}) for line in lines]


def commitment_rows(lines: Iterable[s.YearLine]) -> Rows:
    """Return the rows of the commitments by year."""
    return [_as_text({**line._asdict(), "year": line.year or s.NO_DAY}) for line in lines]


def ageing_rows(lines: Iterable[s.AgeLine]) -> Rows:
    """Return the rows of what is overdue and what is not due."""
    return [
        {
            "kind": "receivable" if line.is_receivable else "payable", "funder": line.funder,
            "currency": line.currency, "partnership_id": line.partnership, "tranche": line.tranche or None,
            "due": _day(line.due), "days": line.days, "band": s.band_of(line.days),
            "amount": _written(line.amount, line.currency),
        }
        for line in lines
    ]  # fmt: skip


def forecast_rows(lines: Iterable[s.CashLine]) -> Rows:
    """Return the rows of a cash forecast."""
    return [_as_text(line._asdict()) for line in lines]


def _as_text(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _cell(cell, row["currency"]) for name, cell in row.items()}


def _cell(cell: Any, currency: str) -> Any:
    if isinstance(cell, Decimal):
        return _written(cell, currency)
    return cell if isinstance(cell, int) else str(cell)


def _written(value: Decimal, currency: str) -> str:
    """Return a sum with all decimal places of its currency, so that nothing is 0.00 and no sum looks like a count."""
    return SignedAmount(currency, value).written


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
