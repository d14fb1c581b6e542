"""An invented table of grants, as an organisation may have kept it: a workbook, its mapping, and rows to spoil."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from openpyxl import Workbook

from domain.imported.mapping import ImportMapping

COLUMNS: Final = {
    "Ref": "key", "Title": "title", "Organisation": "partner", "Country": "country", "Kind": "partner_kind",
    "EIN": "ein", "Status": "stage", "Amount": "agreed", "Currency": "currency", "Approved": "approved_on",
    "Signed": "agreed_on", "Starts": "starts", "Ends": "ends", "Report due": "report_due", "Purpose": "purpose",
    "Objective": "objective",
}  # fmt: skip
SUMS: Final = ("Paid", "Paid on", "Paid 2024", "Returned", "Returned on", "Open", "Due")
HEADINGS: Final = (*COLUMNS, *SUMS)

ROW: Final[Mapping[str, Any]] = {
    "Ref": "G-1", "Title": "Digital skills for river libraries", "Organisation": "Riverbend Library Network",
    "Country": "US", "Kind": "NONPROFIT", "EIN": "00-1000001", "Status": "Active", "Amount": 50000, "Currency": "USD",
    "Approved": date(2024, 1, 15), "Signed": date(2024, 2, 1), "Starts": date(2024, 3, 1), "Ends": date(2026, 12, 31),
    "Report due": date(2027, 3, 31), "Purpose": "Trainers, tablets and connections for eleven libraries",
    "Objective": "CONNECT", "Paid": 10000, "Paid on": date(2025, 3, 1), "Paid 2024": 5000, "Returned": 1000,
    "Returned on": date(2025, 9, 1), "Open": 30000, "Due": date(2027, 1, 15),
}  # fmt: skip
"""A row in which nothing is wrong."""


def mapping(**changes: Any) -> ImportMapping:
    """Return the mapping of the table, with changes."""
    fields: dict[str, Any] = {field: {"column": heading} for heading, field in COLUMNS.items()}
    fields["stage"]["values"] = {"Active": "IN_FORCE", "Closed": "ENDED"}
    fields |= {"direction": {"constant": "FUNDS_OUT"}, "funder": {"constant": "ISOC"}}
    content = {
        "source": "grants-database",
        "first_reference": "P-2026-5001",
        "unknown": ("n/a", "?"),
        "dates": "DD/MM/YYYY",
        "thousands": ",",
        "fields": fields,
        "payments": [{"amount": "Paid", "on": "Paid on"}, {"amount": "Paid 2024", "year": 2024}],
        "returns": [{"amount": "Returned", "on": "Returned on"}],
        "tranches": [{"amount": "Open", "on": "Due"}],
    }
    return ImportMapping.model_validate(content | changes)


def book_of(rows: Iterable[Mapping[str, Any]], title: str = "Grants") -> Workbook:
    """Return a workbook with the headings and these rows."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = title
    sheet.append(HEADINGS)
    for row in rows:
        sheet.append([row[heading] for heading in HEADINGS])
    return book


def saved(book: Workbook) -> bytes:
    """Return a workbook as the bytes of its file."""
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def numbered(changes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a row for each set of changes, each with a key of its own unless the changes give one."""
    return [{**ROW, "Ref": f"G-{number}", **change} for number, change in enumerate(changes, 1)]
