"""The order of a list, as an address names it: by due day, by title, by sum, or by the time since which it waits."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple, Self

from starlette.requests import Request

from accord.presentation.faults import BadInput
from records.read_models.lists import ListQuery

ORDERS: Final = {"due": "", "title": "by_title", "amount": "by_amount", "since": "by_since"}
"""By the column that a page sorts by: the order of the list."""


class Sorting(NamedTuple):
    """A column that a list is sorted by."""

    field: str = "due"
    newest: bool = False
    """True if the last comes first."""

    @classmethod
    def of(cls, request: Request) -> Self:
        """Return the order that an address asks for. Raises BadInput if there is none such.

        What is due when is asked of the list in the order of its days, and shown so.
        """
        text = request.query_params.get("sort", "") or "due"
        field = text.removeprefix("-")
        if field not in ORDERS:
            raise BadInput(f"sort: {field[:40]!r} is no order of a list; there are {', '.join(ORDERS)}")
        if request.query_params.get("due", "").strip() and field != "due":
            return cls()
        return cls(field, text.startswith("-"))

    @property
    def given(self) -> dict[str, str]:
        """The order as a field of an address, empty for the list's own."""
        return {} if self == Sorting() else {"sort": f"{'-' if self.newest else ''}{self.field}"}

    def applied(self, question: ListQuery) -> ListQuery:
        """Return a question that asks for lines in this order."""
        return replace(question, order=ORDERS[self.field], newest=self.newest)

    def next_for(self, field: str) -> str:
        """Return the order to which the heading of a column leads: the other way round if it is sorted by already."""
        largest_first = field == "amount"
        return f"{'-' if (not self.newest if field == self.field else largest_first) else ''}{field}"

    def state_of(self, field: str) -> str:
        """Return the order of a column, as its heading tells assistive technology, or ''."""
        return "" if field != self.field else "descending" if self.newest else "ascending"
