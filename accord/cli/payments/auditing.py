"""Shell commands for auditors: what was paid, on whose decision, and whether the record of it holds."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.cli.options import JsonOption, run
from accord.cli.printing.behind import warn_if_behind
from accord.cli.printing.lists import AllOption, FormOption, LimitOption, ListForm, ToOption, Wanted, print_list
from accord.cli.printing.output import err
from accord.client.database import open_database
from accord.client.reading import LedgerAccess
from accord.counter.payments_made import COLUMNS, forgotten_payments, payments_made
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


def register(outer: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    outer.add_typer(app, name="audit")
