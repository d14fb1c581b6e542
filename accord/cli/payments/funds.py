"""Shell commands on funds: open one, change its money by two signatures, and show what is left of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final

import typer

from accord.cli.options import ActorOption, AsOfOption, JsonOption, KnownAtOption, ReasonOption, run
from accord.cli.partnerships.reading import caught_up, cut_at
from accord.cli.printing.fitting import Heading
from accord.cli.printing.output import out, print_json, rows_table
from accord.cli.typed_days import typed_day
from accord.cli.typed_sums import typed_sum
from accord.client.desk import open_desk
from accord.organisation import funds as client
from accord.presentation.faults import Refused
from domain.funds.events import Adoption, FundKind, Transfer
from domain.funds.fund import Fund, PendingChange
from domain.funds.transfers import undone
from domain.values import minor_digits
from ledger import clock
from records.funds import funds_as_of
from records.read_models.as_of import LedgerAsOf
from records.read_models.funds import FUNDS, funds_in

app = typer.Typer(no_args_is_help=True, help="Funds: what money there is for what, what is kept of it, what is left.")

_COLUMNS: Final = (
    "Fund", Heading("Kind", 6), Heading("For", 1), Heading("Funder", 5), Heading("Year", 7), "Currency",
    Heading("Granted", is_sum=True), Heading("Reserved", 3, is_sum=True), Heading("Committed", 4, is_sum=True),
    Heading("Spent", 2, is_sum=True), Heading("Available", is_sum=True),
)  # fmt: skip

_SUMS: Final = ("granted", "reserved", "committed", "spent", "available")
"""The sums of a fund, the first of which is that of the others."""

FundArgument = Annotated[str, typer.Argument(metavar="FUND", help="The fund, such as FD-2026-ISOC.")]
AmountArgument = Annotated[str, typer.Argument(metavar="AMOUNT", help="Such as 250000.00, in the fund's currency.")]


@app.command("open")
def open_fund(
    fund: FundArgument,
    name: Annotated[str, typer.Option("--name", help="What it is called.")],
    funder: Annotated[str, typer.Option("--funder", help="Whose money it is: a funder of the directory.")],
    currency: Annotated[str, typer.Option("--currency", help="Such as USD.")],
    year: Annotated[
        int, typer.Option("--year", min=2000, max=2999, help="The year in which money may be reserved of it.")
    ],
    actor: ActorOption,
    programme: Annotated[str | None, typer.Option("--programme", help="For a programme's budget: which one.")] = None,
    first_day: Annotated[
        datetime | None,
        typer.Option("--from", metavar="DAY", parser=typed_day, help="A first day other than 1 January."),
    ] = None,
    last_day: Annotated[
        datetime | None,
        typer.Option("--to", metavar="DAY", parser=typed_day, help="A last day other than 31 December."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Open an unrestricted fund, or a programme's budget. It holds no money until two people sign for some.

    A restricted gift has a fund of its own from its agreement on, under its reference: FD-P-2026-0007.
    Example: accord funds open FD-2026-LIBRARIES --name 'Libraries 2026' --funder ISOC --currency USD --year 2026
    --programme Libraries --as femi.ade
    """
    content = {
        "fund_kind": FundKind.PROGRAMME if programme else FundKind.UNRESTRICTED, "name": name, "funder": funder,
        "currency": currency, "programme": programme,
        "first_day": first_day.date() if first_day else date(year, 1, 1),
        "last_day": last_day.date() if last_day else date(year, 12, 31),
    }  # fmt: skip

    async def work() -> None:
        async with open_desk(acting=True) as desk:
            await client.open_fund(desk, fund, actor, **content)

    run(work())
    if as_json:
        return print_json({"fund": fund, "kind": content["fund_kind"]})
    then = "budget" if programme else "balance"
    return out.print(
        f"Opened {fund}. It holds no money yet: `accord funds {then} {fund} AMOUNT --reason REASON --as STAFF`.",
        markup=False,
    )


