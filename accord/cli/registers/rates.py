"""The shell command on reference rates: those of a day, with their version, and what a sum is by them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from accord.cli.options import JsonOption, run
from accord.cli.printing.output import out, print_json, rows_table
from accord.cli.typed_days import typed_day
from accord.cli.typed_sums import typed_money
from accord.client.desk import open_desk
from accord.presentation.faults import BadInput
from accord.presentation.words.values import sum_in_words
from domain.directory.base import MOST_DAYS
from domain.money.amounts import rounded
from domain.money.rates import EURO
from domain.screening.conversion import ReferenceRates
from domain.values import Money
from ledger import clock
from registers.rates import rates_on


def show_rates(
    amount: Annotated[str, typer.Argument(metavar="[SUM]", help="What to convert, such as 'EUR 90000'.")] = "",
    into: Annotated[str, typer.Option("--into", help="The currency to convert it into.")] = "USD",
    on: Annotated[
        datetime | None,
        typer.Option("--on", metavar="DAY", parser=typed_day, help="The rates of this day, or of the last before."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the ECB's reference rates of a day, and what a sum is by them. Nothing is paid or booked by them.

    Example: accord registers rates; accord registers rates 'EUR 90000' --into USD --on 2026-11-30
    """
    day = on.date() if on else clock.today()
    money = typed_money("SUM", amount) if amount else None

    async def work() -> ReferenceRates | None:
        async with open_desk() as desk, desk.pool.acquire() as connection:
            return await rates_on(connection, day, MOST_DAYS)

    evidence = run(work())
    if evidence is None:
        raise BadInput(
            f"no reference rates of the {MOST_DAYS} days up to {day} are loaded; `accord registers refresh ecb-rates`, "
            "or load the ECB's eurofxref-hist.csv"
        )
    return _print_sum(evidence, money, into, as_json) if money is not None else _print_rates(evidence, as_json)


def _print_sum(evidence: ReferenceRates, money: Money, into: str, as_json: bool) -> None:
    rates = evidence.rates
    if lacking := [code for code in (money.currency, into) if not rates.has(code)]:
        raise BadInput(f"the ECB has no rate of {lacking[0]} on {rates.day}; it publishes some thirty currencies")
    amount = rounded(rates.converted(money.amount, money.currency, into), into)
    if as_json:
        return print_json({**_source(evidence), "sum": money, "into": into, "amount": str(amount)})
    rate = f"{money.currency} 1 = {into} {rates.shown(money.currency, into)}"
    return out.print(f"{money} is {sum_in_words(amount, into)} ({rate}; {evidence.source}).", soft_wrap=True)


def _print_rates(evidence: ReferenceRates, as_json: bool) -> None:
    per_euro = {code: str(rate) for code, rate in evidence.rates.per_euro.items()}
    if as_json:
        return print_json({**_source(evidence), "per_euro": per_euro})
    out.print(f"By {evidence.source}:", soft_wrap=True)
    return out.print(rows_table(("Currency", f"For one {EURO}"), per_euro.items()))


def _source(evidence: ReferenceRates) -> dict[str, Any]:
    version = evidence.source.register_version
    return {"day": evidence.rates.day.isoformat(), "version": version.version, "sha256": version.sha256}


def register(app: typer.Typer) -> None:
    """Add this command to those on registers."""
    app.command("rates")(show_rates)
