"""The options of a report that was made to another funder, and of one beside what waits in the inbox."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from accord.cli.options import digest_of
from accord.cli.partnerships.acts import option
from accord.presentation.faults import BadInput
from domain.partnership import commands as c

OtherFunderOption = Annotated[str | None, typer.Option(metavar="NAME", help="The other funder to whom it was made.")]
OtherPeriodOption = Annotated[
    str | None, typer.Option(metavar="FIRST/LAST", help="The days that it covers, such as 2026-01-01/2026-12-31.")
]
OtherCoversOption = Annotated[
    str | None, typer.Option(metavar="TEXT", help="The pages and figures of it that are about this grant.")
]
OtherPaperOption = Annotated[Path | None, typer.Option(metavar="FILE", help="The paper of that report.")]
BesideInboxOption = Annotated[str | None, option(c.Report, "beside_inbox")]


def other_report(
    funder: str | None, period: str | None, covers: str | None, paper: Path | None, by: str, partnership: str
) -> dict[str, Any]:
    """Return the field of a report to another funder, or nothing. Raises BadInput, which names the option."""
    options = {"--other-funder": funder, "--other-period": period, "--other-covers": covers, "--other-paper": paper}
    if not any(options.values()):
        return {}
    if lacking := [name for name, text in options.items() if not text]:
        raise BadInput(f"{lacking[0]}: a report to another funder names its funder, period, pages and paper; give it")
    starts, slash, ends = str(period).partition("/")
    if not slash:
        raise BadInput(f"--other-period: {period!r} is no time; write such as 2026-01-01/2026-12-31")
    digest = digest_of(paper, by, partnership, "--other-paper")
    parts = {"funder": funder, "document_sha256": digest, "covers": covers}
    return {"other_report": {**parts, "period": {"starts": starts.strip(), "ends": ends.strip()}}}