@app.command()
def balance(
    fund: FundArgument, amount: AmountArgument, reason: ReasonOption, actor: ActorOption, as_json: JsonOption = False
) -> None:
    """Ask for the opening balance of a fund, which another person confirms.

    Example: accord funds balance FD-2026-ISOC 500000.00 --reason 'audited accounts 2025, note 7' --as femi.ade
    """
    _ask(fund, {"kind": "opening_balance", "amount": typed_sum("AMOUNT", amount)}, reason, actor, as_json)


@app.command()
def budget(
    fund: FundArgument, amount: AmountArgument, reason: ReasonOption, actor: ActorOption, as_json: JsonOption = False
) -> None:
    """Ask for a programme's whole budget, in place of an earlier one. Another person confirms it.

    Example: accord funds budget FD-2026-LIBRARIES 250000.00 --reason 'board resolution 12' --as femi.ade
    """
    _ask(fund, {"kind": "budget", "amount": typed_sum("AMOUNT", amount)}, reason, actor, as_json)


@app.command()
def transfer(
    fund: FundArgument,
    to: Annotated[str, typer.Argument(metavar="TO", help="The fund that gets it.")],
    amount: AmountArgument,
    reason: ReasonOption,
    actor: ActorOption,
    as_json: JsonOption = False,
) -> None:
    """Ask to move money to another fund, of the same funder and currency. Another person confirms it.

    Example: accord funds transfer FD-2026-ISOC FD-2026-LIBRARIES 20000.00 --reason 'as resolved' --as femi.ade
    """
    _ask(fund, {"kind": "transfer", "to": to, "amount": typed_sum("AMOUNT", amount)}, reason, actor, as_json)


@app.command()
def overdraft(
    fund: FundArgument, amount: AmountArgument, reason: ReasonOption, actor: ActorOption, as_json: JsonOption = False
) -> None:
    """Ask to let a fund go below zero, by up to the amount. 0 ends it. Another person confirms it.

    Example: accord funds overdraft FD-2026-ISOC 10000.00 --reason 'until the pledge of May' --as femi.ade
    """
    _ask(fund, {"kind": "overdraft", "amount": typed_sum("AMOUNT", amount)}, reason, actor, as_json)


@app.command()
def close(fund: FundArgument, reason: ReasonOption, actor: ActorOption, as_json: JsonOption = False) -> None:
    """Ask to close a fund of which nothing is kept any more. Another person confirms it.

    Example: accord funds close FD-2025-ISOC --reason 'the year is over' --as femi.ade
    """
    _ask(fund, {"kind": "closing"}, reason, actor, as_json)


@app.command()
def adopt(
    fund: FundArgument,
    partnerships: Annotated[list[str], typer.Argument(metavar="ID...", help="The partnerships that it pays.")],
    reason: ReasonOption,
    actor: ActorOption,
    as_json: JsonOption = False,
) -> None:
    """Ask for a fund to pay the rest of partnerships that were approved before. Another person confirms it.

    Example: accord funds adopt FD-P-2026-0007 P-2026-0011 --reason 'approved before funds were kept' --as femi.ade
    """
    _ask(fund, {"kind": "adoption", "partnerships": partnerships}, reason, actor, as_json)


def _ask(fund: str, change: dict[str, Any], reason: str, actor: str, as_json: bool) -> None:
    async def work() -> PendingChange:
        async with open_desk(acting=True) as desk:
            return await client.ask(desk, fund, change, reason, actor)

    fund_change = run(work())
    if as_json:
        return print_json({"fund": fund, "change_id": str(fund_change.change_id), "change": fund_change.event.change})
    out.print(f"{actor} asked: {told(fund_change)}. It is in force once another person confirmed it:", markup=False)
    return out.print(f"  accord funds confirm {fund} {str(fund_change.change_id)[:8]} --as STAFF", markup=False)


