"""Orders to publish: read the cases as of two dates, make the files, write the folder, and say what was counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from accord.cli.options import run
from accord.cli.printing.fitting import Heading
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.cli.publishing.folders import write_folder
from accord.cli.publishing.signatures import signed
from accord.client.desk import open_desk
from accord.presentation.faults import BadInput, Refused
from accord.presentation.times.moments import moment_of
from domain.directory.chart import BookBasis
from domain.directory.directory import Directory
from domain.errors import DomainError
from domain.parties import Funder
from domain.values import short
from ledger.proof.notes import SigningKey
from publishing.cases import Stand
from publishing.files import RECEIPT, Publication, folder_of
from records.publications.reading import CasesRead, published_state, read_cases

AtOption = Annotated[
    str, typer.Option("--at", metavar="DATE", help="The day at whose end it was true, such as 2026-12-31.")
]
OutOption = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="The folder that the files go to.")]
FunderOption = Annotated[
    str, typer.Option("--funder", metavar="FUNDER", help="Whose publication it is, where there are several funders.")
]


class PublishingOrder(NamedTuple):
    """An order to publish something into a folder."""

    at: str
    known_at: str | None
    funder: str
    folder: Path
    as_json: bool
    key: SigningKey | None = None
    """The key that signs the receipt, or None if nobody does."""


def publish_order(
    order: PublishingOrder,
    make: Callable[[CasesRead], Publication],
    basis: Callable[[Funder], BookBasis] | None = None,
) -> None:
    """Make the publication of an order, with its receipt."""
    cases_at = run(_read(order, basis))
    write_publication(order, made(lambda: make(cases_at)), cases_at.stand)


def made(make: Callable[[], Publication]) -> Publication:
    """Return a publication. Raises Refused where the ledger lacks what it needs."""
    try:
        return make()
    except DomainError as fault:
        raise Refused(str(fault), type(fault).__name__) from fault


def write_publication(order: PublishingOrder, publication: Publication, stand: Stand) -> None:
    """Write the folder of a publication, and say what was counted."""
    files = signed(folder_of(publication, stand), order.key)
    write_folder(order.folder, files)
    _say(publication, stand, order, files)


def day_of(order: PublishingOrder) -> datetime:
    """Return the end of the day of an order. Raises BadInput if it names none."""
    true_at = moment_of(order.at, "--at")
    if true_at is None or len(order.at) != len("2026-12-31"):
        raise BadInput(f"--at: {short(order.at)} is no day; write it as 2026-12-31")
    return true_at


async def _read(order: PublishingOrder, basis: Callable[[Funder], BookBasis] | None) -> CasesRead:
    true_at, known_at = day_of(order), moment_of(order.known_at, "--known-at")
    async with open_desk() as desk:
        state = await published_state(desk.reader, known_at)
        funder = funder_of(state.directory, order.funder)
        try:
            kept_by = basis(funder) if basis is not None else BookBasis.ACCRUAL
        except DomainError as fault:
            raise Refused(str(fault), type(fault).__name__) from fault
        return await read_cases(desk.reader, state.position, funder, kept_by, true_at, state.known_at)


def funder_of(directory: Directory, funder_id: str) -> Funder:
    """Return a funder of the directory, or its only one if none is named. Raises BadInput if it is not there."""
    funders = {funder.funder_id: funder for funder in directory.funders}
    if not funder_id and len(funders) == 1:
        return next(iter(funders.values()))
    if funder_id not in funders:
        names = ", ".join(sorted(funders)) or "none"
        raise BadInput(f"--funder: name the funder whose publication it is; the directory has {names}")
    return funders[funder_id]


def _say(publication: Publication, stand: Stand, order: PublishingOrder, files: Mapping[str, bytes]) -> None:
    if order.as_json:
        return print_json(
            {"folder": str(order.folder), "position": stand.position, "files": sorted(files),
             "published": publication.tally.published.as_json(), "total": publication.tally.total.as_json(),
             "left_out": {reason: sums.as_json() for reason, sums in publication.tally.left_out.items()},
             "signed_by": order.key.name if order.key is not None else None,
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
    signature = f"and {order.key.name} signed it" if order.key is not None else "and nobody signed it (--key)"
    words = f"accord: wrote {len(files)} files to {order.folder}; {RECEIPT} names them, {signature}"
    return err.print(words, markup=False)
