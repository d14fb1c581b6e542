"""The list of blocked property, as the annual report of 31 CFR 501.603(b)(2) asks for it. It is no legal advice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from domain.money.amounts import SignedAmount
from publishing.blocked.property import BlockedItem, PropertyKind, listing_words
from publishing.cases import Stand
from publishing.counting import PublicationTally
from publishing.files import Publication, PublishedFile
from publishing.spreadsheets import CellValue, PublishedColumn, PublishedTable, table_as_csv, tables_as_workbook

EDITION: Final = "ofac-501.603/1"
TO_JUDGE: Final = "FOR_COUNSEL_TO_JUDGE"
"""The reason why what is only promised is not in the list: nobody here says whether it is blocked property."""

_HELD_ON: Final = (6, 30)
_DUE_ON: Final = (9, 30)
_COLUMNS: Final = (
    PublishedColumn("about", "Partnership or exception"), PublishedColumn("owner", "Associated target"),
    PublishedColumn("listing", "List, entry and programmes"), PublishedColumn("property", "Description"),
    PublishedColumn("blocked_on", "Blocked since"), PublishedColumn("days", "Days"),
    PublishedColumn("currency", "Currency"), PublishedColumn("amount", "Amount"),
    PublishedColumn("first_report_due", "Report due (10 business days)"),
    PublishedColumn("first_report", "That report"),
)  # fmt: skip
_DESCRIPTIONS: Final = {
    PropertyKind.IN_BLOCKED_ACCOUNT: "Cash in a blocked account",
    PropertyKind.HELD: "Cash received, not in a blocked account yet",
    PropertyKind.PROMISED: "Agreed and not paid",
}
_SENDER: Final = "Cash of a sender in a blocked account"


def held_on(day: date) -> date:
    """Return the newest 30 June up to a day: the report of a year is of what is held then."""
    of_the_year = date(day.year, *_HELD_ON)
    return of_the_year if of_the_year <= day else date(day.year - 1, *_HELD_ON)


def due_on(day: date) -> date:
    """Return the day by which the report of what is held on a 30 June is due (31 CFR 501.603(b)(2))."""
    return date(held_on(day).year, *_DUE_ON)


def blocked_property(items: Iterable[BlockedItem], stand: Stand) -> Publication:
    """Return the list of what is blocked of a funder, and apart from it what counsel must judge.

    An item of which the ledger does not say whose account it is on is in the list of every funder.
    """
    own_items = [item for item in items if item.funder in {stand.funder.funder_id, ""}]
    ordered_items = sorted(own_items, key=lambda item: (item.since, item.about, item.kind.value))
    listed_items = [item for item in ordered_items if item.kind is not PropertyKind.PROMISED]
    promised_items = [item for item in ordered_items if item.kind is PropertyKind.PROMISED]
    tally = PublicationTally()
    for item in listed_items:
        tally.publish(_amount(item))
        tally.miss(*_missing(item))
    for item in promised_items:
        tally.leave_out(TO_JUDGE, _amount(item))
    tally.require_all(map(_amount, own_items))
    tables = (_table("blocked-property", "Blocked property", listed_items, stand),
              _table("to-be-judged", "To be judged", promised_items, stand))  # fmt: skip
    options = {"held_on": held_on(stand.on).isoformat(), "report_due": due_on(stand.on).isoformat()}
    return Publication("blocked", EDITION, _files(tables, stand), tally, options=options)


def _amount(item: BlockedItem) -> SignedAmount:
    return SignedAmount(item.figure.currency, item.figure.amount)


def _missing(item: BlockedItem) -> Iterable[str]:
    """Yield the facts that the report asks for and that the ledger does not hold."""
    yield from ("location", "account")
    yield from () if item.owner else ("owner",)
    yield from () if item.listings else ("listing",)


def _table(name: str, title: str, items: Sequence[BlockedItem], stand: Stand) -> PublishedTable:
    facts = {
        (number, field): tuple(part.position for part in item.figure.parts)
        for number, item in enumerate(items, 1)
        for field in ("property", "blocked_on")
    }
    return PublishedTable(name, title, _COLUMNS, tuple(_row(item, stand.on) for item in items), facts)


def _row(item: BlockedItem, on: date) -> dict[str, CellValue]:
    return {
        "about": item.about, "owner": item.owner, "listing": listing_words(item),
        "property": _DESCRIPTIONS[item.kind] if item.funder else _SENDER, "blocked_on": item.since.isoformat(),
        "days": (on - item.since).days, "currency": item.figure.currency, "amount": item.figure,
        "first_report_due": item.first_report_due.isoformat(),
        "first_report": "on file" if item.reported else "not on file",
    }  # fmt: skip


def _files(tables: Sequence[PublishedTable], stand: Stand) -> tuple[PublishedFile, ...]:
    csv_files = (PublishedFile(f"{table.name}.csv", table_as_csv(table), table.cells) for table in tables)
    return (*csv_files, PublishedFile("blocked.xlsx", tables_as_workbook(tables, stand.on)))
