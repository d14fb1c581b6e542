"""The shell command that opens a published cell: the events that it is the sum of, from the ledger itself."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from accord.cli.options import JsonOption, run
from accord.cli.printing.fitting import Heading
from accord.cli.printing.output import out, print_json, rows_table
from accord.cli.publishing.folders import PublishedCells, read_cells
from accord.cli.publishing.receipts import require_this_ledger
from accord.cli.publishing.signatures import TrustedOption, UnsignedOption, trust_of
from accord.client.desk import open_desk
from accord.presentation.faults import BadInput
from ledger import StoredEvent

_HEADINGS: Final = (Heading("Event"), Heading("Recorded"), Heading("Stream"), Heading("Type"), Heading("Adds"))


def explain(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A published file, with its receipt beside it.")],
    cell: Annotated[str, typer.Argument(metavar="CELL", help="The cell, such as 7:cash or P-2026-0042/awardDate.")],
    log: TrustedOption = None,
    without_signature: UnsignedOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show the events that a published cell is the sum of, read from the ledger.

    First the receipt's signature is verified, then the file is held against it, and the receipt against this ledger.
    Example: accord publish explain schedules-2026/schedule-i-part-2.csv 7:cash
    """
    published_cells = read_cells(file, trust_of(log, without_signature))
    parts = _parts(published_cells, file, cell)
    events = run(_events(published_cells, [int(part[0]) for part in parts]))
    amounts = [Decimal(part[1]) if len(part) > 1 else None for part in parts]
    sums = [amount for amount in amounts if amount is not None]
    if as_json:
        rows = [_as_json(event, amount) for event, amount in zip(events, amounts, strict=True)]
        return print_json({"cell": cell, "sum": str(sum(sums)) if sums else None, "events": rows})
    out.print(rows_table(_HEADINGS, [_row(event, amount) for event, amount in zip(events, amounts, strict=True)]))
    return out.print(f"together: {sum(sums):,}", markup=False) if sums else None


def _parts(published_cells: PublishedCells, file: Path, cell: str) -> list[list[Any]]:
    """Return the parts of a cell. Raises BadInput if no event stands behind a cell of that name."""
    if cell in published_cells.cells:
        return published_cells.cells[cell]
    if not published_cells.cells:
        raise BadInput(f"cell: {file.name} has no cells of its own; name the CSV or JSON of its table beside it")
    like = ", ".join(
        get_close_matches(cell, published_cells.cells, n=3, cutoff=0.3) or sorted(published_cells.cells)[:3]
    )
    raise BadInput(f"cell: no event stands behind {cell!r} in {file.name}; cells are called {like}")


async def _events(published_cells: PublishedCells, positions: Sequence[int]) -> list[StoredEvent]:
    async with open_desk() as desk:
        await require_this_ledger(desk.ledger, published_cells.receipt)
        return [event for position in positions async for event in desk.ledger.read_between(position - 1, position)]


def _row(event: StoredEvent, amount: Decimal | None) -> tuple[Any, ...]:
    adds = f"{amount:,}" if amount is not None else ""
    return event.position, f"{event.recorded_at:%Y-%m-%d %H:%M}", event.stream_id, event.event_type, adds


def _as_json(event: StoredEvent, amount: Decimal | None) -> dict[str, Any]:
    return {
        "position": event.position, "recorded_at": event.recorded_at.isoformat(), "stream": event.stream_id,
        "type": event.event_type, "amount": str(amount) if amount is not None else None,
    }  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the command to the shell."""
    app.command()(explain)
