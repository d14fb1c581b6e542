"""The control totals in a form: a field for each figure that the table has, which people fill from the old system."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from accord.console.deciding.fields import Field, Typed, said
from accord.presentation.faults import BadInput
from accord.presentation.input_files import places_of
from accord.presentation.sums import read_sum
from domain.imported.totals import NO_YEAR, ControlTotals

_NAMES: Final = {"agreed": "Agreed", "paid": "Paid", "returned": "Came back", "not_paid": "Not paid yet"}
_COUNT: Final = Field("partnerships", "Partnerships", "How many the system of before has.", "line")
_OTHER: Final = Field(
    "other", "Other currencies", "If that system has sums in another currency than those above: its code.", "line"
)  # fmt: skip


def fields_of(totals: ControlTotals) -> tuple[Field, ...]:
    """Return a field for each figure of a table. None is filled in: they are typed from the system of before."""
    sums = (Field(name, label, kind="line") for name, label, _ in _figures(totals))
    return (_COUNT, *sums, _OTHER)


def _figures(totals: ControlTotals) -> Iterator[tuple[str, str, str]]:
    """Yield the name of each figure, its label, and its currency."""
    for name, label in _NAMES.items():
        for currency in getattr(totals, name):
            yield f"{name}-{currency}", f"{label}, {currency}", currency
    for year, sums in totals.paid_by_year.items():
        words = "in a year that nobody knows" if year == NO_YEAR else f"in {year}"
        for currency in sums:
            yield f"year-{year}-{currency}", f"Paid {words}, {currency}", currency


def typed_totals(totals: ControlTotals, answers: Typed) -> ControlTotals:
    """Return the totals that were typed for the figures of a table.

    Raises:
        BadInput: A figure is no number, or there are sums in a currency that the table does not have.
    """
    count = said(answers, "partnerships").replace(",", "")
    if not count.isdecimal() or not int(count):
        raise BadInput("partnerships: write how many there are, such as 63")
    if other_total := said(answers, "other"):
        raise BadInput(f"other: the table has no sum in {other_total}; mend the table or its mapping, and send it anew")
    content: dict[str, Any] = {"partnerships": int(count), "paid_by_year": {}}
    for name, _, currency in _figures(totals):
        place, _, _ = name.rpartition("-")
        sums = content["paid_by_year"] if place.startswith("year-") else content
        sums.setdefault(place.removeprefix("year-"), {})[currency] = _amount(name, said(answers, name), currency)
    return ControlTotals.model_validate(content)


def _amount(name: str, text: str, currency: str) -> str:
    if not text:
        raise BadInput(f"{name}: write the figure of the system of before; 0 if it has none")
    try:
        return read_sum(text, currency, places_of(currency))
    except BadInput as fault:
        raise BadInput(f"{name}: {fault}") from None
