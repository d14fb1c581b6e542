"""The postings of a period as CSV for a general ledger. Its columns are in docs/books.md, and stay as they are.

A closed period is written byte for byte as it was: by the chart of its close, and in the form of its close.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from accord.presentation.sheets import harmless
from domain.books.entries import JournalEntry, Posting
from domain.directory.chart import Chart

FORM: Final = 1
"""The form of the export. A change of it is a new form, beside this one."""

COLUMNS: Final = (
    "entry", "date", "booked_on", "account", "account_name", "kind", "debit", "credit", "currency", "funder", "fund",
    "partnership", "tranche", "due_on", "text", "bank_reference", "event", "stream",
)  # fmt: skip

DayEntry = tuple[date, JournalEntry]
"""An entry, with the day on which it stands."""


def general_ledger(entries: Iterable[DayEntry], chart: Chart) -> str:
    """Return entries as CSV, a line for each posting. No cell begins a formula."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for day, entry in entries:
        writer.writerows([harmless(cell) for cell in _cells(day, entry, posting, chart)] for posting in entry.postings)
    return file.getvalue()


def digest_of(text: str) -> str:
    """Return the SHA-256 of an export, as two people sign it."""
    return hashlib.sha256(text.encode()).hexdigest()


def _cells(day: date, entry: JournalEntry, posting: Posting, chart: Chart) -> Iterator[str]:
    place, amount, account = posting.place, posting.amount, chart[posting.place.account]
    yield str(entry.origin.position)
    yield day.isoformat()
    yield entry.on.isoformat()
    yield from (account.code, account.name, account.kind.value)
    yield amount.written if amount.value > 0 else ""
    yield (-amount).written if amount.value < 0 else ""
    yield from (place.currency, place.funder, place.fund, entry.partnership)
    yield str(place.tranche) if place.tranche else ""
    yield place.due.isoformat() if place.due is not None else ""
    yield from (entry.words, entry.reference, entry.origin.event_type, entry.origin.stream)
