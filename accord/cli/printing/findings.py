"""Print the findings of the rules, each with its source, and the verdict. A refusal is the exit code of one."""

from __future__ import annotations

from typing import Final

import typer
from rich.markup import escape

from accord.cli.printing.output import out, rows_table
from accord.presentation.faults import ExitCode
from domain.policy.findings import Assessment, Outcome

_VERDICTS: Final = {
    Outcome.PASS: "[green]eligible[/green]",
    Outcome.CONDITION: "[green]eligible with conditions[/green]",
    Outcome.REFER: "[yellow]refer to a verifier[/yellow]",
    Outcome.FAIL: "[red]refused[/red]",
}


def print_findings(assessment: Assessment, title: str) -> None:
    """Print every finding of an assessment, and what decides."""
    findings = ((f.outcome.value, f.rule_id, f.citation, f.reason) for f in assessment.findings)
    out.print(rows_table(("Outcome", "Rule", "Citation", "Reason"), findings, escape(title)))
    out.print(f"{_VERDICTS[assessment.outcome]}: {escape(assessment.deciding)}", soft_wrap=True)


def end_by(assessment: Assessment) -> None:
    """End with the exit code of a refusal if the rules refuse. A question that a person may clear is none."""
    if assessment.outcome is Outcome.FAIL:
        raise typer.Exit(ExitCode.REFUSED)
