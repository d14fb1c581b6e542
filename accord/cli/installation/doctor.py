"""`accord doctor`: everything that an installation needs, in one screen."""

from __future__ import annotations

import typer

from accord.cli.options import JsonOption, run
from accord.cli.printing.output import out, print_json, rows_table
from accord.operations.diagnosis import Found, diagnose
from accord.presentation.faults import Refused


def doctor(as_json: JsonOption = False) -> None:
    """Check versions, settings, logins, servers, clocks, keys and addresses, from this machine. Nothing is changed.

    Exit code 1 if something is wrong; each line says what to do. Example: accord doctor
    """

    async def work() -> list[Found]:
        return [found async for found in diagnose()]

    found = run(work())
    wrong = [one for one in found if one.remedy]
    if as_json:
        print_json([one._asdict() for one in found])
    else:
        out.print(
            rows_table(("Check", "Found", "What to do"), ((one.check, one.what, one.remedy or "-") for one in found))
        )
    if wrong:
        raise Refused("; ".join(f"{one.check}: {one.what}" for one in wrong), "OperatorNeeded")


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(doctor)
