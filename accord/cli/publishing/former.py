"""A board's book that was published before: its sums and stages, read from its own files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from accord.cli.publishing.folders import PublishedCells, read_cells
from accord.cli.publishing.signatures import Trust
from accord.presentation.faults import BadInput
from publishing.board.changes import FormerBook
from publishing.board.shares import ShareKind
from publishing.figures import EventSum, SumPart

GRANTS = "grants.csv"


class FormerFolder(NamedTuple):
    """A book that was published before, with its receipt."""

    book: FormerBook
    receipt: Mapping[str, Any]


def read_former(folder: Path, trust: Trust) -> FormerFolder:
    """Return the book in a folder, after its receipt was verified and its files were held against it.

    Raises:
        BadInput: The folder holds no board's book, or cannot be read.
        Refused: A file of it was changed, or the receipt's signature does not hold.
    """
    published_cells = read_cells(folder / GRANTS, trust)
    receipt = published_cells.receipt
    if receipt.get("publication") != "board":
        raise BadInput(f"--since: {folder} holds a publication {receipt.get('publication')!r}, and no board's book")
    rows = list(csv.DictReader(io.StringIO((folder / GRANTS).read_text("utf-8"))))
    known_at = receipt["known_at"]
    book = FormerBook(
        date.fromisoformat(receipt["true_at"]), datetime.fromisoformat(known_at) if known_at else None,
        int(receipt["position"]),
        {(row["grant"], row["currency"]): dict(_figures(row, published_cells)) for row in rows},
        {row["grant"]: row["stage"] for row in rows if row["stage"]},
    )  # fmt: skip
    return FormerFolder(book, receipt)


def _figures(row: Mapping[str, str], published_cells: PublishedCells) -> Iterator[tuple[ShareKind, EventSum]]:
    for kind in ShareKind:
        cell = published_cells.cells.get(f"{row['row']}:{kind.value}", [])
        yield kind, EventSum(row["currency"], tuple(SumPart(int(part[0]), Decimal(part[1])) for part in cell))


def require_earlier(former: FormerFolder, position: int, funder: str) -> None:
    """Refuse a book of another funder, or one that knew more than this one."""
    if former.receipt["funder"] != funder:
        raise BadInput(f"--since: that book is of {former.receipt['funder']}, and this one of {funder}")
    if former.book.position > position:
        raise BadInput(
            f"--since: that book knew the ledger up to {former.book.position}, and this one up to {position}; name the "
            "later one's day and time first"
        )
