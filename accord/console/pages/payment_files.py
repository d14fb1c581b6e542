"""The page of payment files: what each pays, who made it, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import asyncpg
from starlette.requests import Request
from starlette.responses import Response

from accord.audit.bank.payment_files import read_payment_file
from accord.client.waiting.file_answers import file_answers
from accord.console.lists.filed import next_of_files
from accord.console.pages.tables import Cell, PageTable, TableRow, shown_table
from accord.console.serving.desk import Console
from accord.presentation import sheets
from accord.presentation.numbers import count_in_words
from accord.presentation.words.days import day_in_words, time_in_words
from accord.presentation.words.payments import FILE_STANDINGS, SIGNED_BY_ONE, answer_in_words, left_in_words
from accord.presentation.words.values import NamesInWords, money_in_words
from accord.web.taking import Taking, takings
from domain.payment.payment_file import FileStatus, HandOverAgreed, PaymentFile

FILES: Final = """
SELECT message_id, created_at, payment_count, status, sha256 FROM payments.files ORDER BY created_at DESC LIMIT 100
"""
"""The newest files, each of which is folded from its signed acts."""


async def show(request: Request) -> Response:
    """Show the payment files, the newest first: made, handed over, void or never sent."""
    console: Console = request.app.state.console
    records, counter = await console.desk.pool.fetch(FILES), console.settings.counter_origin
    folded = [await read_payment_file(console.desk.reader, row["message_id"]) for row in records]
    names = NamesInWords(await console.desk.directory())
    answers = await file_answers(console.desk.pool, [row["message_id"] for row in records])
    takers = await takings(console.desk.pool, [row["message_id"] for row in records])
    table = PageTable(
        "Files", sheets.FILES, [_file(row, file) for row, file in zip(records, folded, strict=True)],
        title="Payment files", is_timed=False,
        headings=("Made", "It pays", "On", "State", "The bank’s answer", "Codes"),
        row_cells=[
            _file_row(row, file, names, answers.get(row["message_id"], {}), takers.get(row["message_id"]))
            for row, file in zip(records, folded, strict=True)
        ],
        acts=tuple((words, counter + path) for words, path in await next_of_files(console)) if counter else (),
        empty="No file yet. Finance makes one at the counter, of payments that were released.",
    )  # fmt: skip
    return await shown_table(request, table)


def _file(row: asyncpg.Record, file: PaymentFile) -> dict[str, Any]:
    total = file.total
    return {
        **dict(row),
        "created_at": row["created_at"].isoformat(),
        "status": row["status"].replace("_", " ").lower(),
        "amount": str(total.amount) if total is not None else None,
        "currency": total.currency if total is not None else None,
    }


def _file_row(
    row: asyncpg.Record, file: PaymentFile, names: NamesInWords, answers: Mapping[str, int],
    taker: Taking | None,
) -> TableRow:  # fmt: skip
    status = FileStatus(row["status"])
    signed_by_one = status is FileStatus.MADE and any(
        isinstance(agreement, HandOverAgreed) for agreement in file.agreed
    )
    words, tone = SIGNED_BY_ONE if signed_by_one else FILE_STANDINGS[status]
    if status is FileStatus.HANDED_OVER:
        # written again on that day or later, it may lie there once more
        is_taken = taker is not None and taker.at.date() > file.last_written_on
        words, tone = left_in_words(answers, is_taken)
    took = f"{names.person(taker.staff_id)} took it on {time_in_words(taker.at)}" if taker is not None else ""
    answer = Cell(answer_in_words(answers) if status is FileStatus.HANDED_OVER else "")
    codes = (("Its number", row["message_id"]), ("Digest (SHA-256)", row["sha256"]))
    maker = f"by {names.person(file.made_by)}" if file.made_by else "by nobody who may"
    payments = count_in_words(row["payment_count"], "payment")
    total = Cell(money_in_words(file.total), payments) if file.total is not None else Cell(payments)
    day = Cell(day_in_words(file.execution_on) if file.total is not None else "")
    made = Cell(time_in_words(row["created_at"]), maker)
    return TableRow((made, total, day, Cell(words, took, tone=tone), answer, Cell("", codes=codes)))
