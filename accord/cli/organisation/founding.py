"""The shell command that records a founding which people prepared in the console."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from accord.cli.options import run
from accord.cli.printing.output import out
from accord.client.desk import open_desk
from accord.console.deciding.prepared import founding_under
from accord.organisation.governance import found_directory
from accord.presentation.faults import BadInput, Refused
from accord.presentation.words.organisation.directory import changes_in_words
from accord.presentation.words.organisation.founding import words_of_lack
from domain.directory.directory import Directory

_FEWEST = 16


def found(
    code: Annotated[list[str], typer.Argument(metavar="CODE", help="As the console's page shows it.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; the people and keys are compared already.")] = False,
) -> None:
    """Record the first people of an empty directory, with their keys and rules, as people prepared them in the console.

    Compare the people, and the id of each key with the one that its owner sees: whoever is a director here governs the
    organisation. From then on two guardians sign each change. Example: accord directory found 4f1c 09ab 77e2 3d10
    """
    digest = "".join(code).lower()
    if not re.fullmatch(f"[0-9a-f]{{{_FEWEST},64}}", digest):
        raise BadInput(f"CODE: give {_FEWEST} to 64 hexadecimal digits, as the console shows them")

    async def work() -> bool:
        async with open_desk() as desk:
            founding = await founding_under(desk.pool, digest)
            if founding is None:
                raise Refused("no founding waits under this code; prepare it in the console again", "Unknown")
            for sentence in changes_in_words(Directory(), founding.founding):
                out.print(f"{sentence}.", markup=False, soft_wrap=True)
            for sentence in words_of_lack(founding.founding):
                out.print(sentence, markup=False, soft_wrap=True)
            if not yes and not typer.confirm("Are these the people, and these their keys?", err=True):
                return False
            await found_directory(desk, founding.founding)
            return True

    out.print("Founded. Guardians change the directory from now on, two by two." if run(work()) else "Nothing done.")