@app.command()
def confirm(
    fund: FundArgument,
    change: Annotated[str, typer.Argument(metavar="CHANGE", help="Its id, or the first 8 characters of it.")],
    actor: ActorOption,
    as_json: JsonOption = False,
) -> None:
    """Confirm a change that another person asked for. It is in force from then on.

    Example: accord funds confirm FD-2026-ISOC 3fa94c11 --as dora.kim
    """

    async def work() -> PendingChange:
        async with open_desk(acting=True) as desk:
            return await client.confirm(desk, fund, change, actor)

    fund_change = run(work())
    if as_json:
        return print_json(
            {"fund": fund, "change": told(fund_change), "asked_by": fund_change.event.actor, "confirmed_by": actor}
        )
    return out.print(
        f"In force: {told(fund_change)} (asked by {fund_change.event.actor}: {fund_change.event.reason})", markup=False
    )


@app.command("list")
def list_funds(as_of: AsOfOption = None, known_at: KnownAtOption = None, as_json: JsonOption = False) -> None:
    """List the funds with their sums, now or as of two dates.

    Example: accord funds list --as-of 2026-06-30
    """
    ledger_as_of = cut_at(as_of, known_at)
    funds, now = (
        [fund for fund in run(_funds(ledger_as_of)) if fund.is_open],
        ledger_as_of.true_at or ledger_as_of.known_at or clock.now(),
    )
    if as_json:
        return print_json([summary(fund, now) for fund in funds])
    if not funds:
        return out.print("No funds yet; open one with `accord funds open`.")
    return out.print(rows_table(_COLUMNS, (_row(fund, now) for fund in funds)))


@app.command()
def show(
    fund: FundArgument, as_of: AsOfOption = None, known_at: KnownAtOption = None, as_json: JsonOption = False
) -> None:
    """Show a fund: its sums, what each partnership has of it, what it cannot pay, and what waits or does not count.

    Example: accord funds show FD-2026-ISOC
    """
    ledger_as_of = cut_at(as_of, known_at)
    now = ledger_as_of.true_at or ledger_as_of.known_at or clock.now()
    every = {fund.fund_id: fund for fund in run(_funds(ledger_as_of))}
    fund_record = every.get(fund)
    if fund_record is None or not fund_record.is_open:
        raise Refused(f"there is no fund {fund}; see `accord funds list`", "UnknownFund")
    exclusions = list(undone(fund_record, every))
    if as_json:
        return print_json({**summary(fund_record, now), "not_counted": exclusions})
    _print(fund_record, now)
    for exclusion in exclusions:
        out.print(exclusion, markup=False, soft_wrap=True)
    return None


async def _funds(ledger_as_of: LedgerAsOf) -> list[Fund]:
    async with open_desk() as desk:
        suspect_keys = (await desk.directory()).compromised
        if not ledger_as_of.present or suspect_keys:  # the lists do not know of keys that were revoked since
            return await funds_as_of(desk.reader, ledger_as_of)
        documents = dict(await (await caught_up(desk, FUNDS.name)).documents())
    return funds_in(document for _, document in sorted(documents.items()))


def summary(fund: Fund, now: datetime) -> dict[str, Any]:
    """Return a fund as JSON: its sums at a time, and what each partnership has of it."""
    sums, missing = fund.balance(now), fund.uncovered(now)
    return {
        "fund": fund.fund_id, "kind": fund.kind, "name": fund.name, "funder": fund.funder, "currency": fund.currency,
        "programme": fund.programme, "gift": fund.gift, "first_day": _day(fund.first_day),
        "last_day": _day(fund.last_day), "closed": fund.closed,
        **{name: _written(getattr(sums, name), fund) for name in _SUMS},
        "overdraft": _written(fund.overdraft, fund),
        "partnerships": [
            {
                "partnership_id": partnership_id, "reserved": _written(claim.at(now).reserved, fund),
                "committed": _written(claim.committed, fund),
                "spent": _written(claim.spent, fund), "lapses_at": claim.until.isoformat() if claim.until else None,
                "not_covered": _written(missing.get(partnership_id, Decimal(0)), fund),
            }
            for partnership_id, claim in fund.claims.items()
        ],
        "waiting": [
            {
                "change_id": str(fund_change.change_id), "change": told(fund_change),
                "asked_by": fund_change.event.actor,
                "reason": fund_change.event.reason,
            }
            for fund_change in fund.asked.values()
        ],
    }  # fmt: skip


