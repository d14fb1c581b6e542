"""Shell commands that bring a table of partnerships in: two people sign it, and its records are written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from accord.cli.imports.checking import TableArgument, file_at, in_words, mapping_at
from accord.cli.options import ActorOption, JsonOption, run
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.client.desk import open_desk
from accord.organisation.imports.applying import AppliedImport, apply_import
from accord.organisation.imports.signing import SignedOrder, confirm_import, sign_import
from accord.presentation.faults import BadInput
from accord.presentation.input_files import read_file
from domain.imported.standing import ImportStanding
from domain.imported.totals import ControlTotals
from records.imports import ImportedPartnerships, read_imported, read_orders

MappingOption = Annotated[
    Path | None, typer.Option("--mapping", help="For the first signature: the mapping of its columns.", exists=True)
]
TotalsOption = Annotated[
    Path | None, typer.Option("--totals", help="For the first signature: the control totals.", exists=True)
]
CorrectionsOption = Annotated[
    bool, typer.Option("--corrections", help="Also correct what was brought in before and is other now.")
]


def sign(
    file: TableArgument,
    actor: ActorOption,
    mapping: MappingOption = None,
    totals: TotalsOption = None,
    corrections: CorrectionsOption = False,
    as_json: JsonOption = False,
) -> None:
    """Sign the import of a table: first with its mapping and control totals, then another person confirms it.

    The second signature is refused if what the table says changed since the first. Each signer is warned before of
    lists that are missing or old, of questions about screening, and of sums of a part of a year; it is signed with it.
    Example: accord import sign grants.xlsx --mapping mapping.toml --totals totals.toml --as femi.ade
    Example: accord import sign grants.xlsx --as dora.kim
    """
    if (mapping is None) is not (totals is None):
        raise BadInput("--mapping, --totals: the first signature needs both; whoever confirms gives neither")
    table = file_at(file)
    columns = mapping_at(mapping) if mapping is not None else None
    typed_totals = read_file(totals, ControlTotals) if totals is not None else None

    async def work() -> SignedOrder:
        async with open_desk(acting=True) as desk:
            if columns is None or typed_totals is None:
                return await confirm_import(desk, table, actor, _warned)
            return await sign_import(desk, table, columns, typed_totals, actor, corrections=corrections, warn=_warned)

    signed_import = run(work())
    if as_json:
        return print_json(_as_json(signed_import.order_sha256, signed_import.standing))
    begin = f"Import {signed_import.order_sha256[:12]} of {_size(signed_import.standing)}"
    if signed_import.standing.confirmer:
        words = f"{begin} is confirmed. Next: `accord import apply {file}`"
    else:
        words = f"{begin} is signed. Next, by another person: `accord import sign {file} --as STAFF`"
    return out.print(words, markup=False, soft_wrap=True)


def _warned(cautions: tuple[str, ...]) -> None:
    """Print what a signer is warned of, and ask them at a terminal whether they sign."""
    for caution in cautions:
        err.print(f"Before you sign: {caution}.", style="yellow", markup=False, soft_wrap=True)
    if cautions and sys.stdin.isatty():
        typer.confirm("Sign all the same?", abort=True, err=True)


def apply(file: TableArgument, as_json: JsonOption = False) -> None:
    """Write the records of a table that two people signed. Cut off, it goes on where it was.

    Each is one event that says what is claimed. Nothing is paid on it: whoever pays proposes the partnership first.
    Example: accord import apply grants.xlsx
    """
    table = file_at(file)

    async def work() -> AppliedImport:
        async with open_desk(acting=True) as desk:
            with Progress(console=err, transient=True) as bar:
                task = bar.add_task("Writing partnerships of before", total=None)
                return await apply_import(
                    desk, table, lambda count, total: bar.update(task, completed=count, total=total)
                )

    result = run(work())
    if as_json:
        return print_json(result._asdict())
    out.print(
        f"Import {result.order_sha256[:12]}: {result.written:,} written, {result.before:,} were here already.",
        markup=False,
        soft_wrap=True,
    )
    if result.left:
        out.print(
            f"{result.left:,} that were signed are not written: they are asked about or other by now;"
            f" `accord import check {file}` says which.",
            markup=False,
            soft_wrap=True,
        )
        raise typer.Exit(1)
    return None


def status(as_json: JsonOption = False) -> None:
    """List the imports: who signed each, and how many of its records are written.

    Example: accord import status
    """

    async def work() -> tuple[list[tuple[str, ImportStanding]], ImportedPartnerships]:
        async with open_desk() as desk:
            return await read_orders(desk.reader), await read_imported(desk.reader)

    orders, partnerships = run(work())
    digests = [standing.record.sha256 for standing in partnerships.standing.values()]
    counts = {order: sum(digest in standing.allowed for digest in digests) for order, standing in orders}
    if as_json:
        return print_json([{**_as_json(order, standing), "standing": counts[order]} for order, standing in orders])
    rows = [
        (order[:12], standing.signer, standing.confirmer or "waits", _size(standing), f"{counts[order]:,}")
        for order, standing in orders
    ]
    table = rows_table(("Import", "Signed by", "Confirmed by", "Of", "Standing"), rows)
    return out.print(table if rows else "Nothing was brought in; start with `accord import suggest FILE`.")


def listed(as_json: JsonOption = False) -> None:
    """List the partnerships of before: what is claimed of each, and what nobody knows. None of it was checked here.

    Example: accord import list
    """

    async def work() -> ImportedPartnerships:
        async with open_desk() as desk:
            return await read_imported(desk.reader)

    records = [standing.record for _, standing in sorted(run(work()).standing.items())]
    if as_json:
        return print_json(records)
    rows = [
        (
            record.reference,
            record.partnership.partner.name,
            record.partnership.stage.value,
            str(record.partnership.agreed or "no money"),
            f"{record.partnership.kept:,}" if record.partnership.agreed else "",
            ", ".join(record.partnership.unknown),
            f"{record.source} {record.partnership.key}",
        )
        for record in records
    ]
    headings = ("Reference", "Partner", "Claimed", "Agreed", "Paid and kept", "Not known", "From")
    return out.print(rows_table(headings, rows) if rows else "No partnership of before was brought in.")


def _as_json(order_sha256: str, standing: ImportStanding) -> dict[str, Any]:
    order = standing.order
    return {
        "import": order_sha256,
        "signed_by": standing.signer,
        "confirmed_by": standing.confirmer or None,
        "partnerships": len(order.records) if order else 0,
        "totals": order.totals if order else None,
        "cautions": list(order.cautions) if order else [],
    }


def _size(standing: ImportStanding) -> str:
    if standing.order is None:
        return "nothing"
    return f"{len(standing.order.records):,} records ({in_words(standing.order.totals)})"


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command("sign")(sign)
    app.command("apply")(apply)
    app.command("status")(status)
    app.command("list")(listed)
