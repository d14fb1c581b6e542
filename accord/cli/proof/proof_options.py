"""Options shared by the commands on proofs, and a runner that reports a failed proof in one line."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from accord.cli.options import run
from accord.cli.printing.output import err
from accord.presentation.faults import Refused
from ledger.projections import ProjectionStopped
from ledger.proof.checkpoints import LedgerForked
from ledger.proof.notes import NoteRefused
from ledger.proof.receipts import ReceiptRefused
from ledger.proof.stored_tree import TreeIncomplete

KeyOption = Annotated[
    Path,
    typer.Option("--key", envvar="ACCORD_CHECKPOINT_KEY", help="The signing key's file."),
]
FolderOption = Annotated[
    Path, typer.Option("--checkpoints", "--to", envvar="ACCORD_CHECKPOINTS", help="The folder of checkpoints.")
]
KnownOption = Annotated[
    list[str], typer.Option("--log", help="A public key (NAME+ID+KEY) or a file of it; once for each that is trusted.")
]


def guarded(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a command's coroutine.

    Raises:
        Refused: A proof does not hold, or a projection stopped. The message is one line.
    """
    try:
        run(work())
    except (LedgerForked, TreeIncomplete, NoteRefused, ReceiptRefused, ProjectionStopped) as fault:
        raise Refused(str(fault), type(fault).__name__) from fault


def progress_bar() -> Progress:
    """Return a progress bar for work on many events, which shows nothing if there is no terminal."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
        TimeElapsedColumn(), TimeRemainingColumn(), console=err, transient=True, disable=not err.is_terminal,
    )  # fmt: skip
