"""Shell commands that export the book, and that close its periods by two signatures."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from accord.cli.options import ActorOption, JsonOption, ReasonOption, run
from accord.cli.printing.fitting import Heading
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.client.desk import open_desk
from accord.organisation.books import closing
from accord.organisation.books.exporting import PeriodExport, beancount_export, last_day_of, period_export
from accord.presentation.faults import BadInput
from domain.books.periods import Closes
from ledger import clock
from records.books.reading import Books

PeriodArgument = Annotated[
    str, typer.Argument(metavar="PERIOD", help="A month, such as 2026-11, or the last day of the period.")
]


class BookForm(StrEnum):
    """A form of the export."""

    CSV = "csv"
    BEANCOUNT = "beancount"


def export(
    period: PeriodArgument,
    form: Annotated[
        BookForm, typer.Option("--format", help="csv: the period's postings. beancount: all up to its last day.")
    ] = BookForm.CSV,
    to: Annotated[Path | None, typer.Option("--out", help="The file to write, instead of standard output.")] = None,
) -> None:
    """Export the postings of a period as CSV for a general ledger, or the book up to its end for beancount.

    A closed period is the same to the byte for ever; what another one has may still change, and it says so. The columns
    are in docs/books.md.
    Example: accord books export 2026-11 --out november.csv
    """
    last_day = last_day_of(period)

    async def work() -> tuple[str, bool]:
        async with open_desk() as desk:
            books = Books(desk.reader)
            is_closed = (await books.closes()).of(last_day) is not None
            if form is BookForm.BEANCOUNT:
                return await beancount_export(books, last_day), is_closed
            return (await period_export(books, last_day)).text, is_closed

    text, is_closed = run(work())
    _write(text, to)
    if not is_closed:
        err.print(f"accord: {_not_closed(last_day)}", markup=False, soft_wrap=True)


def _not_closed(last_day: date) -> str:
    over = "" if last_day < clock.today() else f", and {last_day} is not over"
    return f"no close is of the period up to {last_day}{over}: what it has may still change"


def close(period: PeriodArgument, reason: ReasonOption, actor: ActorOption, as_json: JsonOption = False) -> None:
    """Ask to close a period, with the digest of its export. Another person closes it with `accord books confirm`.

    What is recorded later of its days goes to the next period. The ledger goes on as it is.
    Example: accord books close 2026-11 --reason 'reconciled with the statement of 30 November' --as femi.ade
    """
    last_day = last_day_of(period)

    async def work() -> PeriodExport:
        async with open_desk(acting=True) as desk:
            return await closing.ask_close(desk, last_day, reason, actor)

    period_close = run(work())
    if as_json:
        return print_json({**_as_json(period_close), "asked_by": actor})
    out.print(f"{actor} asked to close {_words(period_close)}. It is closed once another person made the same export:",
              markup=False)  # fmt: skip
    out.print(f"  accord books confirm {last_day} --as STAFF", markup=False)
    return out.print(f"What is open before that: accord books checklist {last_day}", markup=False)


def confirm(period: PeriodArgument, actor: ActorOption, as_json: JsonOption = False) -> None:
    """Close a period that another person asked to close. The same export is made here first, and compared.

    Example: accord books confirm 2026-11 --as dora.kim
    """
    last_day = last_day_of(period)

    async def work() -> PeriodExport:
        async with open_desk(acting=True) as desk:
            return await closing.confirm_close(desk, last_day, actor)

    period_close = run(work())
    if as_json:
        return print_json({**_as_json(period_close), "confirmed_by": actor})
    return out.print(f"Closed: {_words(period_close)}.", markup=False)


def periods(as_json: JsonOption = False) -> None:
    """List the closed periods, and the closes that wait for a second person.

    Example: accord books periods
    """

    async def work() -> Closes:
        async with open_desk() as desk:
            return await Books(desk.reader).closes()

    closes = run(work())
    if as_json:
        return print_json(_periods_as_json(closes))
    rows = [
        (act.last_day, act.position, act.sha256[:16], act.asked_by, act.confirmed_by, f"{act.at:%Y-%m-%d}")
        for act in closes.periods
    ]
    rows += [
        (act.last_day, act.position, act.sha256[:16], act.actor, "waits for another person", "")
        for act in closes.requests.values()
    ]
    if not rows:
        return out.print("No period is closed; ask for a close with `accord books close`.")
    headings = ("Up to", Heading("Position", 2), "Digest", "Asked by", "Closed by", Heading("Closed", 1))
    return out.print(rows_table(headings, rows))


def _write(text: str, to: Path | None) -> None:
    if to is None:
        return typer.echo(text, nl=False)
    try:
        to.write_bytes(text.encode())
    except OSError as fault:
        raise BadInput(f"--out: {to} cannot be written: {fault.strerror}") from fault
    return err.print(f"accord: wrote {to}", markup=False)


def _words(export: PeriodExport) -> str:
    return (
        f"the period up to {export.last_day}: {export.entries} entries of the ledger up to {export.position}, digest "
        f"{export.sha256[:16]}"
    )


def _as_json(export: PeriodExport) -> dict[str, Any]:
    return {
        "last_day": export.last_day, "position": export.position, "entries": export.entries, "sha256": export.sha256,
        "basis": export.rules.basis,
    }  # fmt: skip


def _periods_as_json(closes: Closes) -> dict[str, Any]:
    return {
        "closed": [
            {
                "last_day": act.last_day, "position": act.position, "sha256": act.sha256, "form": act.form,
                "basis": act.rules.basis, "asked_by": act.asked_by, "confirmed_by": act.confirmed_by, "at": act.at,
            }
            for act in closes.periods
        ],
        "waiting": [
            {
                "last_day": act.last_day, "position": act.position, "sha256": act.sha256, "asked_by": act.actor,
                "reason": act.reason,
            }
            for act in closes.requests.values()
        ],
    }  # fmt: skip


def register(outer: typer.Typer) -> None:
    """Add the commands of this module to a group."""
    for command in (export, close, confirm, periods):
        outer.command()(command)
