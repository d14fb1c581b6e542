"""Options and arguments that many commands share, and the function that runs a command's coroutine."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import asyncpg
import typer

from accord.client.faults import BadInput, Refused, Unreachable
from deploy.logins import Login
from domain.errors import EventUnreadable, UpgradeNeeded
from ledger import LedgerUnavailable

Result = TypeVar("Result")

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The partnership, such as P-2026-0042.")]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="A TOML or JSON file.")]
ActorOption = Annotated[
    str, typer.Option("--as", metavar="STAFF", envvar="ACCORD_AS", help="Who acts: an id of the staff directory.")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, for those who read it years later.")]
DocumentOption = Annotated[
    Path | None, typer.Option("--document", help="A document whose SHA-256 goes on record; the file stays with you.")
]
EmergencyOption = Annotated[
    bool, typer.Option("--emergency", help="Temporal is away: record it in the ledger, by the login kept for that.")
]
SeenOption = Annotated[
    int | None,
    typer.Option("--seen", metavar="VERSION", help="What you looked at (`accord show`): refused if its terms changed."),
]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="TIME", help="What was true then: a day (its end), or a time in UTC.")
]
KnownAtOption = Annotated[
    str | None, typer.Option("--known-at", metavar="TIME", help="What we knew then: what was recorded by that time.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]


def decider(emergency: bool) -> Login:
    """Return the login for a decision: that of staff, which sends it to a worker, or the one kept for emergencies."""
    return Login.EMERGENCY if emergency else Login.STAFF


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a command's coroutine and return its result.

    Raises:
        Unreachable: The database or another service does not answer.
        Refused: An event cannot be read, or a newer release wrote it.
    """
    try:
        return asyncio.run(work)
    except LedgerUnavailable as fault:
        raise Unreachable(str(fault)) from fault
    except (EventUnreadable, UpgradeNeeded) as fault:
        raise Refused(str(fault), type(fault).__name__) from fault
    except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, ConnectionError) as fault:
        raise Unreachable(f"a service went away ({type(fault).__name__}); try again") from fault


def digest_of(document: Path | None) -> str | None:
    """Return the SHA-256 of a document, or None if no document is given.

    Raises:
        BadInput: The document cannot be opened.
    """
    if document is None:
        return None
    try:
        with document.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as fault:
        raise BadInput(f"{document} cannot be opened: {fault.strerror}") from None