def _row(fund: Fund, now: datetime) -> tuple[object, ...]:
    sums = fund.balance(now)
    purpose = fund.programme or fund.gift or fund.name
    kind = f"{fund.kind.value if fund.kind else ''}{', closed' if fund.closed else ''}"
    money = (_grouped(getattr(sums, name), fund) for name in _SUMS)
    return fund.fund_id, kind, purpose, fund.funder, _year(fund), fund.currency, *money


def _written(amount: Decimal, fund: Fund) -> str:
    """Return a sum of a fund with all decimal places of its currency."""
    return f"{amount:.{minor_digits(fund.currency)}f}"


def _grouped(amount: Decimal, fund: Fund) -> str:
    return f"{amount:,.{minor_digits(fund.currency)}f}"


def _year(fund: Fund) -> str:
    if fund.first_day is None or fund.last_day is None:
        return "-"
    whole = (fund.first_day.month, fund.first_day.day, fund.last_day.month, fund.last_day.day) == (1, 1, 12, 31)
    return str(fund.first_day.year) if whole else f"{fund.first_day} to {fund.last_day}"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _print(fund: Fund, now: datetime) -> None:
    sums, missing = fund.balance(now), fund.uncovered(now)
    out.print(f"{fund.fund_id}: {fund.name}, {fund.kind.value if fund.kind else ''} of {fund.funder}", markup=False)
    granted, *parts = (f"{_grouped(getattr(sums, name), fund)} {name}" for name in _SUMS)
    out.print(f"{fund.currency} {granted} = {' + '.join(parts)}", markup=False)
    if fund.overdraft:
        out.print(f"It may go below zero as far as {_grouped(fund.overdraft, fund)}.")
    rows = (
        (partnership_id, *(_grouped(kept, fund) for kept in (claim.at(now).reserved, claim.committed, claim.spent)),
         _lapse(claim.until, now), f"{missing[partnership_id]:,}" if partnership_id in missing else "-")
        for partnership_id, claim in fund.claims.items()
        if claim.whole
    )  # fmt: skip
    if fund.claims:
        out.print(rows_table(("Partnership", "Reserved", "Committed", "Spent", "Lapses", "Not covered"), rows))
    for fund_change in fund.asked.values():
        out.print(
            f"Waits for a second signature: {told(fund_change)}, asked by {fund_change.event.actor}: "
            f"`accord funds confirm {fund.fund_id} {str(fund_change.change_id)[:8]}`", markup=False, soft_wrap=True,
        )  # fmt: skip


def _lapse(until: datetime | None, now: datetime) -> str:
    if until is None:
        return "-"
    return f"{'lapsed ' if until <= now else ''}{until:%Y-%m-%d}"


def told(fund_change: PendingChange) -> str:
    """Return a change in words."""
    change = fund_change.event.change
    match change:
        case Transfer(to=to, amount=amount):
            return f"a transfer of {amount:,} to {to}"
        case Adoption(partnerships=partnerships):
            return f"the adoption of {', '.join(partnerships)}"
        case _:
            kind, sum_ = change.kind.replace("_", " "), getattr(change, "amount", None)
            return f"the {kind}" if sum_ is None else f"{'an' if kind[0] in 'aeiou' else 'a'} {kind} of {sum_:,}"


def register(outer: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    outer.add_typer(app, name="funds")
