"""`accord doctor`: everything that an installation needs, in one screen."""

from __future__ import annotations

import typer

from accord.cli.options import JsonOption, run
from accord.cli.printing.output import out, print_json, rows_table
from accord.operations.diagnosis import CheckResult, diagnose
from accord.presentation.faults import Refused


def doctor(as_json: JsonOption = False) -> None:
    """Check versions, settings, logins, servers, clocks, keys and addresses, from this machine. Nothing is changed.

    Exit code 1 if something is wrong; each line says what to do. Example: accord doctor
    """

    async def work() -> list[CheckResult]:
        return [finding async for finding in diagnose()]

    findings = run(work())
    wrong = [finding for finding in findings if finding.remedy]
    if as_json:
        print_json([finding._asdict() for finding in findings])
    else:
        out.print(
            rows_table(
                ("Check", "Found", "What to do"),
                ((finding.check, finding.what, finding.remedy or "-") for finding in findings),
            )
        )
    if wrong:
        raise Refused("; ".join(f"{finding.check}: {finding.what}" for finding in wrong), "OperatorNeeded")


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(doctor)
