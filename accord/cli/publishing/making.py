"""Shell commands that make publications: files in a folder, with the receipt that names the place in the ledger."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from accord.cli.options import JsonOption, KnownAtOption, run
from accord.cli.printing.fitting import Heading
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.cli.publishing.folders import write_folder
from accord.client.desk import open_desk
from accord.presentation.faults import BadInput, Refused
from accord.presentation.times.moments import moment_of
from domain.directory.chart import BookBasis
from domain.directory.directory import Directory
from domain.errors import DomainError
from domain.parties import Funder
from domain.values import short
from publishing.files import RECEIPT, Publication, folder_of
from publishing.iati.publication import iati
from publishing.schedules.publication import basis_of, schedules
from publishing.threesixty.publication import PREFIX, three_sixty
from records.published import CasesRead, published_state, read_cases

AtOption = Annotated[
    str, typer.Option("--at", metavar="DATE", help="The day at whose end it was true, such as 2026-12-31.")
]
OutOption = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="The folder that the files go to.")]
FunderOption = Annotated[
    str, typer.Option("--funder", metavar="FUNDER", help="Whose publication it is, where there are several funders.")
]


class _Order(NamedTuple):
    """An order to publish something into a folder."""

    at: str
    known_at: str | None
    funder: str
    folder: Path
    as_json: bool


def schedules_command(
    at: AtOption, folder: OutOption, known_at: KnownAtOption = None, funder: FunderOption = "",
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Write Schedules I and F of Form 990 for the newest fiscal year that is over, as CSV and as a workbook.

    The year and the basis of accounting are the funder's in the directory (`year_ends`, `basis`). With them come the
    statements of expenditure responsibility. What is not listed is counted with its reason.
    Example: accord publish schedules --at 2026-12-31 --known-at 2027-04-30 --out schedules-2026
    """
    _publish(
        _Order(at, known_at, funder, folder, as_json),
        lambda cases_at: schedules(cases_at.cases, cases_at.stand, cases_at.past),
        basis_of,
    )


def three_sixty_command(
    at: AtOption, folder: OutOption, known_at: KnownAtOption = None, funder: FunderOption = "",
    prefix: Annotated[
        str, typer.Option("--prefix", metavar="PREFIX", help="The publisher's prefix, such as 360G-example.")
    ] = "",
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Write the grants as a 360Giving package: JSON by the standard's schema 1.4, and the same as CSV and workbook.

    What is withheld is counted with its reason, and what could be better by check.
    Example: accord publish 360giving --at 2026-12-31 --prefix 360G-example --out grants-2026
    """
    if prefix and not re.fullmatch(PREFIX, prefix):
        raise BadInput(f"--prefix: {short(prefix)} is no prefix of a publisher; write it as 360G-example")
    order = _Order(at, known_at, funder, folder, as_json)
    _publish(order, lambda cases_at: three_sixty(cases_at.cases, cases_at.stand, prefix))


def iati_command(
    at: AtOption, folder: OutOption, known_at: KnownAtOption = None, funder: FunderOption = "",
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Write the grants for work abroad as IATI activities 2.03, each commitment and disbursement a transaction.

    A grant without sector, period or one country is left out and counted: the standard refuses it.
    Example: accord publish iati --at 2026-12-31 --out iati-2026
    """
    _publish(_Order(at, known_at, funder, folder, as_json), lambda cases_at: iati(cases_at.cases, cases_at.stand))


def _publish(
    order: _Order, make: Callable[[CasesRead], Publication], basis: Callable[[Funder], BookBasis] | None = None
) -> None:
    true_at, known_at = moment_of(order.at, "--at"), moment_of(order.known_at, "--known-at")
    if true_at is None or len(order.at) != len("2026-12-31"):
        raise BadInput(f"--at: {short(order.at)} is no day; write it as 2026-12-31")
    cases_at = run(_read(order.funder, true_at, known_at, basis))
    try:
        publication = make(cases_at)
    except DomainError as fault:
        raise Refused(str(fault), type(fault).__name__) from fault
    files = folder_of(publication, cases_at.stand)
    write_folder(order.folder, files)
    _say(publication, cases_at, order, files)


async def _read(
    funder_id: str, true_at: datetime, known_at: datetime | None, basis: Callable[[Funder], BookBasis] | None
) -> CasesRead:
    async with open_desk() as desk:
        state = await published_state(desk.reader, known_at)
        funder = _funder(state.directory, funder_id)
        try:
            kept_by = basis(funder) if basis is not None else BookBasis.ACCRUAL
        except DomainError as fault:
            raise Refused(str(fault), type(fault).__name__) from fault
        return await read_cases(desk.reader, state.position, funder, kept_by, true_at, state.known_at)


def _funder(directory: Directory, funder_id: str) -> Funder:
    """Return a funder of the directory, or its only one if none is named. Raises BadInput if it is not there."""
    funders = {funder.funder_id: funder for funder in directory.funders}
    if not funder_id and len(funders) == 1:
        return next(iter(funders.values()))
    if funder_id not in funders:
        names = ", ".join(sorted(funders)) or "none"
        raise BadInput(f"--funder: name the funder whose publication it is; the directory has {names}")
    return funders[funder_id]


def _say(publication: Publication, cases_at: CasesRead, order: _Order, files: dict[str, bytes]) -> None:
    if order.as_json:
        return print_json(
            {"folder": str(order.folder), "position": cases_at.stand.position, "files": sorted(files),
             "published": publication.tally.published.as_json(), "total": publication.tally.total.as_json(),
             "left_out": {reason: sums.as_json() for reason, sums in publication.tally.left_out.items()},
             "missing": publication.tally.missing, "quality": dict(publication.quality)}
        )  # fmt: skip
    tally = publication.tally
    counts = [("published", tally.published), *tally.left_out.items(), ("together", tally.total)]
    rows = [
        (
            label,
            sums.number,
            ", ".join(f"{currency} {amount:,}" for currency, amount in sorted(sums.sums.items())),
        )
        for label, sums in counts
    ]
    out.print(rows_table((Heading("What"), Heading("Number"), Heading("Sums")), rows))
    for label, counts_by_name in (("not recorded", tally.missing), ("to better", publication.quality)):
        if counts_by_name:
            words = ", ".join(f"{name} {number}" for name, number in counts_by_name.items())
            out.print(f"{label}: {words}", markup=False)
    return err.print(f"accord: wrote {len(files)} files to {order.folder}; {RECEIPT} names them", markup=False)


def register(app: typer.Typer) -> None:
    """Add the commands to the shell."""
    app.command("360giving")(three_sixty_command)
    app.command("iati")(iati_command)
    app.command("schedules")(schedules_command)
