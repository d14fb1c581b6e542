"""Lists as sheets: their columns, and their forms for machines and spreadsheets, the same in shell and console."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from publishing.spreadsheets import harmless as harmless


class Column(NamedTuple):
    """A column: the field that it shows, its heading, and how soon it is dropped where the width does not do."""

    field: str
    heading: str
    dropped: int = 0
    """0: never. The highest goes first."""
    is_sum: bool = False
    currency: str = ""
    """The currency of all its sums, or '' where each row says its own."""
    is_rare: bool = False
    """True if a table leaves it out where no row says anything in it."""

    @property
    def is_short(self) -> bool:
        """True for an id, a day or a time, which stays on one line."""
        return self.field.endswith(("_id", "_on", "_at")) or self.field in {"due", "stage", "status"}


BOOKING: Final = (
    Column("instructed", "Instructed", 4, is_rare=True),
    Column("booked", "Booked", 1, is_rare=True),
    Column("received", "Received", 2, is_rare=True),
    Column("bank_charges", "Bank's charges", 2, is_rare=True),
    Column("bank_rate", "Bank's rate", 3, is_rare=True),
)
"""The bank's figures of a payment, which are told where they are not what was instructed."""
PLANNING: Final = frozenset({"planned", "planned_in", "rates_of"})
"""The fields of a planning figure: the sum, its currency, and the day of the reference rates."""
PARTNERSHIPS: Final = (
    Column("partnership_id", "Id"),
    Column("title", "Title"),
    Column("partner", "Partner"),
    Column("payee", "Payee", 9),
    Column("country", "Country", 8),
    Column("funder", "Funder", 7),
    Column("funds", "Fund", 6),
    Column("amount", "Sum", is_sum=True),
    Column("stage", "Stage", 1),
    Column("next_step", "Why / next", 2),
    Column("awaiting", "Waits for", 10),
    Column("assigned", "Looked after by", 11),
    Column("due", "Due", 3),
    Column("since", "Since", 12),
)
OBLIGATIONS: Final = (
    Column("due", "Due"),
    Column("partnership_id", "Partnership"),
    Column("kind", "Kind", 1),
    Column("what", "What"),
)
PAYMENTS: Final = (
    Column("released_at", "Released", 3),
    Column("partnership_id", "Partnership"),
    Column("tranche", "Tranche"),
    Column("attempt", "Attempt", 5),
    Column("amount", "Sum", is_sum=True),
    Column("payee", "Payee"),
    Column("title", "For", 9),
    Column("funds", "Fund", 10),
    Column("funder", "Funder", 11),
    Column("released_by", "By", 4),
    Column("status", "Status"),
    *BOOKING,
    Column("handed_over_on", "Handed over", 7),
    Column("value_on", "Value", 8),
    Column("settled_on", "Settled", 2),
    Column("returned_on", "Came back", 2, is_rare=True),
    Column("reason", "Reason", 6),
)


