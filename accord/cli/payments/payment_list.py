"""The shell command that lists payments: what was paid to whom, when, by whom, and what the bank said."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.cli.options import AsOfOption, JsonOption, KnownAtOption, run
from accord.cli.partnerships.listing import LinesAsked, PayeeOption, PlanningOption, SumOption, listed
from accord.cli.printing.lists import AllOption, FormOption, LimitOption, ListForm, ToOption, Wanted
from accord.presentation import sheets
from accord.presentation.filters import PaymentFilters


def payments(
    partnership: Annotated[str, typer.Argument(metavar="[ID]", help="One partnership; else all.")] = "",
    payee: PayeeOption = "",
    status: Annotated[str, typer.Option("--status", help="Only these, such as paid, or SETTLED.")] = "",
    released_from: Annotated[
        str, typer.Option("--from", metavar="DAY", help="Paid, or last moved, on this day or later.")
    ] = "",
    released_to: Annotated[
        str, typer.Option("--to", metavar="DAY", help="Paid, or last moved, on this day or before.")
    ] = "",
    sums: SumOption = "",
    planning: PlanningOption = False,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    limit: LimitOption = None,
    every: AllOption = False,
    form: FormOption = ListForm.TABLE,
    to: ToOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the payment attempts of all partnerships or of one, the newest first, with their days.

    What came back of a paid one is a line of its own, BACK, with a sum below zero: the paid ones and these add up to
    what is spent. Example: accord payments list --payee riverbend --from 2026-01-01 --status paid --format csv
    """
    filters = PaymentFilters(partnership.upper(), payee, status.upper(), sums, released_from, released_to)
    list_options = Wanted.of(form, as_json, limit, every, to)
    empty_text = "Nothing was released." if filters == PaymentFilters() else "No payment is as these filters say."
    beside = LinesAsked(before=False, planning=planning)
    run(listed(filters.asked(), sheets.PAYMENTS, list_options, empty_text, (as_of, known_at), beside))


def register(app: typer.Typer) -> None:
    """Add the command of this module to those on payments."""
    app.command("list")(payments)
