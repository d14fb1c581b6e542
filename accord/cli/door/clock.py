"""Shell commands on the funder's clock: publish a quarter, and verify what was published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from accord.cli.options import JsonOption, run
from accord.cli.printing.output import out, print_json, rows_table
from accord.cli.proof.proof_options import FolderOption, KnownOption
from accord.client.desk import open_desk
from accord.client.log_keys import known_keys
from accord.client.pace.checking import CheckedQuarter, check_quarter, line_of_case, require_of_ledger
from accord.client.pace.pages import in_days
from accord.client.pace.publishing import PAGE, PublicFigures, read_quarter, write_quarter
from accord.client.pace.reading import lines_of_quarter
from accord.client.sampling.proofs import proofs_in
from accord.presentation.faults import BadInput, Refused
from accord.presentation.numbers import count_in_words
from domain.partnership.pace.quarters import BadQuarter, CaseLine, Quarter
from ledger import clock as ledger_clock

app = typer.Typer()


@app.callback(invoke_without_command=True)
def publish(
    context: typer.Context,
    quarter: Annotated[str, typer.Option("--quarter", metavar="QUARTER", help="Such as 2026Q4.")] = "",
    to: Annotated[Path | None, typer.Option("--out", metavar="FOLDER", help="A new folder for it.")] = None,
    folder: FolderOption = Path(),
    known: KnownOption = [],  # noqa: B006 - typer reads the default, and nobody changes it
    as_json: JsonOption = False,
) -> None:
    """Publish the days with us and with grantees in a quarter: median and worst tenth by kind of wait, and every line.

    The folder holds a page and JSON, bound to the newest checkpoint and to a Merkle root over the lines, so that no
    slow case is trimmed: each grantee finds their own line by their receipt.
    Example: accord clock --quarter 2026Q4 --out clock-2026Q4 --checkpoints checkpoints --log ledger.key.pub
    """
    if context.invoked_subcommand is not None:
        return
    if not quarter or to is None:
        raise BadInput("--quarter and --out: name both, such as --quarter 2026Q4 --out clock-2026Q4")
    figures = run(_published(_quarter(quarter), to, folder, known))
    if as_json:
        print_json(figures.model_dump(mode="json"))
    else:
        _print(figures)
        out.print(f"{to / PAGE}", markup=False, soft_wrap=True)


async def _published(quarter: Quarter, to: Path, folder: Path, known: list[str]) -> PublicFigures:
    async with open_desk() as desk:  # not Login.READER: a signature covers names, which are decrypted
        proofs = proofs_in(desk.ledger, folder, known_keys(known))
        if proofs is None:
            raise Refused("no checkpoint is there; run `accord ledger checkpoint` first", "Early")
        lines = await lines_of_quarter(desk, quarter, proofs.checkpoint.size)
        return write_quarter(to, lines, proofs.note, proofs.public_keys, ledger_clock.now())


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder that was published.")],
    known: KnownOption,
    receipt: Annotated[Path | None, typer.Option("--receipt", help="Your own receipt: show its line.")] = None,
    case: Annotated[str, typer.Option("--case", metavar="DIGEST", help="Or the digest of a case.")] = "",
    by_ledger: Annotated[bool, typer.Option("--ledger", help="Make the lines anew from the ledger.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Verify the published figures of a quarter: the signed head, every line, and all that follows of them.

    This needs only the folder and the public key; with --ledger it makes the lines anew from the ledger.
    Example: accord clock verify clock-2026Q4 --log ledger.key.pub --receipt receipt.json
    """
    figures, lines = read_quarter(folder)
    outcome = check_quarter(figures, lines, known_keys(known))
    digest = _case_in(receipt) if receipt is not None else case
    line = line_of_case(lines, digest) if digest else None
    if by_ledger:
        run(_by_ledger(outcome))
    if as_json:
        own_line = line.model_dump(mode="json") if line is not None else None
        return print_json({"quarter": figures.quarter, "cases": figures.cases, "root": figures.root, "line": own_line})
    signers = ", ".join(outcome.signers)
    out.print(
        f"The figures of {count_in_words(figures.cases, 'case')} hold, bound to what {signers} signed.", markup=False
    )
    _print(figures)
    return _print_line(line) if line is not None else None


async def _by_ledger(outcome: CheckedQuarter) -> None:
    async with open_desk() as desk:
        await require_of_ledger(desk, outcome)


def _quarter(text: str) -> Quarter:
    try:
        return Quarter.parse(text)
    except BadQuarter as fault:
        raise BadInput(f"--quarter: {fault}") from fault


def _case_in(receipt: Path) -> str:
    try:
        case = json.loads(receipt.read_text("utf-8")).get("case")
    except (OSError, ValueError, AttributeError) as fault:
        raise BadInput(f"--receipt: {receipt} cannot be read as a receipt; name the file that the door gave") from fault
    if not isinstance(case, str):
        raise BadInput(f"--receipt: {receipt} names no case; ask the funder for its digest, and give it as --case")
    return case


def _print(figures: PublicFigures) -> None:
    columns = ("Wait", "Side", "Waits", "Still open", "Median days", "Worst tenth")
    rows = (
        (wait.kind.lower(), wait.side.lower().replace("_", " "), str(wait.waits), str(wait.still_open),
         in_days(wait.median), in_days(wait.worst_tenth))
        for wait in figures.waits
    )  # fmt: skip
    out.print(rows_table(columns, rows))


def _print_line(line: CaseLine) -> None:
    out.print(f"Its line: {in_days(line.with_us)} days with us, {in_days(line.with_them)} with you.", markup=False)
    for wait in line.waits:
        state = "" if wait.is_over else ", still open"
        out.print(f"  {wait.kind.lower()}: {in_days(wait.seconds)} days{state}", markup=False)


def register(outer: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    outer.add_typer(app, name="clock")
