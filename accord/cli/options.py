"""Options and arguments that many commands share, and the function that runs a command's coroutine."""

from __future__ import annotations

import asyncio
import gc
import re
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import asyncpg
import typer

from accord.cli.printing.output import err
from accord.client.database import open_database
from accord.client.papers.opening import filed
from accord.presentation.faults import BadInput, Refused, Unreachable
from accord.presentation.waiting import WAITING
from deploy.logins import Login
from domain.errors import EventUnreadable, UpgradeNeeded
from domain.partnership.acts import Reason, described
from ledger import LedgerUnavailable

Result = TypeVar("Result")

SILENT_SECONDS: Final = 5.0
"""Seconds after which a command says what it waits for."""


def whole_id(text: str) -> str:
    """Return an id as it is on record, in whatever case it was written."""
    candidate = text.strip().upper()
    return candidate if _WHOLE_ID.fullmatch(candidate) else text


def partnership_named(text: str) -> str:
    """Return the id of the partnership that somebody wants to read, in any case, or by a beginning that only one has.

    Raises:
        BadInput: Several begin so.
    """
    prefix = text.strip().upper()
    if not _BEGINNING.fullmatch(prefix) or _WHOLE_ID.fullmatch(prefix):
        return whole_id(text)
    match run(_beginning_with(prefix)):
        case [partnership_id]:
            return partnership_id
        case [_, *_] as several:
            raise BadInput(f"ID: {len(several)} partnerships or more begin with {prefix}, such as {several[0]}")
        case _:
            return prefix


async def _beginning_with(beginning: str) -> list[str]:
    query = (
        "SELECT DISTINCT line ->> 'partnership_id' FROM projection.lines l JOIN projection.checkpoints c "
        "USING (name, generation) WHERE c.live AND l.list IN ('partnerships', 'claims') AND l.until IS NULL "
        "AND (starts_with(l.stream_id, $1) OR starts_with(l.stream_id, $2)) ORDER BY 1 LIMIT 9"
    )
    async with open_database() as pool:
        rows = await pool.fetch(query, f"partnership/{beginning}", f"imported/{beginning}")
    return [row[0] for row in rows]


_WHOLE_ID: Final = re.compile(r"P-[0-9]{4}-[0-9]{4,6}")
_BEGINNING: Final = re.compile(r"P-[0-9]{4}-[0-9]{0,5}")

IdArgument = Annotated[
    str,
    typer.Argument(metavar="ID", help="The partnership, such as P-2026-0042.", callback=whole_id),
]
ReadIdArgument = Annotated[
    str,
    typer.Argument(metavar="ID", help="The partnership, or a beginning that only one has.", callback=partnership_named),
]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="A TOML or JSON file.")]
ActorOption = Annotated[
    str, typer.Option("--as", metavar="STAFF", envvar="ACCORD_AS", help="Who acts: an id of the staff directory.")
]
ReasonOption = Annotated[str, typer.Option("--reason", help=described(Reason))]
DocumentOption = Annotated[
    Path | None,
    typer.Option(
        "--document",
        metavar="FILE|SHA256",
        help="A document whose SHA-256 goes on record: a file, which is kept where papers are (ACCORD_PAPERS), or the "
        "SHA-256 of one that stays with you.",
    ),
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
    """Run a command's coroutine and return its result. After five silent seconds, say what it waits for.

    Raises:
        Unreachable: The database or another service does not answer.
        Refused: An event cannot be read, or a newer release wrote it.
    """
    gc.freeze()  # what is imported by now stays: each collection would look at all of it
    try:
        return asyncio.run(_told(work))
    except LedgerUnavailable as fault:
        raise Unreachable(str(fault)) from fault
    except (EventUnreadable, UpgradeNeeded) as fault:
        raise Refused(str(fault), type(fault).__name__) from fault
    except (asyncpg.DataError, asyncpg.ProgramLimitExceededError) as fault:
        raise BadInput(f"something given is no text or number that can be kept: {fault}") from fault
    except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, ConnectionError) as fault:
        raise Unreachable(f"a service went away ({type(fault).__name__}); try again") from fault


async def _told(work: Coroutine[Any, Any, Result]) -> Result:
    task = asyncio.ensure_future(work)
    try:
        ready_tasks, _ = await asyncio.wait({task}, timeout=SILENT_SECONDS)
        if not ready_tasks and err.is_terminal:
            err.print(f"accord: waits for {WAITING.what}; Ctrl-C leaves it", style="dim", markup=False)
        return await task
    except Refused as refusal:
        from accord.cli.refusing import in_words  # a refusal pays for what it loads, and no other command

        raise await in_words(refusal) from refusal
    except asyncio.CancelledError:
        task.cancel()
        raise


def digest_of(document: Path | None, by: str, subject: str, option: str = "--document") -> str | None:
    """Return the SHA-256 of a document, or None if no document is given. Where papers are kept, it is kept.

    Raises:
        BadInput: The document cannot be opened, or is no paper that is kept.
    """
    return run(filed(document, by, subject, option)) if document is not None else None
