"""Shell commands that say something on a partnership without deciding: a comment, and who looks after it."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.cli.options import ActorOption, JsonOption
from accord.cli.partnerships.deciding import IdsArgument, Showing, WaitOption, YesOption, decide_each
from accord.presentation.faults import BadInput
from domain.partnership import commands as c


def comment(
    partnerships: IdsArgument,
    actor: ActorOption,
    text: Annotated[str, typer.Option("--text", help="What later readers should know.")],
    yes: YesOption = False,
    wait: WaitOption = True,
    as_json: JsonOption = False,
) -> None:
    """Put a comment on record. It is signed, changes no decision, and stays.

    Example: accord comment P-2026-0042 --text "their auditor writes in March" --as ana.silva
    """
    decide_each(partnerships, c.Comment, actor, as_json, wait, showing=Showing.unless(yes, as_json), text=text)


def assign(
    partnerships: IdsArgument,
    actor: ActorOption,
    to: Annotated[str, typer.Option("--to", metavar="STAFF", help="Who looks after it from now on.")] = "",
    nobody: Annotated[bool, typer.Option("--nobody", help="Nobody in particular does.")] = False,
    yes: YesOption = False,
    wait: WaitOption = True,
    as_json: JsonOption = False,
) -> None:
    """Name the person who looks after partnerships. It gives no role and takes none.

    `accord list --assigned` finds them.

    Example: accord assign P-2026-0042 P-2026-0043 --to ana.silva --as pia.berg
    """
    if bool(to) == nobody:
        raise BadInput("--to: say who looks after it, by an id of the staff directory, or --nobody")
    decide_each(partnerships, c.Assign, actor, as_json, wait, showing=Showing.unless(yes, as_json), to=to or None)


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command()(comment)
    app.command()(assign)
