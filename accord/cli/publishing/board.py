"""The shell command that makes a board's book, and compares it with an earlier one."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from accord.cli.options import JsonOption, KnownAtOption, run
from accord.cli.publishing.former import FormerFolder, read_former, require_earlier
from accord.cli.publishing.orders import (
    AtOption,
    FunderOption,
    OutOption,
    PublishingOrder,
    day_of,
    funder_of,
    made,
    write_publication,
)
from accord.cli.publishing.receipts import require_this_ledger
from accord.cli.publishing.signatures import SigningOption, TrustedOption, UnsignedOption, key_in, trust_of
from accord.client.desk import open_desk
from accord.presentation.times.moments import moment_of
from domain.directory.chart import BookBasis
from publishing.board.publication import EarlierBook, board
from records.publications.reading import CasesRead, published_state, read_cases_at


class _BookRead(NamedTuple):
    """The cases of a book, those of an earlier day by what is known now, and the organisation's objectives."""

    cases_at: CasesRead
    earlier: CasesRead | None
    objectives: dict[str, str]


def board_command(
    at: AtOption, folder: OutOption, known_at: KnownAtOption = None, funder: FunderOption = "",
    since: Annotated[
        Path | None,
        typer.Option("--since", metavar="FOLDER", help="The folder of an earlier book, to say what changed since."),
    ] = None,
    key: SigningOption = None, log: TrustedOption = None, without_signature: UnsignedOption = False,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Write a board's book: grants by objective, programme, country and fund, and what is ahead, as page and sheets.

    Payments, the results of accepted reports, stages and ages are in it. With an earlier book, each difference is a
    correction of what was published then, or happened since.
    Example: accord publish board --at 2026-12-31 --since board-2026-06 --out board-2026-12
    """
    order = PublishingOrder(at, known_at, funder, folder, as_json, key_in(key))
    former = read_former(since, trust_of(log, without_signature)) if since is not None else None
    book = run(_read(order, former))
    earlier = EarlierBook(former.book, book.earlier.cases) if former is not None and book.earlier is not None else None
    publication = made(lambda: board(book.cases_at.cases, book.cases_at.stand, book.objectives, earlier))
    write_publication(order, publication, book.cases_at.stand)


async def _read(order: PublishingOrder, former: FormerFolder | None) -> _BookRead:
    """Read the cases of the order's day, and beside them those of the earlier book's day."""
    days = [day_of(order), *([_end_of(former)] if former is not None else [])]
    async with open_desk() as desk:
        state = await published_state(desk.reader, moment_of(order.known_at, "--known-at"))
        funder = funder_of(state.directory, order.funder)
        if former is not None:
            await require_this_ledger(desk.ledger, former.receipt)
            require_earlier(former, state.position, funder.funder_id)
        basis = BookBasis(funder.basis.value) if funder.basis is not None else BookBasis.ACCRUAL
        cases_at, *earlier = await read_cases_at(desk.reader, state.position, funder, basis, days, state.known_at)
        rules = state.directory.rules
        objectives = {objective.code: objective.words for objective in rules.objectives} if rules is not None else {}
        return _BookRead(cases_at, earlier[0] if earlier else None, objectives)


def _end_of(former: FormerFolder) -> datetime:
    return datetime.combine(former.book.on, time.max, UTC)


def register(app: typer.Typer) -> None:
    """Add the command to the shell."""
    app.command("board")(board_command)
