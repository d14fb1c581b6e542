"""`accord settings`: every setting, who reads it, what it is here, and what holds without it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from accord.cli.options import JsonOption
from accord.cli.printing.output import out, print_json, rows_table
from deploy.variables import SETTINGS, Setting, shown, written


class SettingsForm(StrEnum):
    """The form in which the table is printed, to keep."""

    MARKDOWN = "markdown"


FormOption = Annotated[
    SettingsForm | None, typer.Option("--format", help="Print the table of the documents, without values.")
]


def settings(form: FormOption = None, as_json: JsonOption = False) -> None:
    """Show every setting: who reads it, what it is, its value here (no secret), and what holds without it.

    Example: accord settings
    """
    if as_json:
        told = ({name: value for name, value in setting._asdict().items() if name != "form"} for setting in SETTINGS)
        print_json([{**one, "value": _value(setting)} for one, setting in zip(told, SETTINGS, strict=True)])
    elif form is SettingsForm.MARKDOWN:
        print(as_markdown(), end="")  # noqa: T201 - the page itself
    else:
        rows = (
            (setting.name, setting.read_by, setting.what, _value(setting) or f"({setting.default})")
            for setting in SETTINGS
        )
        out.print(rows_table(("Setting", "Read by", "What it is", "Here"), rows))


def as_markdown() -> str:
    """Return the table for the documents, which stands in docs/operations.md."""
    head = "| setting | read by | what it is | without it |\n| --- | --- | --- | --- |\n"
    return head + "".join(
        f"| `{setting.name}` | {setting.read_by} | {setting.what} | {setting.default} |\n" for setting in SETTINGS
    )


def _value(setting: Setting) -> str:
    found = written(setting.name)
    return (shown(setting.name, found) or "is set") if found else ""


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(settings)
