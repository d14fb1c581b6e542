"""Shell commands for auditors: what was paid, on whose decision, and whether the record of it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.options import ActorOption, IdArgument, JsonOption, run
from accord.cli.payments import sampling
from accord.cli.printing.behind import warn_if_behind
from accord.cli.printing.lists import AllOption, FormOption, LimitOption, ListForm, ToOption, Wanted, print_list
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.client.database import open_database
from accord.client.desk import open_desk
from accord.client.papers.copies import TakenPaper
from accord.client.papers.folder import take_home
from accord.client.papers.opening import open_papers
from accord.client.reading import LedgerAccess
from accord.counter.payments_made import COLUMNS, forgotten_payments, payments_made
from accord.presentation.faults import Refused
from deploy.settings import papers_place
from ledger import clock

app = typer.Typer(no_args_is_help=True, help="For auditors: what was paid, on whose decision, and whether it holds.")


@app.callback()
def audit() -> None:
    """For auditors: what was paid, on whose decision, and whether the record of it holds."""


@app.command("payments")
def audit_payments(
    year: Annotated[int | None, typer.Option("--year", min=2000, max=2999, help="This year, unless said.")] = None,
    limit: LimitOption = None,
    every: AllOption = False,
    form: FormOption = ListForm.TABLE,
    to: ToOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the payments that left in a year: sums, signers with their keys, the bank's word, and whether all holds.

    What left before a restore, as two of finance signed, and is not known any more is named beside the list. Each
    signature is verified and each event's leaf is made anew while it is listed.
    Example: accord audit payments --year 2026 --format csv --out payments-2026.csv
    """
    list_options, audit_year = Wanted.of(form, as_json, limit, every, to), year or clock.today().year

    async def work() -> None:
        async with open_database() as pool:
            await warn_if_behind(pool)
            reading = LedgerAccess(pool)
            await print_list(
                payments_made(reading, audit_year), COLUMNS, list_options, f"No payment left in {audit_year}."
            )
            for payment, epoch in (await forgotten_payments(reading)).items():
                warning = (
                    f"accord: payment {payment} left before epoch {epoch} of the ledger began; the ledger forgot it"
                )
                err.print(warning, style="yellow", soft_wrap=True, markup=False)

    run(work())


@app.command("papers")
def audit_papers(
    partnership: IdArgument,
    actor: ActorOption,
    to: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="A new folder.")],
    active: Annotated[bool, typer.Option("--active", help="Also papers in which something acts by itself.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write the papers that a partnership's acts ever named into a folder, each held against its digest, with an index.

    index.csv and index.html, which needs no network, say of each where it is, and of what is not there who has it.
    Each paper is a look in the access log. Exit code 1 if one is lost, or is another than the ledger names.
    Example: accord audit papers P-2026-0042 --out papers-42 --as otto.audit
    """

    async def work() -> list[TakenPaper]:
        async with open_desk() as desk:
            papers = open_papers(desk.pool) if papers_place() else None
            return await take_home(desk, papers, partnership, to, actor, active)

    copies = run(work())
    if as_json:
        print_json([{**copy.paper._asdict(), "file": copy.file, "outcome": copy.outcome} for copy in copies])
    else:
        rows = ((copy.paper.name, copy.paper.digest[:16], copy.file or "-", copy.outcome) for copy in copies)
        out.print(rows_table(("Paper", "SHA-256", "File", "Held against it"), rows) if copies else "It names no paper.")
    if faulty := sum(copy.is_faulty for copy in copies):
        raise Refused(
            f"{faulty} papers are lost, or others than the ledger names; see {to / 'index.html'}", "PaperLost"
        )


sampling.add_to(app)


def register(outer: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    outer.add_typer(app, name="audit")
