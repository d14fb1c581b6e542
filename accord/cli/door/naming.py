"""The option by which an act takes over a submission of a grantee."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from accord.cli.options import run
from accord.client.desk import open_desk
from accord.client.submissions import HandedInFor, submission_numbered
from accord.presentation.faults import BadInput

SubmissionOption = Annotated[
    int | None,
    typer.Option(
        "--submission",
        metavar="NUMBER",
        min=1,
        help="What the grantee handed in, which this takes over: its number in `accord door list`.",
    ),
]


def submission_for(partnerships: Sequence[str], number: int | None) -> dict[str, Any]:
    """Return the field of a command that names a submission, or nothing without a number.

    Raises:
        BadInput: It was handed in for another partnership, or several are named.
        Refused: There is no such submission, or it is under no seal yet.
    """
    entry = submission_named(partnerships, number)
    return {"submission": entry.reference} if entry is not None else {}


def submission_named(partnerships: Sequence[str], number: int | None) -> HandedInFor | None:
    """Return the submission under a number, or None without a number.

    Raises:
        BadInput: It was handed in for another partnership, or several are named.
        Refused: There is no such submission, or it is under no seal yet.
    """
    if number is None:
        return None
    if len(set(partnerships)) > 1:
        raise BadInput("--submission: it is of one partnership; give one ID with it")
    entry = run(_found(number))
    if entry.partnership_id != partnerships[0]:
        raise BadInput(f"--submission {number}: it was handed in for {entry.partnership_id}, not for {partnerships[0]}")
    return entry


async def _found(number: int) -> HandedInFor:
    async with open_desk() as desk:
        return await submission_numbered(desk.pool, desk.ledger, number)