RESULTS: Final = (
    Column("objective", "Objective"),
    Column("partnership_id", "Partnership"),
    Column("title", "Title", 3),
    Column("measure", "Measure"),
    Column("unit", "Unit", 4),
    Column("baseline", "Before", 2),
    Column("target", "Target"),
    Column("achieved", "Achieved"),
    Column("words", "In words", 1),
    Column("standing", "Standing"),
)
FUND_SUMS: Final = ("granted", "reserved", "committed", "spent", "available")
FUNDS: Final = (
    Column("fund", "Fund"),
    Column("name", "Name", 1),
    Column("funder", "Funder", 2),
    *(Column(name, name.capitalize(), is_sum=True) for name in FUND_SUMS),
)
REGISTERS: Final = (
    Column("register", "Register"),
    Column("version", "Version"),
    Column("current_on", "True of"),
    Column("age", "Days old"),
    Column("usable_until", "Usable until"),
    Column("state", "State"),
)
LOOKS: Final = (
    Column("looked_at", "When"),
    Column("staff_id", "Who"),
    Column("subject", "At"),
)
EXCEPTIONS: Final = (
    Column("exception", "Exception"),
    Column("kind", "Kind"),
    Column("partnership_id", "Partnership"),
    Column("reason", "Reason"),
    Column("file", "File"),
    Column("raised_at", "Raised"),
    Column("resolve", "Resolved by"),
)
FILES: Final = (
    Column("message_id", "File"),
    Column("created_at", "Made"),
    Column("payment_count", "Payments"),
    Column("amount", "Sum", is_sum=True),
    Column("status", "State"),
    Column("sha256", "SHA-256"),
)
EDITIONS: Final = (
    Column("title", "Title"),
    Column("name", "Name"),
    Column("kind", "Kind"),
    Column("in_force", "In force"),
    Column("since_on", "Since"),
    Column("waiting", "Waits for a second person"),
    Column("asked_by", "Asked for by"),
)
PEOPLE: Final = (
    Column("staff_id", "Person"),
    Column("name", "Name"),
    Column("roles", "Roles"),
    Column("limits", "Up to"),
    Column("keys", "Keys"),
    Column("lent", "Lent"),
)


SUMS: Final = frozenset({"amount", *FUND_SUMS})
"""The fields that are sums."""

TITLES: Final[Mapping[tuple[Column, ...], str]] = {
    PARTNERSHIPS: "Partnerships",
    OBLIGATIONS: "Obligations",
    PAYMENTS: "Payments",
    RESULTS: "Results",
    FUNDS: "Funds",
    REGISTERS: "Registers",
    LOOKS: "Looks",
    EXCEPTIONS: "Exceptions",
    FILES: "Payment files",
    PEOPLE: "People",
    EDITIONS: "Editions",
}
"""The names of the lists, by their columns."""


def shown(line: dict[str, Any]) -> dict[str, Any]:
    """Return a line as a list shows it.

    Of a partnership that is over, why it ended stands where the next step was, and a payment has the bank's figures.
    """
    if line.get("booking"):
        from accord.presentation.words.payments import cells_of_booking

        return {**line, **cells_of_booking(line["booking"])}
    if not line.get("why"):
        return line
    words = line["why"] if line["at_rest"] else f"{line['why']}; still owed: {line['next_step']}"
    return {**line, "next_step": words if line["ended"] else line["next_step"]}


def plain_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row for JSON: `amount` and `currency` as one field `money`, without `ahead`, and the rest as it is.

    The bank's figures of a payment are one field, `booking`, with a value for each, and a planning figure is money with
    the day of its rates.
    """
    left_out = {"amount", "currency", "ahead", *PLANNING, *(column.field for column in BOOKING if "booking" in row)}
    cells = {name: cell for name, cell in row.items() if name not in left_out}
    if row.get("planned"):
        cells["planned"] = {"amount": row["planned"], "currency": row["planned_in"], "rates_of": row["rates_of"]}
    if "amount" in row:
        cells["money"] = None if row["amount"] is None else {"amount": row["amount"], "currency": row["currency"]}
    return cells


def as_csv(rows: Sequence[dict[str, Any]], columns: Sequence[Column]) -> str:
    """Return rows as CSV, with the currency beside each sum. No cell is a formula (CWE-1236), by whatever separator."""
    fields = fields_of(columns)
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(fields)
    writer.writerows([harmless(cell_of(row.get(name))) for name in fields] for row in rows)
    return file.getvalue()


def fields_of(columns: Sequence[Column]) -> list[str]:
    """Return the fields of a file: those of the columns, and the currency behind the sums that are in the row's own."""
    fields = [column.field for column in columns]
    last = max((place for place, column in enumerate(columns, 1) if column.is_sum and not column.currency), default=0)
    return [*fields[:last], "currency", *fields[last:]] if last else fields


def cell_of(value: Any) -> str:
    """Return a field as text."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(map(str, value))
        case _:
            return str(value)


def grouped(number: str) -> str:
    """Return a decimal number with its thousands apart."""
    return f"{Decimal(number):,}"
