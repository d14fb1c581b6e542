"""Export the postings of a period, and the whole book up to a day. A closed period is checked against its close."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from accord.presentation.books.beancount import beancount_text
from accord.presentation.books.general_ledger import FORM, DayEntry, digest_of, general_ledger
from accord.presentation.faults import BadInput, Refused
from domain.books.entries import JournalEntry
from domain.books.events import PeriodCloseAsked
from domain.books.periods import Close, Closes, in_order, within
from domain.directory.chart import BookRules, chart_of
from records.books.reading import Books, BookView


class PeriodExport(NamedTuple):
    """The postings of a period as CSV, with all that a close signs of it."""

    text: str
    sha256: str
    first_day: date
    last_day: date
    position: int
    rules: BookRules
    entries: int
    close: Close | None


def last_day_of(period: str) -> date:
    """Return the last day of a period: of a month such as 2026-11, or the day itself.

    Raises:
        BadInput: It is neither.
    """
    try:
        if len(period) == len("2026-11"):
            first = date.fromisoformat(f"{period}-01")
            return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        day = date.fromisoformat(period)
        return day + timedelta(days=1) - timedelta(days=1)  # the last day of all has none after it
    except (ValueError, OverflowError):
        raise BadInput(
            f"period: {period!r} is no month and no day; write 2026-11, or its last day 2026-11-30"
        ) from None


def usual_last_day(closes: Closes, today: date) -> date:
    """Return the last day of the period that is closed next: of the last month or, once that is closed, of this one."""
    last_month = today.replace(day=1) - timedelta(days=1)
    if closes.last_day is None or last_month > closes.last_day:
        return last_month
    return last_day_of(f"{today:%Y-%m}")


async def period_export(books: Books, last_day: date, request: PeriodCloseAsked | None = None) -> PeriodExport:
    """Return the export of the period that ends on a day.

    `request`: a close that waits for its second signature, whose export is made again.

    Raises:
        BadInput: Another period holds that day.
        Refused: The period is closed, and its export is not what two people signed.
    """
    closes = await books.closes()
    close = closes.of(last_day)
    require_a_period(closes, last_day)
    source = close or request
    view = await books.read(last_day, source.position if source else None, source.rules if source else None)
    postings = within(closes, view.book.entries, last_day, view.position)
    text = general_ledger(postings, chart_of(view.rules))
    if close is not None and (digest_of(text), FORM) != (close.sha256, close.form):
        raise Refused(
            f"the period up to {last_day} is not what {close.asked_by} and {close.confirmed_by} closed: its export"
            f" has the digest {digest_of(text)[:16]}, and they signed {close.sha256[:16]}; use the file of the close,"
            " and verify the ledger with `accord ledger verify`",
            "ExportChanged",
        )
    first_day = closes.first_day(last_day)
    return PeriodExport(text, digest_of(text), first_day, last_day, view.position, view.rules, len(postings), close)


def require_a_period(closes: Closes, last_day: date) -> None:
    """Raise BadInput for a day within a closed period, on which none ends."""
    if closes.of(last_day) is None and closes.last_day is not None and last_day <= closes.last_day:
        days = ", ".join(str(period.last_day) for period in closes.periods[-12:])
        raise BadInput(
            f"period: none ends on {last_day}; closed are those up to {days}: name one of these, or a later day"
        )


async def beancount_export(books: Books, last_day: date) -> str:
    """Return the whole book up to a day as a text for beancount: up to the close of its period, if it is closed."""
    closes = await books.closes()
    close = closes.of(last_day)
    view = await books.read(last_day, close.position if close else None, close.rules if close else None)
    return beancount_text(_upto(view, closes), chart_of(view.rules), last_day)


def _upto(view: BookView, closes: Closes) -> list[DayEntry]:
    entries: Iterable[JournalEntry] = view.book.entries
    return [(day, entry) for day, entry in in_order(closes, entries) if day <= view.on]
