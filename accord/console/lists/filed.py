"""Payments in a payment file before its hand-over: nobody makes another file of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from accord.client.waiting.made_files import EXPORT, made_files
from accord.console.lists.lines import QueueLine, Staffing
from accord.console.serving.desk import Console
from accord.presentation.filters import PaymentFilters
from accord.presentation.words.values import money_in_words
from domain.identity import payment_id
from domain.payment.payment_file import PaymentFile
from records.read_models.as_of import LedgerAsOf
from records.read_models.lists import PAGE, ListQuery
from records.read_models.lists_as_of import page_of

HAND_OVER: Final = "accord payments hand-over"
_READY: Final = ("status:RELEASED", "status:INSTRUCTED")


async def filed_of(console: Console, partnership_ids: Sequence[str]) -> Mapping[str, PaymentFile]:
    """Return the file with the ready payments, by partnership, where all of them stand in one."""
    files = await made_files(console.desk) if partnership_ids else {}
    if not files:
        return {}
    partnerships = tuple(f"partnership:{partnership_id}" for partnership_id in partnership_ids)
    rows = await page_of(console.desk.pool, ListQuery("payments", (partnerships, _READY)), LedgerAsOf(), 10 * PAGE)
    holding = [(row.shown["partnership_id"], files.get(payment_of(row.shown))) for row in rows]
    unfiled = {partnership_id for partnership_id, file in holding if file is None}
    return {
        partnership_id: file for partnership_id, file in holding if file is not None and partnership_id not in unfiled
    }


def payment_of(cells: Mapping[str, Any]) -> UUID:
    """Return the id of a payment of the list."""
    return payment_id(cells["partnership_id"], cells["tranche"], cells["attempt"])


def file_id_of(cells: Mapping[str, Any], files: Mapping[UUID, PaymentFile]) -> str:
    """Return the id of the file of a payment, gone or made, or ''. `files`: those made, by payment."""
    file = files.get(payment_of(cells))
    return cells["message_id"] or (file.message_id if file is not None else "")


async def next_of_files(console: Console) -> tuple[tuple[str, str], ...]:
    """Return the next acts on ready payments: their file is made, or the one with them leaves."""
    ready = await page_of(console.desk.pool, PaymentFilters(status="ready").asked(), LedgerAsOf())
    files = await made_files(console.desk)
    make = (("Make the payment file", "/"),) if any(payment_of(line.shown) not in files for line in ready) else ()
    waiting = {file.message_id for file in files.values()}
    path = f"/files/{next(iter(waiting))}" if len(waiting) == 1 else "/files"
    return (*make, ("Hand over the payment file", path)) if waiting else make


async def lines_with_files(console: Console, lines: Sequence[QueueLine], staffing: Staffing) -> list[QueueLine]:
    """Return lines of the queue, with the hand-over as next step where the payment stands in a file."""
    shown = await with_files(console, [line.shown for line in lines])
    return [
        line if cells is line.shown else staffing.line(cells, staffing.who(cells["ahead"], cells["awaiting"]))
        for line, cells in zip(lines, shown, strict=True)
    ]


async def with_files(console: Console, lines: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return lines of partnerships, with the hand-over as next step where the payment stands in a file."""
    waiting = [line["partnership_id"] for line in lines if line["command"].startswith(EXPORT)]
    filed = await filed_of(console, waiting)
    return [_handed_over_next(line, filed.get(line["partnership_id"])) for line in lines]


def _handed_over_next(line: Mapping[str, Any], file: PaymentFile | None) -> Mapping[str, Any]:
    if file is None or not line["command"].startswith(EXPORT):
        return line
    return {
        **line,
        "command": HAND_OVER,
        "next_step": f"hand over the payment file: the payment stands in that of {money_in_words(file.total)}",
    }
