"""Print a list with its sums in the base currency as well, by a day's reference rates."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any

from accord.cli.partnerships.reading import cut_at
from accord.cli.printing.lists import Wanted, print_list
from accord.cli.printing.output import err
from accord.client.desk import open_desk
from accord.organisation.books.planning import conversion_of
from accord.presentation import sheets
from accord.presentation.books.planning import planned_file
from accord.presentation.faults import Refused
from ledger import clock


async def print_planned(
    rows: list[dict[str, Any]], columns: tuple[sheets.Column, ...], list_options: Wanted, empty_text: str,
    times: tuple[str | None, str | None],
) -> None:  # fmt: skip
    """Print the rows of a list with their planning figures, and by which rates these are.

    Raises:
        Refused: The organisation has no base currency.
    """
    ledger_as_of = cut_at(*times)
    day = (ledger_as_of.true_at or ledger_as_of.known_at or clock.now()).date()
    async with open_desk() as desk:
        conversion = await conversion_of(desk, day, ledger_as_of.known_at)
    if conversion is None:
        raise Refused("--planning: the organisation has no base currency; its rules name one (`base_currency`)")
    planned = planned_file(rows, columns, conversion)
    await print_list(_each(planned.rows), planned.columns, list_options, empty_text)
    if rows:
        err.print(f"accord: {planned.words}", markup=False, soft_wrap=True)


async def _each(rows: Iterable[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
    for row in rows:
        yield row
